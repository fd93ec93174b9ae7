"""Where no construction says who acts, the only two states of a sentence do; and what keeps that from guessing."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from schemas.article import Article
from services.extract.core import Extractor, load_extractor

Told = tuple[str, tuple[str, ...]]


@pytest.fixture(scope="module")
def extractor() -> Extractor:
    """The extractor over the data of the repository."""
    return load_extractor()


def _told(extractor: Extractor, language: str, text: str) -> list[Told]:
    events = extractor.extract(Article(id="a", text=text, language=language, published_at=datetime(2024, 5, 15, 12, tzinfo=UTC)))
    return [(event.type.value, event.parties) for event in events]


@pytest.mark.parametrize(
    ("language", "text", "told"),
    [
        pytest.param(
            "en",
            "The Minister of Health of the State of Israel, Uriel Buso, and the Minister of Health and Prevention of the United Arab "
            "Emirates, Abdul Rahman Al Owais, spoke today, Wednesday 15 May 2024, and agreed to share data.",
            ("meeting", ("ISR", "ARE")),
            id="both-before-the-verb",
        ),
        pytest.param(
            "en",
            "The news of the meeting, which took place in Rome, between the Libyan foreign minister and her Israeli counterpart, "
            "Eli Cohen, set off a protest.",
            ("meeting", ("LBY", "ISR")),
            id="both-behind-a-clause",
        ),
        pytest.param(
            "en",
            "The Israeli foreign minister flew to Khartoum, where he was shown the old port and met the head of the sovereignty council, "
            "General Abdel Fattah al-Burhan.",
            ("meeting", ("ISR", "SDN")),
            id="office-before-its-holder",
        ),
        pytest.param(
            "fr",
            "Un entretien téléphonique entre le président turc Recep Tayyip Erdogan et Yaïr Lapid, chef du gouvernement israélien, a "
            "précédé l'annonce.",
            ("meeting", ("TUR", "ISR")),
            id="preceded-something",
        ),
        pytest.param(
            "fr", "Israël a approuvé un accord qui fournira du gaz à l'Égypte.", ("agreement", ("ISR", "EGY")), id="other-side-in-a-clause"
        ),
        pytest.param(
            "ar",
            "أعلن وزير الطاقة الإسرائيلي أن إسرائيل أبرمت اتفاقية لتصدير الغاز إلى مصر.",
            ("agreement", ("ISR", "EGY")),
            id="other-side-as-a-goal",
        ),
        pytest.param("ar", "وشارك في الاجتماع بين نتنياهو وديبي رئيس المخابرات التشادية.", ("meeting", ("ISR", "TCD")), id="attended-by"),
        pytest.param(
            "ar",
            "بحث وزير الطاقة الإسرائيلي، الذي تولى منصبه قبل شهر، في عمان أمس، بحسب بيان لمكتبه، مع وزير المياه الأردني مشروع المياه.",
            ("meeting", ("ISR", "JOR")),
            id="much-between-a-verb-and-with",
        ),
        pytest.param(
            "he",
            "שר החוץ אלי כהן ערך היום ביקור בחרטום, במהלכו נפגש עם נשיא מועצת המעבר, הגנרל עבד אל-פתאח אל-בורהאן.",
            ("meeting", ("ISR", "SDN")),
            id="in-whose-course",
        ),
    ],
)
def test_the_only_two_states_of_a_sentence_fill_the_roles(extractor: Extractor, language: str, text: str, told: Told) -> None:
    """Which words join them is then no matter."""
    assert told in _told(extractor, language, text)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        pytest.param(
            "en",
            "The Israeli foreign minister spoke of the war while the Egyptian foreign minister, said a paper, met with his Greek "
            "counterpart.",
            id="third-state",
        ),
        pytest.param("en", "The memorandum was signed on Sunday with Yair Lapid and Nasser Bourita looking on.", id="bystanders"),
        pytest.param("ar", "عقد وزير الدفاع المصري محادثات في باريس بالتزامن مع وزير الدفاع الإسرائيلي.", id="at-the-same-time"),
        pytest.param(
            "ar", "بحث وزير الدفاع الإسرائيلي الحرب في جلسة مغلقة، بينما تحدث وزير الخارجية المصري مع نظيره الأردني.", id="others-speak"
        ),
        pytest.param("ar", "بدأ وزير الدفاع الإسرائيلي أمس جولة في الجليل قرب لبنان.", id="near-the-border"),
        pytest.param("ar", "لقاء محتمل في باريس بين وزير الخارجية السوري ووزير إسرائيلي", id="perhaps"),
        pytest.param("ar", "طالب النواب بطرد السفير الإسرائيلي من الأردن.", id="demanded"),
        pytest.param("he", "ירדן סגרה אתמול את המרחב האווירי שלה בשל הטילים שנורו לעבר ישראל.", id="closed-because-of"),
    ],
)
def test_nothing_is_guessed_where_more_than_one_answer_is_left(extractor: Extractor, language: str, text: str) -> None:
    """A third state, bystanders, unnamed officials, places on the way, wishes: none of them makes two parties."""
    assert _told(extractor, language, text) == []


def test_what_the_last_resort_finds_is_less_certain(extractor: Extractor) -> None:
    """Readers who want constructions only can tell by the confidence."""
    near = Article(id="a", text="وقّعت إسرائيل ومصر اتفاقية لتصدير الغاز.", published_at=datetime(2024, 5, 15, 12, tzinfo=UTC))
    far = Article(
        id="a",
        text="أعلن وزير الطاقة الإسرائيلي أن إسرائيل أبرمت اتفاقية لتصدير الغاز إلى مصر.",
        published_at=datetime(2024, 5, 15, 12, tzinfo=UTC),
    )

    assert extractor.extract(far)[0].confidence < extractor.extract(near)[0].confidence


@pytest.mark.parametrize(
    ("text", "told"),
    [
        pytest.param("Israel cancels Mossad chief's Qatar trip.", ("visit", ("ISR", "QAT")), id="named-by-its-goal"),
        pytest.param(
            "A historic meeting between the foreign ministers of Morocco and Israel in Rabat.",
            ("meeting", ("MAR", "ISR")),
            id="one-of-each",
        ),
    ],
)
def test_a_bare_noun_may_name_all_who_take_part(extractor: Extractor, text: str, told: Told) -> None:
    """Headlines and captions have no verb."""
    assert told in _told(extractor, "en", text)
