"""What one extraction does to the store: reports swapped, developments folded anew, and the notices that the difference makes.

All of it happens inside one write transaction that the caller opened; a crash before its commit leaves no trace, and the same
extraction applied again is without effect.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from schemas.codes import EventType, EvidenceRole, NoticeKind
from schemas.event import NormalizationEvent
from schemas.extraction import Extraction
from schemas.ids import notice_id, pair_key
from schemas.notice import MAX_ARTICLES, MAX_BYTES, Change, Notice, NoticeArticle, NoticeData, Quote
from services.alert.fold import fold
from services.alert.identity import families
from services.alert.link import Linking, link
from services.alert.match import wants
from services.alert.novelty import PairRecord, alertable, kind_of, novelty_of, standing
from services.alert.ports import AppliedArticle, LivingSubscription, Report, Repository, Stored
from services.alert.wording import sentence_of, title_of

MAX_QUOTES = 5
"""Quotes an article, at most, in a notice."""
_QUOTED = (EvidenceRole.TRIGGER, EvidenceRole.INSTRUMENT, EvidenceRole.DATE, EvidenceRole.PLACE, EvidenceRole.PERSON)
_Step = tuple[NoticeKind, Change | None]
_AGREEMENT_KINDS = (NoticeKind.AGREEMENT_NEW, NoticeKind.AGREEMENT_NEW_TYPE)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What happened: whether the extraction was newer than what the store held, how its events were linked, what is told."""

    applied: bool
    links: Mapping[str, int] = field(default_factory=dict)
    notices: tuple[Notice, ...] = ()


async def apply_extraction(repository: Repository, extraction: Extraction, *, partition: int, offset: int, now: datetime) -> Outcome:
    """Make the store say of this article what `extraction` says, and write the notices and deliveries that follow.

    (`partition`, `offset`) is where the extraction stands on its topic. An extraction that is not above what the store holds
    for its article is without effect.
    """
    article = AppliedArticle(
        ref=extraction.article,
        revision=extraction.revision,
        accepted_at=extraction.accepted_at,
        extractor_version=extraction.extractor.version,
        lexicon=extraction.extractor.lexicon,
        partition=partition,
        offset=offset,
    )
    held = await repository.applied_article(article.ref.id)
    if not _supersedes(article, held):
        return Outcome(applied=False)
    before = await repository.reports_of_article(article.ref.id) if held is not None else []
    await repository.save_article(article)
    if not extraction.events and not before:
        return Outcome(applied=True)
    candidates = await _candidates(repository, extraction.events, before)
    own = {report.event.id: report.development for report in before}
    linking = link(extraction.events, candidates, own=own, now=now)
    change = await _settle(repository, article.ref.id, before, linking, candidates, now=now)
    await repository.save_developments(change.developments)
    await repository.replace_reports(article.ref.id, linking.reports)
    await repository.add_notices(change.notices, now=now)
    links = Counter(str(report.reason["rule"]) for report in linking.reports)
    return Outcome(applied=True, links=links, notices=tuple(notice for notice, _ in change.notices))


def _supersedes(new: AppliedArticle, held: AppliedArticle | None) -> bool:
    if held is None:
        return True
    ours, theirs = (new.accepted_at, _version_key(new.extractor_version)), (held.accepted_at, _version_key(held.extractor_version))
    if ours != theirs:
        return ours > theirs
    # The same text read by the same program with other language data: what stands later on the topic was read later.
    return new.lexicon != held.lexicon and (new.partition != held.partition or new.offset > held.offset)


def _version_key(version: str) -> tuple[tuple[int, str], ...]:
    """Orders versions by their numbers: 0.10.0 is above 0.9.1."""
    return tuple((int(part), "") if part.isdecimal() else (-1, part) for part in version.replace("+", ".").split("."))


async def _candidates(repository: Repository, events: Sequence[NormalizationEvent], before: Sequence[Report]) -> list[Stored]:
    """What an event may tell: the same type and parties, summits of any parties, and where the article's old reports stand."""
    keys = {(EventType(event.type), pair_key(event.parties)) for event in events if event.type != EventType.SUMMIT}
    found = await repository.candidates(keys)
    if any(event.type == EventType.SUMMIT for event in events):
        found = [*found, *await repository.all_of_type(EventType.SUMMIT)]
    known = {stored.id for stored in found}
    return [*found, *await repository.developments({report.development for report in before} - known)]


@dataclass(frozen=True, slots=True)
class _Change:
    """What one article makes of the store: developments as they then stand, and the notices with their receivers."""

    developments: Sequence[Stored]
    notices: Sequence[tuple[Notice, Collection[str]]]


async def _settle(
    repository: Repository, article_id: str, before: Sequence[Report], linking: Linking, candidates: Sequence[Stored], *, now: datetime
) -> _Change:
    """Fold the touched developments anew and tell what became different, in the order of linking; then what that changes for others."""
    known = {stored.id: stored for stored in [*candidates, *linking.founded]}
    touched = dict.fromkeys([*(r.development for r in linking.reports), *(r.development for r in before)])
    reports = await _reports_after(repository, article_id, touched, linking)
    folded = {id: replace(known[id], document=fold(known[id].document, reports[id])) for id in touched}
    current = [folded.get(s.id, s) for s in await _agreements(repository, known, folded.values(), linking)]
    records = {pair: PairRecord(group) for pair, group in _by_pair(current).items()}
    moved = _families([*(known[id] for id in touched), *folded.values()])
    reclassified = [
        stored
        for stored in current
        if stored.id not in folded
        and stored.told_kind in _AGREEMENT_KINDS
        and not moved.isdisjoint(families(stored.document.domains))
        and kind_of(stored, records[stored.pair]) != stored.told_kind
    ]
    reports |= await repository.reports_of([stored.id for stored in reclassified])
    steps = [
        (stored, _steps(stored, standing(stored, reports[stored.id], records.get(stored.pair, _NO_RECORD))))
        for stored in [*folded.values(), *reclassified]
    ]
    if not any(todo for _, todo in steps):
        return _Change([stored for stored, _ in steps], ())
    teller = _Teller(repository, reports, records, now, await repository.watching_since(), await repository.living_subscriptions())
    return _Change([await teller.tell(stored, todo) for stored, todo in steps], teller.told)


_NO_RECORD = PairRecord(())


async def _reports_after(repository: Repository, article_id: str, touched: Iterable[str], linking: Linking) -> dict[str, list[Report]]:
    """The reports of the touched developments once this article's are swapped, each list ordered by event id."""
    founded = {stored.id for stored in linking.founded}
    held = await repository.reports_of([id for id in touched if id not in founded])
    after: dict[str, list[Report]] = {}
    for id in touched:
        others = [report for report in held.get(id, ()) if report.event.article.id != article_id]
        after[id] = sorted([*others, *(r for r in linking.reports if r.development == id)], key=lambda report: report.event.id)
    return after


async def _agreements(repository: Repository, known: Mapping[str, Stored], touched: Collection[Stored], linking: Linking) -> list[Stored]:
    """All agreements of the pairs whose agreements are touched; those of the article's own events were read as candidates."""
    pairs = {stored.pair for stored in touched if stored.type == EventType.AGREEMENT}
    read = {pair_key(report.event.parties) for report in linking.reports if report.event.type == EventType.AGREEMENT}
    found = {stored.id: stored for stored in known.values() if stored.type == EventType.AGREEMENT and stored.pair in pairs}
    unread = {(EventType.AGREEMENT, pair) for pair in pairs - read}
    return list((found | {stored.id: stored for stored in await repository.candidates(unread)}).values())


def _by_pair(agreements: Sequence[Stored]) -> dict[str, list[Stored]]:
    found: dict[str, list[Stored]] = {}
    for stored in agreements:
        found.setdefault(stored.pair, []).append(stored)
    return found


def _families(developments: Sequence[Stored]) -> frozenset[str]:
    """The domain families in which these agreements stand: what they change concerns only others of these."""
    return frozenset[str]().union(*(families(s.document.domains) for s in developments if s.type == EventType.AGREEMENT))


@dataclass(slots=True)
class _Teller:
    """Makes the notices of one transaction."""

    repository: Repository
    reports: Mapping[str, Sequence[Report]]
    records: Mapping[str, PairRecord]
    now: datetime
    since: date | None
    subscriptions: Sequence[LivingSubscription]
    told: list[tuple[Notice, Collection[str]]] = field(default_factory=list)

    async def tell(self, stored: Stored, steps: Sequence[_Step]) -> Stored:
        """Make the notices of these steps; the development as it then stands."""
        record = self.records.get(stored.pair, _NO_RECORD)
        for kind, change in steps:
            notice = _notice(stored, kind, change, self.reports[stored.id], record, since=self.since, now=self.now)
            self.told.append((notice, await self._receivers(stored, kind)))
            stored = _after_telling(stored, kind, notice.data.id)
        return stored

    async def _receivers(self, stored: Stored, kind: NoticeKind) -> Collection[str]:
        if kind == NoticeKind.RETRACTED:
            # Whoever was told must hear that it no longer holds, whatever they subscribed to.
            return await self.repository.receivers_of(stored.told_notices)
        return [subscription.id for subscription in self.subscriptions if wants(subscription, kind, stored.document)]


def _steps(stored: Stored, after: NoticeKind | None) -> list[_Step]:
    """The notices that lead from what was told to what holds now."""
    before, withdrawal = stored.told_kind, Change(withdraws=stored.told_notices, reason=_why_withdrawn(stored.told_kind, after))
    if before is None:
        return [(after, None)] if after else []
    if after is None:
        return [(NoticeKind.RETRACTED, withdrawal)]
    if after != before:
        return [(NoticeKind.RETRACTED, withdrawal), (after, None)]
    if after == NoticeKind.VISIT_NEW and stored.document.status != stored.told_status:
        return [(NoticeKind.VISIT_CHANGED, Change(field="status", from_=stored.told_status, to=stored.document.status))]
    return []


def _why_withdrawn(before: NoticeKind | None, after: NoticeKind | None) -> str:
    if after is None:
        return "no article tells it any more in a way that can be relied on"
    if before == NoticeKind.AGREEMENT_NEW_TYPE:
        return "an earlier agreement of the same field has come in, so it is not the first"
    return "the earlier agreement of the same field no longer holds, so it is the first"


def _after_telling(stored: Stored, kind: NoticeKind, id: str) -> Stored:
    if kind == NoticeKind.RETRACTED:
        return replace(stored, sequence=stored.sequence + 1, told_kind=None, told_status=None, told_notices=())
    told_kind = stored.told_kind if kind == NoticeKind.VISIT_CHANGED else kind
    return replace(
        stored,
        sequence=stored.sequence + 1,
        told_kind=told_kind,
        told_status=stored.document.status,
        told_notices=(*stored.told_notices, id),
    )


def _notice(
    stored: Stored,
    kind: NoticeKind,
    change: Change | None,
    reports: Sequence[Report],
    record: PairRecord,
    *,
    since: date | None,
    now: datetime,
) -> Notice:
    document = stored.document
    novelty = None if change is not None else novelty_of(stored, kind, reports, record, since)
    trusted = sorted(reports, key=lambda report: (not alertable(report), -report.event.confidence, report.event.id))
    data = NoticeData(
        id=notice_id(development=stored.id, kind=kind, sequence=stored.sequence + 1),
        sequence=stored.sequence + 1,
        development=document,
        novelty=novelty,
        change=change,
        confidence=trusted[0].event.confidence if trusted else 0.0,
        title=title_of(document, kind),
        sentence=sentence_of(document, kind, novelty, change),
        articles=tuple(_article(report.event) for report in trusted[:MAX_ARTICLES]),
    )
    return _within_size(Notice(type=kind, timestamp=now, data=data))


def _article(event: NormalizationEvent) -> NoticeArticle:
    quotes = [Quote(role=span.role, quote=span.quote) for span in event.evidence if span.role in _QUOTED]
    ref = event.article
    return NoticeArticle(
        id=ref.id, url=ref.url, title=ref.title, language=ref.language, published_at=ref.published_at, evidence=tuple(quotes[:MAX_QUOTES])
    )


def _within_size(notice: Notice) -> Notice:
    """The notice with as many articles as fit into `MAX_BYTES`; the development counts all of them."""
    while notice.data.articles and len(notice.model_dump_json().encode()) > MAX_BYTES:
        data = notice.data.model_copy(update={"articles": notice.data.articles[:-1]})
        notice = notice.model_copy(update={"data": data})
    return notice
