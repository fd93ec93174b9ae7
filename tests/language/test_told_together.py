"""What an article tells of two who just met: "the two signed", "they signed", a verb in the dual; and journeys of several stages."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from schemas.article import Article
from schemas.codes import EvidenceRole, Stage
from schemas.event import AgreementEvent, NormalizationEvent, VisitEvent
from services.extract.core import Extractor, load_extractor

SIGNED = {
    "ar": "التقى وزير الدفاع الإسرائيلي بيني غانتس نظيره البحريني في المنامة، ووقعا مذكرة تفاهم دفاعية.",
    "en": "Gantz met his Bahraini counterpart in Manama and the two signed a memorandum of understanding on defence.",
    "fr": "Benny Gantz a rencontré son homologue bahreïni à Manama. Ils ont signé un protocole d'accord sur la défense.",
    "he": "בני גנץ נפגש עם מקבילו הבחרייני במנאמה, והשניים חתמו על מזכר הבנות ביטחוני.",
}
WITH_HIM = "שר החוץ יאיר לפיד נפגש אתמול במנאמה עם מקבילו הבחרייני וחתם עמו על מזכר הבנות בתחום התיירות."
NOT_THEY = {
    "en": "Gantz met his Bahraini counterpart in Manama. Two days earlier they played in Paris. They signed a memorandum of understanding.",
    "fr": "Benny Gantz a vu son homologue bahreïni. L'Iran et le Qatar discutaient. Ils ont signé un protocole d'accord avec Pékin.",
}


@pytest.fixture(scope="module")
def extractor() -> Extractor:
    """The extractor over the data of the repository."""
    return load_extractor()


def _events(extractor: Extractor, language: str, text: str, published: datetime | None = None) -> list[NormalizationEvent]:
    published = published or datetime(2022, 2, 3, 12, tzinfo=UTC)
    return extractor.extract(Article(id="a", text=text, language=language, published_at=published))


ALSO_WITH = {
    "he": "שר החוץ אלי כהן נפגש אתמול באסטנה עם נשיא קזחסטן וכן עם שר החוץ הקזחי.",
    "en": "Israeli Foreign Minister Eli Cohen met with the president of Kazakhstan and with the Kazakh foreign minister in Astana.",
}


def test_signed_with_him_is_signed_with_the_one_just_met(extractor: Extractor) -> None:
    """A pronoun behind the verb of signing stands for the other side of the meeting, and both share its day."""
    events = {e.type.value: e for e in _events(extractor, "he", WITH_HIM)}

    assert set(events["agreement"].parties) == {"ISR", "BHR"}
    assert str(events["agreement"].date.start) == "2022-02-02"


@pytest.mark.parametrize("language", sorted(ALSO_WITH))
def test_and_with_names_one_more_counterpart(extractor: Extractor, language: str) -> None:
    """Each office of the other side is a meeting of its own (ontology E5), also when "with" is said twice."""
    events = _events(extractor, language, ALSO_WITH[language], datetime(2023, 4, 20, 12, tzinfo=UTC))
    ranks = sorted(p.rank.value for e in events if e.type.value == "meeting" for p in e.participants if p.country == "KAZ" and p.rank)

    assert ranks == ["head_of_state", "minister_foreign"]


@pytest.mark.parametrize("language", sorted(SIGNED))
def test_the_two_who_met_are_the_two_who_signed(extractor: Extractor, language: str) -> None:
    """The commonest way in which the press tells a signature names its parties only once."""
    told = [(event.type.value, set(event.parties)) for event in _events(extractor, language, SIGNED[language])]

    assert ("agreement", {"ISR", "BHR"}) in told


@pytest.mark.parametrize("language", sorted(NOT_THEY))
def test_they_are_not_whoever_met_long_before(extractor: Extractor, language: str) -> None:
    """A pronoun reaches to the sentence before and not beyond, and not past another state."""
    assert "agreement" not in {event.type.value for event in _events(extractor, language, NOT_THEY[language])}


def test_the_stages_of_a_journey_share_its_id(extractor: Extractor) -> None:
    """Each destination is a visit of its own; who asks for the journey finds them all (E4)."""
    visits = _events(extractor, "en", "Israeli Foreign Minister Yair Lapid visited Bahrain and Morocco on Wednesday.")

    assert [event.parties for event in visits] == [("ISR", "BHR"), ("ISR", "MAR")]
    assert {event.trip_id for event in visits} == {visits[0].id}


def test_a_single_visit_is_no_journey(extractor: Extractor) -> None:
    """A journey has more than one stage."""
    (visit,) = _events(extractor, "en", "Israeli Foreign Minister Yair Lapid visited Bahrain on Wednesday.")

    assert isinstance(visit, VisitEvent)
    assert visit.trip_id is None


def test_the_steps_of_one_instrument_share_its_id(extractor: Extractor) -> None:
    """Signature and approval are two events; whoever follows the instrument finds both (E3)."""
    text = "Israel and Morocco signed a trade agreement on Monday. Israel's government approved the trade agreement with Morocco today."
    signed, approved = (event for event in _events(extractor, "en", text) if isinstance(event, AgreementEvent))

    assert (signed.stage, approved.stage) == (Stage.SIGNED, Stage.APPROVED_BY_GOVERNMENT)
    assert signed.instrument_id == approved.instrument_id == signed.id


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(
            "Israel and Morocco signed a trade agreement on Monday. Israel's government approved an aviation agreement with Morocco today.",
            id="other-field",
        ),
        pytest.param(
            "Israel and Morocco signed a trade agreement on Monday. Israel's government approved a trade agreement with Bahrain today.",
            id="other-party",
        ),
    ],
)
def test_steps_of_two_instruments_share_none(extractor: Extractor, text: str) -> None:
    """Another field or another party is another instrument."""
    agreements = [event for event in _events(extractor, "en", text) if isinstance(event, AgreementEvent)]

    assert len(agreements) == 2
    assert {event.instrument_id for event in agreements} == {None}


def test_a_party_that_goes_unsaid_is_marked(extractor: Extractor) -> None:
    """Whoever checks the evidence sees which party no word names (S7)."""
    (visit,) = _events(extractor, "he", "שר החוץ ביקר אתמול בבחריין.")

    assert EvidenceRole.IMPLICIT_PARTY in {evidence.role for evidence in visit.evidence}


@pytest.mark.parametrize("year", [1, 2, 1800, 9999])
def test_a_publication_date_beyond_all_news_is_as_good_as_none(extractor: Extractor, year: int) -> None:
    """A broken date of a feed costs the dates, never the article."""
    text = "Israel and Bahrain signed a memorandum of understanding on Friday, two years after a first one and 10 days after a visit."
    (event,) = _events(extractor, "en", text, datetime(year, 1, 3, 12, tzinfo=UTC))

    assert (event.date.start, event.date.end) == (None, None)


@pytest.mark.parametrize("when", ["99999 years ago", "99999999 days ago", "9999 weeks ago"])
def test_a_number_that_no_calendar_has_dates_nothing(extractor: Extractor, when: str) -> None:
    """What cannot be a date is never read as a nearer one."""
    (event,) = _events(extractor, "en", f"Israel and Bahrain signed a memorandum of understanding {when}.")

    assert (event.date.start, event.date.precision.value) == (None, "on_or_before")
