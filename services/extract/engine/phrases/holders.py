"""Who "Foreign Minister Safadi" or "King Abdullah" is, where no list has this short name: the one who held the office on that day.

Office, day and a word of the name must agree, and on one person only; so a word is compared by the letters that every spelling of a
foreign name keeps (`weak_letters` in `language.toml` are those that some leave out).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from schemas.codes import UNIQUE_OFFICES
from services.extract.engine.knowledge.lexicon import Lexicon, Person
from services.extract.engine.phrases.actors import Actor, Group
from services.extract.engine.text import Text
from services.extract.engine.words.items import Item, Sentence

NAME_WORDS = 4
"""Words of a name at most."""
LINK_LETTERS = 2
"""Letters of an article or a link inside a name, at most ("al", "el", "ud")."""


def settle_holders(text: Text, sentence: Sentence, lexicon: Lexicon, day: date | None) -> None:
    """Give their persons to offices behind which one word of the holder's name stands."""
    if day is None:
        return
    for at, item in enumerate(sentence.items):
        if not isinstance(item.value, Group):
            continue
        actor = item.value.members[-1]
        if actor.kind != "official" or actor.rank is None or actor.person is not None or actor.plural:
            continue
        limit = sentence.items[at + 1].start if at + 1 < len(sentence.items) else sentence.end
        words = [(start, end) for start, end in _words_behind(text, actor, limit) if end - start > LINK_LETTERS]
        holder = _holder(lexicon, [text.flat[start:end] for start, end in words], actor, day) if words else None
        if holder is not None:
            _name(text, item, actor, holder, words)


def _words_behind(text: Text, actor: Actor, limit: int) -> Iterator[tuple[int, int]]:
    """The words of the name of an office, or those right behind it, up to a mark or the next known word."""
    position = actor.name[0] if actor.name is not None else actor.end
    limit = max(limit, actor.name[1] if actor.name is not None else limit)
    for _ in range(NAME_WORDS):
        while position < limit and text.norm[position] in " -":
            position += 1
        start = position
        while position < limit and text.flat[position] != " ":
            position += 1
        if position == start:
            return
        yield start, position


def _holder(lexicon: Lexicon, words: list[str], actor: Actor, day: date) -> Person | None:
    """The one person of that name who held the office on `day`; of several the one whose office has the same name.

    Of a name of several words two must be his, else it is that of somebody else with the same surname.
    """
    found = []
    for id in lexicon.named(words[-1]) if len(words) > 1 else lexicon.named(words[0]):
        person = lexicon.persons[id]
        office = person.office_at(day)
        fits = office is not None and office.rank is actor.rank and (actor.iso in (None, person.country) or actor.implicit)
        if office is not None and fits and (len(words) == 1 or lexicon.is_called(id, words)):
            found.append((person, office.office))
    if len(found) > 1 or actor.rank not in UNIQUE_OFFICES:
        found = [(person, office) for person, office in found if office == actor.office]
    return found[0][0] if len(found) == 1 else None


def _name(text: Text, item: Item, actor: Actor, holder: Person, words: list[tuple[int, int]]) -> None:
    """Make `holder` who the actor is, and the words his name."""
    start, end = words[0][0], words[-1][1]
    actor.person, actor.iso, actor.name = holder.id, holder.country, (start, end)
    actor.end = max(actor.end, end)
    item.end = max(item.end, actor.end)
    item.last = max(item.last, text.token(item.end - 1))
