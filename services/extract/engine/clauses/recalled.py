"""What a clause takes for known: "after A and B signed", "since the accords normalised ties", "a year after they agreed to".

Not here: cues of the past in front of a whole sentence, and how far back a date lies.
"""

from __future__ import annotations

from schemas.codes import Precision
from services.extract.engine.clauses.mentions import Mention
from services.extract.engine.clauses.roles import Place
from services.extract.engine.words.items import Item

_IN_A_CLAUSE = frozenset({"actor", "date", "filler", "adverb", "first", "n.accords", "n.states", "number"})
"""What may stand between the opener of such a clause and its verb."""
_VAGUE = frozenset({Precision.YEAR, Precision.DECADE, Precision.MONTH})


def presupposed(place: Place) -> Item | None:
    """The word that opens such a clause before its verb, or the verb that is a participle of what was named; else `None`."""
    if "verb" not in place.trigger.tags:
        return None
    if "reduced" in place.trigger.tags:
        return place.trigger
    for item in reversed(place.items[: place.at]):
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
