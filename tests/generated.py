"""Arabic articles made in any number, for load: relevant ones that tell a signature each, and ones that concern nobody we watch.

They are plain on purpose: load needs many articles, not hard ones; the corpus has those.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

FIRST_DAY = datetime(2022, 1, 3, 9, tzinfo=UTC)

PARTNERS = {
    "ARE": ("الإمارات", "الإماراتية", "أبوظبي"),
    "BHR": ("البحرين", "البحرينية", "المنامة"),
    "MAR": ("المغرب", "المغربية", "الرباط"),
    "SDN": ("السودان", "السودانية", "الخرطوم"),
    "EGY": ("مصر", "المصرية", "القاهرة"),
    "JOR": ("الأردن", "الأردنية", "عمّان"),
    "SAU": ("السعودية", "السعودية", "الرياض"),
    "QAT": ("قطر", "القطرية", "الدوحة"),
    "TUR": ("تركيا", "التركية", "أنقرة"),
    "AZE": ("أذربيجان", "الأذربيجانية", "باكو"),
    "KAZ": ("كازاخستان", "الكازاخستانية", "أستانا"),
    "TCD": ("تشاد", "التشادية", "نجامينا"),
}

FIELDS = {
    "health": "الصحة",
    "agriculture": "الزراعة",
    "energy": "الطاقة",
    "water": "المياه",
    "tourism": "السياحة",
    "aviation": "الطيران المدني",
    "culture": "الثقافة",
    "sport": "الرياضة",
    "trade": "التجارة",
    "education_science": "التعليم",
}

_WEEKDAYS = ("الاثنين", "الثلاثاء", "الأربعاء", "الخميس", "الجمعة", "السبت", "الأحد")

_FILLER = (
    "وأوضح البيان أن فرق العمل أمضت أشهرا في إعداد النص وأن الخبراء راجعوا بنوده واحدا بعد آخر قبل عرضه على الجهات المختصة.",
    "وتابع المتحدث أن الخطوات التنفيذية تبدأ مع مطلع الشهر المقبل وأن لجنة فنية ستضع جدولا زمنيا مفصلا لكل مرحلة من المراحل.",
    "ولفت مراقبون إلى أن السوق المحلية تنتظر نتائج هذه الخطوات وأن الشركات الصغيرة تأمل أن يكون لها نصيب من الفرص الجديدة.",
    "وأشار خبراء اقتصاديون إلى أن كلفة المشروعات لم تحسم بعد وأن التمويل سيأتي من مصادر متعددة بحسب طبيعة كل مشروع.",
    "وفي سياق آخر سجلت أسعار الخضروات ارتفاعا طفيفا في الأسواق خلال الأسبوع وسط توقعات بعودتها إلى مستوياتها المعتادة قريبا.",
    "وقال تجار إن حركة البيع بقيت هادئة وإن الزبائن يفضلون الانتظار حتى تتضح صورة الأسعار قبل موسم الأعياد القادم.",
)

_QUIET = (
    "أعلنت هيئة الأرصاد أن موجة من البرد تصل إلى المرتفعات نهاية الأسبوع ودعت السائقين إلى الحذر على الطرق الجبلية.",
    "واستعدت البلديات بفرق طوارئ تعمل على مدار الساعة لتصريف المياه من الشوارع ومساعدة من تقطعت بهم السبل.",
    "ونصح أطباء كبار السن بالبقاء في منازلهم وتناول السوائل الدافئة ومراجعة المراكز القريبة عند الحاجة.",
)


def _paragraphs(lines: tuple[str, ...], *, n: int, chars: int) -> str:
    """`lines` in turn, starting with the n-th, until about `chars` characters stand there."""
    text: list[str] = []
    while sum(map(len, text)) < chars:
        text.append(lines[(n + len(text)) % len(lines)])
    return "\n".join(text)


def signature(n: int, *, chars: int = 2_700) -> dict[str, Any]:
    """The n-th relevant article, about `chars` characters long: every n is another pair, field or month, so another agreement."""
    codes, fields = list(PARTNERS), list(FIELDS)
    code, field = codes[n % len(codes)], fields[n // len(codes) % len(fields)]
    day = FIRST_DAY + timedelta(days=40 * (n // (len(codes) * len(fields))) + n % 7)
    country, ministry, capital = PARTNERS[code]
    title = f"إسرائيل و{country} توقعان مذكرة تفاهم في مجال {FIELDS[field]}"
    today = f"اليوم {_WEEKDAYS[day.weekday()]}"
    lead = (
        f"{capital} - وكالة الساحل: وقعت إسرائيل و{country}، {today}، في {capital} مذكرة تفاهم في مجال {FIELDS[field]}، "
        f"بحسب بيان لوزارة الخارجية {ministry}."
    )
    return {
        "id": f"generated-{n:06d}",
        "url": f"https://coast.example/{n:06d}",
        "title": title,
        "text": f"{title}\n{lead}\n{_paragraphs(_FILLER, n=n, chars=chars - len(title) - len(lead))}",
        "language": "ar",
        "published_at": day.isoformat(),
        "source": {"id": f"coast-{n % 5}", "name": "Coast Agency"},
    }


def pair_of(n: int) -> str:
    """The partner of the n-th relevant article: articles of one partner share a pair of states."""
    return list(PARTNERS)[n % len(PARTNERS)]


def weather(n: int, *, chars: int = 2_700) -> dict[str, Any]:
    """The n-th article about nothing that we watch."""
    title = f"موجة برد جديدة تصل إلى المرتفعات ({n})"
    return {
        "id": f"weather-{n:06d}",
        "title": title,
        "text": f"{title}\n{_paragraphs(_QUIET, n=n, chars=chars - len(title))}",
        "language": "ar",
        "published_at": (FIRST_DAY + timedelta(minutes=n)).isoformat(),
        "source": {"id": "coast-weather", "name": "Coast Weather"},
    }
