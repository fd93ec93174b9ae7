"""What hangs on a noun or verb by a preposition or as its genitive, and who performs, hosts or makes what the noun names."""

from __future__ import annotations

from itertools import takewhile

from schemas.codes import ActorLevel
from services.extract.engine.clauses.goals import SUBJECT_WORDS
from services.extract.engine.clauses.roles import (
    GENITIVE_WORDS,
    IN,
    IN_NOUN_PHRASE,
    OPAQUE,
    PREPOSITIONS,
    TO,
    Place,
    ahead,
    has_member,
    is_actor,
    is_plain,
)
from services.extract.engine.clauses.subjects import subject, subject_behind
from services.extract.engine.phrases.actors import PEOPLE, Group
from services.extract.engine.words.items import Item, gap


def genitive(place: Place) -> list[Item]:
    """The actor right behind a noun ("the visit of X"), or marked with "of" further on ("the visit to Y of X")."""
    marked = _marked_genitive(place)
    if marked or "def" in place.trigger.tags:
        return marked
    last = place.trigger
    for item in place.items[place.at + 1 :]:
        if gap(last, item) > 0:
            return []
        if is_plain(item) or (is_actor(item) and "p.of" in item.tags):
            return [item] if "conj" not in item.tags else []
        if not ({"filler", "title", "official_word"} & item.tags):
            return []
        last = item
    return []


def _marked_genitive(place: Place) -> list[Item]:
    """The first actor with "of" behind a noun; places, days and adjectives may stand between, another noun may not."""
    last, words = place.trigger, 0
    for item in place.items[place.at + 1 :]:
        words += max(gap(last, item), 0)
        if words > GENITIVE_WORDS or item.tags & OPAQUE:
            return []
        if is_actor(item):
            if "p.of" in item.tags:
                return [item]
            if not item.tags & (TO | IN | {"p.from"}):
                return []
        elif not item.tags & IN_NOUN_PHRASE:
            return []
        last = item
    return []


def of(place: Place) -> list[Item]:
    """Officials introduced by "of" or "by" behind a noun ("a visit of the minister", "carried out by")."""
    return [
        item for item in ahead(place) if is_actor(item) and (item.tags & TO or {"p.by", "p.of"} & item.tags) and has_member(item, PEOPLE)
    ]


def to(place: Place) -> list[Item]:
    """States and cities introduced by "to"; what somebody goes there to do names places of its own."""
    found: list[Item] = []
    last = place.trigger
    for item in ahead(place):
        if found and "purpose" in last.tags and "inf" in item.tags and "motion" not in item.tags:
            break
        last = item
        if is_actor(item) and item.tags & TO and has_member(item, ("state", "capital", "city")):
            found.append(item)
    return found + _next_stages(place, found[-1]) if found else found


def _next_stages(place: Place, goal: Item) -> list[Item]:
    """The further places of "to A, then to B"."""
    at = place.items.index(goal)
    found: list[Item] = []
    while at + 2 < len(place.items) and "then" in place.items[at + 1].tags and gap(place.items[at], place.items[at + 1]) == 0:
        stage = place.items[at + 2]
        if gap(place.items[at + 1], stage) > 0 or not is_actor(stage) or not has_member(stage, ("state", "capital", "city")):
            break
        found.append(stage)
        at += 2
    return found


def in_(place: Place) -> list[Item]:
    """States and cities introduced by "in"; behind a comma and "and" they open another clause (", and in A they ...")."""
    found = [item for item in takewhile(_is_no_source, ahead(place)) if not {"conj", "after_comma"} <= item.tags]
    return [item for item in found if is_actor(item) and item.tags & IN and has_member(item, ("state", "capital", "city"))]


def _is_no_source(item: Item) -> bool:
    """ "visited A, so it was reported in B": what stands behind the source is where it was said."""
    return not {"attribution", "after_comma"} <= item.tags


def with_(place: Place) -> list[Item]:
    """The first actors introduced by "with", and those of their state behind "and with": any other "with" tells of something else."""
    found: list[Item] = []
    last = place.trigger
    behind = ahead(place)
    for position, item in enumerate(behind):
        if is_actor(item) and "p.with" in item.tags and not ("takes.with" in last.tags and gap(last, item) == 0):
            if any("looks.on" in other.tags for other in behind[position + 1 : position + 2]):
                break  # "signed with A and B looking on": who is only present does not act
            found.append(item)  # "the border with B" is no act with B
        last = item
    return [item for item in found if item is found[0] or ("conj" in item.tags and _states_of(item) <= _states_of(found[0]))]


def _states_of(item: Item) -> set[str]:
    return set(item.value.states) if isinstance(item.value, Group) else set()


def between(place: Place) -> list[Item]:
    """Actors introduced by "between"."""
    return [item for item in ahead(place) if is_actor(item) and "p.between" in item.tags]


def performer(place: Place) -> list[Item]:
    """The subject of the light verb that carries the noun ("X paid a visit"), or of the verb that begins or ends it."""
    items, words, last = place.items, 0, place.trigger
    for position in range(place.at - 1, -1, -1):
        item = items[position]
        words += max(gap(item, last), 0)
        if words > SUBJECT_WORDS:
            return []
        if {"v.perform", "v.begin", "v.end", "v.hold"} & item.tags:
            return subject(Place(items, position)) or _earlier_subject(items, position)
        if {"postpone", "cancel"} & item.tags and "verb" in item.tags:
            # Who calls off a visit is its traveller only where nobody else is named as that.
            return [] if genitive(place) or of(place) else subject(Place(items, position))
        if "n.perform" in item.tags:
            return genitive(Place(items, position))
        if item.tags & OPAQUE:
            return []
        last = item
    return []


def _earlier_subject(items: list[Item], position: int) -> list[Item]:
    """The subject of the verb before, in the same sentence ("he began his visit ..., then will hold talks")."""
    for back in range(position - 1, -1, -1):
        if "verb" in items[back].tags and "say" not in items[back].tags:
            return subject(Place(items, back))
    return []


def performed(place: Place) -> list[Item]:
    """The subject of a light verb behind the noun ("a visit that X pays")."""
    items, words, last = place.items, 0, place.trigger
    for position in range(place.at + 1, len(items)):
        item = items[position]
        words += max(gap(last, item), 0)
        if words > SUBJECT_WORDS + 2:
            return []
        if "v.perform" in item.tags:
            found = subject_behind(Place(items, position))
            return [found] if found else []
        if "verb" in item.tags:
            return []
        last = item
    return []


def adjectives(place: Place) -> list[Item]:
    """Adjectives of states right behind a noun ("the Israeli-Moroccan agreement")."""
    found: list[Item] = []
    last = place.trigger
    for item in place.items[place.at + 1 :]:
        if gap(last, item) > 0:
            break
        if "demonym" in item.tags:
            found.append(item)
        elif not ({"filler", "domain", "field", "number", "date", "anaphor.both"} & item.tags):
            break
        last = item
    return found


def itself(place: Place) -> list[Item]:
    """The trigger is the actor ("a delegation in Morocco")."""
    return [place.trigger] if is_actor(place.trigger) else []


def inside(place: Place) -> list[Item]:
    """A state or city with "in" right behind the trigger."""
    items = place.items
    if place.at + 1 < len(items):
        item = items[place.at + 1]
        if is_actor(item) and item.tags & IN and gap(place.trigger, item) == 0 and has_member(item, ("state", "capital", "city")):
            return [item]
    return []


def gathering(place: Place) -> list[Item]:
    """Who gathers: a list of states or officials by "of", "between", "with the participation of", or right behind the noun."""
    found: list[Item] = []
    last = place.trigger
    open_ = True
    for item in place.items[place.at + 1 :]:
        if item.tags & {"break"} and not ({"relative"} & item.tags):
            break
        if "participation" in item.tags:
            open_ = True
        elif is_actor(item) and isinstance(item.value, Group):
            wanted = item.tags & TO or "p.between" in item.tags or "p.with" in item.tags or "p.by" in item.tags
            another = last in found[-1:] and is_plain(item) and "after_comma" in item.tags and gap(last, item) <= 0
            if (open_ or wanted or another) and not (item.tags & IN):
                found.append(item)
            open_ = False
        elif gap(last, item) > 2 and "participation" not in item.tags:
            open_ = False
        last = item
    return found


def announcer(place: Place) -> list[Item]:
    """The subject of the verb of saying before a noun with a possessive ("Morocco announced its accession")."""
    for position in range(place.at - 1, -1, -1):
        item = place.items[position]
        if "say" in item.tags and "verb" in item.tags:
            return subject(Place(place.items, position))
        if item.tags & OPAQUE or (is_actor(item) and item.tags & PREPOSITIONS and _of_a_state(item)):
            return []
    return []


def _of_a_state(item: Item) -> bool:
    """Whether the phrase names a state or whoever acts for one ("on its website" does not)."""
    return isinstance(item.value, Group) and (bool(item.value.states) or item.value.level is ActorLevel.STATE)


def host(place: Place) -> list[Item]:
    """The subject of a verb of hosting beside the noun, or the state right behind it ("the summit in A, with the ministers of")."""
    for position in (place.at - 1, place.at - 2):
        if position >= 0 and {"v.host"} & place.items[position].tags:
            return subject(Place(place.items, position))
    behind = place.items[place.at + 1] if place.at + 1 < len(place.items) else None
    at_home = behind is not None and is_actor(behind) and behind.tags & IN and has_member(behind, ("state",))
    shared = any("participation" in item.tags for item in place.items[place.at + 1 :])
    return [behind] if at_home and shared and behind is not None and gap(place.trigger, behind) == 0 else []


def from_(place: Place) -> list[Item]:
    """Actors introduced by "from"."""
    return [item for item in ahead(place) if is_actor(item) and "p.from" in item.tags]


def maker(place: Place) -> list[Item]:
    """The first state or its adjective behind the object ("... that the Israeli company makes"), in the same clause."""
    buyers = subject(place)
    for item in takewhile(lambda item: not {"conj", "after_comma"} <= item.tags and "after" not in item.tags, place.items[place.at + 1 :]):
        if "demonym" in item.tags or (isinstance(item.value, Group) and item.value.states and item not in buyers):
            return [item]
    return []


def at(place: Place) -> list[Item]:
    """Actors introduced by "at", as an envoy is."""
    return [item for item in ahead(place) if is_actor(item) and "p.at" in item.tags]
