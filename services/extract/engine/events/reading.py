"""Rules applied to sentences: each trigger with its object, its roles and its modality gives a mention, or a reason why not.

Not here: joining mentions to events (`merge`), and any word of any language.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from itertools import takewhile

from schemas.codes import EventType, EvidenceRole, Stage
from services.extract.engine.clauses.finders import FINDERS
from services.extract.engine.clauses.licence import LONG_AGO, day_of_another, long_ago, resolved, took_place
from services.extract.engine.clauses.mentions import Mention, Modality, Skip
from services.extract.engine.clauses.modality import judge
from services.extract.engine.clauses.recalled import dated_from, presupposed, recall
from services.extract.engine.clauses.roles import Finder, Place, is_actor, pronoun_before
from services.extract.engine.clauses.settle import had_done_before, settle
from services.extract.engine.events.airlinks import build_flights
from services.extract.engine.events.armsdeals import build_arms
from services.extract.engine.events.exercises import build_exercise
from services.extract.engine.events.facts import attributes
from services.extract.engine.events.further import add_fields
from services.extract.engine.events.gatherings import build_meeting, build_summit
from services.extract.engine.events.lastresort import LACKS, WEIGHT, last_resort
from services.extract.engine.events.pacts import build_pair
from services.extract.engine.events.reference import References
from services.extract.engine.events.retold import note_retold
from services.extract.engine.events.story import Denial, Story
from services.extract.engine.events.topic import as_pronoun, spoken_of, unsaid
from services.extract.engine.events.travel import build_visit
from services.extract.engine.knowledge.data import Object, RuleData
from services.extract.engine.knowledge.rulebook import RuleBook
from services.extract.engine.phrases.actors import Actor, Group
from services.extract.engine.words.items import Item, Sentence, gap
from services.extract.engine.words.segment import asks

TOPIC, PRONOUN = "topic", "pronoun"
"""The role of whoever is spoken of, when a verb names no subject of its own."""
OF_OBJECT = "object."
"""Before the name of a finder: it looks from the object of the rule instead of its trigger."""
_MOVED = frozenset({"denied", "cancelled", "postponed", "refused"})

_MAY_MOVE = frozenset({EventType.AGREEMENT, EventType.VISIT, EventType.MEETING, EventType.SUMMIT})
"""Types that tell of being put off or called off; of the others only what happens is told."""

ANCHORED = frozenset({"between", "with", "adjectives", "premodifiers"})
"""Roles that may hang on the object of a trigger as well as on the trigger."""

UNREAL = {
    "negated": "negated",
    "hypothetical": "hypothetical",
    "invited": "invitation",
}


def read_sentence(story: Story, sentence: Sentence, rules: RuleBook) -> None:
    """Try every rule at every trigger of `sentence`; add the mentions and skips to `story`."""
    if asks(story.text, sentence):
        return
    _note_denials(story, sentence)
    references = story.open_sentence(sentence)
    _read_triggers(story, sentence, rules, references)
    add_fields(story, sentence)
    story.note_topic(spoken_of(sentence.actors))
    story.close_sentence(sentence)


def _supposes(story: Story, sentence: Sentence) -> bool:
    """ "Had A visited, B would", "imagine that": whatever follows in the sentence is only thought of."""
    first = sentence.items[0] if sentence.items else None
    return first is not None and "supposes" in first.tags and not story.text.norm[sentence.start : first.start].strip(' "\n-–')


def _read_triggers(story: Story, sentence: Sentence, rules: RuleBook, references: References) -> None:
    items = sentence.items
    triggers = [at for at, item in enumerate(items) if not item.tags.isdisjoint(rules.triggers)]
    if triggers:
        sentence.tags = frozenset({"actor"} if references.any else ()).union(*[item.tags for item in items])
    supposed = bool(triggers) and _supposes(story, sentence)
    for at in triggers:
        if references.open:
            references.resolve(story.told_in(sentence))
        item, place = items[at], Place(items, at)
        place.judged = Modality(course="hypothetical") if supposed else None
        done: set[EventType] = set()
        lacking: dict[EventType, RuleData] = {}
        barred: set[EventType] = set()
        for rule in rules.of(item.tags, sentence.tags):
            if rule.type in done:
                continue
            outcome = _apply(story, sentence, place, rule)
            if isinstance(outcome, str):
                story.skips.append(Skip(sentence.number, item.start, item.end, rule.id, outcome))
                if outcome in LACKS:
                    lacking.setdefault(rule.type, rule)
                elif outcome != "avoided":
                    barred.add(rule.type)
            elif outcome:
                done.add(rule.type)
        for kind, rule in lacking.items():
            if kind not in done | barred and not _told_already(story, sentence, kind):
                _apply(story, sentence, place, rule, afar=True)


def _told_already(story: Story, sentence: Sentence, kind: EventType) -> bool:
    """Whether the sentence told an event of this type before."""
    return any(mention.type is kind for mention in takewhile(lambda mention: mention.sentence is sentence, reversed(story.mentions)))


def _note_denials(story: Story, sentence: Sentence) -> None:
    if not sentence.lead:
        return
    for item in sentence.items:
        if "deny" in item.tags:
            states = {s for other in sentence.items if is_actor(other) and isinstance(other.value, Group) for s in other.value.states}
            story.denials.append(Denial(sentence, (item.start, item.end), tuple(sorted(states))))
            return


def _apply(story: Story, sentence: Sentence, place: Place, rule: RuleData, *, afar: bool = False) -> str | bool:
    """Whether the rule tells an event at the trigger, and why not; with `afar` its roles are those that the last resort finds."""
    trigger = place.trigger
    anchor = _beside(sentence, place, rule.object) if rule.object is not None else None
    if anchor is None and rule.object is not None:
        return False
    if any(_beside(sentence, place, wanted) is None for wanted in rule.needs):
        return False
    if any(_beside(sentence, place, unwanted, through=True) is not None for unwanted in rule.avoids):
        return "avoided"
    if anchor is not None and "negated" not in trigger.tags and _denied_object(place, anchor):
        return "negated"
    modality = _modality(sentence, place)
    if (
        modality.will_not
        and "passive" not in trigger.tags
        and rule.stage is Stage.SIGNED
        and anchor is not None
        and _certain(place, anchor)
    ):
        modality.course = "refused"  # a party that says it will not sign a certain text refuses it (ontology K6)
    if modality.will_not and "negated" in rule.having:
        modality.course, modality.will_not = "cancelled", True  # "will not travel to B": who says so calls it off
    if modality.course == "negated" and rule.type in _MAY_MOVE and "as_planned" in sentence.tags and "n.summit" in trigger.tags:
        modality.course = "cancelled"  # "will not take place this summer as planned"
    if modality.course in UNREAL:
        return UNREAL[modality.course]
    if modality.course == "denied" and rule.type is EventType.AGREEMENT and anchor is not None and _any(place, anchor):
        return "denied_only"  # of no certain text anybody told (ontology E10)
    if modality.course in _MOVED and rule.type not in _MAY_MOVE:
        return modality.course
    weak = _only_spoken_of(place, sentence, rule, modality)
    beside = Place(place.items, place.items.index(anchor)) if anchor is not None else None
    roles = last_resort(story, sentence, place, rule, modality) if afar else _roles(story, place, beside, rule)
    if roles is None:
        return False
    nothing = not roles and _tells_nothing_alone(rule)
    if nothing and "date" not in sentence.tags:
        return "no_second_party"  # no need to look for dates and sources
    mention = Mention(rule.type, rule, sentence, trigger, modality, parties=[], roles=roles, object=anchor, weak=weak)
    mention.weight *= WEIGHT if afar else 1.0
    return _told(story, place, mention, nothing=nothing)


def _roles(story: Story, place: Place, beside: Place | None, rule: RuleData) -> dict[str, Group]:
    """Who fills the roles, as the finders say that the rule names."""
    filled = {role: _fill(story, place, beside, names) for role, names in rule.roles.items()}
    return {role: group for role, group in filled.items() if group.members}


def _told(story: Story, place: Place, mention: Mention, *, nothing: bool) -> str | bool:
    """Whether the mention tells an event, and why not; one that lacks a party may still tell the day of an event known from before."""
    sentence, rule, anchor = mention.sentence, mention.rule, mention.object
    _add_trigger_evidence(mention)
    _attributes(story, sentence, place, mention)
    if rule.type in _RECALLED and (opener := presupposed(place)) is not None and not (sentence.lead and _news_of(place, anchor)):
        recall(mention, opener)
    elif rule.type in _TRIPS and dated_from(place, mention):
        mention.when, mention.modality.old = None, True
    outcome = "no_second_party" if nothing else _BUILDERS.get(rule.type, build_pair)(story, sentence, place, mention)
    if outcome == "no_second_party":
        note_retold(story, sentence, place, mention)
    return outcome


def _attributes(story: Story, sentence: Sentence, place: Place, mention: Mention) -> None:
    """What the clause adds to the mention; a day in front of "since" is another one's."""
    attributes(story, sentence, place, mention)
    if mention.modality.old and mention.when is not None and day_of_another(place):
        mention.when = None


def _modality(sentence: Sentence, place: Place) -> Modality:
    """How the clause puts the trigger: judged once, and copied for each mention, which may add to it."""
    if place.judged is None:
        place.judged = settle(place, sentence, judge(place))
        place.judged.old = (not LONG_AGO.isdisjoint(sentence.tags) and long_ago(place)) or had_done_before(place, place.judged)
    return place.judged.copy()


def _only_spoken_of(place: Place, sentence: Sentence, rule: RuleData, modality: Modality) -> bool:
    """Whether a signing is only named: then it needs another mention, or a date, to be one. What is resolved is set for later."""
    trigger = place.trigger
    if "ptc" in trigger.tags and "verb" not in trigger.tags and rule.type is EventType.AGREEMENT:
        modality.after = True  # "the agreement signed in May"
        return True
    if "n.sign" not in trigger.tags or rule.stage is not Stage.SIGNED or modality.course not in ("noun", "past", "present"):
        return False
    if resolved(place):
        modality.course = "future"
        return False
    return not (took_place(place) or modality.old or modality.background or (sentence.headline and _opens(place)))


def _denied_object(place: Place, anchor: Item) -> bool:
    """ "signed no agreement": what does not exist is not signed."""
    at = place.items.index(anchor)
    return at > 0 and "neg" in place.items[at - 1].tags and gap(place.items[at - 1], anchor) == 0


_RECALLED = frozenset({EventType.AGREEMENT, EventType.RELATIONS_CHANGE})
_TRIPS = frozenset({EventType.VISIT, EventType.MEETING})


def _news_of(place: Place, anchor: Item | None) -> bool:
    """ "the agreement, signed by A and B, ...": what is put behind a comma of a text that everybody does not know is told, not recalled."""
    return {"reduced", "after_comma"} <= place.trigger.tags and anchor is not None and not {"peace", "n.accords"} & anchor.tags


def _tells_nothing_alone(rule: RuleData) -> bool:
    """Whether the rule tells nothing where nobody fills any of its roles."""
    return not rule.inherits and rule.type not in (EventType.VISIT, EventType.SUMMIT)


def _certain(place: Place, anchor: Item) -> bool:
    """Whether the text is a certain one: described by a field or definite, and not "any"."""
    at = place.items.index(anchor)
    behind = place.items[at + 1 : at + 3]
    on_a_field = len(behind) == 2 and "field" in behind[0].tags and "domain" in behind[1].tags  # "an accord on energy"
    described = on_a_field or (bool(behind) and "domain" in behind[0].tags and gap(anchor, behind[0]) == 0)
    return (described or "def" in anchor.tags) and not _any(place, anchor)


def _any(place: Place, anchor: Item) -> bool:
    """Whether the text is said to be "any"."""
    at = place.items.index(anchor)
    return at > 0 and "any" in place.items[at - 1].tags and gap(place.items[at - 1], anchor) == 0


def _opens(place: Place) -> bool:
    """Whether the trigger is what a headline begins with."""
    return place.at == 0 and place.trigger.first <= 1


_NO_BAR = frozenset({"light", "noun", "object", "covers"})
"""A verb that is one of these too does not end what stands beside a trigger."""


def _beside(sentence: Sentence, place: Place, wanted: Object, *, through: bool = False) -> Item | None:
    """The nearest item of a wanted class on the wanted side within the wanted words, in the same clause; `through` looks past verbs."""
    classes = wanted.class_
    if sentence.tags.isdisjoint(classes):
        return None
    for step in (1, -1):
        if (step == 1 and wanted.side == "before") or (step == -1 and wanted.side == "after"):
            continue
        last, words = place.trigger, 0
        position = place.at + step
        while 0 <= position < len(place.items):
            item = place.items[position]
            between_words = gap(last, item) if step == 1 else gap(item, last)
            if between_words > 0:
                words += between_words
            if words > wanted.within:
                break
            tags = item.tags
            if not tags.isdisjoint(classes) and (step == -1 or "clause" not in tags):
                return None if wanted.bare and step == 1 and {"p.on", "p.to"} & last.tags and "actor" not in last.tags else item
            if wanted.next:
                break
            if step == 1 and ({"break", "clause"} & tags or (not through and "verb" in tags and tags.isdisjoint(_NO_BAR))):
                break
            last = item
            position += step
    return None


@cache
def _finder(name: str) -> tuple[Finder, bool]:
    """The finder that a rule names, and whether it looks from the object; kept, since rules name few and ask often."""
    return FINDERS[name.removeprefix(OF_OBJECT)], name.startswith(OF_OBJECT)


def _fill(story: Story, place: Place, beside: Place | None, names: Sequence[str]) -> Group:
    """The actors in the named roles, each once, in order; `beside` is the object in its sentence."""
    group = Group()
    seen: set[int] = set()
    for name in names:
        if name in (TOPIC, PRONOUN):
            if not group.members and (name == TOPIC or pronoun_before(place) is not None):
                group = unsaid(story, place)
            continue
        finder, from_object = _finder(name)
        start = beside if from_object else place
        found = start.find(finder) if start is not None else []
        if name == "subject" and {"verb", "dual"} <= place.trigger.tags and (two := story.two_of(place, found)):
            group.members.extend(two)
            continue
        if not found and as_pronoun(place, name):
            group.members.extend(unsaid(story, place).members)
        if not found and beside is not None and name in ANCHORED:
            found = beside.find(finder)
        for item in found:
            if item.start in seen:
                continue
            seen.add(item.start)
            if isinstance(item.value, Group):
                group.members.extend(item.value.members)
            elif (entry := item.entry("demonym")) is not None:
                group.members.append(Actor("state", item.start, item.end, iso=entry.iso))
    return group


def _add_trigger_evidence(mention: Mention) -> None:
    start, end = mention.trigger.start, mention.trigger.end
    if mention.object is not None and 0 <= mention.object.start - end <= 60:
        end = mention.object.end
    mention.evidence.append((EvidenceRole.TRIGGER, start, end))
    if mention.object is not None and mention.type is EventType.AGREEMENT:
        mention.evidence.append((EvidenceRole.INSTRUMENT, mention.object.start, mention.object.end))


_BUILDERS = {
    EventType.ARMS_DEAL: build_arms,
    EventType.EXERCISE: build_exercise,
    EventType.FLIGHTS: build_flights,
    EventType.VISIT: build_visit,
    EventType.SUMMIT: build_summit,
    EventType.MEETING: build_meeting,
}
