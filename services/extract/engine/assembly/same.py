"""Whether two mentions tell of one occurrence: the tests of identity by type (ontology section 6), within one article."""

from __future__ import annotations

from datetime import date, timedelta

from schemas.codes import UNIQUE_OFFICES, Discourse, Domain, EventType, Instrument, Precision, Rank
from services.extract.engine.clauses.mentions import Mention
from services.extract.engine.events.airlinks import same_link
from services.extract.engine.events.armsdeals import same_deal
from services.extract.engine.events.drafts import Draft
from services.extract.engine.events.exercises import same_drill
from services.extract.engine.events.pacts import PRE_SIGNATURE
from services.extract.engine.events.standing import discourse_of, stage_of
from services.extract.engine.events.story import Story
from services.extract.engine.phrases.actors import Actor, Group
from services.extract.engine.words.dates import When

OPEN_DAYS = 10
"""How far an open window reaches when two dates are compared (ontology I0)."""
DEFENCE_FAMILY = frozenset({Domain.DEFENCE_SECURITY, Domain.MILITARY, Domain.INTELLIGENCE, Domain.ARMS})


# --- are two mentions the same occurrence?


def same(story: Story, draft: Draft, mention: Mention) -> bool:
    if draft.type is not mention.type:
        return False
    if draft.type is EventType.AGREEMENT:
        return _same_agreement(story, draft, mention)
    if draft.type is EventType.VISIT:
        return _same_visit(story, draft, mention)
    if draft.type is EventType.SUMMIT:
        return _same_summit(story, draft, mention)
    if draft.type is EventType.MEETING:
        return set(draft.parties) == set(mention.parties) and same_people(story, draft, mention) and dates_fit(story, draft, mention)
    alike = _ALIKE.get(draft.type, _same_action)
    return alike(draft, mention) and _fits_here(story, draft, mention)


def _fits_here(story: Story, draft: Draft, mention: Mention) -> bool:
    """Two undated namings in one sentence are one change."""
    return any(m.sentence is mention.sentence for m in draft.mentions) or dates_fit(story, draft, mention)


GROUPED = (
    frozenset({"establish", "resume", "upgrade", "recognize", "exchange_envoys"}),
    frozenset({"suspend", "downgrade", "sever", "recall_envoy", "expel_envoy", "close_mission"}),
)
"""Actions that may name one change of relations (ontology R1)."""


def _same_action(draft: Draft, mention: Mention) -> bool:
    if set(draft.parties) != set(mention.parties):
        return False
    mine, theirs = str(draft.mentions[0].rule.action), str(mention.rule.action)
    if mine == theirs == "open_mission":
        return not (_sends(draft.mentions[0]) and _sends(mention)) or _sends(draft.mentions[0]) == _sends(mention)
    return mine == theirs or any({mine, theirs} <= group for group in GROUPED)


def _sends(mention: Mention) -> list[str]:
    """Whose mission is opened; of two who open it together nobody says whose it is."""
    sending = mention.roles.get("sending", Group())
    together = len(sending.states) > 1 and sending.members[0].start < mention.trigger.start
    return [] if together else sending.states[:1]


_ALIKE = {EventType.FLIGHTS: same_link, EventType.EXERCISE: same_drill, EventType.ARMS_DEAL: same_deal}


def _same_agreement(story: Story, draft: Draft, mention: Mention) -> bool:
    if set(draft.parties) != set(mention.parties) and not _some_signers(draft, mention):
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
    return dates_fit(story, draft, mention)


def _some_signers(draft: Draft, mention: Mention) -> bool:
    """ "A, B and C signed a memorandum. On the memorandum A and B signed": of a text known from before not all signers are named again."""
    known = mention.object is not None and "known" in mention.object.tags
    return known and set(mention.parties) < set(draft.parties)


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
        return bool(known & new) and (dates_fit(story, draft, mention) or _city_hop(story, draft, mention))
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
    return dates_fit(story, draft, mention)


def _city_hop(story: Story, draft: Draft, mention: Mention) -> bool:
    """ "arrived in the Emirates ... will also go to Dubai": a further city that somebody on a visit is to see is part of his stay (E4)."""
    stays = [m for m in draft.mentions if m.modality.course != "future" and discourse_of(story, m) is not Discourse.BACKGROUND]
    city = mention.destination is not None and mention.destination.kind == "city"
    return city and mention.modality.course == "future" and bool(stays)


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
        if known is None or rank in unnamed or (rank is None and any(held.rank in unnamed for held in known.offices)):
            return True  # who is to take office, or has just left it, is called by it
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
    return dates_fit(story, draft, mention)


def same_people(story: Story, draft: Draft, mention: Mention) -> bool:
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
    anybody = actor.kind == "delegation" or (actor.rank is Rank.DELEGATION and actor.person is None)
    rank = None if anybody else actor.rank  # anybody may lead a delegation, or be an "official"
    if actor.person is not None:
        keys.add((actor.iso, actor.person))
        known = story.lexicon.persons.get(actor.person)
        office = known.office_at(story.published) if known else None
        if rank is Rank.MINISTER_OTHER and office is not None and office.rank in UNIQUE_OFFICES:
            keys.add((actor.iso, office.rank.value))  # called "the minister" where he is known as the head of the service
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


def dates_fit(story: Story, draft: Draft, mention: Mention) -> bool:
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
