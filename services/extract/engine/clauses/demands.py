"""What is only demanded, threatened or promised, over whatever stands between the verb of asking and what it asks for.

Not here: cues that stand close by (`modality`).
"""

from __future__ import annotations

from services.extract.engine.clauses.roles import Place
from services.extract.engine.words.items import Item


def asked_for(place: Place) -> str | None:
    """ "demanded, in a letter it sent to the government, the-expulsion": the verb of demanding waits for its "bi-" over other verbs."""
    at = place.at
    if {"conj", "noun"} <= place.trigger.tags:
        at = next((back for back in range(at - 1, -1, -1) if _a_step(place.items[back])), at)
    if not {"in", "noun"} <= place.items[at].tags:
        return None
    for item in reversed(place.items[:at]):
        if "asks_for" in item.tags:
            return "hypothetical"
        if "break" in item.tags and "relative" not in item.tags:
            return None
    return None


def _a_step(item: Item) -> bool:
    return {"in", "noun"} <= item.tags and any(tag.startswith("v.") for tag in item.tags)
