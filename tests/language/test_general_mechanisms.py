"""Mechanisms that belong to no single rule: each is shown on sentences of our own, in Arabic."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from schemas.article import Article, Source
from schemas.event import NormalizationEvent, VisitEvent
from services.extract.core import Extractor, load_extractor


@pytest.fixture(scope="module")
def extractor() -> Extractor:
    """The extractor over the data of the repository."""
    return load_extractor()


def _events(extractor: Extractor, text: str, *, home: str | None = None) -> list[NormalizationEvent]:
    source = Source(country=home)
    return extractor.extract(Article(id="a", text=text, published_at=datetime(2024, 5, 15, 12, tzinfo=UTC), source=source))


def _told(events: list[NormalizationEvent]) -> list[tuple[str, tuple[str, ...]]]:
    return [(event.type.value, event.parties) for event in events]


def test_a_question_tells_nothing(extractor: Extractor) -> None:
    """Who asks whether a minister visits does not say that he does."""
    assert _events(extractor, "هل يزور وزير الخارجية الإسرائيلي البحرين الأحد المقبل؟") == []
    assert _told(_events(extractor, "يزور وزير الخارجية الإسرائيلي البحرين الأحد المقبل.")) == [("visit", ("ISR", "BHR"))]


def test_the_outlets_home_state_is_no_state_of_an_office_that_the_article_gave_to_another(extractor: Extractor) -> None:
    """ "The foreign minister" of an Emirati outlet is the Emirati one, unless the article speaks of another's all along."""
    plain = "التقى وزير الخارجية أمس وزير الخارجية الإسرائيلي في أبوظبي."
    other = "وصل وزير الخارجية المصري سامح شكري إلى أبوظبي.\nوقال وزير الخارجية إنه التقى أمس نظيره الإسرائيلي."

    assert _told(_events(extractor, plain, home="ARE")) == [("meeting", ("ARE", "ISR"))]
    assert ("meeting", ("ARE", "ISR")) not in _told(_events(extractor, other, home="ARE"))


def test_an_agency_gives_an_office_without_a_state_none(extractor: Extractor) -> None:
    """Only a national outlet leaves its own state unsaid."""
    assert _events(extractor, "التقى وزير الخارجية أمس وزير الخارجية الإسرائيلي في أبوظبي.") == []


def test_two_visitors_of_two_states_make_two_visits(extractor: Extractor) -> None:
    """Each has an origin of his own."""
    events = _events(extractor, "وصل وزيرا خارجية مصر والأردن أمس إلى تل أبيب.")

    assert sorted(_told(events)) == [("visit", ("EGY", "ISR")), ("visit", ("JOR", "ISR"))]


def test_a_companion_is_no_counterpart(extractor: Extractor) -> None:
    """ "Accompanied by" and "at the same time as" bring nobody to the meeting."""
    together = "التقى وزير الخارجية المصري برفقة السفير الإسرائيلي وزير الخارجية الفرنسي."
    beside = "عقد وزير الدفاع المصري محادثات في باريس بالتزامن مع وزير الدفاع الإسرائيلي."

    assert [told for told in _told(_events(extractor, together)) if told[0] == "meeting"] == []
    assert [told for told in _told(_events(extractor, beside)) if told[0] == "meeting"] == []


def test_a_team_is_no_general(extractor: Extractor) -> None:
    """The word for a lieutenant general is also the word for a team; a football team is no visitor of a state."""
    events = _events(extractor, "وصل فريق إسرائيلي لكرة القدم أمس إلى المنامة.")

    assert not any(isinstance(event, VisitEvent) and event.actor_level.value == "state" for event in events)


def test_a_report_before_a_colon_is_a_report(extractor: Extractor) -> None:
    """What a paper heads with its source is reported, not asserted; a dateline is no source."""
    (reported,) = _events(extractor, "تقرير: وفد أمني إسرائيلي زار الخرطوم سرا الأسبوع الماضي.")
    (asserted,) = _events(extractor, "الخرطوم: وفد أمني إسرائيلي زار الخرطوم سرا الأسبوع الماضي.")

    assert (reported.factuality.value, asserted.factuality.value) == ("reported", "asserted")
