"""Rules applied to sentences: each trigger with its object, its roles and its modality gives a mention, or a reason why not.

Not here: joining mentions to events (`merge`), and any word of any language.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import product

from schemas.codes import ActorLevel, Domain, EventType, EvidenceRole, Precision, Rank, Stage
from services.extract.engine.actors import Actor, Group
from services.extract.engine.data import Object, RuleData
from services.extract.engine.dates import DateExpression, When, resolve
from services.extract.engine.items import Item, Sentence, gap
from services.extract.engine.lexicon import Lexicon
from services.extract.engine.mentions import Mention, Skip
from services.extract.engine.modality import judge
from services.extract.engine.roles import FINDERS, IN, Place, is_actor, subject
from services.extract.engine.text import Text
from services.extract.engine.watch import Watchlist

INHERITED_WEIGHT = 0.9
MEMORY = 50
"""Mentions back that "the two sides" or "the delegation" may refer to."""
MAX_PARTIAL = 200
TRAVELLERS = ("official", "person", "delegation")
PLACES = ("state", "capital", "city")
_BESIDE_INSTRUMENT = frozenset({"date", "filler", "demonym", "p.in", "p.with", "p.between", "anaphor.both", "p.on"})
"""What may stand between an instrument and the words that say its field."""
_MOVED = frozenset({"denied", "cancelled", "postponed", "refused"})
_MAY_MOVE = frozenset({EventType.AGREEMENT, EventType.VISIT, EventType.MEETING, EventType.SUMMIT})
"""Types that tell of being put off or called off; of the others only what happens is told."""
UNREAL = {
    "negated": "negated",
    "hypothetical": "hypothetical",
    "invited": "invitation",
}


@dataclass(frozen=True, slots=True)
class Denial:
    """A denial of what others report: where (offsets in `Text.norm`), and the states named in its sentence."""

    sentence: Sentence
    span: tuple[int, int]
    states: tuple[str, ...]


@dataclass
class Story:
    """What is known while an article is read, sentence by sentence."""

    text: Text
    lexicon: Lexicon
    watchlist: Watchlist
    published: date | None
    mentions: list[Mention] = field(default_factory=list)
    partial: list[Mention] = field(default_factory=list)
    skips: list[Skip] = field(default_factory=list)
    denials: list[Denial] = field(default_factory=list)

    def pair_before(self, explicit: Sequence[str]) -> list[str] | None:
        """The parties of the latest mention that include all of `explicit`."""
        for mention in reversed(self.mentions[-MEMORY:]):
            if set(explicit) <= set(mention.parties) and len(mention.parties) == 2:
                return mention.parties
        return None


def rules_by_trigger(rules: Sequence[RuleData]) -> dict[str, list[RuleData]]:
    """The rules that each class of words can set off, most specific first."""
    found: dict[str, list[RuleData]] = defaultdict(list)
    for rule in rules:
        for tag in rule.trigger:
            found[tag].append(rule)
    for candidates in found.values():
        candidates.sort(key=lambda rule: (-rule.priority, rule.id))
    return dict(found)


def read_sentence(story: Story, sentence: Sentence, rules: dict[str, list[RuleData]]) -> None:
    """Try every rule at every trigger of `sentence`; add the mentions and skips to `story`."""
    items = sentence.items
    _note_denials(story, sentence)
    for at, item in enumerate(items):
        triggers = item.tags & rules.keys()
        if not triggers:
            continue
        done: set[EventType] = set()
        candidates = {rule.id: rule for tag in triggers for rule in rules[tag]}
        for rule in sorted(candidates.values(), key=lambda r: (-r.priority, r.id)):
            if rule.type in done:
                continue
            outcome = _apply(story, sentence, Place(items, at), rule)
            if isinstance(outcome, str):
                story.skips.append(Skip(sentence.number, item.start, item.end, rule.id, outcome))
            elif outcome:
                done.add(rule.type)


def _note_denials(story: Story, sentence: Sentence) -> None:
    for item in sentence.items:
        if "deny" in item.tags and sentence.lead:
            states = {s for other in sentence.items if is_actor(other) and isinstance(other.value, Group) for s in other.value.states}
            story.denials.append(Denial(sentence, (item.start, item.end), tuple(sorted(states))))
            return


def _apply(story: Story, sentence: Sentence, place: Place, rule: RuleData) -> str | bool:
    trigger = place.trigger
    if trigger.tags & set(rule.without):
        return False
    anchor = None
    if rule.object is not None:
        anchor = _beside(place, rule.object)
        if anchor is None:
            return False
    if rule.needs is not None and _beside(place, rule.needs) is None:
        return False
    if rule.avoids is not None and _beside(place, rule.avoids) is not None:
        return "avoided"
    modality = judge(place)
    if modality.course in UNREAL:
        return UNREAL[modality.course]
    if modality.course in _MOVED and rule.type not in _MAY_MOVE:
        return modality.course
    mention = Mention(rule.type, rule, sentence, trigger, modality, parties=[], object=anchor)
    _add_trigger_evidence(mention)
    for role, names in rule.roles.items():
        group = _fill(story, place, anchor, names)
        if group.members:
            mention.roles[role] = group
    _attributes(story, sentence, place, mention)
    build = _BUILDERS.get(rule.type, _build_pair)
    return build(story, sentence, place, mention)


def _beside(place: Place, wanted: Object) -> Item | None:
    """The nearest item of a wanted class on the wanted side within the wanted words, in the same clause."""
    classes = set(wanted.class_)
    for step in (1, -1):
        if (step == 1 and wanted.side == "before") or (step == -1 and wanted.side == "after"):
            continue
        last, words = place.trigger, 0
        position = place.at + step
        while 0 <= position < len(place.items):
            item = place.items[position]
            between_words = gap(last, item) if step == 1 else gap(item, last)
            words += max(between_words, 0)
            if words > wanted.within:
                break
            if item.tags & classes:
                return item
            if wanted.next:
                break
            if item.tags & {"break"} and step == 1:
                break
            if step == 1 and "verb" in item.tags and "light" not in item.tags:
                break
            last = item
            position += step
    return None


def _fill(story: Story, place: Place, anchor: Item | None, names: Sequence[str]) -> Group:
    """The actors in the named roles, each once, in order."""
    group = Group()
    seen: set[int] = set()
    for name in names:
        finder = FINDERS[name]
        found = finder(place)
        if not found and anchor is not None and name in ("between", "with", "adjectives"):
            found = finder(Place(place.items, place.items.index(anchor)))
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
    if mention.object is not None:
        mention.evidence.append((EvidenceRole.INSTRUMENT, mention.object.start, mention.object.end))


# --- attributes that every mention may have


def _attributes(story: Story, sentence: Sentence, place: Place, mention: Mention) -> None:
    _dates(story, sentence, place, mention)
    _background(sentence, place, mention)
    _sources(sentence, place, mention)
    for item in sentence.items:
        if "secret" in item.tags and abs(gap(mention.trigger, item)) <= 3:
            mention.secret = True
            mention.evidence.append((EvidenceRole.STATUS, item.start, item.end))
        if "official_word" in item.tags and 0 <= gap(mention.trigger, item) <= 3:
            mention.official = True
            mention.evidence.append((EvidenceRole.OFFICIAL, item.start, item.end))
    mention.first = _first(place)
    if mention.first is not None:
        mention.evidence.append((EvidenceRole.FIRST, mention.first.start, mention.first.end))


def _first(place: Place) -> Item | None:
    """A cue of the first beside the trigger: right before it, or behind it in its own noun phrase or predicate."""
    for position in (place.at - 1, place.at + 1, place.at + 2, place.at + 3, place.at + 4):
        if 0 <= position < len(place.items) and position != place.at:
            item = place.items[position]
            distance = gap(item, place.trigger) if position < place.at else gap(place.trigger, item)
            if "first" in item.tags and distance <= (1 if position < place.at else 4):
                return item
            if position > place.at and item.tags & {"break", "verb"}:
                return None
    return None


def _governor(items: Sequence[Item], position: int) -> Item | None:
    """The verb or trigger that the date at `position` belongs to: the nearest before it in its clause."""
    for back in range(position - 1, -1, -1):
        tags = items[back].tags
        if "verb" in tags or "say" in tags or tags & {"n.visit", "n.sign", "n.summit", "n.meet", "n.arrive", "n.reach", "n.stop", "light"}:
            return items[back]
        if "break" in tags:
            return None
    return None


def _dates(story: Story, sentence: Sentence, place: Place, mention: Mention) -> None:  # noqa: PLR0912
    if story.published is None:
        return
    items = place.items
    own: tuple[int, Item] | None = None
    opening: Item | None = None
    for position, item in enumerate(items):
        if "date" not in item.tags:
            continue
        governor = _governor(items, position)
        if governor is None and position <= 1:
            opening = item
        elif governor is not None and "say" in governor.tags and governor is not mention.trigger and not _is_announcement(mention):
            when = _resolve(story, item, future=False)
            if when is not None and when.precision is Precision.DAY:
                mention.announced = when
                mention.date_span = mention.date_span or (item.start, item.end)
            elif when is not None and mention.modality.course == "past":
                mention.period = when  # announced in a loose period: that period (ontology C4)
            continue
        elif _same_clause(items, place.at, position, governor, mention):
            distance = abs(position - place.at) + (0 if governor is mention.trigger else 3)
            if own is None or distance < own[0]:
                own = (distance, item)
    # What an opening date governs is told by the sentence, not what it presupposes ("in May they resumed ties after the freezing of ...").
    chosen = own[1] if own else (None if mention.modality.after else opening)
    if chosen is None:
        mention.when = mention.period
        return
    when = _resolve(story, chosen, future=mention.modality.course == "future")
    if when is not None:
        if own is None and _announcement_behind(items, chosen, place) and when.precision is Precision.DAY:
            mention.announced = when
        else:
            mention.when = when
            mention.ahead = when.start is not None and when.start > story.published
            if _since(items, items.index(chosen)):
                # "since September" dates no single occurrence; a series (an aggregate) runs from there to the day of the text.
                mention.when = When(when.start, story.published, Precision.INTERVAL)
        mention.date_span = (chosen.start, chosen.end)
        mention.evidence.append((EvidenceRole.DATE, chosen.start, chosen.end))


def _since(items: Sequence[Item], position: int) -> bool:
    value = items[position].value
    if isinstance(value, DateExpression) and value.since:
        return True
    for back in range(position - 1, max(position - 5, -1), -1):
        if items[back].tags & {"break", "verb"}:
            return False
        if "date.since" in items[back].tags:
            return gap(items[back], items[position]) <= 6
    return False


def modality_is_bare(mention: Mention) -> bool:
    """Whether no verb, date or preposition says of a noun that it took place."""
    modality = mention.modality
    return modality.course == "noun" and mention.when is None and not (modality.during or modality.completed)


def _is_announcement(mention: Mention) -> bool:
    """Whether announcing it is the act itself, so that the date of the announcement is that of the event (ontology C4)."""
    return mention.rule.stage is Stage.ANNOUNCED or mention.type is EventType.RELATIONS_CHANGE


def _announcement_behind(items: Sequence[Item], opening: Item, place: Place) -> bool:
    """ "Today A announced that ...": an opening date before a verb of saying whose clause holds the trigger."""
    start = items.index(opening)
    said = False
    for item in items[start + 1 : place.at]:
        if "say" in item.tags:
            said = True
        if said and "break" in item.tags:
            return True
    return False


_EVENTFUL = frozenset({"n.visit", "n.sign", "n.summit", "n.reach", "v.sign", "v.visit", "v.arrive", "v.depart", "after"})
_CARRIERS = frozenset({"v.perform", "v.begin", "v.end", "v.hold", "v.launch", "light", "v.sign"})
"""Words that tell an occurrence of their own, or open one: a date beside them is theirs."""


def _same_clause(items: Sequence[Item], at: int, position: int, governor: Item | None, mention: Mention) -> bool:
    if governor is mention.trigger or (governor is not None and "say" in governor.tags and _is_announcement(mention)):
        return True
    if governor is not None and not (governor.tags & _CARRIERS):
        return False
    low, high = min(at, position), max(at, position)
    for item in items[low + 1 : high]:
        if "break" in item.tags and "relative" not in item.tags:
            return False
        if "say" in item.tags:
            return False
        if item is not governor and item.tags & _EVENTFUL:
            return False
    return True


def _resolve(story: Story, item: Item, *, future: bool) -> When | None:
    expression = item.value
    assert isinstance(expression, DateExpression) and story.published is not None
    return resolve(expression, story.published, future=future, week_starts=story.lexicon.language.week_starts)


def _background(sentence: Sentence, place: Place, mention: Mention) -> None:
    """A cue of the past at the start of the sentence or of the trigger's clause."""
    if "after" in mention.trigger.tags:
        mention.modality.background = True
    first = sentence.items[0] if sentence.items else None
    for position in range(place.at - 1, -1, -1):
        item = place.items[position]
        if "background" in item.tags and "fut" not in mention.trigger.tags:
            near_start = first is not None and item.first - first.first <= 2
            if near_start or gap(item, mention.trigger) <= 6:
                mention.modality.background = True
                mention.evidence.append((EvidenceRole.BACKGROUND_CUE, item.start, item.end))
                return


def _sources(sentence: Sentence, place: Place, mention: Mention) -> None:
    """Whether only media or unnamed people say it: the subject of the verb of saying before the trigger's clause."""
    for position in range(place.at - 1, -1, -1):
        item = place.items[position]
        if "claim" in item.tags:
            mention.claimed = True
            return
        if "say" in item.tags or "attribution" in item.tags:
            if _reported_by(place.items, position, mention):
                return
            if any("break" in between.tags for between in place.items[position : place.at]):
                return
    for position in range(place.at + 1, len(place.items)):
        if "attribution" in place.items[position].tags and not mention.reported:
            said = position + 1 < len(place.items) and "say" in place.items[position + 1].tags
            if not _reported_by(place.items, position + said, mention) and _report_behind(place.items, position):
                mention.reported = True
                mention.evidence.append((EvidenceRole.ATTRIBUTION, place.items[position].start, place.items[position + 1].end))
            return


def _report_behind(items: list[Item], position: int) -> bool:
    """ "according to a report": what is quoted is a paper, not a party."""
    return position + 1 < len(items) and "report" in items[position + 1].tags


def _reported_by(items: list[Item], position: int, mention: Mention) -> bool:
    """Whether the verb of saying at `position` has a speaker we know; media and unnamed people make it a mere report."""
    speakers = subject(Place(items, position))
    if not speakers and position + 1 < len(items) and is_actor(items[position + 1]):
        speakers = [items[position + 1]]
    for item in speakers:
        if isinstance(item.value, Group):
            speaker = item.value.members[0]
            if speaker.level is ActorLevel.NON_STATE or "speaker_for" in speaker.tags:
                mention.reported = speaker.office != "spokesman"
                mention.evidence.append((EvidenceRole.ATTRIBUTION, items[position].start, items[position].end))
            return True
    return False


# --- parties of agreements and the like


def _build_pair(story: Story, sentence: Sentence, place: Place, mention: Mention) -> str | bool:
    group = mention.roles.get("parties", Group())
    states = list(group.states)
    if mention.object is not None:
        entry = mention.object.entry("n.accords")
        if entry is not None and entry.iso and entry.iso not in states and states:
            states.append(entry.iso)
    if len(states) == 1:
        # Who announces the signing of its own instrument "with B" is the other side.
        states += [s for s in mention.roles.get("announcer", Group()).states if s not in states][:1]
    if len(states) < 2 and mention.rule.inherits:
        inherited = _inherited(story, sentence, place, states, mention)
        if inherited:
            states = inherited
            mention.inherited = True
            mention.weight *= INHERITED_WEIGHT
    if len(states) < 2:
        return "no_second_party"
    presupposed = modality_is_bare(mention) and mention.rule.stage is Stage.ANNOUNCED and "announcer" not in mention.roles
    if presupposed and not mention.modality.after:
        return "not_asserted"
    mention.parties = states
    if not story.watchlist.in_scope(states):
        return "out_of_scope"
    for member in group.members:
        mention.evidence.append((EvidenceRole.PARTY, member.start, member.end))
    mention.place = _where(place)
    if mention.type is EventType.AGREEMENT:
        _instrument(story, place, mention)
    story.mentions.append(mention)
    return True


def _inherited(story: Story, sentence: Sentence, place: Place, states: list[str], mention: Mention) -> list[str] | None:
    """Parties from what the article told before: "the two sides", or a signing in the course of a visit."""
    both = any("anaphor.both" in item.tags for item in _clause(place))
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
        pair = story.pair_before(states)
        return pair if pair and others <= set(pair) else None
    if visit is not None and set(states) | others <= set(visit.parties):
        mention.roles.setdefault("signatory", Group([actor for actor in visit.visitors if actor.person]))
        return visit.parties
    return None


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


def _where(place: Place) -> Actor | None:
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
        domain
        for reading in anchor.readings
        if "n.instrument" in reading.tags or "n.accords" in reading.tags
        for domain in reading.entry.domains
    ]
    groups: list[list[Domain]] = []
    position = place.items.index(anchor)
    last, loose = anchor, False
    for item in place.items[position + 1 :]:
        distance = gap(last, item)
        if item.tags & {"break", "verb", "during", "say", "attribution"} or distance > (3 if loose else 0):
            break
        if "domain" in item.tags:
            new = [d for reading in item.readings if "domain" in reading.tags for d in reading.entry.domains]
            fresh = [d for d in new if d not in domains]
            if fresh:
                domains.extend(fresh)
                groups.append(fresh)
                mention.evidence.append((EvidenceRole.DOMAIN, item.start, item.end))
        elif "field" in item.tags:
            loose = True
        elif not (is_actor(item) or _BESIDE_INSTRUMENT & item.tags) and (distance > 0 or not loose):
            break
        last = item
    mention.domains = tuple(domains)
    if "dual" in anchor.tags:
        mention.count = 2
    elif (counted := _count_before(place.items, position)) is not None:
        mention.count = counted
    if mention.count > 1:
        mention.evidence.append((EvidenceRole.COUNT, anchor.start, anchor.end))


def _count_before(items: Sequence[Item], position: int) -> int | None:
    before = items[position - 1] if position else None
    if before is None or gap(before, items[position]) > 0:
        return None
    if "number" in before.tags and isinstance(before.value, int) and 1 < before.value <= 60:
        return before.value
    entry = before.entry("date.count")
    return entry.number if entry is not None and entry.number and entry.number > 1 else None


# --- visits


def _build_visit(story: Story, sentence: Sentence, place: Place, mention: Mention) -> str | bool:  # noqa: PLR0912
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
    visitors = [_known(story, actor) for actor in visitors]
    mention.visitors = visitors
    if not destinations:
        if _site(place):
            return "site_visit"
        if "n.visit" in mention.trigger.tags:
            _keep(story, mention)
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
        _keep(story, mention)
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


def _keep(story: Story, mention: Mention) -> None:
    """A mention that may add to an event; beyond `MAX_PARTIAL` nobody gains by more."""
    if len(story.partial) < MAX_PARTIAL:
        story.partial.append(mention)


def _only_describes(mention: Mention, visitors: list[Actor]) -> bool:
    """A visit that is only spoken of: no verb carries it and nothing dates it, or it is a remark ("the first by an official")."""
    modality = mention.modality
    if "n.visit" not in mention.trigger.tags:
        return False
    if modality.course == "noun" and not (modality.during or modality.after or modality.completed) and mention.when is None:
        return True
    generic = not any(actor.person or actor.kind == "delegation" or "official" not in actor.tags for actor in visitors)
    return mention.first is not None and generic


def _known(story: Story, actor: Actor) -> Actor:
    """A delegation or minister without a state takes that of the latest mention's visitor of the same kind."""
    if actor.iso is not None or not actor.definite:
        return actor
    for mention in reversed(story.mentions[-MEMORY:]):
        for visitor in mention.visitors:
            if visitor.kind == actor.kind and visitor.iso:
                actor.iso = visitor.iso
                return actor
    return actor


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


# --- summits and meetings


def _build_summit(story: Story, sentence: Sentence, place: Place, mention: Mention) -> str | bool:
    group = mention.roles.get("participants", Group())
    host = mention.roles.get("host", Group())
    mention.place = _where(place)
    states = group.states
    if len(states) < 3:
        mention.parties = states
        if not host.members and len(states) == 0 and mention.place is None and mention.first is None:
            return "no_participants"
        _keep(story, mention)
        return "no_participants"
    mention.parties = states
    if not story.watchlist.in_scope(states):
        return "out_of_scope"
    mention.evidence.append((EvidenceRole.PARTY, group.members[0].start, group.members[-1].end))
    story.mentions.append(mention)
    return True


def _build_meeting(story: Story, sentence: Sentence, place: Place, mention: Mention) -> str | bool:
    side = [_known(story, actor) for actor in mention.roles.get("side", Group()).members if actor.kind in TRAVELLERS]
    others = [_known(story, actor) for actor in mention.roles.get("counterpart", Group()).members if actor.kind in TRAVELLERS]
    if not side or not others:
        return "no_second_party"
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
    mention.place = _where(place)
    if len(states) >= 3:
        return _add_meeting(story, mention, EventType.SUMMIT, states, [*side, *others])
    people = [actor for actor in others if actor.iso and actor.iso != side[0].iso and _identifiable(actor)]
    side = [actor for actor in side if actor.iso and _identifiable(actor)]
    if not people or not side:
        return "unnamed_counterpart"
    for actor in people:
        _add_meeting(story, mention, EventType.MEETING, [str(side[0].iso), str(actor.iso)], [*side, actor])
    return True


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


def _build_arms(story: Story, sentence: Sentence, place: Place, mention: Mention) -> str | bool:
    buyer, seller = mention.roles.get("buyer", Group()).states, mention.roles.get("seller", Group()).states
    seller = [state for state in seller if state not in buyer]
    if len(buyer) != 1 or not seller:
        return "no_second_party"
    mention.parties = [seller[0], buyer[0]]
    if not story.watchlist.in_scope(mention.parties):
        return "out_of_scope"
    story.mentions.append(mention)
    return True


_BUILDERS = {
    EventType.ARMS_DEAL: _build_arms,
    EventType.VISIT: _build_visit,
    EventType.SUMMIT: _build_summit,
    EventType.MEETING: _build_meeting,
}
