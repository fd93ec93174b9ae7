"""What a clause takes for known: "after A and B signed", "since the accords normalised ties", "when A and B signed", "A had recognised B".

Such a clause tells old news in the first sentence or the headline of an article too, unless it names a day close to that of the text.
Not here: cues of the past in front of a whole sentence, and how far back a date lies.
"""

from __future__ import annotations

from schemas.codes import EventType, Precision
from services.extract.engine.clauses.mentions import Mention
from services.extract.engine.clauses.roles import Place
from services.extract.engine.phrases.actors import Group
from services.extract.engine.words.items import Item, gap

_IN_A_CLAUSE = frozenset({"actor", "date", "filler", "adverb", "first", "n.accords", "n.states", "number"})
"""What may stand between the opener of such a clause and its verb."""
_VAGUE = frozenset({Precision.YEAR, Precision.DECADE, Precision.MONTH})


def presupposed(place: Place) -> Item | None:
    """The word that opens such a clause before its verb, or the verb that is a participle of what was named; else `None`."""
    if "verb" not in place.trigger.tags:
        return None
    if "reduced" in place.trigger.tags:
        return place.trigger
    for position in range(place.at - 1, -1, -1):
        item = place.items[position]
        if position > 0 and {"break", "relative"} <= item.tags and {"after", "since"} & place.items[position - 1].tags:
            continue  # "after that A and B signed": a glued word for "that" only belongs to the opener
        if {"after", "since"} & item.tags and "actor" not in item.tags and "date" not in item.tags:
            return None if {"break", "day_after"} & item.tags else item
        if not item.tags & _IN_A_CLAUSE or {"actor", "after_comma"} <= item.tags:
            return None  # "after X's speech, A and B signed": the comma has closed what came before
    return None


def recall(mention: Mention, opener: Item) -> None:
    """Make of `mention` what is only recalled, unless its clause gives it a day: a date before the opener is another's."""
    spanned = mention.date_span is not None and opener is not mention.trigger
    if spanned and mention.date_span is not None and mention.date_span[0] < opener.start:
        mention.when = None
    if mention.when is None:
        mention.weak = mention.modality.after = True
    elif spanned and mention.when.precision in _VAGUE:
        mention.modality.after = mention.modality.background = True


def dated_from(place: Place, mention: Mention) -> bool:
    """ "two years after X visited B": who travelled or met only dates the news, unless that has a day of its own."""
    opener = presupposed(place)
    if opener is None or "since" not in opener.tags:
        return False
    return mention.when is None or mention.date_span is None or mention.date_span[0] < opener.end


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
