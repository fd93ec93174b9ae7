"""Every role that a rule may name, by the finder that fills it (`roles` has those that ask for one place in the clause).

Here: finders that reach over a carrying verb, a possessive, or the whole clause.
"""

from __future__ import annotations

from schemas.codes import Rank
from services.extract.engine.clauses import airways, around, complements, drills, envoys, frontroles, journeys, nearby, subjects
from services.extract.engine.clauses.nations import clause, envoy, inner, nations, partakers, recipient, rest, sold_to
from services.extract.engine.clauses.owners import (
    attached,
    before,
    clause_subject,
    doer,
    guest,
    holder,
    in_front,
    main_subject,
    owner,
    told_owner,
)
from services.extract.engine.clauses.roles import CARRIED_WORDS, IN, TO, Finder, Place, ahead, has_member, is_actor, is_plain
from services.extract.engine.clauses.subjects import subject
from services.extract.engine.phrases.actors import PEOPLE, PLACES, Group
from services.extract.engine.words.items import Item, gap


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


def goal(place: Place) -> list[Item]:
    """Where such a visit goes: the place behind it, else the one of the clause before ("opened in B a fair during a visit")."""
    return complements.to(place) or complements.in_(place) or inner(place)[:1]


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
        plain = plain or ("counterpart.actor" in item.tags and is_plain(item))
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


def right_in(place: Place) -> list[Item]:
    """The first state with "in" behind the trigger: what some verbs act on ("recognised in-B")."""
    return [item for item in ahead(place) if is_actor(item) and item.tags & IN and has_member(item, ("state",))][:1]


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


def linked(place: Place) -> list[Item]:
    """The first place right behind a verb of linking ("links A to B")."""
    return next(([item] for item in ahead(place) if is_plain(item) and has_member(item, PLACES)), [])


def bound(place: Place) -> list[Item]:
    """The state or city right behind "for" ("left on Sunday for B")."""
    return [item for item in ahead(place) if "p.for" in item.tags and is_actor(item) and item.tags & set(PLACES)][:1]


FINDERS: dict[str, Finder] = {
    "lone_person": around.lone_person,
    "arranged_between": around.arranged_between,
    "pair_of": around.pair_of,
    "place_before": around.place_before,
    "visitor_before": around.visitor_before,
    "stranger": around.stranger,
    "premodifiers": frontroles.premodifiers,
    "possessor": frontroles.possessor,
    "by": frontroles.by,
    "on_visit": frontroles.on_visit,
    "envoy_pair": frontroles.envoy_pair,
    "presented": frontroles.presented,
    "at_post": envoys.at_post,
    "sent_envoy": envoys.sent_envoy,
    "launched_by": frontroles.launched_by,
    "carrier": airways.carrier,
    "line_ends": airways.line_ends,
    "airspace_owner": airways.airspace_owner,
    "owners_of": airways.owners_of,
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
    "said_by": nearby.said_by,
    "joined": joined,
    "nations": nations,
    "rest": rest,
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
