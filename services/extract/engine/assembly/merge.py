"""Mentions joined to events: one occurrence is one event however often the article tells it (ontology E2 to E7, section 6)."""

from __future__ import annotations

from schemas.codes import Discourse, Domain, EventType, EvidenceRole, Stage
from schemas.event import MAX_EVENTS, MAX_SPANS
from services.extract.engine.assembly.again import recalled_again
from services.extract.engine.assembly.same import dates_fit, same
from services.extract.engine.clauses.mentions import Mention
from services.extract.engine.clauses.roles import IN, TO, is_actor
from services.extract.engine.events.drafts import Draft
from services.extract.engine.events.retold import join_retold
from services.extract.engine.events.standing import discourse_of, stage_of
from services.extract.engine.events.story import Story
from services.extract.engine.phrases.actors import Actor, Group
from services.extract.engine.words.items import Item, Sentence


def merge(story: Story, sentences: list[Sentence]) -> list[Draft]:
    """The events of an article, in the order of their first evidence."""
    drafts: list[Draft] = []
    for mention in story.mentions:
        for part in _split(mention):
            home = next((draft for draft in drafts if same(story, draft, part)), None)
            if home is None and (home := recalled_again(story, drafts, part)) is not None:
                part.when, part.modality.background, part.modality.old = home.mentions[0].when, True, True
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
    join_retold(story, drafts)
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
        if signed and fresh and len(draft.mentions) < MAX_SPANS and same(story, draft, mention):
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
        if mention.when is None or mention.type is EventType.SUMMIT or dates_fit(story, draft, mention):
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
                visit.children.append(draft)
                break


def evidence_of(draft: Draft) -> list[tuple[EvidenceRole, int, int]]:
    """All spans of the event, in the order of the text, each once."""
    spans = {span for mention in (*draft.mentions, *draft.partial) for span in mention.evidence}
    spans |= {(EvidenceRole.DATE, *mention.date_span) for mention in draft.retold if mention.date_span is not None}
    for actor in draft.members:
        start, end = actor.name or (actor.start, actor.end)
        spans.add((EvidenceRole.PERSON, start, end))
    return sorted(spans, key=lambda span: (span[1], span[2], span[0]))
