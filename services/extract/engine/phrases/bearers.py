"""Who a bare surname is in an article that names the bearer's office and never his full name.

"Cohen meets Burhan in Khartoum", says the headline; the lead goes on with "Israel's foreign minister". Where one state has one holder of
the office on that day, his surname in the article is he. Only in scripts with capitals, where a surname is no common word.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from services.extract.engine.knowledge.lexicon import Lexicon
from services.extract.engine.phrases.actors import Actor, Group, is_unique_office
from services.extract.engine.phrases.context import SURNAME_LETTERS
from services.extract.engine.text import Text
from services.extract.engine.words.items import Sentence


def bearers(text: Text, sentences: list[Sentence], lexicon: Lexicon, day: date | None) -> dict[str, Actor]:
    """The surnames in the article of those whose office it names without a name; not those that several of them share."""
    if not text.capitals or day is None:
        return {}
    found: dict[str, Actor] = {}
    for actor in _unnamed(sentences):
        for id in lexicon.persons:
            if not _holds(lexicon, id, actor, day):
                continue
            for surname in lexicon.surnames(id):
                if len(surname) >= SURNAME_LETTERS and surname not in lexicon.forms and _stands(text, surname):
                    known = found.setdefault(surname, replace(actor, person=id))
                    if known.person != id:
                        known.person = None
    return {surname: actor for surname, actor in found.items() if actor.person is not None}


def _unnamed(sentences: list[Sentence]) -> list[Actor]:
    """The officials that no name stands beside, one for each office."""
    found: dict[tuple[str | None, object], Actor] = {}
    for sentence in sentences:
        for item in sentence.actors:
            for actor in item.value.members if isinstance(item.value, Group) else ():
                plain = actor.kind == "official" and actor.name is None and actor.person is None and not actor.plural
                if plain and actor.iso is not None and actor.rank is not None and is_unique_office(actor.rank):
                    found.setdefault((actor.iso, actor.rank), actor)
    return list(found.values())


def _holds(lexicon: Lexicon, id: str, actor: Actor, day: date) -> bool:
    person = lexicon.persons[id]
    office = person.office_at(day) if person.country == actor.iso else None
    return office is not None and office.rank is actor.rank


def _stands(text: Text, surname: str) -> bool:
    """Whether the text has the surname as a word with a capital."""
    at = f" {text.flat} ".find(f" {surname} ")
    return at >= 0 and text.source[int(text.index[at])].isupper()
