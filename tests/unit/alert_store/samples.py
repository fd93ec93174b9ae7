"""Rows for tests of the alert store: two invented outlets, one invented signing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from schemas.article import ArticleRef, Source
from schemas.codes import Discourse, Domain, EventType, NoticeKind, Stage
from schemas.development import Development
from schemas.event import AgreementEvent, Extractor
from schemas.ids import development_id, event_id, notice_id
from schemas.notice import Notice, NoticeData
from services.alert.ports import AppliedArticle, Report, Stored

NOW = datetime(2024, 5, 1, 12, 0, 0, 250_000, tzinfo=UTC)
EXTRACTOR = Extractor(version="0.1.0", lexicon="abc")


def an_article(id: str = "a1", *, published_at: datetime | None = NOW, accepted_at: datetime = NOW, offset: int = 0) -> AppliedArticle:
    """An applied article of an invented outlet."""
    ref = ArticleRef(id=id, title="مذكرة", language="ar", published_at=published_at, source=Source(id="sahil", name="Sahil Daily"))
    return AppliedArticle(
        ref=ref, revision="rev_1", accepted_at=accepted_at, extractor_version="0.1.0", lexicon="abc", partition=3, offset=offset
    )


def an_event(article: str = "a1", *, ordinal: int = 0, parties: tuple[str, ...] = ("ISR", "MAR")) -> AgreementEvent:
    """A signed agreement."""
    return AgreementEvent(
        id=event_id(article=article, type="agreement", parties=parties, ordinal=ordinal),
        parties=parties,
        stage=Stage.SIGNED,
        domains=(Domain.WATER,),
        discourse=Discourse.LEAD,
        confidence=0.9,
        article=an_article(article).ref,
        extractor=EXTRACTOR,
    )


def a_development(event: AgreementEvent, *, n: int = 0, created_at: datetime = NOW, type: EventType = EventType.AGREEMENT) -> Stored:
    """A development founded by `event`, of which nothing has been told."""
    id = development_id(type=type, parties=event.parties, founding_event=event.id, n=n)
    return Stored(
        id=id,
        type=type,
        pair="-".join(event.parties),
        founding_event=event.id,
        n=n,
        created_at=created_at,
        sequence=0,
        told_kind=None,
        told_status=None,
        told_notices=(),
        document=Development(id=id, type=type, parties=event.parties, stage=Stage.SIGNED, domains=(Domain.WATER,), reports=1),
    )


def a_report(event: AgreementEvent, development: Stored) -> Report:
    """The link of `event` to `development`."""
    return Report(event=event, development=development.id, reason={"rule": "founded"})


def a_notice(development: Stored, *, sequence: int = 1, kind: NoticeKind = NoticeKind.AGREEMENT_NEW) -> Notice:
    """A notice of `development`."""
    data = NoticeData(
        id=notice_id(development=development.id, kind=kind, sequence=sequence),
        sequence=sequence,
        development=development.document,
        confidence=0.9,
        title="Two states sign",
        sentence="Two states have signed an agreement on water.",
    )
    return Notice(type=kind, timestamp=NOW, data=data)


def later(seconds: float, moment: datetime = NOW) -> datetime:
    """`moment` and so many seconds."""
    return moment + timedelta(seconds=seconds)
