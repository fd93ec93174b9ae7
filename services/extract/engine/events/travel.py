"""Mentions of visits: who travels, where to, and what only speaks of a visit."""

from __future__ import annotations

from dataclasses import replace
from itertools import product, takewhile

from schemas.codes import EventType, EvidenceRole, Rank
from services.extract.engine.clauses.complements import genitive
from services.extract.engine.clauses.mentions import Mention, party_span
from services.extract.engine.clauses.roles import Place, is_actor, is_plain
from services.extract.engine.clauses.subjects import subject
from services.extract.engine.events.dating import day_of
from services.extract.engine.events.pacts import INHERITED_WEIGHT, where
from services.extract.engine.events.story import MEMORY, Story, keep, known
from services.extract.engine.phrases.actors import PEOPLE, PLACES, Actor, Group
from services.extract.engine.words.dates import When
from services.extract.engine.words.items import Sentence, gap


def build_visit(story: Story, sentence: Sentence, place: Place, mention: Mention) -> str | bool:
    """Add the visits that the mention tells, one for each origin and destination; else the reason why it tells none."""
    visitors = _visitors(story, place, mention)
    destinations = [actor for actor in mention.roles.get("destination", Group()).members if actor.kind in PLACES]
    mention.visitors = visitors
    if any("speaker_for" in actor.tags and actor.office == "spokesman" for actor in visitors):
        return "no_visitor"
    if visitors and all("crowd" in actor.tags for actor in visitors):
        return "non_state"
    if "plural" in mention.trigger.tags and "n.meet" not in mention.trigger.tags and not any(actor.person for actor in visitors):
        return "topic_word"
    if _to_exercise(place) and all(actor.kind == "delegation" or "army" in actor.tags for actor in visitors):
        return "exercise"
    destinations = destinations or _elsewhere(story, place, mention)
    if "poss" in place.trigger.tags:
        destinations = destinations[:1]  # "left, after his visit to B, for C": the second place is the verb's
    if not destinations:
        return _without_destination(story, place, mention)
    states = list(dict.fromkeys(actor.iso for actor in visitors if actor.iso))
    if not states:
        return "no_visitor_state" if visitors else "no_visitor"
    if _only_describes(place, mention, visitors) or _appraises(place, mention):
        keep(story, mention)
        return "not_asserted"
    if all(_rank(story, actor) is Rank.AMBASSADOR for actor in visitors):
        return "posting"
    mention.modality.ended = any("ended" in item.tags for item in place.items[place.at + 1 :])
    refusals = [_add_visit(story, place, mention, origin, target) for origin, target in product(states, destinations)]
    for target, when in _further_stops(story, place, mention, destinations[-1]):
        refusals.extend(_add_visit(story, place, replace(mention, when=when), origin, target) for origin in states)
    return next((reason for reason in refusals if reason), "out_of_scope") if all(refusals) else True


def _rank(story: Story, actor: Actor) -> Rank | None:
    """The rank of a traveller, from the text or from what is known of him."""
    vague = actor.rank in (None, Rank.DELEGATION)  # "the diplomat X"
    known = story.lexicon.persons.get(actor.person) if vague and actor.person is not None else None
    office = known.office_at(story.published) if known else None
    return office.rank if office else actor.rank


def _further_stops(story: Story, place: Place, mention: Mention, goal: Actor) -> list[tuple[Actor, When | None]]:
    """The later stops of a trip, each with its day ("visits A on Sunday, and B on Monday"): the verb is not said again."""
    items = place.items
    at = next((k for k, item in enumerate(items) if item.start <= goal.start < item.end and is_actor(item)), None)
    found: list[tuple[Actor, When | None]] = []
    if at is None or "v.visit" not in place.trigger.tags:
        return found
    last = items[at]
    for position in range(at + 1, len(items)):
        item = items[position]
        stop = is_plain(item) and "conj" in item.tags and "date" in last.tags and isinstance(item.value, Group)
        if gap(last, item) > 0 or not ("date" in item.tags or stop):
            break
        if stop and isinstance(item.value, Group):
            day = items[position + 1] if position + 1 < len(items) and "date" in items[position + 1].tags else None
            when = day_of(story, mention, day) if day is not None else None
            found.extend((actor, when) for actor in item.value.members if actor.kind in PLACES and when is not None)
        last = item
    return found


def _visitors(story: Story, place: Place, mention: Mention) -> list[Actor]:
    """Who travels; of "officials, among them X" it is X, and the visits are a series."""
    visitors = [actor for actor in mention.roles.get("visitor", Group()).members if actor.kind in PEOPLE]
    including = _including(place)
    if including is not None and visitors and visitors[0].plural:
        visitors = [including]
        mention.aggregate = True
    for actor in visitors:
        if actor.kind == "delegation" and actor.iso is None:
            actor.iso = _members_state(place, actor)
    senders = mention.roles.get("sender", Group()).states
    for actor in visitors if len(senders) == 1 else ():
        actor.iso = actor.iso or senders[0]
    return [known(story, actor) for actor in visitors]


def _elsewhere(story: Story, place: Place, mention: Mention) -> list[Actor]:
    """Where a visit goes that names only a site in a city of another state ("a synagogue in Rabat"); or back where guests came from."""
    own = {actor.iso for actor in mention.visitors if actor.iso}
    if not own or any(actor.iso is None for actor in mention.visitors):
        return []
    if "v.visit_back" in place.trigger.tags:
        return [
            Actor("state", place.trigger.start, place.trigger.end, iso=m.parties[0])
            for m in story.mentions[-MEMORY:]
            if m.type is EventType.VISIT and m.parties[1] in own
        ][-1:]
    if "v.visit" not in place.trigger.tags or not _site(place):
        return []
    there = where(place)
    return [there] if there is not None and there.iso not in own and there.kind != "state" else []


def _without_destination(story: Story, place: Place, mention: Mention) -> str:
    if _site(place):
        return "site_visit"
    if "n.visit" in mention.trigger.tags:
        keep(story, mention)
        _duration(place, mention)
    return "no_destination"


def _add_visit(story: Story, place: Place, mention: Mention, origin: str, target: Actor) -> str | None:
    """Add the visit from `origin` to `target`; a reason when it is none of ours."""
    if target.iso is None or target.iso == origin:
        return "own_country"
    if (target.kind == "city" and target.city == "Jerusalem") or (target.kind == "state" and target.iso in story.held):
        return "held_territory"
    if not story.watchlist.in_scope([origin, target.iso]):
        return "out_of_scope"
    visitors = [actor for actor in mention.visitors if actor.iso == origin]
    single = replace(
        mention,
        parties=[origin, target.iso],
        evidence=[*mention.evidence, (EvidenceRole.PLACE, target.start, target.end)],
        weight=mention.weight * (INHERITED_WEIGHT if any(actor.implicit for actor in visitors) else 1.0),
        visitors=visitors,
        destination=target,
    )
    for actor in visitors:
        start, end = actor.name or (actor.start, actor.end)
        single.evidence.append((EvidenceRole.PERSON, start, end) if actor.name else party_span(actor))
    _duration(place, single)
    story.mentions.append(single)
    return None


def _only_describes(place: Place, mention: Mention, visitors: list[Actor]) -> bool:
    """A visit that is only spoken of: no verb carries it and nothing dates it, or it is a remark ("the first by an official")."""
    modality, told = mention.modality, mention.rule.told
    if "n.visit" not in mention.trigger.tags:
        return False
    bare = modality.course == "noun" and not (modality.during or modality.after or modality.completed or told)
    if bare and mention.when is None and not _announces(place, mention):
        return True
    generic = not any(actor.person or actor.kind == "delegation" or "official" not in actor.tags for actor in visitors)
    strangers = all("indef" in actor.tags and actor.person is None and actor.name is None for actor in visitors)
    named_before = any("n.visit" in item.tags for item in place.items[: place.at])  # "the visit is the first that a minister pays to B"
    anybody = all(not actor.definite and "closed" not in actor.tags and actor.person is None and actor.name is None for actor in visitors)
    some = bool(visitors) and ((modality.course == "noun" and strangers) or (named_before and (strangers or anybody)))
    return mention.first is not None and (generic or some)


def _announces(place: Place, mention: Mention) -> bool:
    """ "A surprise visit by the minister to B" opens a headline: what it tells is new; "the visit of the minister" is known."""
    known_before = "def" in place.trigger.tags or "poss" in place.trigger.tags or bool(genitive(place))
    return mention.sentence.headline and place.trigger.first <= 1 and not known_before


def _members_state(place: Place, delegation: Actor) -> str | None:
    """ "a delegation that includes Israeli officials": its state is that of its members."""
    at = next((i for i, item in enumerate(place.items) if item.start <= delegation.start < item.end), None)
    if at is None:
        return None
    following = place.items[at + 1 : at + 5]
    opener = next((k for k, item in enumerate(following) if "including" in item.tags), None)
    if opener is None:
        return _leaders_state(place, at)
    return next((s for item in following[opener + 1 :] if isinstance(item.value, Group) for s in item.value.states), None)


def _leaders_state(place: Place, at: int) -> str | None:
    """ "the minister headed a delegation that visited": a delegation that is headed by somebody is of his state."""
    for position in range(at - 1, max(at - 4, -1), -1):
        if "v.lead" in place.items[position].tags:
            return next(
                (s for item in subject(Place(place.items, position)) if isinstance(item.value, Group) for s in item.value.states), None
            )
    return None


def _including(place: Place) -> Actor | None:
    for position in range(place.at + 1, len(place.items) - 1):
        if "including" in place.items[position].tags:
            following = place.items[position + 1]
            if is_actor(following) and isinstance(following.value, Group) and following.value.members[0].person:
                return following.value.members[0]
        if "break" in place.items[position].tags:
            return None
    return None


def _to_exercise(place: Place) -> bool:
    """Whether the sentence behind the trigger says that the journey is to an exercise."""
    return any("exercise" in item.tags for item in place.items[place.at + 1 :])


def _appraises(place: Place, mention: Mention) -> bool:
    """ "the first minister who visits": says of whom else it is told, and nothing by itself; "he will be the first" is a plan.

    A headline, and a day beside it, make it news.
    """
    if not {"impf", "fut"} & place.trigger.tags:
        return False
    starts = {actor.start for actor in mention.visitors if actor.person is None}
    for position in range(place.at - 1, 0, -1):
        item = place.items[position]
        if item.start in starts:
            before = place.items[position - 1]
            if "first" not in before.tags or gap(before, item) > 0:
                return False
            if position > 1 and "will_be" in place.items[position - 2].tags:
                mention.modality.course = "future"
                return False
            return not mention.sentence.headline and mention.when is None
        if "break" in item.tags:
            return False
    return False


def _site(place: Place) -> bool:
    following = place.items[place.at + 1 : place.at + 5]
    ahead = takewhile(lambda item: not item.tags & {"verb", "break"}, following)
    return any("site" in item.tags for item in ahead)


def _duration(place: Place, mention: Mention) -> None:
    for item in place.items[place.at + 1 :]:
        if "duration" in item.tags:
            entry = item.entry("duration")
            mention.duration_days = entry.number if entry else None
            mention.evidence.append((EvidenceRole.DURATION, item.start, item.end))
            return
