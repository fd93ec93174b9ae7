"""The tense of a verb and of what it carries, from the marks of its form."""

from __future__ import annotations

from services.extract.engine.clauses.roles import IN, TO
from services.extract.engine.words.items import Item


def tense_of(item: Item) -> str:
    """The course that the form of a verb, or the preposition before a noun, tells by itself."""
    tags = item.tags
    if "refused" in tags:
        return "refused"
    if "modal" in tags or "would" in tags:
        return "hypothetical"
    if {"inf", "perf", "svo"} <= tags:
        return "past"  # "to have signed"
    if {"inf", "svo"} <= tags or "bare_inf" in tags:
        return "inf"
    if "lapsed" in tags:
        return "lapsed"
    if "fut" in tags or "subj" in tags:
        return "future"
    if "jussive" in tags and "impf" not in tags and "perf" not in tags:
        return "past"
    if {"progressive", "v.visit"} <= tags:
        return "present"  # "was visiting B": on that day he was there
    if {"perf", "past"} & tags or ("light" in tags and "impf" not in tags):
        return "past"
    if "impf" in tags:
        return "present"
    if tags & TO and not tags & IN and "noun" in tags:
        return "future"
    return "noun"


def carried_tense(verb: Item) -> str:
    """What the verb that carries a noun says: paid, began, ended, held a visit or a meeting."""
    tense = tense_of(verb)
    if {"v.begin", "v.launch"} & verb.tags:
        return "present" if tense in ("past", "present") else tense
    if "v.end" in verb.tags:
        return "past" if tense in ("past", "present") else tense
    return tense
