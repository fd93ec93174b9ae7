"""Which events of an article belong together: the stages of one journey, the steps of one instrument."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from schemas.codes import EventType
from services.extract.engine.events.drafts import Draft


def journeys(drafts: Sequence[Draft]) -> dict[int, Draft]:
    """By `id` of the draft, the first visit of its journey, for visits that one trigger tells ("visited A and B"; ontology E4)."""
    stages: dict[int, list[Draft]] = {}
    for draft in drafts:
        if draft.type is EventType.VISIT:
            for mention in draft.mentions:
                stages.setdefault(mention.trigger.start, []).append(draft)
    told = [list({id(draft): draft for draft in group}.values()) for group in stages.values()]
    return {id(draft): group[0] for group in told if len({tuple(d.parties) for d in group}) > 1 for draft in group}


def steps_of_one_text(told: Sequence[tuple[Draft, dict[str, Any]]]) -> dict[int, Draft]:
    """By `id` of the draft, the first step told of its instrument, for instruments of which several steps are told (ontology E3).

    A step joins the one instrument of the same parties that has no such step yet and whose fields it does not contradict; where two
    would do, nobody knows which is meant, and it stays alone.
    """
    texts: list[list[tuple[Draft, dict[str, Any]]]] = []
    for step in told:
        if step[0].type is not EventType.AGREEMENT:
            continue
        fitting = [text for text in texts if all(_may_be_one(other, step) for other in text)]
        if len(fitting) == 1:
            fitting[0].append(step)
        else:
            texts.append([step])
    return {id(draft): text[0][0] for text in texts if len(text) > 1 for draft, _ in text}


def _may_be_one(one: tuple[Draft, dict[str, Any]], other: tuple[Draft, dict[str, Any]]) -> bool:
    """Whether two steps may be of one instrument: same parties, different stages, fields that overlap or are not told."""
    mine, theirs = set(one[1]["domains"]), set(other[1]["domains"])
    agree = not mine or not theirs or bool(mine & theirs)
    return set(one[0].parties) == set(other[0].parties) and one[1]["stage"] != other[1]["stage"] and agree
