"""What stands between a trigger and its party - an aside, a participle, an adjective, a dash - ends no search for the party."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from schemas.article import Article
from services.extract.core import Extractor, load_extractor

Told = list[tuple[str, tuple[str, ...]]]


@pytest.fixture(scope="module")
def extractor() -> Extractor:
    """The extractor over the data of the repository."""
    return load_extractor()


def _told(extractor: Extractor, language: str, text: str) -> Told:
    article = Article(id="a", text=text, language=language, published_at=datetime(2024, 5, 15, 12, tzinfo=UTC))
    return [(event.type.value, tuple(sorted(event.parties))) for event in extractor.extract(article)]


@pytest.mark.parametrize(
    ("language", "text", "state"),
    [
        (
            "en",
            "Eli Cohen met on Monday, after weeks of contacts that Italy had hosted, with his Libyan counterpart Najla Mangoush.",
            "LBY",
        ),
        (
            "fr",
            "Eli Cohen a rencontré, lors de sa visite à Rome qui s'achève lundi, la ministre libyenne des Affaires étrangères.",
            "LBY",
        ),
        ("ar", "التقى الرئيس التشادي محمد إدريس ديبي، بحسب وكالة الأنباء، وزير الدفاع الإسرائيلي يوآف غالانت في تل أبيب.", "TCD"),
        ("ar", "التقى وزير الاستخبارات الإسرائيلي، خلال الزيارة التي ضمت وفدا من خبراء المياه، مع رئيس مجلس السيادة السوداني.", "SDN"),
        ("he", "שר החוץ אלי כהן נפגש, לאחר חודשים של מגעים שקיימו אנשי המוסד, עם שרת החוץ הלובית.", "LBY"),
        ("he", "שר הביטחון בני גנץ, המלווה ברמטכ\"ל, נפגש במנאמה עם מלך בחריין חמד בן עיסא אל-ח'ליפה.", "BHR"),
    ],
)
def test_a_clause_goes_on_behind_what_is_put_between_commas(extractor: Extractor, language: str, text: str, state: str) -> None:
    """Whom a preposition or the verb itself joins behind the closing comma is a party all the same."""
    assert ("meeting", tuple(sorted(("ISR", state)))) in _told(extractor, language, text)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Benjamin Netanyahu spoke on Sunday, after Egypt's president had met Jordan's king, with reporters in Jerusalem."),
        ("en", "Eli Cohen met in Athens, after talks that Jordan had hosted, Greek Foreign Minister Nikos Dendias."),
        ("en", "Eli Cohen met the Greek foreign minister, according to a spokesman, and Egypt's foreign minister returned home."),
        ("ar", "التقى وزير الخارجية المصري، خلال الزيارة التي انتقدها وزير الخارجية الإسرائيلي، نظيره اليوناني."),
        ("he", "שר החוץ גדעון סער נפגש, לאחר שנשיא מצרים דיבר עם מלך ירדן, עם עמיתו היווני."),
        ("fr", "Le ministre égyptien a rencontré, après une visite que le ministre israélien Eli Cohen a critiquée, son homologue grec."),
    ],
)
def test_who_stands_inside_an_aside_is_no_party(extractor: Extractor, language: str, text: str) -> None:
    """What others did, said or hosted meanwhile tells of them."""
    assert _told(extractor, language, text) == []


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Talks held in Rome between Israeli Foreign Minister Gideon Saar and Syrian Foreign Minister Asaad al-Shaibani ended."),
        (
            "fr",
            "La réunion qui s'est tenue lundi à Paris entre Ron Dermer et le chef de la diplomatie syrienne a porté sur le sud du pays.",
        ),
        ("fr", "La réunion qui a rassemblé à Paris des délégations syrienne et israélienne a porté sur le désengagement."),
        ("ar", "الاجتماع الذي عقد في باريس بين وزير الخارجية السوري ووزير الشؤون الاستراتيجية الإسرائيلي رون ديرمر تناول الجنوب."),
    ],
)
def test_where_a_meeting_was_held_may_stand_before_who_met(extractor: Extractor, language: str, text: str) -> None:
    """ "Held in A", "that took place in A" right behind the noun belongs to the noun."""
    assert _told(extractor, language, text) == [("meeting", ("ISR", "SYR"))]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Talks held in Cairo between Hamas leaders and Egypt's intelligence chief ended on Monday, an Israeli official said."),
        ("fr", "La réunion qui a rassemblé à Paris des délégations syrienne et libanaise a été critiquée par des responsables israéliens."),
    ],
)
def test_who_speaks_of_a_meeting_did_not_meet(extractor: Extractor, language: str, text: str) -> None:
    """The two named behind "between" are those who met."""
    assert _told(extractor, language, text) == []


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Israeli minister Eli Cohen, at the head of a business delegation, met Azerbaijani President Ilham Aliyev in Baku."),
        ("fr", "Le ministre israélien Eli Cohen, à la tête d'une délégation d'hommes d'affaires, a rencontré le président Ilham Aliev."),
        ("he", "שר האנרגיה אלי כהן, בראש משלחת של אנשי עסקים, נפגש אתמול בבאקו עם נשיא אזרבייג'ן אילהם אלייב."),
        ("ar", "التقى وزير الاقتصاد الإسرائيلي نير بركات، على رأس وفد من رجال الأعمال، الرئيس الأذربيجاني إلهام علييف في باكو."),
    ],
)
def test_who_leads_a_delegation_is_the_one_that_acts(extractor: Extractor, language: str, text: str) -> None:
    """The delegation that he brings along is no subject of its own."""
    assert ("meeting", ("AZE", "ISR")) in _told(extractor, language, text)


def test_an_adjective_before_the_second_of_two_keeps_them_together(extractor: Extractor) -> None:
    """ "A and senior officials": the "and" is that of the noun behind the adjective, unless it has a verb of its own."""
    together = "Israeli Transport Minister Miri Regev and senior ministry officials met Moroccan Transport Minister Mohammed Abdeljalil."
    apart = "Egypt's foreign minister met King Abdullah and senior Israeli officials said nothing about it."

    assert _told(extractor, "en", together) == [("meeting", ("ISR", "MAR"))]
    assert _told(extractor, "en", apart) == []


def test_a_dash_joins_the_states_of_one_delegation(extractor: Extractor) -> None:
    """ "An American - Israeli delegation" comes from both; a dash before another sentence joins nothing."""
    assert _told(extractor, "ar", "وصل وفد أمريكي - إسرائيلي، اليوم الثلاثاء، إلى الرباط.") == [("visit", ("ISR", "MAR"))]
    assert _told(extractor, "ar", "وصل وفد أمريكي إلى القاهرة - إسرائيل تترقب.") == []


def test_who_is_on_a_visit_is_the_last_of_two(extractor: Extractor) -> None:
    """ "Between A and B, who is on a visit": a relative clause tells of the one right before it."""
    text = "Ties were discussed between Kazakh minister A. Nurtleu and Israeli Foreign Minister Gideon Saar, who is on a visit to Astana."

    assert ("visit", ("ISR", "KAZ")) in _told(extractor, "en", text)


@pytest.mark.parametrize(("text", "met"), [("Netanyahu finished talks with Egypt's president.", True), ("Egypt talks with Hamas.", False)])
def test_a_third_person_has_a_subject_before_it(extractor: Extractor, text: str, *, met: bool) -> None:
    """Right behind a verb, or where a sentence begins, "talks" is the noun."""
    assert bool(_told(extractor, "en", text)) is met


@pytest.mark.parametrize(
    ("language", "text", "parties"),
    [
        ("ar", "التقى الرئيس الإسرائيلي إسحاق هرتصوغ في عمان الملك عبد الله الثاني.", ("ISR", "JOR")),
        ("ar", "التقى رئيس شعبة الاستخبارات الإسرائيلية، اللواء أهارون حليفا، في القاهرة مدير المخابرات المصرية.", ("EGY", "ISR")),
        ("he", 'ראש אגף המודיעין (אמ"ן), אלוף אהרון חליווה, נפגש בקהיר עם ראש המודיעין המצרי.', ("EGY", "ISR")),
    ],
)
def test_a_given_name_or_a_grade_hides_nobody(extractor: Extractor, language: str, text: str, parties: tuple[str, ...]) -> None:
    """An unknown word before a known surname, and a grade behind an office, are of the same person."""
    assert ("meeting", parties) in _told(extractor, language, text)


def test_who_is_told_something_is_no_second_name_of_who_tells_it(extractor: Extractor) -> None:
    """A known surname of another state behind an office is somebody else."""
    assert _told(extractor, "ar", "أبلغ وزير الخارجية المصري صراحة نتنياهو رفض بلاده.") == []


def test_a_state_between_commas_says_whose_an_official_is(extractor: Extractor) -> None:
    """ "Prime Minister X, of A, and President Y, of B": two people, no states beside them."""
    text = "Talks were held between Prime Minister Benjamin Netanyahu, of Israel, and President Ilham Aliyev, of Azerbaijan."
    others = "Talks were held between President Ilham Aliyev, of Azerbaijan, and the visiting Greek delegation, of interest to Israel."

    assert _told(extractor, "en", text) == [("meeting", ("AZE", "ISR"))]
    assert _told(extractor, "en", others) == []


def test_an_abbreviated_state_may_be_the_second_of_two_in_front_of_their_delegations(extractor: Extractor) -> None:
    """ "Israeli and UAE delegations" are two; with a single head the second one stands alone."""
    assert _told(extractor, "en", "Israeli and UAE delegations held talks in Abu Dhabi on Monday.") == [("meeting", ("ARE", "ISR"))]
    assert _told(extractor, "en", "Israeli and UAE officials said nothing.") == []
