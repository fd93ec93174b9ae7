"""Mentions of two parties: agreements, changes of relations, air links, arms deals, and whom they take from what was told before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from schemas.codes import Domain, EventType, EvidenceRole, Instrument, RelationsAction, Stage
from services.extract.engine.actors import Actor, Group
from services.extract.engine.finders import FINDERS
from services.extract.engine.items import Item, Sentence, gap
from services.extract.engine.licence import decided, took_place
from services.extract.engine.mentions import Mention, party_span
from services.extract.engine.roles import IN, Place, is_actor, with_
from services.extract.engine.story import MEMORY, PLACES, Story

PRE_SIGNATURE = frozenset(
    {Stage.PROPOSED, Stage.NEGOTIATING, Stage.ANNOUNCED, Stage.PLANNED, Stage.INITIALLED, Stage.FINALIZED, Stage.SIGNED}
)
"""Stages up to the signature: of these one is told for an instrument, the furthest."""

INHERITED_WEIGHT = 0.9


def modality_is_bare(mention: Mention) -> bool:
    """Whether no verb, date or preposition says of a noun that it took place."""
    modality = mention.modality
    return modality.course == "noun" and mention.when is None and not (modality.during or modality.completed)


def build_pair(story: Story, sentence: Sentence, place: Place, mention: Mention) -> str | bool:
    """Add the agreement or change of relations that the mention tells; else the reason why it tells none."""
    states = _sides(story, sentence, place, mention)
    if len(states) < 2:
        return "no_second_party"
    presupposed = modality_is_bare(mention) and mention.rule.stage is Stage.ANNOUNCED and "announcer" not in mention.roles
    if presupposed and not mention.modality.after:
        return "not_asserted"
    if only_named(place, mention) or _in_passing(place, mention):
        return "not_asserted"
    mention.parties = states
    refusal = _refused(story, place, mention)
    if refusal is not None:
        return refusal
    _prove(place, mention)
    if mention.type is EventType.AGREEMENT:
        _instrument(story, place, mention)
    if mention.weak and not (mention.modality.after and mention.when is not None):
        story.weak.append(mention)
        return "not_asserted"
    story.mentions.extend(_each_step(story, mention))
    if mention.type is EventType.AGREEMENT and mention.object is not None and mention.domains:
        story.mentions.extend(_further(story, place, mention, mention.object))
    return True


def _refused(story: Story, place: Place, mention: Mention) -> str | None:
    """Why what two sides are said to have done is no event of ours, or none of this type."""
    if not story.watchlist.in_scope([*mention.parties, *([mention.object_party] if mention.object_party else [])]):
        return "out_of_scope"
    if _summons(mention):
        return "summons"
    if _step_ahead(mention):
        return "step_ahead"
    return "arms" if _contract_for_arms(place, mention) else None


def _prove(place: Place, mention: Mention) -> None:
    """Note the words that name the parties and the place; a party that goes unsaid lowers the confidence."""
    actors = mention.roles.get("parties", Group()).members
    mention.evidence.extend(party_span(actor) for actor in actors)
    if any(actor.implicit for actor in actors):
        mention.weight *= INHERITED_WEIGHT
    mention.place = where(place)
    if mention.place is not None:
        mention.evidence.append((EvidenceRole.PLACE, mention.place.start, mention.place.end))


def _each_step(story: Story, mention: Mention) -> list[Mention]:
    """Of several states that take a step towards one each takes its own ("A and B recalled their envoys from C"; ontology R1)."""
    takers = mention.roles.get("initiator", Group()).states
    others = [state for state in mention.parties if state not in takers]
    many = min(len(takers), len(others)) == 1 and len(takers) + len(others) > 2
    if mention.type is not EventType.RELATIONS_CHANGE or not many:
        return [mention]
    pairs = [[taker, other] for taker in takers for other in others if story.watchlist.in_scope([taker, other])]
    return [replace(mention, parties=pair, evidence=list(mention.evidence)) for pair in pairs] or [mention]


def _in_passing(place: Place, mention: Mention) -> bool:
    """What a relative clause without a day says of a state ("B, which has normalised its relations with A"): known from before."""
    before = place.items[place.at - 1] if place.at else None
    relative = before is not None and "relative" in before.tags and gap(before, place.trigger) == 0
    return relative and "svo" in place.trigger.tags and mention.when is None and mention.announced is None and not mention.ahead


def _another(item: Item) -> bool:
    """A further instrument in a list ("an agreement on X, an agreement on Y")."""
    return "n.instrument" in item.tags and "indef" in item.tags


def _further(story: Story, place: Place, mention: Mention, anchor: Item) -> list[Mention]:
    """The other instruments that the same verb lists, each with its own fields (ontology E7)."""
    found: list[Mention] = []
    for item in place.items[place.items.index(anchor) + 1 :]:
        if {"break", "verb"} & item.tags:
            break
        if _another(item):
            other = replace(mention, object=item, evidence=[*mention.evidence, (EvidenceRole.INSTRUMENT, item.start, item.end)], domains=())
            _instrument(story, place, other)
            if other.domains:
                found.append(other)
    return found


def _sides(story: Story, sentence: Sentence, place: Place, mention: Mention) -> list[str]:
    """The states of the mention: those it names, the one that announces it, and those it takes from what was told before."""
    states = list(mention.roles.get("parties", Group()).states)
    if mention.object is not None:
        entry = mention.object.entry("n.accords")
        if entry is not None and entry.iso and entry.iso not in states and states:
            if len(states) == 1:
                states.append(entry.iso)
            else:
                mention.object_party = entry.iso  # signed with a third state: the relation with the focus state is its object (S3)
    announcers = [s for s in mention.roles.get("announcer", Group()).states if s not in states]
    states, announcer = (states, announcers[:1]) if states else (announcers, [])
    if len(states) == 1:
        # Who announces the signing of its own instrument "with B" is the other side; also "with B and C".
        states += announcer
    elif announcer and _only_with(place, mention):
        states = announcer + states
    if len(states) < 2 and mention.rule.inherits:
        inherited = _inherited(story, sentence, place, states, mention)
        if inherited:
            states = inherited
            mention.inherited = True
            mention.weight *= INHERITED_WEIGHT
    return states


def only_named(place: Place, mention: Mention) -> bool:
    """A step that is only named by its noun: no verb carries it, nobody announces or decides it, nothing dates it."""
    tags = mention.trigger.tags
    if "noun" not in tags or "verb" in tags or "n.sign" in tags or mention.rule.told:
        return False
    if mention.modality.course == "future" and mention.when is None:
        # "in order to open": a purpose is no plan unless somebody plans or decides it
        return not any({"plan", "v.decide", "fut"} & item.tags for item in place.items[: place.at])
    dated = mention.when is not None or mention.announced is not None
    opening = "n.inaugurate" in tags and not mention.modality.after  # a date beside an opening that is only spoken of is another's
    if mention.modality.course != "noun" or (dated and not opening) or mention.sentence.headline:
        return False
    return not (took_place(place) or decided(place))


def _summons(mention: Mention) -> bool:
    """Whether the ambassador who is called is not the caller's own: a host summons him, nothing more (ontology 4.4)."""
    if mention.rule.action is not RelationsAction.RECALL_ENVOY or mention.object is None or not isinstance(mention.object.value, Group):
        return False
    callers = mention.roles.get("initiator", Group()).states
    return not callers or any(actor.iso not in (None, *callers) for actor in mention.object.value.members)


def _contract_for_arms(place: Place, mention: Mention) -> bool:
    """A contract for weapons is an arms deal, no agreement (ontology A1)."""
    contract = mention.object is not None and any(r.entry.instrument is Instrument.CONTRACT for r in mention.object.readings)
    behind = place.items[place.at :]
    trade = contract or any("n.purchase" in item.tags for item in behind)
    return trade and any({"n.weapon", "n.contract"} & item.tags for item in behind)


def _step_ahead(mention: Mention) -> bool:
    """A step behind the signature, or a rejection, that is only to come: no event of its own (ontology E3 has a plan for signing alone)."""
    late = mention.type is EventType.AGREEMENT and mention.rule.stage is not None and mention.rule.stage not in PRE_SIGNATURE
    return late and mention.modality.course in ("future", "lapsed")


def _only_with(place: Place, mention: Mention) -> bool:
    """Whether all parties stand after "with", so that the announcer is still to be counted."""
    places = [place] + ([Place(place.items, place.items.index(mention.object))] if mention.object is not None else [])
    if any(FINDERS[name](one) for name in ("genitive", "between", "adjectives") for one in places):
        return False
    return any(with_(one) for one in places)


def _inherited(story: Story, sentence: Sentence, place: Place, states: list[str], mention: Mention) -> list[str] | None:
    """Parties from what the article told before: "the two sides", or a signing in the course of a visit."""
    both = any("anaphor.both" in item.tags for item in _clause(place)) or _together(story, sentence, place, states)
    visit = next(
        (
            m
            for m in reversed(story.mentions[-MEMORY:])
            if m.type is EventType.VISIT
            and (m.sentence is sentence or mention.modality.during or _in_visit(place) or _spoken_of(story, sentence, m))
        ),
        None,
    )
    if mention.type is EventType.RELATIONS_CHANGE:
        here = next((m.parties for m in reversed(story.mentions[-MEMORY:]) if m.sentence is sentence and m.type is mention.type), None)
        if here is not None and set(states) <= set(here):
            return here
    others = {state for item in _clause(place) if is_actor(item) and isinstance(item.value, Group) for state in item.value.states}
    if both:
        pair = story.pair_before(states) or _pair_named_before(story, place)
        return pair if pair and others <= set(pair) else None
    if visit is not None and set(states) | others <= set(visit.parties):
        mention.roles.setdefault("signatory", Group([actor for actor in visit.visitors if actor.person]))
        return visit.parties
    return None


def _together(story: Story, sentence: Sentence, place: Place, states: list[str]) -> bool:
    """ "they signed", "the two signed", "with him", a verb in the dual: the two who met or visited here or one sentence before."""
    last = story.mentions[-1] if story.mentions else None
    if last is None or last.type not in _ENCOUNTERS or len(last.parties) != 2 or not set(states) <= set(last.parties):
        return False
    if sentence.number - last.sentence.number > 1:
        return False
    before = place.items[place.at - 1] if place.at else None
    pronoun = before is not None and "anaphor.they" in before.tags and gap(before, place.trigger) == 0
    behind = place.items[place.at + 1] if place.at + 1 < len(place.items) else None
    with_them = behind is not None and "anaphor.with" in behind.tags and gap(place.trigger, behind) == 0
    return pronoun or with_them or {"verb", "dual"} <= place.trigger.tags


_ENCOUNTERS = frozenset({EventType.MEETING, EventType.VISIT})


def _pair_named_before(story: Story, place: Place) -> list[str] | None:
    """The two states that the sentence names before "the two sides"."""
    named = [s for item in place.items[: place.at] if is_actor(item) and isinstance(item.value, Group) for s in item.value.states]
    pair = list(dict.fromkeys(named))
    return pair if len(pair) == 2 and story.watchlist.in_scope(pair) else None


def _spoken_of(story: Story, sentence: Sentence, visit: Mention) -> bool:
    """Whether this sentence speaks of the visit by its visitor ("the visit of Gantz lasts two days, in which he signs")."""
    visitors = {actor.person for actor in visit.visitors if actor.person}
    return any(
        m.sentence is sentence and m.type is EventType.VISIT and visitors & {actor.person for actor in m.visitors}
        for m in story.partial[-MEMORY:]
    )


def _in_visit(place: Place) -> bool:
    """ "during the visit", "in the course of which"."""
    return any(
        "during" in item.tags and position + 1 < len(place.items) and "n.visit" in place.items[position + 1].tags
        for position, item in enumerate(place.items)
    )


def _clause(place: Place) -> list[Item]:
    """The items from the last clause boundary before the trigger to the next one behind it."""
    start = place.at
    while start > 0 and "break" not in place.items[start - 1].tags:
        start -= 1
    end = place.at + 1
    while end < len(place.items) and "break" not in place.items[end].tags:
        end += 1
    return place.items[start:end]


def where(place: Place) -> Actor | None:
    """The city or state with "in" behind the trigger, in its clause."""
    for item in place.items[place.at + 1 :]:
        if item.tags & {"break"}:
            return None
        if is_actor(item) and item.tags & IN and isinstance(item.value, Group) and item.value.members[0].kind in PLACES:
            return item.value.members[0]
        if "verb" in item.tags:
            return None
    return None


def _instrument(story: Story, place: Place, mention: Mention) -> None:
    """Domains and number of the instrument, from the words that describe it."""
    anchor = mention.object
    if anchor is None:
        return
    domains: list[Domain] = [
        domain for reading in anchor.readings if reading.entry.instrument is not None for domain in reading.entry.domains
    ]
    position = place.items.index(anchor)
    for item in _described_before(place.items, position) if "pre" in anchor.tags else ():
        domains.extend(d for r in item.readings if "domain" in r.tags for d in r.entry.domains if d not in domains)
        mention.evidence.append((EvidenceRole.DOMAIN, item.start, item.end))
    for item in _described_by(place.items, position):
        fresh = [d for r in item.readings if "domain" in r.tags for d in r.entry.domains if d not in domains]
        if fresh:
            domains.extend(fresh)
            mention.evidence.append((EvidenceRole.DOMAIN, item.start, item.end))
    mention.domains = tuple(domains)
    if "dual" in anchor.tags:
        mention.count = 2
    elif (counted := _count_before(place.items, position)) is not None:
        mention.count = counted
    if mention.count > 1:
        mention.evidence.append((EvidenceRole.COUNT, anchor.start, anchor.end))


def _described_before(items: Sequence[Item], position: int) -> list[Item]:
    """The fields in front of an instrument, where a language puts them there ("an economic cooperation agreement")."""
    found: list[Item] = []
    last = items[position]
    for item in reversed(items[:position]):
        if gap(item, last) > 0 or not item.tags & {"domain", "field", "filler", "adj"} or "verb" in item.tags:
            break
        if "domain" in item.tags:
            found.append(item)
        if item.tags & {"def", "indef", "own"}:
            break
        last = item
    return found[::-1]


def _described_by(items: Sequence[Item], position: int) -> list[Item]:
    """The words of fields that describe the instrument at `position`: right beside it, or behind "in the field of", "to supply with"."""
    found: list[Item] = []
    last, loose, words = items[position], False, 0
    for item in items[position + 1 :]:
        distance = gap(last, item)
        words += max(distance, 0)
        ends = ("break" in item.tags and "relative" not in item.tags) or _another(item)
        if ends or item.tags & _ENDS_DESCRIPTION or ("verb" in item.tags and not item.tags & _DESCRIBES) or words > DESCRIPTION_WORDS:
            break
        if distance > (3 if loose else 2) or (distance > 0 and "after_comma" in item.tags):
            break
        if "domain" in item.tags:
            found.append(item)
        loose |= bool(item.tags & _DESCRIBES)
        last = item
    return found


_DESCRIBES = frozenset({"field", "v.allow", "relative"})
_ENDS_DESCRIPTION = frozenset(
    {
        *("during", "say", "attribution", "after", "participation", "plan", "purpose", "doubt"),
        *("aux.future", "aux.have", "aux.was", "aux.be"),
    }
)
DESCRIPTION_WORDS = 8
"""Unknown words among those that describe an instrument, at most."""


def _count_before(items: Sequence[Item], position: int) -> int | None:
    before = items[position - 1] if position else None
    if before is None or gap(before, items[position]) > 0:
        return None
    if "number" in before.tags and isinstance(before.value, int) and 1 < before.value <= 60:
        return before.value
    entry = before.entry("date.count")
    return entry.number if entry is not None and entry.number and entry.number > 1 else None
