"""Mentions joined to events: one occurrence is one event however often the article tells it (ontology E2 to E7, section 6)."""

from __future__ import annotations

from datetime import date, timedelta

from schemas.codes import UNIQUE_OFFICES, Discourse, Domain, EventType, EvidenceRole, Instrument, Precision, Rank, Stage
from schemas.event import MAX_EVENTS, MAX_SPANS
from services.extract.engine.actors import Actor, Group
from services.extract.engine.airlinks import same_link
from services.extract.engine.armsdeals import same_deal
from services.extract.engine.dates import When
from services.extract.engine.drafts import Draft
from services.extract.engine.exercises import same_drill
from services.extract.engine.items import Item, Sentence
from services.extract.engine.mentions import Mention
from services.extract.engine.pacts import PRE_SIGNATURE
from services.extract.engine.roles import IN, TO, is_actor
from services.extract.engine.standing import discourse_of, stage_of
from services.extract.engine.story import Story

OPEN_DAYS = 10
"""How far an open window reaches when two dates are compared (ontology I0)."""
DEFENCE_FAMILY = frozenset({Domain.DEFENCE_SECURITY, Domain.MILITARY, Domain.INTELLIGENCE, Domain.ARMS})
SPECIFIC = [Instrument.MOU, Instrument.FRAMEWORK_AGREEMENT]


def merge(story: Story, sentences: list[Sentence]) -> list[Draft]:
    """The events of an article, in the order of their first evidence."""
    drafts: list[Draft] = []
    for mention in story.mentions:
        for part in _split(mention):
            home = next((draft for draft in drafts if _same(story, draft, part)), None)
            if home is None:
                if len(drafts) >= MAX_EVENTS:
                    continue
                home = Draft(part.type, list(part.parties), domains=part.domains)
                drafts.append(home)
            if len(home.mentions) >= MAX_SPANS:
                continue  # said often enough: its evidence would be cut anyway
            home.mentions.append(part)
            home.domains = tuple(dict.fromkeys((*home.domains, *part.domains)))
    for mention in story.weak:
        _confirm(story, drafts, mention)
    for mention in story.partial:
        _attach(story, drafts, mention)
    for draft in drafts:
        if draft.type is EventType.VISIT:
            draft.members = _delegation_members(draft, sentences)
    _parents(story, drafts)
    return sorted(drafts, key=lambda draft: (draft.first_start, draft.type.value))


def _confirm(story: Story, drafts: list[Draft], mention: Mention) -> None:
    """A signing that is only spoken of says more about one that the article tells elsewhere; alone it is none."""
    for draft in drafts:
        signed = draft.type is EventType.AGREEMENT and any(stage_of(m) is Stage.SIGNED for m in draft.mentions)
        fresh = discourse_of(story, draft.mentions[0]) is not Discourse.BACKGROUND
        if signed and fresh and len(draft.mentions) < MAX_SPANS and _same(story, draft, mention):
            draft.mentions.append(mention)
            draft.domains = tuple(dict.fromkeys((*draft.domains, *mention.domains)))
            return


def _split(mention: Mention) -> list[Mention]:
    """N instruments at one ceremony are N events when their fields can be told apart (ontology E7)."""
    if mention.type is not EventType.AGREEMENT or mention.count < 2:
        return [mention]
    groups = _field_groups(mention.domains)
    if len(groups) != mention.count:
        return [mention]
    parts = []
    for group in groups:
        part = Mention(**{name: getattr(mention, name) for name in Mention.__slots__})
        part.domains, part.count, part.evidence = group, 1, list(mention.evidence)
        parts.append(part)
    return parts


PAIRED = (frozenset({Domain.CULTURE, Domain.SPORT}), frozenset({Domain.EDUCATION_SCIENCE, Domain.TECH_INNOVATION}))
"""Fields that ministries treat as one: an agreement on culture and sport is one instrument."""


def _field_groups(domains: tuple[Domain, ...]) -> list[tuple[Domain, ...]]:
    groups: list[list[Domain]] = []
    for domain in domains:
        if groups and any({groups[-1][-1], domain} <= pair for pair in PAIRED):
            groups[-1].append(domain)
        else:
            groups.append([domain])
    return [tuple(group) for group in groups]


# --- are two mentions the same occurrence?


def _same(story: Story, draft: Draft, mention: Mention) -> bool:
    if draft.type is not mention.type:
        return False
    if draft.type is EventType.AGREEMENT:
        return _same_agreement(story, draft, mention)
    if draft.type is EventType.VISIT:
        return _same_visit(story, draft, mention)
    if draft.type is EventType.SUMMIT:
        return _same_summit(story, draft, mention)
    if draft.type is EventType.MEETING:
        return set(draft.parties) == set(mention.parties) and _same_people(story, draft, mention) and _dates_fit(story, draft, mention)
    alike = _ALIKE.get(draft.type, _same_action)
    return alike(draft, mention) and _fits_here(story, draft, mention)


def _fits_here(story: Story, draft: Draft, mention: Mention) -> bool:
    """Two undated namings in one sentence are one change."""
    return any(m.sentence is mention.sentence for m in draft.mentions) or _dates_fit(story, draft, mention)


GROUPED = (frozenset({"establish", "resume", "upgrade", "recognize"}), frozenset({"suspend", "downgrade", "sever", "recall_envoy"}))
"""Actions that may name one change of relations (ontology R1)."""


def _same_action(draft: Draft, mention: Mention) -> bool:
    if set(draft.parties) != set(mention.parties):
        return False
    mine, theirs = str(draft.mentions[0].rule.action), str(mention.rule.action)
    if mine == theirs == "open_mission":
        return not (_sends(draft.mentions[0]) and _sends(mention)) or _sends(draft.mentions[0]) == _sends(mention)
    return mine == theirs or any({mine, theirs} <= group for group in GROUPED)


def _sends(mention: Mention) -> list[str]:
    """Whose mission is opened."""
    return mention.roles.get("sending", Group()).states[:1]


_ALIKE = {EventType.FLIGHTS: same_link, EventType.EXERCISE: same_drill, EventType.ARMS_DEAL: same_deal}


def _same_agreement(story: Story, draft: Draft, mention: Mention) -> bool:
    if set(draft.parties) != set(mention.parties):
        return False
    mine, theirs = stage_of(draft.mentions[0]), stage_of(mention)
    early = mine in PRE_SIGNATURE and theirs in PRE_SIGNATURE
    if not early and mine is not theirs:
        return False
    kinds = {m.rule.instrument for m in draft.mentions} | {mention.rule.instrument}
    if Instrument.ACCESSION in kinds and len(kinds) > 1:
        return False
    if not _domains_fit(draft.domains, mention.domains):
        return False
    return _dates_fit(story, draft, mention)


def _domains_fit(a: tuple[Domain, ...], b: tuple[Domain, ...]) -> bool:
    if not a or not b:
        return True
    first = {Domain.DEFENCE_SECURITY if d in DEFENCE_FAMILY else d for d in a}
    second = {Domain.DEFENCE_SECURITY if d in DEFENCE_FAMILY else d for d in b}
    return first <= second or second <= first or len(first & second) * 2 >= len(first | second)


def _same_visit(story: Story, draft: Draft, mention: Mention) -> bool:
    if draft.parties != mention.parties or draft.mentions[0].aggregate != mention.aggregate:
        return False
    known = {actor.person for m in draft.mentions for actor in m.visitors if actor.person}
    new = {actor.person for actor in mention.visitors if actor.person}
    if known and new:
        return bool(known & new) and _dates_fit(story, draft, mention)
    ranks = _ranks([actor for m in draft.mentions for actor in m.visitors])
    new_ranks = _ranks(mention.visitors)
    if ranks and new_ranks and not (ranks & new_ranks) and not _any_minister(ranks, new_ranks):
        return False
    if ((known and new_ranks) or (new and ranks)) and not _may_hold(
        story, [*(a for m in draft.mentions for a in m.visitors), *mention.visitors]
    ):
        return False
    apart = discourse_of(story, draft.mentions[0]) is Discourse.BACKGROUND or discourse_of(story, mention) is Discourse.BACKGROUND
    if apart and discourse_of(story, draft.mentions[0]) is not discourse_of(story, mention):
        return False
    return _dates_fit(story, draft, mention)


def _may_hold(story: Story, actors: list[Actor]) -> bool:
    """Whether some named traveller holds an office that is named without its holder; who is not known may hold any."""
    unnamed = {a.rank for a in actors if a.person is None and a.rank in UNIQUE_OFFICES}
    if not unnamed:
        return True
    for actor in actors:
        if actor.person is None:
            continue
        known = story.lexicon.persons.get(actor.person)
        office = known.office_at(story.published) if known else None
        rank = actor.rank or (office.rank if office else None)
        if known is None or rank in unnamed:
            return True
    return False


_MINISTERS = frozenset({Rank.MINISTER_OTHER, Rank.MINISTER_FOREIGN, Rank.MINISTER_DEFENCE})


def _any_minister(mine: set[Rank], new: set[Rank]) -> bool:
    """Whether one of the two says no more than "a minister"."""
    return {Rank.MINISTER_OTHER} in (mine, new) and mine | new <= _MINISTERS


def _ranks(actors: list[Actor]) -> set[Rank]:
    """The offices of those who have one by which they can be told apart."""
    return {actor.rank for actor in actors if actor.kind == "official" and actor.rank is not None and "official" not in actor.tags}


def _same_summit(story: Story, draft: Draft, mention: Mention) -> bool:
    shared = len(set(draft.parties) & set(mention.parties))
    if shared * 3 < 2 * min(len(draft.parties), len(mention.parties)):
        return False
    places = {m.place.iso for m in draft.mentions if m.place is not None}
    if mention.place is not None and places and mention.place.iso not in places:
        return False
    return _dates_fit(story, draft, mention)


def _same_people(story: Story, draft: Draft, mention: Mention) -> bool:
    """Somebody of each side is the same: a meeting is told by its counterpart, not by who received whom."""
    mine = {key for m in draft.mentions for actor in m.roles.get("participants", Group()).members for key in _identities(story, actor)}
    new = {key for actor in mention.roles.get("participants", Group()).members for key in _identities(story, actor)}
    return all(_same_side(state, mine, new) for state in draft.parties)


def _same_side(state: str, mine: set[tuple[str | None, str]], new: set[tuple[str | None, str]]) -> bool:
    """Somebody of the state is the same, or one of the two mentions names nobody of it."""
    sides = [{key for key in keys if key[0] == state} for keys in (mine, new)]
    return not all(sides) or bool(sides[0] & sides[1])


def _identities(story: Story, actor: Actor) -> set[tuple[str | None, str]]:
    """What an actor can be known by: the person, or an office that one person holds."""
    keys: set[tuple[str | None, str]] = set()
    rank = None if actor.kind == "delegation" else actor.rank  # anybody may lead a delegation
    if actor.person is not None:
        keys.add((actor.iso, actor.person))
        known = story.lexicon.persons.get(actor.person)
        office = known.office_at(story.published) if known else None
        rank = rank or (office.rank if office else None)
    if rank is not None and (rank in UNIQUE_OFFICES or (actor.person is None and rank is not Rank.MINISTER_OTHER)):
        # "the minister" alone may be any minister of the state
        keys.add((actor.iso, rank.value))
    return keys


def _window(story: Story, mention: Mention) -> tuple[date, date] | None:
    when = mention.when
    if when is None and mention.announced is not None:
        when = When(None, mention.announced.end, Precision.ON_OR_BEFORE)
    if when is None:
        return None
    if when.start is None and when.end is None:
        return None
    start = when.start or (when.end - timedelta(days=OPEN_DAYS) if when.end else date.min)
    end = when.end or (when.start + timedelta(days=OPEN_DAYS) if when.start else date.max)
    if when.start is None and when.precision in (Precision.APPROX_BEFORE, Precision.UNKNOWN_BEFORE):
        start = date.min
    return start, end


def _dates_fit(story: Story, draft: Draft, mention: Mention) -> bool:
    new = _window(story, mention)
    windows = [window for m in draft.mentions if (window := _window(story, m)) is not None]
    old_background = discourse_of(story, draft.mentions[0]) is Discourse.BACKGROUND
    new_background = discourse_of(story, mention) is Discourse.BACKGROUND
    if new is None or not windows:
        # Undated: told as news it is the news; told as history it is not.
        return old_background is new_background or (new is None and not mention.modality.background and not old_background)
    ahead = mention.modality.course == "future" and mention.when is not None
    was_ahead = any(m.modality.course == "future" and m.when is not None for m in draft.mentions)
    exact = draft.type is EventType.RELATIONS_CHANGE or (ahead != was_ahead and mention.when is not None)
    slack = timedelta(0) if exact else timedelta(days=3)
    return any(
        new[0] - slack <= end and start <= new[1] + slack if new[0] > date.min else start <= new[1] + slack for start, end in windows
    )


# --- what is told of an event without naming it in full


def _attach(story: Story, drafts: list[Draft], mention: Mention) -> None:
    """A mention without all slots ("this visit is the first", "his visit lasts two days") adds to the event it speaks of."""
    fitting = [draft for draft in drafts if draft.type is mention.type and _speaks_of(draft, mention)]
    if not fitting:
        return
    here = [draft for draft in fitting if any(m.sentence is mention.sentence for m in draft.mentions)]
    if here:
        last = here[-1].mentions[-1].trigger
        for draft in here:
            if draft is here[-1] or any(m.trigger is last for m in draft.mentions):
                draft.partial.append(mention)
        return
    fresh = [draft for draft in fitting if discourse_of(story, draft.mentions[0]) is not Discourse.BACKGROUND]
    before = [draft for draft in fresh if draft.first_start <= mention.trigger.start] or fresh
    for draft in before:
        if mention.when is None or mention.type is EventType.SUMMIT or _dates_fit(story, draft, mention):
            draft.partial.append(mention)
            return


def _speaks_of(draft: Draft, mention: Mention) -> bool:
    if mention.type is EventType.VISIT:
        if draft.mentions[0].aggregate:
            return False
        persons = {actor.person for m in draft.mentions for actor in m.visitors if actor.person}
        named = {actor.person for actor in mention.visitors if actor.person}
        if named:
            return bool(named & persons)
        states = {actor.iso for actor in mention.visitors if actor.iso}
        return not states or states <= {draft.parties[0]}
    if mention.type is EventType.SUMMIT:
        return not mention.parties or set(mention.parties) <= set(draft.parties)
    return False


def _delegation_members(draft: Draft, sentences: list[Sentence]) -> list[Actor]:
    """Officials that the article lists as members of the delegation."""
    leads = [actor for mention in draft.mentions for actor in mention.visitors if actor.kind == "delegation"]
    if not leads:
        return []
    members: list[Actor] = []
    for sentence in sentences:
        listing = False
        for position, item in enumerate(sentence.items):
            if not listing:
                listing = _opens_list(sentence.items, position, item)
                continue
            if "break" in item.tags or {"v.meet", "v.visit"} & item.tags:
                break
            if is_actor(item) and isinstance(item.value, Group) and not (item.tags & TO):
                for actor in item.value.members:
                    named = actor.person is not None or (actor.kind == "official" and "official" not in actor.tags)
                    if named and actor.iso in (None, draft.parties[0]) and actor.rank is not None:
                        actor.iso = draft.parties[0]
                        members.append(actor)
                    elif actor.person is not None and actor.iso == draft.parties[0]:
                        members.append(actor)
    return members


def _opens_list(items: list[Item], position: int, item: Item) -> bool:
    """ "in the delegation", "the delegation includes"."""
    if not is_actor(item) or not isinstance(item.value, Group):
        return False
    actor = item.value.members[-1]
    if actor.kind != "delegation" or not actor.definite:
        return False
    before = items[position - 1] if position else None
    after = items[position + 1] if position + 1 < len(items) else None
    return bool(item.tags & IN) or any(near is not None and "including" in near.tags for near in (before, after))


def _parents(story: Story, drafts: list[Draft]) -> None:
    """An agreement or a meeting in the course of a visit belongs to it (ontology C10)."""
    visits = [draft for draft in drafts if draft.type is EventType.VISIT and not draft.mentions[0].aggregate]
    for draft in drafts:
        if draft.type in (EventType.VISIT, EventType.SUMMIT) or any(m.modality.after for m in draft.mentions):
            continue
        for visit in visits:
            if not set(visit.parties) <= set(draft.parties):
                continue
            close = any(m.sentence is v.sentence or m.modality.during for m in draft.mentions for v in visit.mentions)
            fresh = (
                discourse_of(story, draft.mentions[0]) is not Discourse.BACKGROUND
                and discourse_of(story, visit.mentions[0]) is not Discourse.BACKGROUND
            )
            if close or (fresh and draft.type is EventType.MEETING):
                draft.parent = visit
                break


def evidence_of(draft: Draft) -> list[tuple[EvidenceRole, int, int]]:
    """All spans of the event, in the order of the text, each once."""
    spans = {span for mention in (*draft.mentions, *draft.partial) for span in mention.evidence}
    for actor in draft.members:
        start, end = actor.name or (actor.start, actor.end)
        spans.add((EvidenceRole.PERSON, start, end))
    return sorted(spans, key=lambda span: (span[1], span[2], span[0].value))
