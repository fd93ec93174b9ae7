"""What the words before the opener of a clause ("that", "if") make of everything in it: reported, doubted, planned, denied."""

from __future__ import annotations

from services.extract.engine.clauses.roles import Place
from services.extract.engine.words.items import gap


def reported_denial(place: Place, position: int) -> bool:
    """ "denied that X visited": the verb of denial is the one that opens the clause."""
    for back in range(position - 1, max(position - 5, -1), -1):
        item = place.items[back]
        if "deny" in item.tags:
            return True
        reported = "say" in item.tags and back > 0 and "report" in place.items[back - 1].tags
        if ("say" in item.tags or "verb" in item.tags) and not reported:
            return False
    return False


def doubted_clause(place: Place, position: int) -> bool:
    """ "it is possible that", "if": the doubt stands right before the clause."""
    return any("doubt" in item.tags and gap(item, place.items[position]) <= 3 for item in place.items[max(position - 3, 0) : position])


def planned_clause(place: Place, position: int) -> bool:
    return any("plan" in item.tags and gap(item, place.items[position]) <= 1 for item in place.items[max(position - 2, 0) : position])


def reported_clause(place: Place, position: int) -> bool:
    """Whether "that" opens what a verb of saying tells; days and speakers may stand between."""
    if "complement" not in place.items[position].tags and "pronoun" not in place.items[position].tags:
        return False
    for item in reversed(place.items[max(position - 4, 0) : position]):
        if {"say", "verb"} <= item.tags:
            return True
        if {"verb", "break"} & item.tags:
            return False
    return False


def reported_now(place: Place, position: int) -> bool:
    """ "A announced that he had met B": earlier than the announcement, which itself is not told as earlier."""
    verbs = [item for item in place.items[max(position - 4, 0) : position] if {"say", "verb"} <= item.tags]
    return bool(verbs) and "before" not in verbs[-1].tags and reported_clause(place, position)
