"""How one mention stands: fresh or background, and which stage or status it tells."""

from __future__ import annotations

from datetime import date, timedelta

from schemas.codes import Discourse, EventType, Precision, Stage, Status
from services.extract.engine.clauses.mentions import Mention
from services.extract.engine.events.story import Story
from services.extract.engine.words.dates import When

BACKGROUND_AFTER_DAYS = 3
OLD_AFTER_DAYS = 14
FRESHEST = list(Discourse).index
"""The order of the contract, freshest first; made once, since going through an enumeration takes as long as reading a mention."""
LONG_OVER_DAYS = 3
"""Who arrived longer ago than this is thought to have gone again."""


def _recent(published: date | None, when: When | None) -> bool:
    """Whether a day close to that of the text is named."""
    start = when.start if when is not None else None
    return published is not None and start is not None and start >= published - timedelta(days=BACKGROUND_AFTER_DAYS)


def discourse_of(story: Story, mention: Mention) -> Discourse:
    """Ontology C8 for one mention."""
    published, when = story.published, mention.when
    if _known_to_all(mention):
        return Discourse.BACKGROUND
    if mention.modality.old and mention.modality.course not in ("future", "cancelled", "postponed") and not _recent(published, when):
        return Discourse.BACKGROUND
    put_off = mention.modality.course in ("cancelled", "postponed")
    if published is not None and when is not None and when.end is not None and when.end < published - timedelta(days=OLD_AFTER_DAYS):
        return Discourse.BACKGROUND  # what was put off then, too
    if published is not None and when is not None and (not put_off or when.precision is Precision.APPROX_BEFORE):
        if when.precision is Precision.APPROX_BEFORE and not mention.sentence.headline:
            return Discourse.BACKGROUND
        starts_early = when.start is None or when.start < published - timedelta(days=BACKGROUND_AFTER_DAYS)
        if mention.modality.background and starts_early and mention.modality.course != "future":
            return Discourse.BACKGROUND
    elif mention.modality.background and not mention.sentence.lead:
        return Discourse.BACKGROUND
    return Discourse.LEAD if mention.sentence.lead else Discourse.BODY


def _known_to_all(mention: Mention) -> bool:
    """Undated and past, behind the lead: that relations were taken up or accords joined is told there only to recall it."""
    if (
        mention.sentence.lead
        or mention.when is not None
        or mention.announced is not None
        or mention.modality.course not in ("past", "noun")
    ):
        return False
    if mention.type is EventType.RELATIONS_CHANGE:
        return str(mention.rule.action) in ("establish", "resume") or mention.modality.after
    if mention.type is EventType.VISIT:
        return mention.modality.after
    told = mention.object.tags if mention.object is not None else frozenset()
    return mention.type is EventType.AGREEMENT and bool({"n.accords", "peace"} & told)


def stage_of(mention: Mention) -> Stage:
    """The stage that one mention of an agreement tells."""
    base = Stage(str(mention.rule.stage or Stage.SIGNED))
    course = mention.modality.course
    if course == "cancelled":
        return Stage.CANCELLED
    if course == "postponed":
        return Stage.POSTPONED
    if course == "refused":
        return Stage.REJECTED
    if base is Stage.SIGNED and (course in ("future", "lapsed") or (course in ("present", "noun") and mention.ahead)):
        return Stage.PLANNED
    if course == "present" and base is Stage.SIGNED and not mention.sentence.headline:
        return Stage.PLANNED
    return base


_STATUS = {"past": Status.COMPLETED, "present": Status.ONGOING, "future": Status.PLANNED, "lapsed": Status.PLANNED}


def status_of(story: Story, mention: Mention) -> Status | None:
    """The status that one mention of a visit, meeting or summit tells; `None` when it leaves that open."""
    course = mention.modality.course
    if course in ("cancelled", "postponed", "refused", "denied"):
        return Status(course)
    if mention.ahead and (course in ("present", "noun") or "two_tenses" in mention.trigger.tags):
        return Status.PLANNED
    if mention.rule.status is Status.PLANNED and course == "noun":
        return Status.PLANNED
    if mention.type is EventType.MEETING and course == "present":
        # Headlines tell what was held in the present; elsewhere a meeting in the present is on the programme.
        return Status.COMPLETED if mention.sentence.headline else Status.PLANNED
    if mention.modality.ended and course in ("past", "present", "noun"):
        return Status.COMPLETED
    if course == "present" and mention.type is EventType.VISIT and "verb" in mention.trigger.tags and _over(story, mention):
        return Status.COMPLETED  # "became the first president who visits it, last year"
    if course == "past" and mention.type is EventType.VISIT and _loose(mention) and _over(story, mention, days=LONG_OVER_DAYS):
        return Status.COMPLETED  # "left for Doha last month"
    if mention.rule.status is not None and course == "past":
        return mention.rule.status
    if course == "noun":
        if mention.modality.completed or mention.modality.after:
            return Status.COMPLETED
        if _over(story, mention):
            return Status.COMPLETED
        return Status.ONGOING if mention.modality.during and mention.type is not EventType.MEETING else None
    return _STATUS.get(course)


def _over(story: Story, mention: Mention, days: int = 1) -> bool:
    """Whether the dates of the mention end more than so many days before publication."""
    end = mention.when.end if mention.when is not None else None
    return end is not None and story.published is not None and end < story.published - timedelta(days=days)


def _loose(mention: Mention) -> bool:
    """Whether the mention is dated by a period, no day."""
    return mention.when is not None and mention.when.precision is not Precision.DAY
