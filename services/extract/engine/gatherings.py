"""Mentions of meetings and summits."""

from __future__ import annotations

from dataclasses import replace

from schemas.codes import ActorLevel, EventType, EvidenceRole, Rank
from services.extract.engine.actors import Actor, Group
from services.extract.engine.items import Sentence
from services.extract.engine.mentions import Mention
from services.extract.engine.pacts import where
from services.extract.engine.roles import Place
from services.extract.engine.story import MEMORY, TRAVELLERS, Story, keep, known


def build_summit(story: Story, sentence: Sentence, place: Place, mention: Mention) -> str | bool:
    group = mention.roles.get("participants", Group())
    host = mention.roles.get("host", Group())
    mention.place = where(place)
    states = group.states
    if len(states) < 3:
        mention.parties = states
        if not host.members and len(states) == 0 and mention.place is None and mention.first is None:
            return "no_participants"
        keep(story, mention)
        return "no_participants"
    mention.parties = states
    if not story.watchlist.in_scope(states):
        return "out_of_scope"
    mention.evidence.append((EvidenceRole.PARTY, group.members[0].start, group.members[-1].end))
    story.mentions.append(mention)
    return True


def build_meeting(story: Story, sentence: Sentence, place: Place, mention: Mention) -> str | bool:
    both = [known(story, actor) for actor in mention.roles.get("both", Group()).members if actor.kind in TRAVELLERS]
    side = both[:1] or [known(story, actor) for actor in mention.roles.get("side", Group()).members if actor.kind in TRAVELLERS]
    others = both[1:] or [known(story, actor) for actor in mention.roles.get("counterpart", Group()).members if actor.kind in TRAVELLERS]
    if not side or not others:
        return _states_meet(story, place, mention, [*side, *others])
    if any(actor.level is not ActorLevel.STATE or "speaker_for" in actor.tags for actor in (*side, *others)):
        return "non_state"
    for actor in others:
        if "counterpart" in actor.tags and actor.rank is None:
            actor.rank, actor.office = _office_of(story, side[0])
    visit = _visit_of(story, side)
    for actor in others:
        if actor.iso is None and visit is not None and actor.rank is not None:
            actor.iso = visit.parties[1] if side[0].iso == visit.parties[0] else visit.parties[0]
    states = list(dict.fromkeys(actor.iso for actor in (*side, *others) if actor.iso))
    if len(states) < 2:
        return "no_second_party"
    if not story.watchlist.in_scope(states):
        return "out_of_scope"
    mention.place = where(place)
    if len(states) >= 3:
        return _add_meeting(story, mention, EventType.SUMMIT, states, [*side, *others])
    people = [actor for actor in others if actor.iso and actor.iso != side[0].iso and _identifiable(actor)]
    side = [actor for actor in side if actor.iso and _identifiable(actor)]
    if not people or not side:
        return "unnamed_counterpart"
    for actor in people:
        _add_meeting(story, mention, EventType.MEETING, [str(side[0].iso), str(actor.iso)], [*side, actor])
    return True


def _states_meet(story: Story, place: Place, mention: Mention, people: list[Actor]) -> str | bool:
    """A meeting that is told of two states alone: of their joint committee, of teams that negotiate."""
    states = mention.roles.get("parties", Group()).states
    if len(states) != 2:
        return "no_second_party"
    if not story.watchlist.in_scope(states):
        return "out_of_scope"
    mention.place = where(place)
    return _add_meeting(story, mention, EventType.MEETING, states, [actor for actor in people if actor.iso in states])


def _office_of(story: Story, actor: Actor) -> tuple[Rank | None, str | None]:
    """The office of an actor, from the text or from what is known of the person."""
    if actor.rank is not None or actor.person is None:
        return actor.rank, actor.office
    known = story.lexicon.persons.get(actor.person)
    office = known.office_at(story.published) if known else None
    return (office.rank, office.office) if office else (None, None)


def _identifiable(actor: Actor) -> bool:
    """A person, a named office or a delegation; never just "officials" (ontology E5)."""
    return actor.person is not None or actor.kind == "delegation" or (actor.rank is not None and "official" not in actor.tags)


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
    single = replace(
        mention, type=type, parties=states, roles={**mention.roles, "participants": Group(people)}, evidence=list(mention.evidence)
    )
    for actor in people:
        span = actor.name or (actor.start, actor.end)
        single.evidence.append((EvidenceRole.PERSON if actor.name else EvidenceRole.OFFICE, *span))
    story.mentions.append(single)
    return True
