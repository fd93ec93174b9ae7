"""Reference over sentences: whom "the two ministers", "both countries", "they", "with him" stand for, and where they stand for nobody."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from schemas.article import Article
from schemas.event import AgreementEvent
from services.extract.core import Extractor, load_extractor

PUBLISHED = datetime(2023, 5, 17, 12, tzinfo=UTC)

SIGNED = {
    "en": {
        "ministers": (
            "Israeli Energy Minister Israel Katz met his Emirati counterpart in Abu Dhabi on Monday. "
            "The two ministers signed a memorandum of understanding on hydrogen."
        ),
        "countries": "Talks between Israel and Kazakhstan resumed in Astana on Monday. Both governments signed an agreement on water.",
        "they, over a sentence of theirs": (
            "President Isaac Herzog met King Hamad of Bahrain in Manama. The two leaders discussed trade. "
            "They also signed a joint declaration on climate."
        ),
        "with him": "Miri Regev met her Emirati counterpart in Abu Dhabi and signed with him an agreement on driving licences.",
        "speakers": "Amir Ohana met his Moroccan counterpart in Rabat. The two speakers signed a cooperation agreement.",
    },
    "fr": {
        "ministers": (
            "Le ministre israélien de l'Énergie, Israel Katz, a rencontré lundi son homologue émirati à Abou Dhabi. "
            "Les deux ministres ont signé un protocole d'accord sur l'hydrogène."
        ),
        "countries": "Israël et le Kazakhstan ont repris leurs discussions. Les deux gouvernements ont signé un accord sur l'eau.",
        "they, over a sentence of theirs": (
            "Isaac Herzog a rencontré à Manama le roi Hamad de Bahreïn. Les deux dirigeants ont évoqué le commerce. "
            "Ils ont signé une déclaration commune sur le climat."
        ),
        "with him": "Miri Regev a rencontré à Abou Dhabi son homologue émirati et a signé avec lui un accord sur les permis de conduire.",
    },
    "ar": {
        "ministers": (
            "التقى وزير الطاقة الإسرائيلي يسرائيل كاتس نظيره الإماراتي في أبوظبي الاثنين. ووقع الوزيران مذكرة تفاهم بشأن الهيدروجين."
        ),
        "countries": "استؤنفت المحادثات بين إسرائيل وكازاخستان في أستانا. ووقعت الحكومتان اتفاقية بشأن المياه.",
        "a verb in the dual": "اجتمعت ميري ريغيف مع نظيرها الإماراتي في أبوظبي. ووقعا اتفاقية للاعتراف برخص القيادة.",
        "with him": "التقى وزير التعاون الإقليمي الإسرائيلي نظيره البحريني في المنامة ووقع معه مذكرة تفاهم في التجارة.",
    },
    "he": {
        "ministers": "שר האנרגיה ישראל כץ נפגש ביום שני באבו דאבי עם מקבילו האמירתי. שני השרים חתמו על מזכר הבנות בתחום המימן.",
        "countries": "השיחות בין ישראל לקזחסטן התחדשו באסטנה. שתי הממשלות חתמו על הסכם מים.",
        "they, over a sentence of theirs": (
            "הנשיא יצחק הרצוג נפגש עם מלך בחריין במנאמה. שני המנהיגים דנו בסחר. הם חתמו על הצהרה משותפת בנושא האקלים."
        ),
        "with him": "מירי רגב נפגשה באבו דאבי עם מקבילה האמירתי וחתמה איתו על הסכם להכרה ברישיונות נהיגה.",
    },
}
"""Two sentences, or clauses, of which the second names nobody and tells an agreement of the two in the first."""

CARRIED_ON = {
    "en": {
        "at the end of the meeting": (
            (
                "Jordan's water minister received Israeli Energy Minister Karine Elharrar in Amman. "
                "A memorandum of understanding was signed at the end of the meeting."
            ),
            ("agreement", {"ISR", "JOR"}),
        ),
        "he": (
            "Israeli President Isaac Herzog arrived in Abu Dhabi on Sunday. He was received by his Emirati counterpart.",
            ("meeting", {"ISR", "ARE"}),
        ),
    },
    "fr": {
        "at the end of the meeting": (
            (
                "Le ministre jordanien de l'Eau a reçu à Amman la ministre israélienne de l'Énergie. "
                "Un mémorandum d'entente a été signé à l'issue de la rencontre."
            ),
            ("agreement", {"ISR", "JOR"}),
        ),
        "he": (
            "Le président Isaac Herzog est arrivé dimanche à Abou Dhabi. Il a été reçu par son homologue émirati.",
            ("meeting", {"ISR", "ARE"}),
        ),
    },
    "ar": {
        "at the end of the meeting": (
            "استقبل وزير المياه الأردني في عمّان وزيرة الطاقة الإسرائيلية كارين الحرار. وجرى في ختام اللقاء توقيع مذكرة تفاهم.",
            ("agreement", {"ISR", "JOR"}),
        ),
        "him, glued to the verb": (
            "وصل مستشار الأمن القومي الإسرائيلي تساحي هنغبي إلى البحرين. واستقبله ولي العهد الأمير سلمان بن حمد.",
            ("meeting", {"ISR", "BHR"}),
        ),
        "a subject left out": (
            "وصل وزير الخارجية الإسرائيلي إيلي كوهين إلى باكو. وسيلتقي خلال الزيارة الرئيس إلهام علييف.",
            ("meeting", {"ISR", "AZE"}),
        ),
        "with him, the subject left out": (
            "التقى وزير التعاون الإقليمي الإسرائيلي نظيره البحريني في المنامة، كما وقع معه مذكرة تفاهم في التجارة.",
            ("agreement", {"ISR", "BHR"}),
        ),
    },
    "he": {
        "then": (
            "שרת הכלכלה אורנה ברביבאי ומקבילה האמירתי נפגשו בדובאי, ולאחר מכן חתמו השרים על הסכם סחר חופשי.",
            ("agreement", {"ISR", "ARE"}),
        ),
        "he": (
            "ראש המודיעין המצרי עבאס כאמל הגיע לתל אביב. הוא נפגש עם ראש הממשלה בנימין נתניהו.",
            ("meeting", {"ISR", "EGY"}),
        ),
    },
}
"""A second sentence that names one side or none, and what it tells."""

NOT_CARRIED_ON = {
    "en": "Israeli President Isaac Herzog landed in Rome. Bahrain's king met Jordan's. An accord was signed at the end of the meeting.",
    "fr": "Isaac Herzog a atterri à Rome. Le roi de Bahreïn a reçu celui de Jordanie. Un accord a été signé à l'issue de la rencontre.",
    "ar": "وصل هرتسوغ إلى روما. واستقبل ملك البحرين نظيره الأردني. وجرى في ختام اللقاء توقيع مذكرة تفاهم.",
    "he": "יצחק הרצוג נחת ברומא. מלך בחריין נפגש עם מלך ירדן. בתום הפגישה נחתם מזכר הבנות.",
}
"""The meeting is that of two others."""

SILENT = {
    "en": {
        "another pair between": (
            "Gallant met his Azerbaijani counterpart in Baku. Meanwhile Egypt and Qatar held talks in Cairo. "
            "The two countries signed an investment agreement."
        ),
        "three states": "Eli Cohen met the foreign ministers of Bahrain and Morocco. The two ministers signed a trade agreement.",
        "no states' people": "Herzog met King Abdullah of Jordan. Two suspects were arrested in Tel Aviv. The two signed a plea agreement.",
        "two other states": "Gantz met his Bahraini counterpart in Manama. The two Koreas signed a peace declaration on the same day.",
        "another counterpart": (
            "Jordan's Ayman Safadi spoke with his Israeli counterpart. He later received the Iranian ambassador. "
            "The two signed a transport agreement."
        ),
        "quoted advice": (
            'Bourita met Israeli Foreign Minister Eli Cohen in Brussels. "The two countries should sign a trade agreement," a trader said.'
        ),
        "not yet": "Israel and Saudi Arabia have no diplomatic relations. The two countries have never signed an agreement.",
        "ministers are no presidents": (
            "President Isaac Herzog met King Hamad of Bahrain in Manama. The two ministers signed a memorandum of understanding."
        ),
        "other ministers": "Netanyahu met Egypt's president. Ministers from Qatar and Turkey were there. They signed an agreement.",
    },
    "fr": {
        "another pair between": (
            "Yoav Gallant a rencontré à Bakou son homologue azerbaïdjanais. L'Égypte et le Qatar ont tenu des discussions. "
            "Les deux pays ont signé un accord d'investissement."
        ),
        "three states": "Eli Cohen a rencontré ses homologues de Bahreïn et du Maroc. Les deux ministres ont signé un protocole d'accord.",
        "no states' people": (
            "Isaac Herzog a rencontré le roi Abdallah de Jordanie. Deux suspects ont été arrêtés à Tel-Aviv. Ils ont signé un accord."
        ),
        "two other states": "Benny Gantz a rencontré son homologue bahreïni. Les deux Corées ont signé une déclaration de paix.",
        "another counterpart": (
            "Ayman Safadi s'est entretenu avec son homologue israélien. Il a ensuite reçu l'ambassadeur d'Iran. "
            "Les deux hommes ont signé un accord de transport."
        ),
        "not yet": "Israël et l'Arabie saoudite n'ont pas de relations. Les deux pays n'ont jamais signé d'accord.",
        "two officials, whoever": "Israël et le Maroc négocient. Deux responsables ont signé un accord de confidentialité avec une banque.",
    },
    "ar": {
        "another pair between": (
            "التقى غالانت نظيره الأذربيجاني في باكو. من جهة أخرى أجرت مصر وقطر محادثات في القاهرة. ووقع البلدان اتفاقية استثمار."
        ),
        "three states": "التقى إيلي كوهين وزيري خارجية البحرين والمغرب في المنامة. ووقع الوزيران مذكرة تفاهم.",
        "no states' people": "التقى هرتسوغ الملك عبد الله في عمان. وأوقفت الشرطة مشتبهين في تل أبيب. وقد وقعا اتفاقا مع النيابة.",
        "two other states": "التقى بيني غانتس نظيره البحريني في المنامة. ووقعت الكوريتان إعلان سلام.",
        "another counterpart": "التقى أيمن الصفدي نظيره الإسرائيلي. واستقبل لاحقا السفير الإيراني. ووقع الجانبان اتفاقا للنقل.",
        "not yet": "لا تقيم إسرائيل والسعودية علاقات دبلوماسية. ولم يوقع البلدان أي اتفاق حتى الآن.",
        "ministers are no presidents": "التقى الرئيس الإسرائيلي إسحاق هرتسوغ ملك البحرين في المنامة. ووقع الوزيران مذكرة تفاهم.",
    },
    "he": {
        "another pair between": (
            "יואב גלנט נפגש בבאקו עם מקבילו האזרי. במקביל קיימו מצרים וקטאר שיחות בקהיר. שתי המדינות חתמו על הסכם השקעות."
        ),
        "three states": "אלי כהן נפגש עם שרי החוץ של בחריין ומרוקו. שני השרים חתמו על מזכר הבנות.",
        "no states' people": "יצחק הרצוג נפגש עם מלך ירדן. שני חשודים נעצרו בתל אביב. השניים חתמו על הסכם טיעון.",
        "two other states": "בני גנץ נפגש במנאמה עם מקבילו הבחרייני. שתי הקוריאות חתמו על הצהרת שלום.",
        "another counterpart": "איימן ספדי שוחח עם מקבילו הישראלי. לאחר מכן קיבל את שגריר איראן. השניים חתמו על הסכם תחבורה.",
        "not yet": "בין ישראל לערב הסעודית אין יחסים דיפלומטיים. שתי המדינות מעולם לא חתמו על הסכם.",
        "ministers are no presidents": "הנשיא יצחק הרצוג נפגש עם מלך בחריין במנאמה. שני השרים חתמו על מזכר הבנות.",
    },
}
"""Nobody, or somebody else, signs."""

FIELDS = {
    "en": "Israel and Bahrain signed a memorandum of understanding in Manama on Tuesday. The memorandum covers water and agriculture.",
    "fr": "Israël et Bahreïn ont signé mardi un protocole d'accord à Manama. Ce protocole d'accord porte sur l'eau et l'agriculture.",
    "ar": "وقعت إسرائيل والبحرين مذكرة تفاهم في المنامة الثلاثاء. وتتعلق المذكرة بالمياه والزراعة.",
    "he": "ישראל ובחריין חתמו ביום שלישי על מזכר הבנות במנאמה. המזכר עוסק במים ובחקלאות.",
}
"""Of the text just told its fields."""

OTHER_TEXT = "Israel and Bahrain signed a memorandum of understanding on Tuesday. The agreement between Egypt and Qatar covers water."

HOSTED = {
    "en": "Benny Gantz met King Hamad in Manama on Monday. He also met the crown prince.",
    "fr": "Benny Gantz a rencontré lundi le roi Hamad à Manama. Il a également rencontré le prince héritier.",
}
"""Whom a guest meets next without a state is of the host's."""


@pytest.fixture(scope="module")
def extractor() -> Extractor:
    """The extractor over the data of the repository."""
    return load_extractor()


def _told(extractor: Extractor, language: str, text: str) -> list[tuple[str, int]]:
    found = extractor.extract(Article(id="a", text=text, language=language, published_at=PUBLISHED))
    return [(event.type.value, len(set(event.parties))) for event in found]


@pytest.mark.parametrize(("language", "case"), [(language, case) for language, cases in SIGNED.items() for case in cases])
def test_words_for_two_stand_for_those_just_put_into_relation(extractor: Extractor, language: str, case: str) -> None:
    """The press names the parties once; the sentences behind say "the two"."""
    assert ("agreement", 2) in _told(extractor, language, SIGNED[language][case])


@pytest.mark.parametrize(("language", "case"), [(language, case) for language, cases in SILENT.items() for case in cases])
def test_words_for_two_stand_for_nobody_without_a_clear_antecedent(extractor: Extractor, language: str, case: str) -> None:
    """Another pair, another number, another rank, another sentence between: nothing is taken over."""
    assert "agreement" not in [type for type, _ in _told(extractor, language, SILENT[language][case])]


@pytest.mark.parametrize(("language", "case"), [(language, case) for language, cases in CARRIED_ON.items() for case in cases])
def test_a_sentence_goes_on_about_those_of_the_one_before(extractor: Extractor, language: str, case: str) -> None:
    """ "He", "him", "the meeting" are the ones just told."""
    text, (type, parties) = CARRIED_ON[language][case]
    found = extractor.extract(Article(id="a", text=text, language=language, published_at=PUBLISHED))

    assert (type, parties) in [(event.type.value, set(event.parties)) for event in found]


@pytest.mark.parametrize("language", sorted(NOT_CARRIED_ON))
def test_the_meeting_of_others_is_no_meeting_of_ours(extractor: Extractor, language: str) -> None:
    """What is signed behind a meeting belongs to those who met."""
    assert "agreement" not in [type for type, _ in _told(extractor, language, NOT_CARRIED_ON[language])]


def test_an_agreement_told_again_is_the_same(extractor: Extractor) -> None:
    """ "The agreement was signed in A" adds the signature to what was told, and no second event."""
    text = (
        "Israel and Bahrain have reached an agreement on water. The agreement was signed in Manama on Tuesday. "
        "It was welcomed in Washington."
    )
    found = extractor.extract(Article(id="a", text=text, language="en", published_at=PUBLISHED))

    assert [(event.type.value, str(event.date.start)) for event in found] == [("agreement", "2023-05-16")]


@pytest.mark.parametrize("language", sorted(FIELDS))
def test_what_the_text_covers_may_stand_in_the_next_sentence(extractor: Extractor, language: str) -> None:
    """ "The memorandum covers water and agriculture" says of which fields the one just signed is."""
    (event,) = extractor.extract(Article(id="a", text=FIELDS[language], language=language, published_at=PUBLISHED))

    assert isinstance(event, AgreementEvent)
    assert {domain.value for domain in event.domains} == {"water", "agriculture"}


def test_what_the_text_of_others_covers_is_theirs(extractor: Extractor) -> None:
    """A sentence about another agreement gives ours no field."""
    (event,) = extractor.extract(Article(id="a", text=OTHER_TEXT, language="en", published_at=PUBLISHED))

    assert isinstance(event, AgreementEvent)
    assert event.domains == ()


@pytest.mark.parametrize("language", sorted(HOSTED))
def test_an_office_without_a_state_is_the_hosts_while_the_guest_is_there(extractor: Extractor, language: str) -> None:
    """The second meeting of a day abroad names its counterpart by office alone."""
    told = _told(extractor, language, HOSTED[language])

    assert told == [("meeting", 2), ("meeting", 2)]


def test_the_text_of_three_is_not_another_one_of_two(extractor: Extractor) -> None:
    """Who of the three signed it is told again with one name that nobody knows: still the one text."""
    text = (
        "Israel, Egypt and Jordan signed a memorandum of understanding on water on Tuesday. "
        "The memorandum of understanding was signed by the water ministers of Israel and Egypt and by Mr. Khalaf."
    )

    assert _told(extractor, "en", text) == [("agreement", 3)]
