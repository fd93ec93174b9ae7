"""Whom a short name means that several known people share: the one whom the article names in full."""

from __future__ import annotations

from collections.abc import Iterator

from services.extract.engine.phrases.actors import Actor, Group
from services.extract.engine.text import Text
from services.extract.engine.words.items import Sentence


def settle_namesakes(text: Text, sentences: list[Sentence]) -> None:
    """ "Abdullah bin Zayed arrived. Bin Zayed said": the short name is his, unless its usual bearer is named in full too."""
    named = [(actor, text.flat[slice(*actor.name)].split()) for actor in _known(sentences) if actor.name is not None]
    longest: dict[str, list[str]] = {}
    for actor, words in named:
        if actor.person is not None and len(words) > len(longest.get(actor.person, ())):
            longest[actor.person] = words
    states = {actor.person: actor.iso for actor, _ in named}
    for actor, words in named:
        if actor.person is None or len(longest[actor.person]) > len(words):
            continue
        others = [person for person, full in longest.items() if states[person] == actor.iso and _inside(words, full)]
        if len(others) == 1:
            actor.person = others[0]


def _known(sentences: list[Sentence]) -> Iterator[Actor]:
    for sentence in sentences:
        for item in sentence.actors:
            if isinstance(item.value, Group):
                yield from (actor for actor in item.value.members if actor.person is not None)


def _inside(words: list[str], full: list[str]) -> bool:
    """Whether the words stand next to each other in the full name, behind the first name."""
    return any(full[at : at + len(words)] == words for at in range(1, len(full) - len(words) + 1))
