"""Who is named twice: what stands behind a counterpart and a comma says who that counterpart is."""

from __future__ import annotations

from services.extract.engine.phrases.actors import MARKS, Group
from services.extract.engine.text import Text
from services.extract.engine.words.items import Item, gap, has_comma


def names_counterpart(text: Text, before: Item, item: Item, following: Item | None) -> bool:
    """ "with his counterpart, the foreign minister of B": office, state and name become the counterpart's, unless he goes on to act."""
    if not (isinstance(before.value, Group) and isinstance(item.value, Group)) or item.tags & MARKS or gap(before, item) != 0:
        return False
    counterpart, named = before.value.members[-1], item.value.members[0]
    if "counterpart" not in counterpart.tags or counterpart.iso is not None or counterpart.plural or not has_comma(text, before, item):
        return False
    if named.kind not in ("official", "person") or named.iso is None or named.plural or {"speaker_for", "former"} & named.tags:
        return False
    if following is not None and "verb" in following.tags and gap(item, following) <= 1:
        return False
    counterpart.iso, counterpart.person, counterpart.name = named.iso, named.person, named.name
    counterpart.rank, counterpart.office = named.rank or counterpart.rank, named.office or counterpart.office
    before.value.members.extend(item.value.members[1:])
    before.end, before.last = item.end, item.last
    before.tags = before.tags | (item.tags & {"person", "official"})
    return True
