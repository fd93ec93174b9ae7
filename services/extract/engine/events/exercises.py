"""Military exercises in which both sides take part, or one of them observes (ontology 4.6)."""

from __future__ import annotations

from typing import Any

from schemas.codes import Discourse, EvidenceRole, ExerciseRole, Status
from services.extract.engine.clauses.mentions import Mention
from services.extract.engine.clauses.roles import Place
from services.extract.engine.events.drafts import Draft
from services.extract.engine.events.eventdates import date_from
from services.extract.engine.events.pacts import modality_is_bare, where
from services.extract.engine.events.standing import status_of
from services.extract.engine.events.story import Story
from services.extract.engine.phrases.actors import Actor, Group
from services.extract.engine.words.items import Item, Sentence, gap

NAME_WORDS = 3
"""Words between the name of a drill and the year or number of its edition."""


def build_exercise(story: Story, sentence: Sentence, place: Place, mention: Mention) -> str | bool:
    """Add the drill that the mention tells: its states are those that take part, and the host."""
    host = _states(mention, "host")[:1] or _usual_host(mention)
    participants = [state for state in _states(mention, "participants") if state in story.watchlist.states or state in host]
    mention.place = where(place) or _first(mention, "host")
    states = list(dict.fromkeys((*participants, *host)))
    if len(states) < 2:
        return "no_second_party"
    if not story.watchlist.in_scope(states):
        return "out_of_scope"
    if modality_is_bare(mention) and not (mention.rule.told or sentence.headline):
        return "not_asserted"
    mention.parties = states
    for name in ("participants", "host"):
        members = mention.roles.get(name, Group()).members
        mention.evidence.extend((EvidenceRole.PARTY, actor.start, actor.end) for actor in members)
    story.mentions.append(mention)
    return True


def _usual_host(mention: Mention) -> list[str]:
    """The state that holds the named drill every year."""
    named = [item for item in (mention.trigger, mention.object) if item is not None and "drill_name" in item.tags]
    return [entry.iso for item in named if (entry := item.entry("drill_name")) is not None and entry.iso]


def _states(mention: Mention, role: str) -> list[str]:
    return mention.roles.get(role, Group()).states


def _first(mention: Mention, role: str) -> Actor | None:
    return next(iter(mention.roles.get(role, Group()).members), None)


def drill_name(mention: Mention) -> str | None:
    """The name of the drill in its usual English spelling, when the lexicon knows it."""
    return next((r.entry.key for item in _named(mention) for r in item.readings if r.entry.key and "n.exercise" in r.tags), None)


def _named(mention: Mention) -> list[Item]:
    return [item for item in (mention.trigger, mention.object, *mention.sentence.items) if item is not None and "n.exercise" in item.tags]


def same_drill(draft: Draft, mention: Mention) -> bool:
    """One drill by its name, else by two states that it shares."""
    names = {name for m in draft.mentions if (name := drill_name(m))}
    name = drill_name(mention)
    if names and name and name not in names:
        return False
    return len(set(draft.parties) & set(mention.parties)) >= 2 or bool(name and name in names)


def exercise_fields(story: Story, draft: Draft, fields: dict[str, Any]) -> dict[str, Any]:
    """The fields of a drill."""
    told = [status for mention in draft.mentions if (status := status_of(story, mention)) is not None]
    status = next((s for s in (Status.CANCELLED, Status.POSTPONED) if s in told), None)
    if status is None:
        status = next((s for s in (Status.ONGOING, Status.COMPLETED, Status.PLANNED) if s in told), Status.ONGOING)
    chosen = [mention for mention in draft.mentions if status_of(story, mention) is status]
    host = next((s for m in draft.mentions for s in (*_states(m, "host"), *_usual_host(m))), None)
    places = [mention.place for mention in draft.mentions if mention.place is not None]
    host = host or next((place.iso for place in places if place.iso), None)
    place = next((p for p in places if p.city), places[0] if places else None)
    observers = {s for m in draft.mentions if _observes(m) for s in _states(m, "participants")}
    takes_part = {s for m in draft.mentions if not _observes(m) for s in _states(m, "participants")}
    roles = {
        state: ExerciseRole.HOST
        if state == host
        else ExerciseRole.OBSERVER
        if state in observers - takes_part
        else ExerciseRole.PARTICIPANT
        for state in draft.parties
    }
    return {
        "status": status,
        "name": next((name for m in draft.mentions if (name := drill_name(m))), None),
        "edition": next((edition for m in draft.mentions if (edition := _edition(m))), None),
        "host": host,
        "roles": roles,
        "place": {"country": place.iso, "city": place.city} if place is not None else ({"country": host} if host else {}),
        "date": date_from(story, draft, chosen, planned=status is Status.PLANNED, background=fields["discourse"] is Discourse.BACKGROUND),
    }


def _observes(mention: Mention) -> bool:
    return any("observer" in item.tags for item in mention.sentence.items)


def _edition(mention: Mention) -> str | None:
    """The year or number right behind the name ("African Lion 2023")."""
    for name in _named(mention):
        at = mention.sentence.items.index(name) if name in mention.sentence.items else -1
        for item in mention.sentence.items[at + 1 : at + 3] if at >= 0 else ():
            if isinstance(item.value, int) and gap(name, item) <= NAME_WORDS and item.value > 1:
                return str(item.value)
    return None
