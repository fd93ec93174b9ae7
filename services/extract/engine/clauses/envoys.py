"""Who is sent where: finders around what an ambassador does at his post.

Not here: who presents credentials, and whose envoy a verb of naming acts on (`frontroles`).
"""

from __future__ import annotations

from services.extract.engine.clauses import frontroles
from services.extract.engine.clauses.roles import IN, TO, Place, ahead, has_member, is_actor
from services.extract.engine.phrases.actors import PLACES, Group
from services.extract.engine.words.items import Item


def at_post(place: Place) -> list[Item]:
    """The envoy in front of the verb and his host, where the place behind it is in the host's country ("returned to", "is back in")."""
    found = frontroles.presented(place)
    hosts = {state for item in found[1:] if isinstance(item.value, Group) for state in item.value.states}
    return found if hosts & _first_place(place) else []


def _first_place(place: Place) -> set[str]:
    """The state of the first place behind the trigger with "in" or "to"."""
    for item in ahead(place):
        if is_actor(item) and isinstance(item.value, Group) and has_member(item, PLACES):
            return set(item.value.states) if item.tags & (IN | TO | {"p.at"}) or "p.other" not in item.tags else set()
    return set()


def sent_envoy(place: Place) -> list[Item]:
    """The nearest envoy in front of the trigger in its clause, with his host."""
    for item in reversed(place.items[: place.at]):
        members = item.value.members if isinstance(item.value, Group) else []
        host = next((actor.host for actor in members if actor.host is not None), None)
        if host is not None:
            return [item, host]
        if "break" in item.tags and "relative" not in item.tags:
            return []
    return []
