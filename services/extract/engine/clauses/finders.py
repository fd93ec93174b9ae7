"""Every role that a rule may name, by the finder that fills it (`roles` has those that ask for one place in the clause).

Here: finders that reach over a carrying verb, a possessive, or the whole clause.
"""

from __future__ import annotations

from schemas.codes import ActorLevel, Rank
from services.extract.engine.clauses import airways, around, complements, drills, frontroles, journeys, nearby, subjects
from services.extract.engine.clauses.relatives import antecedent
from services.extract.engine.clauses.roles import IN, TO, Finder, Place, ahead, has_member, is_actor, is_plain
from services.extract.engine.clauses.subjects import subject
from services.extract.engine.phrases.actors import Group
from services.extract.engine.words.items import Item, gap

CARRIED_WORDS = 6
"""Unknown words between a noun and the verb behind it that says whom it brought together."""
PEOPLE = ("official", "person", "delegation")
PLACES = ("state", "capital", "city")


def in_person(place: Place) -> list[Item]:
    """People introduced by the preposition that also means "in" ("met in-him"): a meeting's counterpart in some languages."""
    return [item for item in ahead(place) if is_actor(item) and item.tags & IN and has_member(item, PEOPLE)]


def to_person(place: Place) -> list[Item]:
    """People introduced by "to" ("presented to the president")."""
    return [item for item in ahead(place) if is_actor(item) and item.tags & TO and has_member(item, PEOPLE)]


def beside(place: Place) -> list[Item]:
    """Actors introduced by "beside", "alongside"."""
    return [item for item in ahead(place) if is_actor(item) and "p.beside" in item.tags]


def held_between(place: Place) -> list[Item]:
    """Actors with "between" behind the verb of holding that follows a noun ("a meeting that will be held between A and B")."""
    words, last = 0, place.trigger
    for position in range(place.at + 1, len(place.items)):
        item = place.items[position]
        words += max(gap(last, item), 0)
        if words > CARRIED_WORDS:
            return []
        if {"v.hold", "v.perform", "light"} & item.tags:
            return complements.between(Place(place.items, position))
        if "verb" in item.tags:
            return []
        last = item
    return []


def bound_for(place: Place) -> list[Item]:
    """The state or city introduced by "to" before the trigger, in its clause ("left for B to take part")."""
    for item in reversed(place.items[: place.at]):
        if "break" in item.tags and "relative" not in item.tags:
            return []
        if is_actor(item) and item.tags & TO and has_member(item, PLACES):
            return [item]
    return []


def plus(place: Place) -> list[Item]:
    """Actors introduced by "in addition to"."""
    return [item for item in ahead(place) if is_actor(item) and "p.plus" in item.tags]


def clause_subject(place: Place) -> list[Item]:
    """The subject of the verb before a noun, when it stands before the noun ("returned after talks with")."""
    for position in range(place.at - 1, -1, -1):
        item = place.items[position]
        if "verb" in item.tags:
            found = subject(Place(place.items, position))
            return [one for one in found if one.start < place.trigger.start]
        if "break" in item.tags and "relative" not in item.tags:
            return []
    return []


def owner(place: Place) -> list[Item]:
    """Whose a noun with a possessive is ("his meeting"): the subject of the verb before it, else the actor named last before it."""
    if "poss" not in place.trigger.tags:
        return []
    nearest: Item | None = None
    for position in range(place.at - 1, -1, -1):
        item = place.items[position]
        if "verb" in item.tags and "in_course" in place.items[position + 1].tags:
            nearest = None  # "on a visit, meets in its course B before his visit to C": his who is on that visit
            continue
        if "verb" in item.tags:
            found = subject(Place(place.items, position))
            if found and found[0].start < place.trigger.start:
                return found
        if "attribution" in item.tags and nearest is not None:
            return [nearest]  # "so said X after his meeting with"
        if nearest is None and is_plain(item):
            nearest = item
    return [nearest] if nearest is not None else []


def told_owner(place: Place) -> list[Item]:
    """Whose a noun with a possessive is, told behind it ("his visit of X"), by the verb that follows, or by what stands before."""
    return complements.genitive(place) or complements.of(place)[:1] or _main_subject(place) or owner(place)


def guest(place: Place) -> list[Item]:
    """Whose the noun is in the course of which the clause happens ("said during a visit", "during talks with B, A said")."""
    return complements.genitive(place) or owner(place) or clause_subject(place) or main_subject(place)


def goal(place: Place) -> list[Item]:
    """Where such a visit goes: the place behind it, else the one of the clause before ("opened in B a fair during a visit")."""
    return complements.to(place) or complements.in_(place) or inner(place)[:1]


def _main_subject(place: Place) -> list[Item]:
    """The subject of the first verb behind the trigger: who acts in the sentence that a noun with a possessive opens."""
    for position in range(place.at + 1, len(place.items)):
        if "verb" in place.items[position].tags:
            return subject(Place(place.items, position))
        if "break" in place.items[position].tags:
            return []
    return []


def joined(place: Place) -> list[Item]:
    """Whom the verb behind a noun brings together ("a meeting that joined A and B", "that joined him with B")."""
    items, words, last = place.items, 0, place.trigger
    for position in range(place.at + 1, len(items)):
        item = items[position]
        words += max(gap(last, item), 0)
        if words > CARRIED_WORDS:
            return []
        if "v.join" in item.tags:
            others = _brought(items, position)
            return (_topmost(items, place.at) if "object" in item.tags else []) + others
        if "verb" in item.tags and "v.perform" not in item.tags:
            return []
        last = item
    return []


def brought(place: Place) -> list[Item]:
    """Whom a verb in front of the noun brings together ("there joined a dinner A and B")."""
    return _brought(place.items, place.at)


def _brought(items: list[Item], position: int) -> list[Item]:
    """The actors behind the verb of bringing together: its objects, and who stands with them."""
    found: list[Item] = []
    last, words = items[position], 0
    for item in items[position + 1 :]:
        words += max(gap(last, item), 0)
        if words > CARRIED_WORDS or item.tags & {"verb", "break"}:
            break
        # An unknown name may stand before the second one's office.
        plain = is_plain(item) and (not found or (gap(last, item) > 0 and has_member(item, PEOPLE) and has_member(found[-1], PEOPLE)))
        wanted = plain or "p.with" in item.tags or "p.between" in item.tags or (item.tags & IN and has_member(item, PEOPLE))
        if is_actor(item) and wanted:
            found.append(item)
        last = item
    return found


def _topmost(items: list[Item], at: int) -> list[Item]:
    """The subject of the first verb before `at` that has one: of whom the sentence speaks."""
    for position in range(at):
        if "verb" in items[position].tags:
            found = subject(Place(items, position))
            if found and found[0].start < items[at].start:
                return found
    return []


def nations(place: Place) -> list[Item]:
    """States, their organs and their adjectives behind the trigger, to the end of its clause."""
    return [item for item in _clause_behind(place) if "demonym" in item.tags or _of_state(item)]


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


def doer(place: Place) -> list[Item]:
    """Who does what the nearest verb before the noun says, or its verbal noun ("launched", "announced the launch of its flights")."""
    items, words, last = place.items, 0, place.trigger
    if "verb" in last.tags and "noun" not in last.tags:
        return []
    for position in range(place.at - 1, -1, -1):
        item = items[position]
        words += max(gap(item, last), 0)
        if words > CARRIED_WORDS or ("break" in item.tags and "relative" not in item.tags):
            return []
        if "verb" in item.tags and "say" not in item.tags:
            return subject(Place(items, position))
        if "noun" in item.tags and any(tag.startswith("v.") for tag in item.tags):
            there = Place(items, position)
            return complements.genitive(there) or complements.announcer(there) or complements.performer(there)
        if "say" in item.tags:
            return subject(Place(items, position))
        last = item
    return []


def right_in(place: Place) -> list[Item]:
    """The first state with "in" behind the trigger: what some verbs act on ("recognised in-B")."""
    return [item for item in ahead(place) if is_actor(item) and item.tags & IN and has_member(item, ("state",))][:1]


def envoy(place: Place) -> list[Item]:
    """The ambassador of whom the clause speaks."""
    return [item for item in clause(place) if "ambassador.actor" in item.tags][:1]


def before(place: Place) -> list[Item]:
    """The actor named last before a noun in its clause ("a unit left to take part in")."""
    for item in reversed(place.items[: place.at]):
        if "break" in item.tags and "relative" not in item.tags:
            return []
        if is_plain(item):
            return [item]
    return []


def partakers(place: Place) -> list[Item]:
    """Who stands behind "with the participation of" in the clause."""
    found: list[Item] = []
    opened = False
    for item in _clause_behind(place):
        if "participation" in item.tags:
            opened = True
        elif opened and is_actor(item):
            found.append(item)
        elif "verb" in item.tags:
            break
    return found


TROOP_WORDS = 8


def troops(place: Place) -> list[Item]:
    """Whose soldiers, pilots or ships take part: the adjectives right behind them, or the army "of" which they are."""
    items = place.items
    for position, item in enumerate(items):
        if "n.troops" in item.tags and min(abs(gap(item, place.trigger)), abs(gap(place.trigger, item))) <= TROOP_WORDS:
            return _behind_troops(items, position)
    return []


def _behind_troops(items: list[Item], position: int) -> list[Item]:
    found: list[Item] = []
    last = items[position]
    for item in items[position + 1 :]:
        mine = "demonym" in item.tags or (is_actor(item) and ("p.from" in item.tags or is_plain(item)))
        if gap(last, item) > 0 or not (mine or "filler" in item.tags):
            break
        if mine:
            found.append(item)
        last = item
    return found


def _of_state(item: Item) -> bool:
    return is_actor(item) and isinstance(item.value, Group) and bool(item.value.states) and item.value.level is not ActorLevel.NON_STATE


def inner(place: Place) -> list[Item]:
    """States and cities with "in" anywhere in the clause, before the trigger too: where something takes place."""
    return [item for item in clause(place) if is_actor(item) and item.tags & IN and has_member(item, PLACES)]


def in_front(place: Place) -> list[Item]:
    """Who stands in front of words that say where he is ("X, on a visit to", "X is on a visit to")."""
    last, words = place.trigger, 0
    for position in range(place.at - 1, -1, -1):
        item = place.items[position]
        words += max(gap(item, last), 0)
        if "relative" in item.tags and words <= 1 and (named := antecedent(place.items, position)) is not None:
            return [named]  # "X, who is on a visit to"
        if words > CARRIED_WORDS or "break" in item.tags:
            return []
        if "verb" in item.tags:
            return subject(Place(place.items, position)) if "be" in item.tags else []
        if is_plain(item) or (words == 0 and is_actor(item) and has_member(item, PEOPLE)):
            return [item]
        last = item
    return []


def holder(place: Place) -> list[Item]:
    """The subject of the verb "to have" before a noun ("had talks with")."""
    last, words = place.trigger, 0
    for position in range(place.at - 1, -1, -1):
        item = place.items[position]
        words += max(gap(item, last), 0)
        if words > CARRIED_WORDS or "break" in item.tags:
            return []
        if "verb" in item.tags:
            return subject(Place(place.items, position)) if "v.have" in item.tags else []
        last = item
    return []


def posting(place: Place) -> list[Item]:
    """The state to which an envoy named behind the trigger is sent, when its name has the preposition."""
    envoy = False
    for item in ahead(place):
        if envoy and is_actor(item) and item.tags & (TO | IN) and has_member(item, PLACES):
            return [item]
        if is_actor(item) and isinstance(item.value, Group):
            envoy = envoy or any(actor.rank is Rank.AMBASSADOR for actor in item.value.members)
    return []


def where(place: Place) -> list[Item]:
    """The first state or city with "in" or "to" behind the trigger."""
    return next(([item] for item in ahead(place) if is_actor(item) and item.tags & (IN | TO) and has_member(item, PLACES)), [])


def attached(place: Place) -> list[Item]:
    """Whom a participle speaks of ("X, arrived on Monday, ..." or "Arrived on Monday, X ..."): the actor before it, else the next one."""
    before = place.items[place.at - 1] if place.at else None
    if before is not None and gap(before, place.trigger) <= 1:
        return [before] if is_plain(before) else []
    if any("verb" in item.tags for item in place.items[: place.at]):
        return []
    return next(([item] for item in ahead(place) if is_plain(item) and has_member(item, PEOPLE)), [])


def linked(place: Place) -> list[Item]:
    """The first place right behind a verb of linking ("links A to B")."""
    return next(([item] for item in ahead(place) if is_plain(item) and has_member(item, PLACES)), [])


def recipient(place: Place) -> list[Item]:
    """The first state, or organ of one, introduced by "to": who gets what is sold."""
    return next(([item] for item in ahead(place) if is_actor(item) and item.tags & (IN | TO) and _of_state(item)), [])


def main_subject(place: Place) -> list[Item]:
    """Who acts in the sentence that the trigger's phrase opens ("in talks with B, A said"): no verb stands before it."""
    return [] if any("verb" in item.tags for item in place.items[: place.at]) else _main_subject(place)


def bound(place: Place) -> list[Item]:
    """The state or city right behind "for" ("left on Sunday for B")."""
    return [item for item in ahead(place) if "p.for" in item.tags and is_actor(item) and item.tags & set(PLACES)][:1]


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


FINDERS: dict[str, Finder] = {
    "lone_person": around.lone_person,
    "between_far": around.between_far,
    "arranged_between": around.arranged_between,
    "pair_of": around.pair_of,
    "stranger": around.stranger,
    "premodifiers": frontroles.premodifiers,
    "possessor": frontroles.possessor,
    "by": frontroles.by,
    "on_visit": frontroles.on_visit,
    "envoy_pair": frontroles.envoy_pair,
    "presented": frontroles.presented,
    "launched_by": frontroles.launched_by,
    "carrier": airways.carrier,
    "line_ends": airways.line_ends,
    "airspace_owner": airways.airspace_owner,
    "held_in": drills.held_in,
    "sent_to": drills.sent_to,
    "host_state": frontroles.host_state,
    "mover": frontroles.mover,
    "next_place": frontroles.next_place,
    "of_subject": frontroles.of_subject,
    "pronoun_owner": frontroles.pronoun_owner,
    "told_owner": told_owner,
    "recognized": frontroles.recognized,
    "subject": subjects.subject,
    "object": subjects.object_,
    "genitive": complements.genitive,
    "of": complements.of,
    "to": complements.to,
    "in": complements.in_,
    "with": complements.with_,
    "between": complements.between,
    "performer": complements.performer,
    "performed": complements.performed,
    "adjectives": complements.adjectives,
    "itself": complements.itself,
    "inside": complements.inside,
    "gathering": complements.gathering,
    "announcer": complements.announcer,
    "companion": frontroles.companion,
    "visiting": frontroles.visiting,
    "met_by": frontroles.met_by,
    "landing": frontroles.landing,
    "host": complements.host,
    "at": complements.at,
    "from": complements.from_,
    "maker": complements.maker,
    "in_person": in_person,
    "upon": journeys.upon,
    "carried": journeys.carried,
    "covered": journeys.covered,
    "opening": journeys.opening,
    "onward": journeys.onward,
    "led": journeys.led,
    "headed": journeys.headed,
    "headed_between": journeys.headed_between,
    "headed_of": journeys.headed_of,
    "received": journeys.received,
    "welcomed": journeys.welcomed,
    "adjoining": journeys.adjoining,
    "brought": brought,
    "to_person": to_person,
    "beside": beside,
    "attached": attached,
    "holder": holder,
    "recipient": recipient,
    "linked": linked,
    "where": where,
    "posting": posting,
    "in_front": in_front,
    "owner": owner,
    "guest": guest,
    "goal": goal,
    "stop": nearby.stop,
    "recipient_of": nearby.recipient_of,
    "back_from": nearby.back_from,
    "two_named": nearby.two_named,
    "placed": nearby.placed,
    "light_subject": nearby.light_subject,
    "with_whom": nearby.with_whom,
    "route": nearby.route,
    "told_by": nearby.told_by,
    "joined": joined,
    "nations": nations,
    "clause": clause,
    "inner": inner,
    "doer": doer,
    "right_in": right_in,
    "envoy": envoy,
    "before": before,
    "plus": plus,
    "held_between": held_between,
    "bound_for": bound_for,
    "clause_subject": clause_subject,
    "main_subject": main_subject,
    "sold_to": sold_to,
    "bound": bound,
    "partakers": partakers,
    "troops": troops,
}
"""Every role that a rule may name; `topic`, the person that the story spoke of last, is added by `reading`."""
