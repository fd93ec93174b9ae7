"""Which development each event of an article tells: one that is known, or one that it founds (pure).

Linking is by content alone. Where a choice is not clear the event is kept apart and marked ambiguous, so that it never alerts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from schemas.codes import EventType, Stage
from schemas.development import Development, HistoryEntry
from schemas.event import AgreementEvent, NormalizationEvent
from schemas.ids import development_id, pair_key
from services.alert.fold import fold, state_of
from services.alert.identity import Sameness, canonical_key, fits, further_stage, stage_date, window
from services.alert.ports import Report, Stored


@dataclass(frozen=True, slots=True)
class Linking:
    """The outcome for one article: its reports, and the developments that they found."""

    reports: tuple[Report, ...]
    founded: tuple[Stored, ...]


@dataclass(frozen=True, slots=True)
class _Choice:
    """`development` is `None` when the event stands apart; then `ambiguous` tells whether it could have been one of several."""

    rule: str
    development: str | None = None
    tests: tuple[str, ...] = ()
    candidates: tuple[str, ...] = ()
    ambiguous: bool = False


def link(
    events: Sequence[NormalizationEvent],
    candidates: Sequence[Stored],
    *,
    own: Mapping[str, str],
    now: datetime,
) -> Linking:
    """Link the events of one article.

    `candidates` are the stored developments of the same types and parties, `own` says to which development an event id was
    linked by the article's earlier revision.
    """
    pool = {stored.id: stored for stored in candidates}
    taken: set[tuple[str, str]] = set()
    reports: list[Report] = []
    new: list[str] = []
    for event in sorted(events, key=_order_of_happening):
        prior = own.get(event.id)
        free = [stored for stored in pool.values() if (stored.id, _slot(event)) not in taken]
        choice = _choose(event, [stored for stored in free if _clear(stored)], prior=prior)
        if choice.development is None:
            choice = _stay(event, choice, [stored for stored in free if stored.id == prior and not _clear(stored)])
        if choice.development is None:
            stored = _found(event, n=sum(known.founding_event == event.id for known in candidates), now=now)
            pool[stored.id] = stored
            new.append(stored.id)
        else:
            stored = _with_stage(pool[choice.development], event)
            pool[stored.id] = stored
        taken.add((stored.id, _slot(event)))
        reports.append(Report(event=event, development=stored.id, reason=_reason(event, choice), ambiguous=choice.ambiguous))
    return Linking(tuple(reports), tuple(pool[id] for id in new))


def _order_of_happening(event: NormalizationEvent) -> tuple[bool, date, str]:
    """Earlier steps first, so that an instrument is founded by its first stage; undated ones last."""
    span = window(event.date)
    return (span is None, span.start if span else date.max, event.id)


def _clear(stored: Stored) -> bool:
    """What stands apart because it could be one of several draws nothing to itself, or one doubt would breed the next."""
    return "ambiguous_link" not in stored.document.flags


def _slot(event: NormalizationEvent) -> str:
    """What one article may tell of a development only once: each stage of an agreement; anything else altogether."""
    return str(event.stage) if isinstance(event, AgreementEvent) else ""


def _choose(event: NormalizationEvent, free: Sequence[Stored], *, prior: str | None) -> _Choice:
    fitting = [(stored.id, same) for stored in free if (same := fits(event, stored.document)) is not None]
    dated = [(id, same) for id, same in fitting if same.dated]
    if dated:
        return _clearest(dated, prior=prior)
    if fitting:
        return _only_one(fitting, prior=prior)
    if isinstance(event, AgreementEvent):
        published = event.article.published_at.date() if event.article.published_at else None
        further = [stored for stored in free if further_stage(event, stored.document, published=published)]
        if further:
            newest = max(further, key=_newness)
            return _Choice(
                "further_stage", newest.id, ("parties", "domains", "instrument", "newest of the pair"), tuple(s.id for s in further)
            )
    return _Choice("founded")


def _stay(event: NormalizationEvent, choice: _Choice, own: Sequence[Stored]) -> _Choice:
    """What stood apart and still does stays the development that it founded, as doubtful as the choice is now."""
    for stored in own:
        same = fits(event, stored.document)
        if same is not None:
            return replace(choice, development=stored.id, tests=same.tests)
    return choice


def _clearest(fitting: Sequence[tuple[str, Sameness]], *, prior: str | None) -> _Choice:
    """The candidate with most equal details; of equal ones the one that this slot was linked to; else none (rule I2)."""
    ids = tuple(id for id, _ in fitting)
    most = max(same.exact for _, same in fitting)
    best = {id: same for id, same in fitting if same.exact == most}
    chosen = next(iter(best)) if len(best) == 1 else prior if prior in best else None
    if chosen is None:
        return _Choice("ambiguous", candidates=ids, ambiguous=True)
    return _Choice("same", chosen, best[chosen].tests, ids)


def _only_one(fitting: Sequence[tuple[str, Sameness]], *, prior: str | None) -> _Choice:
    """What no date ties to anything links only to a single candidate (rule I0)."""
    ids = tuple(id for id, _ in fitting)
    by_id = dict(fitting)
    chosen = ids[0] if len(ids) == 1 else prior if prior in by_id else None
    if chosen is None:
        return _Choice("undated", candidates=ids, ambiguous=True)
    return _Choice("single_candidate", chosen, by_id[chosen].tests, ids)


def _newness(stored: Stored) -> tuple[date, datetime, str]:
    when = stage_date(stored.document, Stage.SIGNED) or stored.document.date
    span = window(when)
    return (span.end if span else date.min, stored.created_at, stored.id)


def _found(event: NormalizationEvent, *, n: int, now: datetime) -> Stored:
    id = development_id(type=event.type, parties=event.parties, founding_event=event.id, n=n)
    bare = Development(id=id, type=EventType(event.type), parties=event.parties)
    return Stored(
        id=id,
        type=EventType(event.type),
        pair=pair_key(event.parties),
        founding_event=event.id,
        n=n,
        created_at=now,
        sequence=0,
        told_kind=None,
        told_status=None,
        told_notices=(),
        document=fold(bare, [Report(event=event, development=id, reason={})]),
    )


def _with_stage(stored: Stored, event: NormalizationEvent) -> Stored:
    """The development as later events of the same article see it: with this event's stage among the known ones."""
    if not isinstance(event, AgreementEvent) or stage_date(stored.document, event.stage) is not None:
        return stored
    entry = HistoryEntry(value=state_of(event), date=event.date, event=event.id, article=event.article.id)
    return replace(stored, document=stored.document.model_copy(update={"history": (*stored.document.history, entry)}))


def _reason(event: NormalizationEvent, choice: _Choice) -> Mapping[str, object]:
    return {"rule": choice.rule, "key": canonical_key(event), "tests": list(choice.tests), "candidates": list(choice.candidates)}
