"""Air links: routes that open and close, single flights, airspace; the mention and the fields of its event (ontology 4.5)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from schemas.codes import ActorLevel, EvidenceRole, FlightsAction, FlightsStatus
from services.extract.engine.clauses.mentions import Mention
from services.extract.engine.clauses.roles import Place
from services.extract.engine.events.dating import day_of
from services.extract.engine.events.drafts import Draft
from services.extract.engine.events.eventdates import looks_ahead, shared_date
from services.extract.engine.events.pacts import only_named
from services.extract.engine.events.story import Story
from services.extract.engine.phrases.actors import ANY_COMPANY, PLACES, Actor, Group
from services.extract.engine.words.items import Item, Sentence, gap

HISTORY_DAYS = 365
"""How old a day must be to make history of what followed it."""
FREQUENCY_WORDS = 15
"""Words between a flight and how often it is flown, at most."""


def build_flights(story: Story, sentence: Sentence, place: Place, mention: Mention) -> str | bool:
    """Add the air link that the mention tells: its states are those of the ends, the carrier and the owner of the airspace."""
    origin, destination = _ends(mention)
    parties = list(mention.roles.get("initiator", Group()).states)
    parties += [str(actor.iso) for actor in _carriers(mention) if actor.iso]
    parties += [origin.iso] if origin is not None and origin.iso else []
    parties += mention.roles.get("ends", Group()).states
    parties += mention.roles.get("parties", Group()).states
    parties += [destination.iso] if destination is not None and destination.iso else []
    parties = list(dict.fromkeys(parties))
    if len(parties) < 2:
        return "no_second_party"
    if not story.watchlist.in_scope(parties):
        return "out_of_scope"
    if set(parties) <= set(mention.roles.get("to", Group()).states):
        return "no_second_party"  # a carrier of nobody's stops flying to both
    if only_named(place, mention):
        return "not_asserted"
    mention.parties = _watched(story, parties)
    if mention.when is None and mention.announced is None and not sentence.lead and _behind_history(story, place, mention):
        mention.modality.background = True
    for group in mention.roles.values():
        mention.evidence.extend((EvidenceRole.PARTY, actor.start, actor.end) for actor in group.members)
    story.mentions.append(mention)
    return True


def _behind_history(story: Story, place: Place, mention: Mention) -> bool:
    """ "opened direct flights after they signed the accords in 2020": what only history dates is history too."""
    after = next((at for at, item in enumerate(place.items) if at > place.at and "after" in item.tags), None)
    if after is None or story.published is None:
        return False
    for item in place.items[after + 1 :]:
        when = day_of(story, mention, item) if "date" in item.tags else None
        if when is not None:
            return when.end is not None and (story.published - when.end).days > HISTORY_DAYS
    return False


def _watched(story: Story, parties: list[str]) -> list[str]:
    """Without the states over which a route only passes or whose carrier flies it, when the others are a watched pair already."""
    for index in range(2, len(parties)):
        if story.watchlist.in_scope(parties[:index]):
            return parties[:index]
    return parties


def _ends(mention: Mention) -> tuple[Actor | None, Actor | None]:
    """Where the route begins and ends: "from A to B", else "between A and B"."""
    origin = _first_place(mention.roles.get("from", Group()).members)
    destination = _first_place(mention.roles.get("to", Group()).members)
    ends = [actor for actor in mention.roles.get("ends", Group()).members if actor.kind in PLACES]
    if origin is None and destination is None and len(ends) >= 2:
        return ends[0], ends[1]
    return origin, destination


def _first_place(actors: Sequence[Actor]) -> Actor | None:
    return next((actor for actor in actors if actor.kind in PLACES), None)


def _carriers(mention: Mention) -> list[Actor]:
    return [actor for actor in mention.roles.get("carrier", Group()).members if actor.level is ActorLevel.CORPORATE]


def same_link(draft: Draft, mention: Mention) -> bool:
    """The same action on the same route by the same carrier; what a mention leaves open matches any (ontology F1)."""
    if not set(draft.parties) & set(mention.parties) or draft.mentions[0].rule.action != mention.rule.action:
        return False
    if not (set(draft.parties) <= set(mention.parties) or set(mention.parties) <= set(draft.parties)):
        return False
    mine, theirs = _names(draft.mentions), _names([mention])
    return not (mine and theirs) or bool(mine & theirs)


def _names(mentions: Sequence[Mention]) -> set[str]:
    """The carriers by their names; "the company" is anybody."""
    return {actor.org for mention in mentions for actor in _carriers(mention) if actor.org and actor.org != ANY_COMPANY}


def flights_fields(story: Story, draft: Draft, fields: dict[str, Any]) -> dict[str, Any]:
    """The fields of an air link."""
    ends = [_ends(mention) for mention in draft.mentions]
    origin = next((origin for origin, _ in ends if origin), None)
    destination = next((destination for _, destination in ends if destination), None)
    action = FlightsAction(str(draft.mentions[0].rule.action))
    planned = looks_ahead(story, draft) or action is FlightsAction.ROUTE_ANNOUNCED or _starts_later(story, draft)
    if planned and action is FlightsAction.ROUTE_LAUNCHED:
        action = FlightsAction.ROUTE_ANNOUNCED
    carriers = [actor for mention in draft.mentions for actor in _carriers(mention)]
    words = [item for mention in draft.mentions for item in (mention.trigger, mention.object) if item is not None]
    return {
        "action": action,
        "status": FlightsStatus.PLANNED if planned else FlightsStatus.DONE,
        "initiator": next((s for m in draft.mentions for s in m.roles.get("initiator", Group()).states), None),
        "date": shared_date(story, draft, fields),
        "carrier": next((actor.org for actor in carriers if actor.org and actor.org != ANY_COMPANY), None),
        "origin": _endpoint(origin),
        "destination": _endpoint(destination),
        "direct": _marked(words, "direct"),
        "commercial": _marked(words, "commercial"),
        "frequency": next((often for mention in draft.told if (often := _frequency(story, mention))), None),
    }


def _frequency(story: Story, mention: Mention) -> str | None:
    """How often it is flown, in the words of the text: "twice a week", "three weekly flights", "daily"."""
    items = mention.sentence.items
    for at, item in enumerate(items):
        if "per_period" not in item.tags or abs(gap(mention.trigger, item)) > FREQUENCY_WORDS:
            continue
        near = [other for other in items[max(at - 3, 0) : at] if _counts(other) and gap(other, item) <= 2]
        start, end = story.text.span(near[-1].start if near else item.start, item.end)
        return story.text.source[start:end]
    return None


def _counts(item: Item) -> bool:
    return isinstance(item.value, int) or "date.count" in item.tags


def _starts_later(story: Story, draft: Draft) -> bool:
    """ "X launches a line", and below: "it will fly from 12 December": the day of the first flight decides."""
    days = [mention.when.start for mention in draft.mentions if mention.when is not None and mention.when.start is not None]
    return bool(days) and story.published is not None and min(days) > story.published


def _endpoint(actor: Actor | None) -> dict[str, str | None]:
    return {"country": actor.iso, "city": actor.city} if actor is not None else {}


def _marked(words: list[Item], tag: str) -> bool | None:
    return True if any(tag in item.tags for item in words) else None
