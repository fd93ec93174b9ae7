"""One happening as four outlets tell it, each in its language."""

from __future__ import annotations

STORIES = {
    "ar": (
        "وفد عسكري إسرائيلي يزور البحرين\n"
        "وصل وزير الدفاع الإسرائيلي، اليوم الأربعاء، إلى المنامة على رأس وفد، حيث وقع مع نظيره البحريني مذكرة تفاهم دفاعية.\n"
        "وقال مصدر إن الوزير التقى الملك حمد بن عيسى. وكانت إسرائيل والبحرين قد وقعتا في 3 يناير الماضي اتفاقية في مجال الصحة."
    ),
    "en": (
        "Israeli military delegation visits Bahrain\n"
        "Israeli Defence Minister Benny Gantz arrived in Manama on Wednesday at the head of a delegation and signed a memorandum of "
        "understanding on defence with his Bahraini counterpart.\n"
        "The minister met King Hamad bin Isa Al Khalifa. Israel and Bahrain had signed an agreement on health on 3 January."
    ),
    "fr": (
        "Une délégation militaire israélienne en visite à Bahreïn\n"
        "Le ministre israélien de la Défense, Benny Gantz, est arrivé mercredi à Manama à la tête d'une délégation et a signé avec son "
        "homologue bahreïni un protocole d'accord sur la défense.\n"
        "Le ministre a rencontré le roi Hamad ben Issa Al Khalifa. Israël et Bahreïn avaient signé le 3 janvier un accord sur la santé."
    ),
    "he": (
        "משלחת צבאית ישראלית מבקרת בבחריין\n"
        "שר הביטחון הישראלי בני גנץ הגיע ביום רביעי למנאמה בראש משלחת וחתם עם מקבילו הבחרייני על מזכר הבנות ביטחוני.\n"
        "השר נפגש עם המלך חמד בן עיסא. ישראל ובחריין חתמו ב-3 בינואר על הסכם בתחום הבריאות."
    ),
}
