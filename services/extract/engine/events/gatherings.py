"""Mentions of meetings and summits."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from schemas.codes import ActorLevel, EventType, EvidenceRole, Mode, Rank
from services.extract.engine.clauses.finders import in_person
from services.extract.engine.clauses.mentions import Mention, party_span
from services.extract.engine.clauses.roles import IN, Place, is_actor
from services.extract.engine.events.pacts import INHERITED_WEIGHT, where
from services.extract.engine.events.reference import RESOLVED
from services.extract.engine.events.story import MEMORY, Story, keep, known
from services.extract.engine.phrases.actors import PEOPLE, PLACES, Actor, Group
from services.extract.engine.words.items import Item, Sentence, gap


def build_summit(story: Story, sentence: Sentence, place: Place, mention: Mention) -> str | bool:
    group = Group([actor for actor in mention.roles.get("participants", Group()).members if not _attends_only(story, actor)])
    host = mention.roles.get("host", Group())
    mention.place = where(place)
    states = group.states
    if len(states) > 1:
        states = list(dict.fromkeys((*host.states, *states)))
    if len(states) < 3 and (moved := _moved_by_name(sentence, mention)) and story.watchlist.in_scope(moved):
        mention.parties = moved
        story.mentions.append(mention)
        return True
    if len(states) < 3 or _is_definition(place, mention):
        mention.parties = states
        if not host.members and len(states) == 0 and mention.place is None and mention.first is None:
            return "no_participants"
        keep(story, mention)
        return "no_participants"
    mention.parties = states
    if not story.watchlist.in_scope(states):
        return "out_of_scope"
    first, last = min(actor.start for actor in group.members), max(actor.end for actor in group.members)
    mention.evidence.append((EvidenceRole.PARTY, first, last))
    story.mentions.append(mention)
    return True


def _moved_by_name(sentence: Sentence, mention: Mention) -> list[str]:
    """ "A put off the Negev Forum": of a gathering known by a name that belongs to a state, that state and who puts it off or hosts it."""
    owner = next((reading.entry.iso for reading in mention.trigger.readings if "n.summit" in reading.tags and reading.entry.iso), None)
    if owner is None or mention.modality.course not in ("cancelled", "postponed"):
        return []
    named = [state for item in sentence.actors if isinstance(item.value, Group) for state in item.value.states]
    return list(dict.fromkeys((owner, *named)))


def _attends_only(story: Story, actor: Actor) -> bool:
    """ "in the presence of the envoy of C": an ambassador or envoy of a state that is none of ours brings no third state to a table."""
    return actor.kind in ("official", "person") and _office_of(story, actor)[0] in ENVOYS and actor.iso not in story.watchlist.states


def _is_definition(place: Place, mention: Mention) -> bool:
    """ "the forum is a meeting of the ministers of ...": says what it is, not that it takes place."""
    if mention.modality.course != "noun" or mention.when is not None:
        return False
    near = place.items[max(place.at - 1, 0) : place.at + 2]
    return any("copula" in item.tags for item in near)


def build_meeting(story: Story, sentence: Sentence, place: Place, mention: Mention) -> str | bool:
    """Add the meetings that the mention tells, one for each office of the other side; else the reason why it tells none."""
    if _is_purpose(place, mention):
        return "not_asserted"
    side, others = _two_sides(story, place, mention)
    if not side or not others:
        return _states_meet(story, place, mention, [*side, *others])
    if any(actor.level is not ActorLevel.STATE or "speaker_for" in actor.tags for actor in (*side, *others)):
        return "non_state"
    for actor in others:
        if "counterpart" in actor.tags and actor.rank is None:
            actor.rank, actor.office = _office_of(story, side[0])
    visit = _visit_of(story, side)
    _give_state(story, place, side, others, visit)
    _turn_round(side, others, visit)
    side, others = _of_rank(story, side), _of_rank(story, others)
    if not side and mention.roles.get("both"):
        side, others = others[:1], others[1:]  # the one named first was an envoy of a third state
    states = list(dict.fromkeys(actor.iso for actor in (*side, *others) if actor.iso))
    unsaid = visit is None and all(actor.implicit for actor in (*side, *others))
    if len(states) < 2 or not side or unsaid:
        return "no_second_party"  # never both sides by what goes unsaid (ontology S7)
    if not story.watchlist.in_scope(states):
        return "out_of_scope"
    mention.place = where(place) or _palace(place)
    if len(states) >= 3 and not _one_after_the_other(side, others, mention):
        return _gather(story, sentence, mention, states, [*side, *others])
    return _meet_each(story, mention, side, others)


def _meet_each(story: Story, mention: Mention, side: list[Actor], others: list[Actor]) -> str | bool:
    """A meeting of the side with each of the others who is somebody; those of pairs that nobody watches are left out."""
    states = list(dict.fromkeys(actor.iso for actor in (*side, *others) if actor.iso))
    anybody = _between_themselves(story, mention, [*side, *others], states)
    people = [actor for actor in others if actor.iso and actor.iso != side[0].iso and (anybody or _identifiable(actor))]
    people = [actor for actor in people if not _second_office(actor)] or people[:1]
    people = [actor for position, actor in enumerate(people) if not _same_man(story, people[position : position + 2])]
    side = [actor for actor in side if actor.iso and (anybody or _identifiable(actor))]
    if not people or not side:
        return _officials_meet(story, mention, states)
    pairs = [(actor, [str(side[0].iso), str(actor.iso)]) for actor in people]
    for actor, pair in pairs:
        if story.watchlist.in_scope(pair):
            _add_meeting(story, mention, EventType.MEETING, pair, [*side, actor])
    return any(story.watchlist.in_scope(pair) for _, pair in pairs) or "out_of_scope"


def _one_after_the_other(side: list[Actor], others: list[Actor], mention: Mention) -> bool:
    """ "A met B and C", "A held calls with B and C": two meetings of one side.

    One gathering are: "met his colleagues of B and C", who share their noun; "A, B and C met"; "a meeting", a noun, of A, B and C;
    and those whom a host met at a place of his own state.
    """
    at_home = mention.place is not None and mention.place.iso == side[0].iso
    once = {"verb", "plural"}.isdisjoint(mention.trigger.tags)
    if at_home or once or mention.roles.get("both") or len({actor.iso for actor in side}) > 1:
        return False
    named = [actor for actor in others[1:] if actor.head is not None or actor.person is not None or actor.name is not None]
    return any(actor.head is None or actor.head != others[0].head for actor in named)


def _officials_meet(story: Story, mention: Mention, states: list[str]) -> str | bool:
    """ "officials of A and B met in C": nobody is named of either side, both are told to be there, and where or when."""
    both = [a for role in ("both", "side", "counterpart") for a in mention.roles.get(role, Group()).members]
    if mention.place is not None and mention.place.iso not in (None, *states) and len(states) == 2:
        sides = [actor for actor in both if actor.iso in states]
        return _add_meeting(story, mention, EventType.MEETING, states, sides)  # in a third country even "officials of B" are a side
    unnamed = len(both) == 2 and all(actor.plural or "official" in actor.tags for actor in both)
    if not unnamed or {actor.iso for actor in both} != set(states) or (mention.place is None and mention.when is None):
        return "unnamed_counterpart"
    return _add_meeting(story, mention, EventType.MEETING, states, both)


def _give_state(story: Story, place: Place, side: list[Actor], others: list[Actor], visit: Mention | None) -> None:
    """An office without a state that meets somebody on a visit, or who was just met at home, is of the host's state."""
    if visit is not None:
        host: str | None = visit.parties[1] if side[0].iso == visit.parties[0] else visit.parties[0]
    else:
        host = _host_of(story, side) or _of_the_place(place, side, others)
    for actor in others:
        if actor.plural and "counterpart" in actor.tags:
            continue  # "with his counterparts" are of several states
        told = visit is not None or (actor.definite and not actor.plural)
        if actor.iso is None and actor.rank is not None and told:
            actor.iso = host


def _of_the_place(place: Place, side: list[Actor], others: list[Actor]) -> str | None:
    """ "met his counterpart in Cairo": one counterpart without a state, in the capital of another state, is of that state."""
    there = where(place)
    alone = len(others) == 1 and "counterpart" in others[0].tags and others[0].name is None and not others[0].plural
    abroad = there is not None and there.kind in ("state", "capital") and there.iso not in {actor.iso for actor in side}
    return there.iso if there is not None and alone and abroad else None


HOSTED = 2
"""Sentences over which who was met at home stays the host."""


def _host_of(story: Story, side: list[Actor]) -> str | None:
    """The state in which one of these people met somebody of it just before: who is met next without a state is of it too."""
    people = {actor.person for actor in side if actor.person}
    last = story.mentions[-1] if story.mentions else None
    if last is None or last.type is not EventType.MEETING or last.place is None or story.relation is None:
        return None
    there = last.place.iso
    mine = {actor.iso for actor in last.roles.get("participants", Group()).members if actor.person in people}
    near = story.relation.sentence - last.sentence.number < HOSTED and set(last.parties) == set(story.relation.people)
    return there if near and mine and there not in mine and there in last.parties else None


def _turn_round(side: list[Actor], others: list[Actor], visit: Mention | None) -> None:
    """On a visit, an office without a state that meets one of the visitors is the host's, not that of the visitor's own state (S7)."""
    if visit is None:
        return
    first, second = visit.parties[0], visit.parties[1]
    for actor in others:
        stranger = actor.iso is not None and actor.iso not in visit.parties  # the home state of the outlet
        if actor.implicit and not side[0].implicit and (actor.iso == side[0].iso or stranger):
            actor.iso, actor.person = second if side[0].iso == first else first, None


def _is_purpose(place: Place, mention: Mention) -> bool:
    """ "travelled to meet X": what somebody travels for is not yet a meeting."""
    if "inf" in place.trigger.tags and "verb" not in place.trigger.tags and place.at and "purpose" in place.items[place.at - 1].tags:
        return any({"verb", "perf"} <= item.tags for item in place.items[: place.at])  # went there to meet
    return "noun" in place.trigger.tags and "to" in place.trigger.tags and mention.modality.course == "future"


def _two_sides(story: Story, place: Place, mention: Mention) -> tuple[list[Actor], list[Actor]]:
    """Who meets whom: as the roles say; who is met by nobody named is met by the one spoken of."""

    def members(role: str) -> list[Actor]:
        return [known(story, actor) for actor in mention.roles.get(role, Group()).members if actor.kind in PEOPLE]

    both = members("both")
    if both and all(RESOLVED in actor.tags for actor in both) and in_person(place):
        both = []  # "where they both met with C": somebody else than the two is met
    side, others = both[:1] or members("side"), [*both[1:], *members("counterpart")]
    if others and all("unnamed" in actor.tags for actor in others):
        others = _among(place, others) or others
    if not side and others:
        side = members("spoken")[:1]
    if side and not others and side[0].start > place.trigger.start and (spoken := members("spoken")):
        side, others = spoken[:1], side
    return side, others


def _among(place: Place, unnamed: list[Actor]) -> list[Actor]:
    """Who is named of "officials, including X and Y": they are of the officials' state unless another one is told."""
    for item, following in pairwise(place.items[place.at + 1 :]):
        if "including" in item.tags and isinstance(following.value, Group):
            named = [actor for actor in _listed_from(place, following) if actor.kind in PEOPLE]
            for actor in named:
                actor.iso = actor.iso or unnamed[0].iso
            return named
        if {"verb", "break"} & item.tags:
            return []
    return []


def _listed_from(place: Place, first: Item) -> list[Actor]:
    """The actors from `first` on, over commas and "and", as far as the list goes."""
    found: list[Actor] = []
    last = first
    for item in place.items[place.items.index(first) :]:
        goes_on = item is first or "after_comma" in item.tags or "conj" in item.tags
        if not isinstance(item.value, Group) or not goes_on or gap(last, item) > 0:
            break
        found.extend(item.value.members)
        last = item
    return found


ENVOYS = frozenset({Rank.AMBASSADOR, Rank.ENVOY})
SUMMIT_RANKS = frozenset(
    {Rank.HEAD_OF_STATE, Rank.CROWN_PRINCE, Rank.HEAD_OF_GOVERNMENT, Rank.MINISTER_FOREIGN, Rank.MINISTER_DEFENCE, Rank.MINISTER_OTHER}
)


def _of_rank(story: Story, actors: list[Actor]) -> list[Actor]:
    """Without envoys and the like of states that are none of ours: they help two sides to meet, a third side they are not."""
    ours = story.watchlist.states | {None}
    return [actor for actor in actors if actor.iso in ours or _office_of(story, actor)[0] in SUMMIT_RANKS]


def _gather(story: Story, sentence: Sentence, mention: Mention, states: list[str], people: list[Actor]) -> str | bool:
    """People of three states or more: a summit; a call of them is one meeting (ontology 4.3)."""
    if _only_ambassadors(story, states, people) or all(_office_of(story, actor)[0] is Rank.DELEGATION for actor in people):
        return "unnamed_counterpart"
    at_a_distance = (
        mention.rule.mode is Mode.PHONE or "n.call" in mention.trigger.tags or any("by_video" in item.tags for item in sentence.items)
    )
    return _add_meeting(story, mention, EventType.MEETING if at_a_distance else EventType.SUMMIT, states, people)


def _only_ambassadors(story: Story, states: list[str], actors: list[Actor]) -> bool:
    """Whether fewer than three states are there by more than their ambassadors: an envoy who is received makes no gathering of states."""
    above = {actor.iso for actor in actors if _office_of(story, actor)[0] is not Rank.AMBASSADOR}
    return len(above & set(states)) < 3


def _palace(place: Place) -> Actor | None:
    """The city named with "in" before the trigger, in its clause ("held today in Rabat talks with")."""
    for item in reversed(place.items[: place.at]):
        if item.tags & {"break", "verb"} and "v.hold" not in item.tags and "v.perform" not in item.tags:
            return None
        if is_actor(item) and item.tags & IN and isinstance(item.value, Group) and item.value.members[0].kind in PLACES:
            return item.value.members[0]
    return None


def _states_meet(story: Story, place: Place, mention: Mention, people: list[Actor]) -> str | bool:
    """A meeting that is told of two states alone: of their joint committee, of teams that negotiate."""
    states = mention.roles.get("parties", Group()).states
    if len(states) != 2:
        return "no_second_party"
    if not story.watchlist.in_scope(states):
        return "out_of_scope"
    mention.place = where(place) or _palace(place)
    return _add_meeting(story, mention, EventType.MEETING, states, [actor for actor in people if actor.iso in states])


def _office_of(story: Story, actor: Actor) -> tuple[Rank | None, str | None]:
    """The office of an actor, from the text or from what is known of the person."""
    if actor.rank is not None or actor.person is None:
        return actor.rank, actor.office
    known = story.lexicon.persons.get(actor.person)
    office = known.office_at(story.published) if known else None
    return (office.rank, office.office) if office else (None, None)


def _between_themselves(story: Story, mention: Mention, actors: list[Actor], states: list[str]) -> bool:
    """Whether officials without name or office count: no visit is told, and they met in a third state or are all that is told (E5)."""
    if any(m.type is EventType.VISIT and set(m.parties) == set(states) for m in story.mentions[-MEMORY:]):
        return False
    elsewhere = mention.place is not None and mention.place.iso is not None and mention.place.iso not in states
    return elsewhere or not any(_identifiable(actor) for actor in actors)


def _identifiable(actor: Actor) -> bool:
    """A person, a named office or a delegation; never just "officials" (ontology E5)."""
    return actor.person is not None or actor.kind == "delegation" or (actor.rank is not None and "official" not in actor.tags)


def _second_office(actor: Actor) -> bool:
    """ "the head of intelligence and adviser to the emir": an office without a rank or a name of its own is another one of the same man."""
    return actor.rank is Rank.UNKNOWN and actor.person is None and actor.name is None


def _same_man(story: Story, pair: list[Actor]) -> bool:
    """ "the prime minister and foreign minister, X": the first of two offices without a name is one that X, who has the second, holds."""
    if len(pair) < 2 or pair[0].person is not None or pair[0].name is not None or pair[0].iso != pair[1].iso or pair[1].person is None:
        return False
    known = story.lexicon.persons.get(pair[1].person)
    office = known.office_at(story.published) if known else None
    return office is not None and office.rank is pair[0].rank


def _visit_of(story: Story, side: list[Actor]) -> Mention | None:
    """The visit that one of these people is on."""
    for mention in reversed(story.mentions[-MEMORY:]):
        if mention.type is EventType.VISIT and any(
            (actor.person and actor.person == visitor.person) or (actor.kind == visitor.kind == "delegation" and actor.iso == visitor.iso)
            for actor in side
            for visitor in mention.visitors
        ):
            return mention
    return None


def _add_meeting(story: Story, mention: Mention, type: EventType, states: list[str], people: list[Actor]) -> bool:
    single = replace(mention, type=type, parties=states, roles={"participants": Group(people)}, evidence=list(mention.evidence))
    for actor in people:
        if actor.implicit and not actor.name:
            single.evidence.append(party_span(actor))
            single.weight *= INHERITED_WEIGHT
        else:
            single.evidence.append((EvidenceRole.PERSON if actor.name else EvidenceRole.OFFICE, *(actor.name or (actor.start, actor.end))))
    if single.place is not None:
        single.evidence.append((EvidenceRole.PLACE, single.place.start, single.place.end))
    story.mentions.append(single)
    return True
