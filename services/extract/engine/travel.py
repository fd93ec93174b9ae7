"""Mentions of visits: who travels, where to, and what only speaks of a visit."""

from __future__ import annotations

from itertools import product

from schemas.codes import EvidenceRole, Rank
from services.extract.engine.actors import Actor, Group
from services.extract.engine.items import Sentence
from services.extract.engine.mentions import Mention
from services.extract.engine.pacts import INHERITED_WEIGHT
from services.extract.engine.roles import Place, is_actor
from services.extract.engine.story import PLACES, TRAVELLERS, Story, keep, known


def build_visit(story: Story, sentence: Sentence, place: Place, mention: Mention) -> str | bool:  # noqa: PLR0912
    visitors = [actor for actor in mention.roles.get("visitor", Group()).members if actor.kind in TRAVELLERS]
    destinations = [actor for actor in mention.roles.get("destination", Group()).members if actor.kind in PLACES]
    if "plural" in mention.trigger.tags and not visitors:
        return "topic_word"
    if any("speaker_for" in actor.tags and actor.office == "spokesman" for actor in visitors):
        return "no_visitor"
    including = _including(place)
    if including is not None and visitors and visitors[0].plural:
        visitors = [including]
        mention.aggregate = True
    visitors = [known(story, actor) for actor in visitors]
    mention.visitors = visitors
    if not destinations:
        if _site(place):
            return "site_visit"
        if "n.visit" in mention.trigger.tags:
            keep(story, mention)
            _duration(place, mention)
        return "no_destination"
    if not visitors:
        return "no_visitor"
    states = list(dict.fromkeys(actor.iso for actor in visitors if actor.iso))
    if not states:
        return "no_visitor_state"
    if "plural" in mention.trigger.tags and not any(actor.person for actor in visitors):
        return "topic_word"
    if _only_describes(mention, visitors):
        keep(story, mention)
        return "not_asserted"
    if all(actor.rank is Rank.AMBASSADOR for actor in visitors):
        return "posting"
    made = False
    reason: str | bool = "out_of_scope"
    for origin, target in product(states, destinations):
        if target.iso is None or target.iso == origin:
            reason = "own_country"
            continue
        if target.kind == "city" and target.city == "Jerusalem":
            reason = "held_territory"
            continue
        parties = [origin, target.iso]
        if not story.watchlist.in_scope(parties):
            continue
        single = Mention(
            mention.type,
            mention.rule,
            sentence,
            mention.trigger,
            mention.modality,
            parties,
            roles=mention.roles,
            evidence=list(mention.evidence),
            when=mention.when,
            date_span=mention.date_span,
            announced=mention.announced,
            weight=mention.weight * (INHERITED_WEIGHT if any(actor.implicit for actor in visitors) else 1.0),
            reported=mention.reported,
            claimed=mention.claimed,
            first=mention.first,
            official=mention.official,
            secret=mention.secret,
            aggregate=mention.aggregate,
            visitors=[actor for actor in visitors if actor.iso == origin],
            destination=target,
        )
        single.evidence.append((EvidenceRole.PLACE, target.start, target.end))
        for actor in single.visitors:
            span = actor.name or (actor.start, actor.end)
            single.evidence.append((EvidenceRole.PERSON if actor.name else EvidenceRole.PARTY, *span))
        _duration(place, single)
        story.mentions.append(single)
        made = True
    return True if made else reason


def _only_describes(mention: Mention, visitors: list[Actor]) -> bool:
    """A visit that is only spoken of: no verb carries it and nothing dates it, or it is a remark ("the first by an official")."""
    modality = mention.modality
    if "n.visit" not in mention.trigger.tags:
        return False
    if modality.course == "noun" and not (modality.during or modality.after or modality.completed) and mention.when is None:
        return True
    generic = not any(actor.person or actor.kind == "delegation" or "official" not in actor.tags for actor in visitors)
    return mention.first is not None and generic


def _including(place: Place) -> Actor | None:
    for position in range(place.at + 1, len(place.items) - 1):
        if "including" in place.items[position].tags:
            following = place.items[position + 1]
            if is_actor(following) and isinstance(following.value, Group) and following.value.members[0].person:
                return following.value.members[0]
        if "break" in place.items[position].tags:
            return None
    return None


def _site(place: Place) -> bool:
    following = place.items[place.at + 1 : place.at + 3]
    return any("site" in item.tags for item in following)


def _duration(place: Place, mention: Mention) -> None:
    for item in place.items[place.at + 1 :]:
        if "duration" in item.tags:
            entry = item.entry("duration")
            mention.duration_days = entry.number if entry else None
            mention.evidence.append((EvidenceRole.DURATION, item.start, item.end))
            return
