"""Events, extractions and articles with sensible defaults; a test names only what it is about."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from schemas import ids
from schemas.article import ArticleRef, Source
from schemas.codes import Basis, Discourse, Domain, EvidenceRole, Factuality, Instrument, PersonRole, Precision, Rank, Stage, Status
from schemas.event import AgreementEvent, EventDate, Evidence, Extractor, NormalizationEvent, Person, Place, SummitEvent, VisitEvent
from schemas.extraction import Extraction

EXTRACTOR = Extractor(version="0.1.0", lexicon="test")
A_DAY = date(2023, 5, 16)


def at(day: date, hour: int = 12) -> datetime:
    """A moment of that day, in UTC."""
    return datetime(day.year, day.month, day.day, hour, tzinfo=UTC)


def an_article(id: str = "a1", *, day: date | None = A_DAY, source: str | None = "outlet-a") -> ArticleRef:
    return ArticleRef(
        id=id,
        url=f"https://news.example/{id}",
        title=f"Headline of {id}",
        language="ar",
        published_at=at(day) if day else None,
        source=Source(id=source),
    )


def on_day(start: date, end: date | None = None) -> EventDate:
    return EventDate(start=start, end=end or start, precision=Precision.DAY, basis=Basis.EXPLICIT)


def dated(start: date | None, end: date | None, precision: Precision) -> EventDate:
    return EventDate(start=start, end=end, precision=precision)


def a_person(
    name: str | None = "Dana Sample", *, country: str = "ISR", rank: Rank = Rank.MINISTER_FOREIGN, role: PersonRole = PersonRole.VISITOR
) -> Person:
    return Person(name=name, country=country, rank=rank, role=role, office=str(rank).replace("_", " "))


def _slot(article: ArticleRef, type: str, parties: Sequence[str], ordinal: int) -> str:
    return ids.event_id(article=article.id, type=type, parties=parties, ordinal=ordinal)


def _trigger(quote: str) -> tuple[Evidence, ...]:
    return (Evidence(role=EvidenceRole.TRIGGER, start=0, end=len(quote), quote=quote),)


def an_agreement(
    article: ArticleRef | None = None,
    *,
    parties: tuple[str, ...] = ("ISR", "BHR"),
    stage: Stage = Stage.SIGNED,
    domains: tuple[Domain, ...] = (Domain.HEALTH,),
    instrument: Instrument = Instrument.MOU,
    when: EventDate | None = None,
    discourse: Discourse = Discourse.LEAD,
    ordinal: int = 0,
    **more: object,
) -> AgreementEvent:
    article = article or an_article()
    return AgreementEvent.model_validate(
        {
            "id": _slot(article, "agreement", parties, ordinal),
            "parties": parties,
            "stage": stage,
            "instrument": instrument,
            "domains": domains,
            "date": when or on_day(A_DAY),
            "discourse": discourse,
            "factuality": Factuality.ASSERTED,
            "confidence": 0.95,
            "evidence": _trigger("signed"),
            "article": article,
            "extractor": EXTRACTOR,
        }
        | more
    )


def a_visit(
    article: ArticleRef | None = None,
    *,
    origin: str = "ISR",
    to: str = "BHR",
    visitors: tuple[Person, ...] = (),
    status: Status = Status.ONGOING,
    when: EventDate | None = None,
    discourse: Discourse = Discourse.LEAD,
    ordinal: int = 0,
    **more: object,
) -> VisitEvent:
    article = article or an_article()
    parties = (origin, to)
    return VisitEvent.model_validate(
        {
            "id": _slot(article, "visit", parties, ordinal),
            "parties": parties,
            "status": status,
            "visitors": visitors or (a_person(country=origin),),
            "from": origin,
            "to": to,
            "date": when or on_day(A_DAY),
            "discourse": discourse,
            "confidence": 0.95,
            "evidence": _trigger("visits"),
            "article": article,
            "extractor": EXTRACTOR,
        }
        | more
    )


def a_summit(
    article: ArticleRef | None = None, *, parties: tuple[str, ...], when: EventDate | None = None, host: str = "EGY"
) -> SummitEvent:
    article = article or an_article()
    return SummitEvent(
        id=_slot(article, "summit", parties, 0),
        parties=parties,
        status=Status.COMPLETED,
        host=host,
        place=Place(country=host),
        date=when or on_day(A_DAY),
        discourse=Discourse.LEAD,
        confidence=0.9,
        article=article,
        extractor=EXTRACTOR,
    )


def an_extraction(
    *events: NormalizationEvent,
    article: ArticleRef | None = None,
    revision: str = "rev_1",
    accepted_at: datetime | None = None,
    extractor: Extractor = EXTRACTOR,
) -> Extraction:
    """All events must be of the same article, which is the extraction's."""
    article = article or (events[0].article if events else an_article())
    moment = accepted_at or (article.published_at or at(A_DAY)) + timedelta(minutes=1)
    return Extraction(article=article, revision=revision, accepted_at=moment, extractor=extractor, events=events)
