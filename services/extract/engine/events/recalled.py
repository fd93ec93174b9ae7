"""What a clause only recalls: "when A and B signed", "A had recognised B", "although they normalised their relations".

Such a clause tells old news in the first sentence or the headline of an article too, unless it names a day close to that of the text.
"""

from __future__ import annotations

from schemas.codes import EventType
from services.extract.engine.clauses.mentions import Mention
from services.extract.engine.clauses.roles import Place
from services.extract.engine.phrases.actors import Group
from services.extract.engine.words.items import Item, gap

STEPS = frozenset({EventType.AGREEMENT, EventType.RELATIONS_CHANGE, EventType.FLIGHTS, EventType.ARMS_DEAL})
"""Types whose occurrences are known for long; who visited or met whom "when" is often the news itself."""
CUES = frozenset({"recalls", "recalls.had", "presupposes"})
REACH = 6
"""Unknown words between a cue and what it recalls, at most."""


def recalls(place: Place, mention: Mention) -> bool:
    """Whether the clause of the trigger puts it into a past that the reader is thought to know."""
    if mention.type not in STEPS or CUES.isdisjoint(mention.sentence.tags) or "fut" in place.trigger.tags:
        return False
    carried = "verb" not in place.trigger.tags
    perfect, words, last = False, 0, place.trigger
    for item in reversed(place.items[: place.at]):
        words += max(gap(item, last), 0)
        if words > REACH:
            return False
        if _cue(item, mention, perfect=perfect):
            return True
        if "break" in item.tags or ("verb" in item.tags and not carried):
            return False
        carried = carried and "verb" not in item.tags
        perfect = perfect or ("may" in item.tags and "impf" not in last.tags)
        last = item
    return False


def _cue(item: Item, mention: Mention, *, perfect: bool) -> bool:
    tags = item.tags
    if "recalls" in tags or ("recalls.had" in tags and perfect):
        return True
    return "presupposes" in tags and _well_known(mention)


def _well_known(mention: Mention) -> bool:
    """Relations taken up, accords, what states signed: an official who signs "after that" may do so today."""
    if mention.type is EventType.RELATIONS_CHANGE:
        return str(mention.rule.action) in ("establish", "resume")
    signers = [actor for group in mention.roles.values() if isinstance(group, Group) for actor in group.members]
    return mention.type is EventType.AGREEMENT and all(actor.kind == "state" for actor in signers)
