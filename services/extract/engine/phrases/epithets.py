"""What the press calls a state instead of its name ("the Gulf nation"): which one is meant is told by what was named before."""

from __future__ import annotations

from services.extract.engine.knowledge.entries import Entry
from services.extract.engine.knowledge.formtable import Reading
from services.extract.engine.words.items import Item, Sentence, gap

_NAMES = ("state", "demonym", "city", "person", "office")


def resolve_epithets(sentences: list[Sentence]) -> None:
    """Give each epithet the state, of those that it may mean, that was named last before it; one with "a" means nobody in particular."""
    named: dict[str, int] = {}
    for sentence in sentences:
        for position, item in enumerate(sentence.items):
            if "epithet" in item.tags:
                _resolve(sentence, position, named)
            elif (iso := _named(item)) is not None:
                named[iso] = item.start


def _resolve(sentence: Sentence, position: int, named: dict[str, int]) -> None:
    item = sentence.items[position]
    meant = {reading.entry.iso for reading in item.readings if "epithet" in reading.tags}
    known = [iso for iso in named if iso in meant]
    if not known or "def" not in item.tags or _names_itself(sentence, position):
        item.tags = (item.tags - {"epithet"}) | {"filler"}  # "a Gulf nation", "the Gulf nation Bahrain": only describes
        return
    iso = max(known, key=named.__getitem__)
    entry = Entry(frozenset({"state"}), "epithet", iso=iso)
    tags = (item.tags - {"epithet"}) | {"state"}
    sentence.items[position] = Item(item.start, item.end, item.first, item.last, tags, (Reading(entry, tags),), lead=item.lead)


def _named(item: Item) -> str | None:
    """The state that a word names: its name, adjective or city, or somebody of it."""
    for kind in _NAMES:
        entry = item.entry(kind) if kind in item.tags else None
        if entry is not None and entry.iso is not None:
            return entry.iso
    return None


def _names_itself(sentence: Sentence, position: int) -> bool:
    """Whether the name of the state stands right behind."""
    following = sentence.items[position + 1] if position + 1 < len(sentence.items) else None
    return following is not None and "state" in following.tags and gap(sentence.items[position], following) == 0
