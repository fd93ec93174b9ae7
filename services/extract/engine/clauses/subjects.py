"""Subject and object of a verb: who acts, and whom the act meets, also where a relative clause or a speaker stands between."""

from __future__ import annotations

from services.extract.engine.clauses.asides import behind_aside, is_brought_along
from services.extract.engine.clauses.firsts import first_to, link_of_first
from services.extract.engine.clauses.goals import SUBJECT_WORDS, acts, is_goal, traveller_behind
from services.extract.engine.clauses.namely import spelled_out
from services.extract.engine.clauses.relatives import actor_before, antecedent
from services.extract.engine.clauses.roles import (
    FRONT_WORDS,
    FRONT_WORDS_PARTED,
    IN,
    OPAQUE,
    TO,
    Place,
    has_member,
    is_actor,
    is_plain,
    pronoun_before,
)
from services.extract.engine.phrases.actors import Group
from services.extract.engine.words.items import Item, gap


def subject(place: Place) -> list[Item]:
    """The subject of a verb: the actor right in front of it, else the one behind it, else one further in front; a noun has none."""
    if "noun" in place.trigger.tags and "verb" not in place.trigger.tags:
        return []
    found = _subject(place)
    return [found, *_name_behind(place, found)] if found else []


def _name_behind(place: Place, office: Item) -> list[Item]:
    """ "the ambassador at B, X and the deputy minister": the name behind his host, with those who are joined to it."""
    if "ambassador.actor" not in office.tags:
        return []
    behind = place.items[place.items.index(office) + 1 :][:2]
    if len(behind) < 2 or "p.at" not in behind[0].tags or gap(office, behind[0]) or gap(*behind) or not is_plain(behind[1]):
        return []
    same = isinstance(behind[1].value, Group) and isinstance(office.value, Group) and set(office.value.states) & set(behind[1].value.states)
    return [behind[1]] if same else []


def _subject(place: Place) -> Item | None:
    if "first_person" in place.trigger.tags:
        return _who_says(place)
    if "svo" in place.trigger.tags:
        return subject_in_front(place)
    before = None if _acted_on_before(place) else _subject_before(place)
    if before is not None and (before.last >= place.trigger.first - 2 or (pronoun_before(place) is not None)):
        return before
    behind = subject_behind(place) or before
    if behind is None and (announced := _announced(place)) is not None:
        return announced
    planned = bool(place.at) and {"plan", "after_comma"} <= place.items[place.at - 1].tags
    if behind is None and ("after_comma" in place.trigger.tags or planned) and "say" not in place.trigger.tags:
        return subject_in_front(Place(place.items, place.at - planned))  # behind an aside between commas
    return behind


def _acted_on_before(place: Place) -> bool:
    """ "the invitation of X, brought-it Y": with the pronoun of its object a verb has that in front and its subject behind."""
    behind = place.items[place.at + 1] if place.at + 1 < len(place.items) else None
    return "object" in place.trigger.tags and behind is not None and acts(behind) and gap(place.trigger, behind) == 0


def _who_says(place: Place) -> Item | None:
    """Whom "I" or "we" speaks of in a quotation: who stands before the colon, or the subject of the verb of saying."""
    for position in range(place.at - 1, -1, -1):
        item = place.items[position]
        if "colon" in item.tags and position and has_member(place.items[position - 1], ("official", "person")):
            return place.items[position - 1]
        if {"say", "verb"} <= item.tags:
            return _speaking(place.items, position)
    for position, item in enumerate(place.items[place.at + 1 :], place.at + 1):
        if {"say", "verb"} <= item.tags:
            return _speaking(place.items, position) if "after_comma" in item.tags else None
    return None


def _speaking(items: list[Item], verb: int) -> Item | None:
    """The person or office that says what the quotation holds."""
    found = _subject(Place(items, verb))
    return found if found is not None and has_member(found, ("official", "person")) else None


def _announced(place: Place) -> Item | None:
    """ "A announced that will-join": a verb without a subject right behind "that" has the subject of the verb of saying."""
    first = place.at - 1 if place.at and "neg" in place.items[place.at - 1].tags else place.at
    opener = place.items[first - 1] if first > 1 else None
    if opener is None or "fut" not in place.trigger.tags or gap(opener, place.items[first]) > 0:
        return None
    glued = "relative" in opener.tags and "say" in place.items[first - 2].tags  # "announced that-will-join"
    if not glued and "complement" not in opener.tags:
        return None
    for position in range(first - 2, -1, -1):
        item = place.items[position]
        if {"say", "verb"} <= item.tags:
            found = _subject(Place(place.items, position))
            return found if found is not None and "speaker_for" not in _tags_of(found) else None
        if item.tags & OPAQUE:
            return None
    return None


def _tags_of(item: Item) -> frozenset[str]:
    return item.value.members[0].tags if isinstance(item.value, Group) else frozenset()


def subject_behind(place: Place) -> Item | None:
    items, words, last = place.items, 0, place.trigger
    for item in items[place.at + 1 :]:
        words += max(gap(last, item), 0)
        if "during" in last.tags and "n.visit" in item.tags:
            last = item
            continue
        if words > SUBJECT_WORDS or item.tags & OPAQUE or {"n.instrument", "n.visit", "n.sign", "n.arrive", "n.summit", "site"} & item.tags:
            return None
        if acts(item):
            if {"conj", "after_comma"} <= item.tags:
                return None  # ", and A did": another clause
            return traveller_behind(place, item) if is_goal(place, item) else item
        spoken_to = "say" in place.trigger.tags and item.tags & TO and "speaker_for.actor" in item.tags  # "told journalists"
        if is_actor(item) and not spoken_to and not (item.tags & (IN | TO) and has_member(item, ("state", "capital", "city"))):
            return None
        last = item
    return None


def _subject_before(place: Place) -> Item | None:
    items, words, last = place.items, 0, place.trigger
    conj = "conj" in place.trigger.tags
    for position in range(place.at - 1, -1, -1):
        item = items[position]
        words += max(gap(item, last), 0)
        if "relative" in item.tags and last is place.trigger and gap(item, last) == 0:
            return antecedent(items, position) if "oblique" not in item.tags else None
        if "verb" in item.tags and conj:
            # "visits Morocco and signs": the second verb has the subject of the first.
            found = subject(Place(items, position))
            return found[0] if found else None
        if "pronoun" in item.tags and words == 0:
            return _speaker(items, position)
        if words > SUBJECT_WORDS or item.tags & OPAQUE:
            return None
        aside = _names_gathering(items, position) or _attends(items, position) or (conj and _is_object(items, position))
        aside = aside or is_brought_along(items, position)
        if acts(item) and not aside:
            return item
        last = item
    return None


def _names_gathering(items: list[Item], position: int) -> bool:
    """ "at the Munich conference A held": a city that an indefinite noun right before it takes as its genitive acts in nothing."""
    before, item = items[position - 1] if position else None, items[position]
    if before is None or not {"place"} & item.tags or gap(before, item) > 0 or "after_comma" in item.tags:
        return False
    return "noun" in before.tags and before.tags.isdisjoint({"def", "verb", "poss", "actor"})


def _attends(items: list[Item], position: int) -> bool:
    """ "in the presence of the king, X signed": who only attends does not act."""
    return position > 0 and "participation" in items[position - 1].tags and gap(items[position - 1], items[position]) == 0


_NO_SUBJECT = frozenset({"inf", "past_inf", "ger", "ptc"})


def subject_in_front(place: Place) -> Item | None:
    """The subject of a verb in a language that puts it first: what stands in front, over days, places and asides between commas."""
    items, trigger, words, last = place.items, place.trigger, 0, place.trigger
    if {"inf", "past_inf", "ger"} & trigger.tags and ("verb" not in trigger.tags or "errand" in trigger.tags):
        return _controller(place)
    parted = "after_comma" in trigger.tags
    conj = "conj" in trigger.tags
    for position in range(place.at - 1, -1, -1):
        item = items[position]
        words += max(gap(item, last), 0)
        touches = words == 0
        if words > (FRONT_WORDS_PARTED if parted else FRONT_WORDS):
            return None
        if "relative" in item.tags and touches:
            return antecedent(items, position) or actor_before(items, position)
        if "pronoun" in item.tags and touches:
            return _speaker(items, position) or _goes_on(items, position) or ("thing" not in item.tags and _alone(items, position)) or None
        if "inverts" in item.tags and touches:
            return subject_behind(place)
        if "verb" in item.tags and conj:
            found = subject(Place(items, position))
            return found[0] if found else None
        if {"cancel", "postpone"} & item.tags and {"verb", "svo"} <= item.tags and "fut" in trigger.tags and words <= 1:
            return subject_in_front(Place(items, position))  # "cancelled his plans to visit"
        if "agrees.to" in item.tags and "agreed" in trigger.tags and {"verb", "svo"} <= item.tags:
            return subject_in_front(Place(items, position))  # "agreed on Thursday to restore"
        if item.tags & OPAQUE:
            opener = _aside(items, position) if parted else None
            return opener or (subject_behind(place) if "say" in trigger.tags else None)
        passive_part = _only_leads(items, position) or is_brought_along(items, position)
        if is_plain(item) and not _governed_object(items, position, aside=parted or conj) and not passive_part:
            return item
        last = item
    return subject_behind(place) if "say" in trigger.tags else None


def _goes_on(items: list[Item], position: int) -> Item | None:
    """Whom "where he" speaks of: the subject of the verb of the clause before."""
    opener = items[position - 1] if position else None
    if opener is None or "inverts" not in opener.tags or "complement" in opener.tags:
        return None
    for back in range(position - 2, -1, -1):
        if "verb" in items[back].tags:
            found = subject_in_front(Place(items, back))
            return found if found is not None and has_member(found, ("official", "person", "delegation")) else None
        if "break" in items[back].tags:
            return None
    return None


LEADER_WORDS = 2
"""Unknown words at most between "headed by" and the office of who heads."""


def _only_leads(items: list[Item], position: int) -> bool:
    """ "a delegation led by two ministers arrived": who leads without a name or a state is no subject beside the delegation."""
    before, item = items[position - 1] if position else None, items[position]
    if before is not None and {"number", "date.count"} & before.tags and position > 1:
        before = items[position - 2]  # "led by two ministers"
    if before is None or "including" not in before.tags or gap(before, item) > LEADER_WORDS or not isinstance(item.value, Group):
        return False
    return all(actor.iso is None or (actor.person is None and actor.name is None) for actor in item.value.members)


def _controller(place: Place) -> Item | None:
    """Who does what an infinitive says ("X came to sign"): the subject of the verb before it, else the actor in front of it."""
    items = place.items
    before = items[place.at - 1] if place.at else None
    link = link_of_first(place)
    if link is not None and first_to(place) is not None:
        of_states = before is not None and "n.states" in before.tags
        who = ("state", "capital") if of_states else ("official", "person", "delegation", "state", "org")
        people = (item for item in reversed(items[:link]) if is_plain(item) and has_member(item, who))
        return next(people, before)
    if before is not None and gap(before, place.trigger) == 0 and is_plain(before):
        return before  # "sees X sign", "asks X to sign"
    for position in range(place.at - 1, -1, -1):
        tags = items[position].tags
        if "verb" in tags and "svo" in tags:
            return subject_in_front(Place(items, position))
        if "break" in tags:
            return None
    return next((item for item in reversed(items[: place.at]) if is_plain(item)), None)


def _aside(items: list[Item], position: int) -> Item | None:
    """The actor before a relative clause between commas, in which the item at `position` stands."""
    for back in range(position, -1, -1):
        if "relative" in items[back].tags:
            return antecedent(items, back)
        if "inverts" in items[back].tags:
            return antecedent(items, back)  # "the firm that X heads, will deliver"
        if "break" in items[back].tags:
            return None
    return None


def _governed_object(items: list[Item], position: int, *, aside: bool) -> bool:
    """Whether the actor is what a verb form without a subject acts on ("after having met the king, X has signed")."""
    back = position - 1
    while aside and back > 0 and ("date" in items[back].tags or (is_actor(items[back]) and items[back].tags & IN)):
        back -= 1  # "met in Rabat on Monday his counterpart"
    before = items[back] if position else None
    if before is None or gap(before, items[back + 1]) > 1:
        return False
    return bool(before.tags & (_NO_SUBJECT | ({"verb"} if aside else set())))


def _speaker(items: list[Item], position: int) -> Item | None:
    """Whom "that he" speaks of: the subject of the verb of saying in the clause before; an organ is a "she" where nouns have gender.

    "It" may be a state too.
    """
    for back in range(position - 1, -1, -1):
        item = items[back]
        if "say" in item.tags and "verb" in item.tags:
            found = subject(Place(items, back))
            kinds = ("official", "person", "org", "state") if {"fem", "thing"} & items[position].tags else ("official", "person")
            return found[0] if found and has_member(found[0], kinds) else None
        if item.tags & OPAQUE and not (back == position - 1 and "complement" in item.tags):
            return None
    return None


def _alone(items: list[Item], position: int) -> Item | None:
    """Whom "he" speaks of where nobody says anything: the one person whom the sentence has named so far."""
    people = [item for item in items[:position] if is_actor(item) and has_member(item, ("official", "person"))]
    return (
        people[0]
        if len(people) == 1 and is_plain(people[0]) and isinstance(people[0].value, Group) and len(people[0].value.members) == 1
        else None
    )


def _speaks(items: list[Item], verb: int, item: Item) -> bool:
    """Whether the actor stands behind a comma with a verb of saying behind him: what he says came before."""
    at = items.index(item)
    following = items[at + 1] if at + 1 < len(items) else None
    says = following is not None and {"say", "verb"} <= following.tags and gap(item, following) <= 1
    return says and any("after_comma" in other.tags for other in items[verb + 1 : at + 1])


def _is_object(items: list[Item], position: int) -> bool:
    """Whether the actor at `position` is what an earlier verb acts on: that verb has its subject already."""
    for back in range(position - 1, -1, -1):
        if items[back].tags & {"break"}:
            return False
        if "verb" in items[back].tags:
            return True
    return False


_ADDS = frozenset({"talked.of"})
"""Who stands behind "to discuss the initiative of" or "in addition to the initiative of" is not met."""


def object_(place: Place) -> list[Item]:
    """What a verb acts on: the first plain actor behind it that is not its subject."""
    chosen = _subject(place)
    items, words, last = place.items, 0, place.trigger
    taken = chosen if chosen is not None and chosen.start > place.trigger.start else None
    skipping = False
    resumed = 0
    for position, item in enumerate(items[place.at + 1 :], place.at + 1):
        if position < resumed:
            last = item
            continue
        words += max(gap(last, item), 0)
        if "during" in last.tags and "n.visit" in item.tags:
            last, words = item, 0
            continue
        room = {"office_room", "site"} & item.tags and item.tags & IN  # "received in his palace the president"
        closed = {"site", "n.visit", "n.instrument", "domain", "attribution"} & item.tags and not room
        closed = closed or ("after" in item.tags and item.tags.isdisjoint({"actor", "date"}))  # what came before is no part of it
        closed = closed or ("v.host" in place.trigger.tags and {"n.summit", "n.meet"} & item.tags)  # "hosts a summit of ministers"
        closed = closed or not item.tags.isdisjoint(OPAQUE) or bool(_ADDS & item.tags and not is_actor(item))
        if closed and chosen is not None and (behind := behind_aside(items, place.at, position, plain=True)) is not None:
            resumed, last, words = behind, item, 0
            continue
        if closed or words > SUBJECT_WORDS + 2:
            return []
        if item is taken or skipping:
            last, words, skipping = item, 0, False
            continue
        if "including" in item.tags:
            skipping = "demonym" not in last.tags  # "met Qatari figures, among them X": it is X who was met
        elif is_plain(item):
            if "svo" in place.trigger.tags and _speaks(items, place.at, item):
                return []  # "is to meet B on Sunday, a source said"
            acted_on = chosen is not None or "p.obj" in item.tags or (pronoun_before(place) is not None) or is_goal(place, item)
            return spelled_out(items, item) if acted_on else []
        last = item
    return []
