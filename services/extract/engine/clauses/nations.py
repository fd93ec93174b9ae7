"""Which states and organs the clause of a trigger names: all of them, those where it takes place, those who take part."""

from __future__ import annotations

from schemas.codes import ActorLevel
from services.extract.engine.clauses.roles import IN, TO, Place, ahead, has_member, is_actor, is_plain
from services.extract.engine.phrases.actors import PLACES, Group
from services.extract.engine.words.items import Item, gap


def nations(place: Place) -> list[Item]:
    """States, their organs and their adjectives behind the trigger, to the end of its clause."""
    return [item for item in _clause_behind(place) if "demonym" in item.tags or _of_state(item)]


def rest(place: Place) -> list[Item]:
    """States, their organs and their adjectives anywhere behind the trigger, to the end of the sentence."""
    return [item for item in place.items[place.at + 1 :] if "demonym" in item.tags or _of_state(item)]


def clause(place: Place) -> list[Item]:
    """All actors and adjectives of states in the clause, those before the trigger too."""
    before: list[Item] = []
    for item in reversed(place.items[: place.at]):
        if item.tags & {"break"} and "relative" not in item.tags:
            break
        if "demonym" in item.tags or _of_state(item):
            before.insert(0, item)
    return before + nations(place)


def _clause_behind(place: Place) -> list[Item]:
    """The items behind the trigger up to a clause opener, or to a comma behind which words follow that nobody knows."""
    found: list[Item] = []
    last = place.trigger
    for position, item in enumerate(place.items[place.at + 1 :], place.at + 1):
        if {"after_comma", "conj"} <= item.tags and is_actor(item) and _acts_next(place.items, position):
            break
        earlier = "after" in item.tags and not {"actor", "date"} & item.tags  # what came before is no part of it
        if "attribution" in item.tags or earlier or ("break" in item.tags and not {"relative", "including"} & item.tags):
            break
        goes_on = is_actor(item) or {"demonym", "date"} & item.tags
        another = gap(last, item) > 0 or ("conj" in item.tags and not goes_on) or "verb" in item.tags
        if "after_comma" in item.tags and "including" not in item.tags and another:
            break
        found.append(item)
        last = item
    return found


def _acts_next(items: list[Item], position: int) -> bool:
    """Whether a finite verb stands right behind: ", and B took note" is a sentence of its own."""
    following = items[position + 1] if position + 1 < len(items) else None
    finite = following is not None and {"verb", "svo"} <= following.tags and not {"passive", "reduced", "inf"} & following.tags
    return finite and following is not None and gap(items[position], following) == 0


def envoy(place: Place) -> list[Item]:
    """The ambassador of whom the clause speaks."""
    return [item for item in clause(place) if "ambassador.actor" in item.tags][:1]


def partakers(place: Place) -> list[Item]:
    """Who stands behind "with the participation of" in the clause; the adjective too ("of Emirati planes")."""
    found: list[Item] = []
    opened = False
    for item in _clause_behind(place):
        if "participation" in item.tags:
            opened = True
        elif opened and (is_actor(item) or "demonym" in item.tags):
            found.append(item)
        elif "verb" in item.tags:
            break
    return found


def _of_state(item: Item) -> bool:
    return is_actor(item) and isinstance(item.value, Group) and bool(item.value.states) and item.value.level is not ActorLevel.NON_STATE


def inner(place: Place) -> list[Item]:
    """States and cities with "in" anywhere in the clause, before the trigger too: where something takes place."""
    return [item for item in clause(place) if is_actor(item) and item.tags & IN and has_member(item, PLACES)]


def recipient(place: Place) -> list[Item]:
    """The first state, or organ of one, introduced by "to": who gets what is sold."""
    return next(([item] for item in ahead(place) if is_actor(item) and item.tags & (IN | TO) and _of_state(item)), [])


def sold_to(place: Place) -> list[Item]:
    """Who gets what a deal "to sell" is about: the state right behind that verb, else the one introduced by "to"."""
    for position in range(place.at + 1, len(place.items)):
        if {"v.sell", "n.supply"} & place.items[position].tags:
            if not any("n.weapon" in item.tags for item in place.items[position + 1 :]):
                return []
            behind = place.items[position + 1 : position + 2]
            return [item for item in behind if is_plain(item) and _of_state(item)] or recipient(Place(place.items, position))
        if "break" in place.items[position].tags:
            return []
    return []
