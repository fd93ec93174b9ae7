"""Who tells it, who disputes it, what a visit is for: what the article says around an event."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from schemas.article import Article, Source
from schemas.codes import EventType, Factuality, FlightsAction, Purpose, Stage, Status
from schemas.event import AgreementEvent, FlightsEvent, NormalizationEvent, VisitEvent
from services.extract.core import Extractor, load_extractor

TUESDAY = datetime(2024, 5, 14, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def extractor() -> Extractor:
    return load_extractor()


def _read(extractor: Extractor, language: str, text: str) -> list[NormalizationEvent]:
    return list(extractor.extract(Article(id="a", text=text, language=language, published_at=TUESDAY, source=Source(id="invented"))))


@pytest.mark.parametrize(
    ("language", "text", "source"),
    [
        ("en", "The Israeli defence minister visited Abu Dhabi on Monday, an Emirati official said.", "an Emirati official said"),
        ("en", "An Israeli official said that the Israeli defence minister had visited Abu Dhabi on Monday.", "Israeli official said"),
        ("ar", "قال مسؤول إماراتي إن وزير الدفاع الإسرائيلي زار أبوظبي أمس الاثنين.", "قال مسؤول إماراتي"),
        (
            "fr",
            "Un responsable émirati a déclaré que le ministre israélien de la Défense s'était rendu lundi à Abou Dhabi.",
            "responsable émirati",
        ),
    ],
)
def test_an_event_that_only_others_tell_names_its_source(extractor: Extractor, language: str, text: str, source: str) -> None:
    """Unnamed officials and media make a report of it, before the event or behind its last comma, and are quoted."""
    (event,) = _read(extractor, language, text)

    assert event.factuality is Factuality.REPORTED
    assert event.attribution is not None
    assert event.attribution.removeprefix("An ").removeprefix("an ").removeprefix("Un ") in text
    assert source.removeprefix("an ").split()[0] in event.attribution


def test_what_a_named_side_says_is_no_mere_report(extractor: Extractor) -> None:
    """A party's own word stands for itself (ontology C7)."""
    (event,) = _read(extractor, "en", "The Israeli defence minister visited Abu Dhabi on Monday, the Emirati foreign ministry said.")

    assert (event.factuality, event.attribution) == (Factuality.ASSERTED, None)


def test_a_report_that_a_side_denies_is_denied_not_contested(extractor: Extractor) -> None:
    """Media tell it, a party says no: that is a denial (ontology E10)."""
    (event,) = _read(
        extractor, "en", "Netanyahu visited Muscat on Friday, a newspaper reported. Oman's foreign ministry denied the report."
    )

    assert isinstance(event, VisitEvent)
    assert (event.status, event.factuality, event.contested) == (Status.DENIED, Factuality.DENIED, False)


def test_what_one_side_asserts_and_the_other_denies_is_contested(extractor: Extractor) -> None:
    """Both accounts stay (ontology K2)."""
    (event,) = _read(
        extractor, "en", "Israeli Foreign Minister Gideon Saar visited Muscat on Monday. Oman's foreign ministry denied the report."
    )

    assert event.contested
    assert event.factuality is Factuality.ASSERTED


def test_a_denial_of_something_else_contests_nothing(extractor: Extractor) -> None:
    """A third state's denial in the same article is its own affair."""
    (event,) = _read(
        extractor,
        "en",
        "Israeli Foreign Minister Gideon Saar visited Muscat on Monday. Qatar's foreign ministry denied reports of a visit.",
    )

    assert not event.contested


def test_a_visit_has_the_purpose_of_what_is_done_in_its_course(extractor: Extractor) -> None:
    """A signing and talks that belong to a visit say what it is for."""
    events = _read(
        extractor,
        "en",
        "Israeli Defence Minister Yoav Gallant arrived in Rabat on Tuesday and signed a defence agreement with Morocco during the visit.",
    )
    (visit,) = [event for event in events if isinstance(event, VisitEvent)]

    assert visit.purpose == (Purpose.SIGN_AGREEMENT,)


@pytest.mark.parametrize(
    ("language", "text", "often"),
    [
        ("en", "El Al will launch four weekly direct flights from Tel Aviv to Dubai next month.", "four weekly"),
        (
            "ar",
            "أطلقت الخطوط الملكية المغربية أول رحلة مباشرة بين الدار البيضاء وتل أبيب الأحد، بمعدل أربع رحلات أسبوعيا.",
            "أربع رحلات أسبوعيا",
        ),
        (
            "fr",
            "Royal Air Maroc a lancé dimanche une ligne directe entre Casablanca et Tel-Aviv, à raison de quatre vols par semaine.",
            "quatre vols par semaine",
        ),
        ("he", "אל על השיקה היום קו ישיר מתל אביב לדובאי, עם שלוש טיסות בשבוע.", "שלוש טיסות בשבוע"),
    ],
)
def test_a_line_is_flown_as_often_as_the_text_says(extractor: Extractor, language: str, text: str, often: str) -> None:
    """The frequency is quoted; the action is not changed by it."""
    (event,) = _read(extractor, language, text)

    assert isinstance(event, FlightsEvent)
    assert event.frequency == often
    assert event.action in (FlightsAction.ROUTE_LAUNCHED, FlightsAction.ROUTE_ANNOUNCED)


@pytest.mark.parametrize(
    ("language", "text", "stage", "organ"),
    [
        ("en", "Israel's cabinet approved the free trade agreement with the UAE on Sunday.", Stage.APPROVED_BY_GOVERNMENT, "government"),
        ("ar", "صادق الكنيست الإسرائيلي اليوم على اتفاقية التجارة الحرة مع الإمارات.", Stage.RATIFIED, "Knesset"),
    ],
)
def test_a_step_at_home_names_the_organ_that_took_it(extractor: Extractor, language: str, text: str, stage: Stage, organ: str) -> None:
    """Who approved or ratified is told beside the stage."""
    (event,) = _read(extractor, language, text)

    assert isinstance(event, AgreementEvent)
    assert (event.stage, event.actor_of_stage) == (stage, organ)


def test_an_instrument_with_a_name_of_its_own_is_named(extractor: Extractor) -> None:
    """By its usual English name, whatever the language of the text."""
    (event,) = _read(extractor, "fr", "Le Kazakhstan a rejoint jeudi les accords d'Abraham.")

    assert isinstance(event, AgreementEvent)
    assert event.name == "Abraham Accords"
    assert event.type is EventType.AGREEMENT
