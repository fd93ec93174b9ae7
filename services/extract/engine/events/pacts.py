"""Mentions of two parties: agreements, changes of relations, air links, arms deals, and whom they take from what was told before."""

from __future__ import annotations

from dataclasses import replace

from schemas.codes import Discourse, EventType, EvidenceRole, Instrument, RelationsAction, Stage
from services.extract.engine.clauses.complements import with_
from services.extract.engine.clauses.finders import FINDERS
from services.extract.engine.clauses.licence import decided, took_place
from services.extract.engine.clauses.mentions import Mention, party_span
from services.extract.engine.clauses.nearby import states_of
from services.extract.engine.clauses.roles import IN, Place, is_actor
from services.extract.engine.events.inheritance import inherited_parties, whole_text
from services.extract.engine.events.instruments import another_instrument, describe_instrument
from services.extract.engine.events.reference import RESOLVED
from services.extract.engine.events.standing import discourse_of
from services.extract.engine.events.story import Story
from services.extract.engine.phrases.actors import PLACES, Actor, Group
from services.extract.engine.words.items import Item, Sentence, gap

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
    if only_named(place, mention) or _in_passing(place, mention) or _wish_of_both(story, mention):
        return "not_asserted"
    mention.parties = states
    recalled = mention.when is None and discourse_of(story, mention) is Discourse.BACKGROUND
    if mention.inherited and recalled and "signatory" not in mention.roles:
        return "not_asserted"  # of no day, and its parties only meant: recalled, not told
    refusal = _refused(story, place, mention)
    if refusal is not None:
        return refusal
    _prove(place, mention)
    if mention.type is EventType.AGREEMENT:
        describe_instrument(story, place, mention)
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


def _wish_of_both(story: Story, mention: Mention) -> bool:
    """ "the two countries will open embassies": said of two known from before and of no day, it is a hope more often than news."""
    if mention.type is not EventType.RELATIONS_CHANGE or not mention.inherited:
        return False
    course = mention.modality.course
    fresh = not mention.sentence.lead and discourse_of(story, mention) is not Discourse.BACKGROUND
    by_the_way = course == "noun" and not mention.modality.completed and fresh
    return by_the_way or (course in ("future", "present", "lapsed") and mention.when is None and mention.announced is None)


def _in_passing(place: Place, mention: Mention) -> bool:
    """What a relative clause without a day says of a state ("B, which has normalised its relations with A"): known from before."""
    before = place.items[place.at - 1] if place.at else None
    relative = before is not None and "relative" in before.tags and gap(before, place.trigger) == 0
    return relative and "svo" in place.trigger.tags and mention.when is None and mention.announced is None and not mention.ahead


def _further(story: Story, place: Place, mention: Mention, anchor: Item) -> list[Mention]:
    """The other instruments that the same verb lists, each with its own fields (ontology E7)."""
    found: list[Mention] = []
    for item in place.items[place.items.index(anchor) + 1 :]:
        if {"break", "verb"} & item.tags:
            break
        if another_instrument(item):
            other = replace(mention, object=item, evidence=[*mention.evidence, (EvidenceRole.INSTRUMENT, item.start, item.end)], domains=())
            describe_instrument(story, place, other)
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
    elif "passive" in mention.trigger.tags and len(states) > 1 and set(states) <= {s for item in with_(place) for s in states_of(item)}:
        return []  # "was signed with B and C": they are one side, the other goes unsaid
    if len(states) == 1 and mention.rule.unsaid and (home := unsaid_home(story, place, states[0])) is not None:
        states = [home, *states]
        mention.weight *= INHERITED_WEIGHT
    if len(states) < 2 and mention.rule.inherits:
        inherited = inherited_parties(story, sentence, place, states, mention)
        states = inherited or states
        mention.inherited = bool(inherited)
    elif any(RESOLVED in actor.tags for group in mention.roles.values() for actor in group.members):
        mention.inherited = True
    if mention.inherited:
        mention.weight *= INHERITED_WEIGHT
    return whole_text(story, sentence, states, mention) if mention.type is EventType.AGREEMENT else states


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


def unsaid_home(story: Story, place: Place, other: str) -> str | None:
    """The home state where it goes unsaid ("an agreement with B was signed"), when the sentence names no third state (ontology S7)."""
    named = {s for item in place.items if isinstance(item.value, Group) for s in item.value.states}
    named |= {entry.iso for item in place.items if (entry := item.entry("demonym")) is not None and entry.iso}
    return story.home if story.home is not None and story.home != other and named <= {story.home, other} else None


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
    begins = mention.rule.stage is Stage.IN_FORCE and mention.ahead  # "enters into force on Sunday"
    return late and (begins or mention.modality.course in ("future", "lapsed"))


def _only_with(place: Place, mention: Mention) -> bool:
    """Whether all parties stand after "with", so that the announcer is still to be counted."""
    places = [place] + ([Place(place.items, place.items.index(mention.object))] if mention.object is not None else [])
    if any(FINDERS[name](one) for name in ("genitive", "between", "adjectives") for one in places):
        return False
    return any(with_(one) for one in places)


def where(place: Place) -> Actor | None:
    """The city or state with "in" behind the trigger, in its clause."""
    for item in place.items[place.at + 1 :]:
        if item.tags & {"break"} or ("p.about" in item.tags and {"v.call", "v.discuss"} & place.trigger.tags):
            return None  # behind "about" stands where what they talked of is
        if is_actor(item) and item.tags & IN and isinstance(item.value, Group) and item.value.members[0].kind in PLACES:
            return item.value.members[0]
        if "verb" in item.tags:
            return None
    return None
