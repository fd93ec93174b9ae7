"""Fields and number of an instrument, from the words that describe it."""

from __future__ import annotations

from collections.abc import Sequence

from schemas.codes import Domain, EvidenceRole
from services.extract.engine.clauses.mentions import Mention
from services.extract.engine.clauses.roles import Place
from services.extract.engine.events.story import Story
from services.extract.engine.words.items import Item, gap


def another_instrument(item: Item) -> bool:
    """A further instrument in a list ("an agreement on X, an agreement on Y")."""
    return "n.instrument" in item.tags and "indef" in item.tags


def describe_instrument(story: Story, place: Place, mention: Mention) -> None:
    """Domains and number of the instrument, from the words that describe it."""
    anchor = mention.object
    if anchor is None:
        return
    domains: list[Domain] = [
        domain for reading in anchor.readings if reading.entry.instrument is not None for domain in reading.entry.domains
    ]
    position = place.items.index(anchor)
    mention.domains = tuple(domains)
    describe(Place(place.items, position), mention)
    if "dual" in anchor.tags:
        mention.count = 2
    elif (counted := _count_before(place.items, position)) is not None:
        mention.count = counted
    if mention.count > 1:
        mention.evidence.append((EvidenceRole.COUNT, anchor.start, anchor.end))


def describe(instrument: Place, mention: Mention) -> None:
    """Add the fields that the words around an instrument name."""
    domains = list(mention.domains)
    for item in _described_before(instrument.items, instrument.at) if "pre" in instrument.trigger.tags else ():
        domains.extend(d for r in item.readings if "domain" in r.tags for d in r.entry.domains if d not in domains)
        mention.evidence.append((EvidenceRole.DOMAIN, item.start, item.end))
    for item in _described_by(instrument.items, instrument.at):
        fresh = [d for r in item.readings if "domain" in r.tags for d in r.entry.domains if d not in domains]
        if fresh:
            domains.extend(fresh)
            mention.evidence.append((EvidenceRole.DOMAIN, item.start, item.end))
    mention.domains = tuple(domains)


def _described_before(items: Sequence[Item], position: int) -> list[Item]:
    """The fields in front of an instrument, where a language puts them there ("an economic cooperation agreement")."""
    found: list[Item] = []
    last = items[position]
    for item in reversed(items[:position]):
        if gap(item, last) > 0 or not item.tags & {"domain", "field", "filler", "adj"} or "verb" in item.tags:
            break
        if "domain" in item.tags:
            found.append(item)
        if item.tags & {"def", "indef", "own"}:
            break
        last = item
    return found[::-1]


def _described_by(items: Sequence[Item], position: int) -> list[Item]:
    """The words of fields that describe the instrument at `position`: right beside it, or behind "in the field of", "to supply with"."""
    found: list[Item] = []
    last, loose, words = items[position], False, 0
    for item in items[position + 1 :]:
        distance = gap(last, item)
        words += max(distance, 0)
        ends = ("break" in item.tags and "relative" not in item.tags) or another_instrument(item)
        if ends or item.tags & _ENDS_DESCRIPTION or ("verb" in item.tags and not item.tags & _DESCRIBES) or words > DESCRIPTION_WORDS:
            break
        if distance > (3 if loose else 2) or (distance > 0 and "after_comma" in item.tags):
            break
        if "domain" in item.tags:
            found.append(item)
        loose |= bool(item.tags & _DESCRIBES)
        last = item
    return found


_DESCRIBES = frozenset({"field", "v.allow", "relative"})
_ENDS_DESCRIPTION = frozenset(
    {
        *("during", "say", "attribution", "after", "participation", "plan", "purpose", "doubt"),
        *("aux.future", "aux.have", "aux.was", "aux.be"),
    }
)
DESCRIPTION_WORDS = 8
"""Unknown words among those that describe an instrument, at most."""


def _count_before(items: Sequence[Item], position: int) -> int | None:
    before = items[position - 1] if position else None
    if before is None or gap(before, items[position]) > 0:
        return None
    if "number" in before.tags and isinstance(before.value, int) and 1 < before.value <= 60:
        return before.value
    entry = before.entry("date.count")
    return entry.number if entry is not None and entry.number and entry.number > 1 else None
