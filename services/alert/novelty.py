"""Is it news, and of what kind? Which notice a development stands for, judged on what the store holds (pure; ontology section 7)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from schemas.codes import ActorLevel, Discourse, Domain, Factuality, Instrument, NoticeKind, NoveltyLevel, Stage, Status, Verdict
from schemas.development import Development, DevelopmentState
from schemas.event import AgreementEvent, First, NormalizationEvent, VisitEvent
from schemas.notice import Novelty, Precedent
from services.alert.identity import families, stage_date, window
from services.alert.ports import Report, Stored
from services.alert.wording import title_of

_TOLD_FIRMLY = (Factuality.ASSERTED, Factuality.REPORTED)
_VISIBLE = (Discourse.LEAD, Discourse.BODY)
_UNDER_WAY = (Status.PLANNED, Status.ONGOING, Status.COMPLETED)


def alertable(report: Report) -> bool:
    """Whether this report alone is reason enough to tell the world."""
    event = report.event
    if report.ambiguous or event.aggregate or event.actor_level == ActorLevel.NON_STATE:
        return False
    return event.discourse in _VISIBLE and event.factuality in _TOLD_FIRMLY and _tells_a_fact(event)


def _tells_a_fact(event: NormalizationEvent) -> bool:
    match event:
        case AgreementEvent():
            return event.stage == Stage.SIGNED or (
                event.stage == Stage.ANNOUNCED and _takes_effect_by_announcement(event.instrument, event.domains)
            )
        case VisitEvent():
            return event.status in _UNDER_WAY
        case _:
            return False


def _takes_effect_by_announcement(instrument: Instrument | None, domains: Iterable[Domain]) -> bool:
    return instrument == Instrument.ACCESSION or Domain.DIPLOMATIC_RELATIONS in domains


@dataclass(frozen=True, slots=True)
class _Adopted:
    """An instrument of the pair that counts as known: when, in which domain families."""

    moment: tuple[date, datetime, str]
    families: frozenset[str]
    stored: Stored


class PairRecord:
    """What the store holds of the agreements of one pair, in the order of their dates."""

    def __init__(self, agreements: Iterable[Stored]) -> None:
        adopted = (_Adopted(_moment(s), families(s.document.domains), s) for s in agreements if _concluded(s.document))
        self._adopted = sorted(adopted, key=lambda known: known.moment)

    def precedent(self, stored: Stored) -> Stored | None:
        """The oldest earlier instrument that covers a family of this one, when all its families are covered by earlier ones."""
        wanted, moment = families(stored.document.domains), _moment(stored)
        oldest, uncovered = None, set(wanted)
        for known in self._adopted:
            if known.moment >= moment or not uncovered:
                break
            if known.stored.id != stored.id and known.families & wanted:
                oldest = oldest or known.stored
                uncovered -= known.families
        return None if uncovered else oldest


def standing(stored: Stored, reports: Sequence[Report], record: PairRecord) -> NoticeKind | None:
    """The `*.new*` notice that this development stands for now, or `None` when nobody is to be told of it."""
    if not any(alertable(report) for report in reports):
        return None
    return kind_of(stored, record)


def kind_of(stored: Stored, record: PairRecord) -> NoticeKind:
    """The `*.new*` kind of an alertable agreement or visit, against what the store holds of its pair."""
    if stored.document.stage is None:
        return NoticeKind.VISIT_NEW
    return NoticeKind.AGREEMENT_NEW if record.precedent(stored) else NoticeKind.AGREEMENT_NEW_TYPE


def _concluded(document: Development) -> bool:
    """Whether the store holds it as adopted, by reports of any kind: background too makes an instrument known."""
    if document.state == DevelopmentState.RETRACTED:
        return False
    return _adoption(document) is not None


def _adoption(document: Development) -> str | None:
    stages = {entry.value for entry in document.history}
    if Stage.SIGNED in stages:
        return Stage.SIGNED
    if Stage.ANNOUNCED in stages and _takes_effect_by_announcement(document.instrument, document.domains):
        return Stage.ANNOUNCED
    return None


def _moment(stored: Stored) -> tuple[date, datetime, str]:
    """When it was adopted: the last day of its window; of equal days, what the store learned first counts as earlier."""
    document = stored.document
    when = stage_date(document, _adoption(document) or str(document.stage)) or document.date
    span = window(when)
    day = span.end if span else when.end
    if day is None:
        reported = document.first_reported_at or stored.created_at
        day = reported.astimezone(UTC).date()
    return (day, stored.created_at, stored.id)


def novelty_of(stored: Stored, kind: NoticeKind, reports: Sequence[Report], record: PairRecord, since: date | None) -> Novelty | None:
    """What the notice says of novelty: level, the record compared with, the text's own claim and how both agree."""
    claim = _claim(reports)
    if kind == NoticeKind.AGREEMENT_NEW_TYPE:
        verdict = Verdict.CONFIRMED if claim else Verdict.STORE_ONLY
        return Novelty(level=NoveltyLevel.NEW_DOMAIN_FOR_PAIR, watching_since=since, text_claim=claim, verdict=verdict)
    verdict_or_none = Verdict.CLAIM_ONLY if claim else None
    if kind == NoticeKind.AGREEMENT_NEW:
        earlier = record.precedent(stored)
        against = None
        if earlier is not None:
            day = earlier.document.date.end or earlier.document.date.start
            against = Precedent(development=earlier.id, title=title_of(earlier.document), date=day.isoformat() if day else None)
        return Novelty(against=against, watching_since=since, text_claim=claim, verdict=verdict_or_none)
    return Novelty(watching_since=since, text_claim=claim, verdict=verdict_or_none) if claim else None


def _claim(reports: Sequence[Report]) -> First | None:
    return next((report.event.first for report in reports if report.event.first is not None and report.event.first.is_first), None)
