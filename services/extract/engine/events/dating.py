"""Which date of a sentence belongs to a trigger: its own, that of the announcement, or the one that opens the sentence."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from schemas.codes import EventType, EvidenceRole, FlightsAction, Precision, Stage
from services.extract.engine.clauses.mentions import Mention
from services.extract.engine.clauses.roles import Place
from services.extract.engine.events.story import Story
from services.extract.engine.words.dates import DateExpression, When
from services.extract.engine.words.items import Item, Sentence, gap
from services.extract.engine.words.resolving import resolve

_GOVERNS = frozenset(
    {
        *("verb", "say", "ptc", "inf", "ger", "light"),
        *("n.visit", "n.sign", "n.summit", "n.meet", "n.arrive", "n.depart", "n.reach", "n.stop", "n.receive", "ptc.signed", "ptc.dated"),
    }
)
"""What a date behind it belongs to."""


def _governor(items: Sequence[Item], position: int) -> Item | None:
    """The verb or trigger that the date at `position` belongs to: the nearest before it in its clause."""
    for back in range(position - 1, -1, -1):
        tags = items[back].tags
        if "reduced" in tags and gap(items[back], items[position]) > 0:
            continue  # "a ceremony hosted by X on Monday": the day is that of the main verb
        if "agrees.to" in tags and (agreed := next((item for item in items[position + 1 :] if "verb" in item.tags), None)) is not None:
            return agreed if "agreed" in agreed.tags else items[back]  # "agreed last year to normalise ties"
        if tags & _GOVERNS:
            return items[back]
        if "break" in tags:
            return None
    return None


def dates(story: Story, sentence: Sentence, place: Place, mention: Mention) -> None:
    """Give the mention its date: the nearest one of its clause, else the one that opens the sentence, else that of the announcement."""
    if story.published is None or "date" not in sentence.tags:
        return
    mention.carried_ahead = _carried_ahead(place)
    own, opening = _candidates(story, place, mention)
    # What an opening date governs is told by the sentence, not what it presupposes ("in May they resumed ties after the freezing of ...").
    chosen = own if own is not None else (None if mention.modality.after else opening)
    there_and_then = _same_time(place) if chosen is None else None
    if chosen is None:
        chosen = there_and_then or (_of_the_verb_before(place) if mention.type in _SHARES_ITS_DAY else None)
    when = _resolve(story, chosen, future=_coming(mention, chosen)) if chosen is not None else None
    if chosen is None or when is None or (own is None and chosen is not opening and _was_agreed_then(story, mention, when)):
        mention.when = mention.period
        return
    if _long_past(story, mention, chosen, when):
        when = _resolve(story, chosen, future=True) or when
    if own is None and _announcement_behind(place.items, chosen, place) and when.precision is Precision.DAY:
        mention.announced = when
    elif chosen is there_and_then:
        mention.when = when  # "since the accords in 2020, when A and B signed": the year is that of signing
    elif _since(place.items, place.items.index(chosen)) and mention.type is EventType.VISIT and _claims_first(place):
        mention.when = mention.period  # "the first visit since 2003" is not dated by what it is compared with
        return
    elif _since(place.items, place.items.index(chosen)):
        # "since September" dates no single occurrence; a series (an aggregate) runs from there to the day of the text.
        mention.since = str(when.start.year) if when.start is not None else None
        series = any("including" in item.tags for item in place.items) or "plural" in mention.trigger.tags
        mention.when = When(when.start if series else None, story.published, Precision.INTERVAL if series else Precision.ON_OR_BEFORE)
    else:
        mention.when = when
        mention.ahead = when.start is not None and when.start > story.published
    mention.date_span = (chosen.start, chosen.end)
    mention.evidence.append((EvidenceRole.DATE, chosen.start, chosen.end))


def _was_agreed_then(story: Story, mention: Mention, when: When) -> bool:
    """ "a visit on Thursday during which they agreed to sign": a day gone by is that of agreeing, what is agreed on lies ahead."""
    past = when.end is not None and story.published is not None and when.end < story.published
    return past and mention.modality.course == "future"


STILL_TOLD_DAYS = 14
"""How long a visit that is over may be told in the present tense."""


def _long_past(story: Story, mention: Mention, chosen: Item, when: When) -> bool:
    """ "A visits B from 4 to 6 December": told in the present with a day and no year, it is the December ahead."""
    day, tags = chosen.value, mention.trigger.tags
    told_now = mention.modality.course == "present" and {"verb", "impf", "v.visit"} <= tags
    if when.end is None or story.published is None or not (told_now or _takes_effect(mention.sentence.items, chosen)):
        return False
    if not isinstance(day, DateExpression) or day.year is not None or day.which is not None or not day.months:
        return False
    part = told_now and day.part is not None  # "visits it at the beginning of December"
    dated = bool(day.days) or part
    return dated and when.end < story.published - timedelta(days=STILL_TOLD_DAYS)


def _takes_effect(items: Sequence[Item], chosen: Item) -> bool:
    """ "from 23 June on": such a day is mostly ahead."""
    at = items.index(chosen)
    return at > 0 and "effect_from" in items[at - 1].tags and gap(items[at - 1], chosen) == 0


def day_of(story: Story, mention: Mention, item: Item) -> When | None:
    """The date that `item` names, as the mention looks back or ahead."""
    return _resolve(story, item, future=_coming(mention, item))


def _coming(mention: Mention, chosen: Item) -> bool:
    """Whether the date lies ahead: a verb of the future, or one of the present beside a bare weekday ("A visits B on Sunday")."""
    course, tags = mention.modality.course, mention.trigger.tags
    if course == "future" or (course == "cancelled" and mention.modality.will_not):
        return "agreed" not in tags
    day = chosen.value
    verbs = _ALWAYS_SET if "svo" in tags else _SET_FOR_A_DAY
    if "actor" in tags and mention.rule.told and mention.type is EventType.VISIT:
        course, tags = "present", tags | {"verb", "impf", "v.visit"}  # "the minister in Rabat on Thursday"
    if course != "present" or not (({"verb", "impf"} <= tags and tags & verbs) or mention.carried_ahead):
        return False
    return isinstance(day, DateExpression) and bool(day.weekdays) and not (day.months or day.days or day.offset)


_SHARES_ITS_DAY = frozenset({EventType.AGREEMENT, EventType.MEETING})
_ALWAYS_SET = frozenset({"v.visit", "v.meet", "v.depart"})
_SET_FOR_A_DAY = _ALWAYS_SET | {"v.arrive", "v.land", "v.receive", "v.host", "v.hold", "v.perform", "v.discuss", "v.lead"}
"""Verbs whose present tense beside a bare weekday speaks of the next one; all of them only where the verb comes first."""
_CARRIED = frozenset({"n.visit", "n.meet", "n.summit", "n.call"})


def _carried_ahead(place: Place) -> bool:
    """ "A pays on Sunday a visit to": a noun whose light verb stands in the present."""
    if not _CARRIED & place.trigger.tags or "verb" in place.trigger.tags:
        return False
    for item in reversed(place.items[: place.at]):
        if "verb" in item.tags:
            return {"impf"} <= item.tags and bool(item.tags & {"v.perform", "v.begin", "v.hold", "v.host"})
        if "break" in item.tags:
            return False
    return False


def _same_time(place: Place) -> Item | None:
    """ "visited Rabat in November, where he signed": the date before the opener of a clause that goes on at the same time and place.

    So does "in its course" right behind the verb ("begins a tour on Sunday, visits in its course B").
    """
    behind = place.items[place.at + 1] if place.at + 1 < len(place.items) else None
    if behind is not None and "in_course" in behind.tags and gap(place.trigger, behind) == 0:
        return next((item for item in reversed(place.items[: place.at]) if "date" in item.tags), None)
    for position in range(place.at - 1, -1, -1):
        if "same_time" in place.items[position].tags:
            return next((item for item in reversed(place.items[:position]) if "date" in item.tags), None)
        if place.items[position].tags & {"break", "verb"}:
            return None
    return None


def _of_the_verb_before(place: Place) -> Item | None:
    """ "met X today and signed": a past verb joined by "and" shares the day of the verb before it."""
    if not {"conj", "verb", "perf"} <= place.trigger.tags:
        return None
    for position in range(place.at - 1, -1, -1):
        tags = place.items[position].tags
        if "break" in tags:
            return None
        if "verb" in tags:
            between = [item for item in place.items[position + 1 : place.at] if "date" in item.tags]
            return between[0] if len(between) == 1 and {"perf"} <= tags and "say" not in tags else None
    return None


def _claims_first(place: Place) -> bool:
    if "n.visit" not in place.trigger.tags or "plural" in place.trigger.tags:
        return False
    before = place.items[max(place.at - 3, 0) : place.at]
    return any("first" in item.tags and gap(item, place.trigger) <= 2 for item in before)


def _candidates(story: Story, place: Place, mention: Mention) -> tuple[Item | None, Item | None]:
    """The date of the trigger's own clause, and the one that opens the sentence; dates of announcements are noted in the mention."""
    items = place.items
    own: tuple[int, Item] | None = None
    opening: Item | None = None
    for position, item in enumerate(items):
        if "date" not in item.tags or _its_end(items, position, mention):
            continue
        governor = _governor(items, position)
        if governor is not None and _aim_long_past(story, items, governor, item):
            governor = _governor(items, items.index(governor))
        if governor is None and position <= 1:
            opening = item
        elif governor is not None and {"say", "reduced"} <= governor.tags and governor is not mention.trigger:
            continue  # "signed a deal on projects announced last year": the day of another thing
        elif governor is not None and "say" in governor.tags and _opens_quotation(items, position, place.at):
            own = (0, item) if own is None else own
        elif governor is not None and "say" in governor.tags and governor is not mention.trigger and not _is_announcement(mention):
            _announced_on(story, item, mention)
        elif _same_clause(items, place.at, position, governor, mention):
            distance = abs(position - place.at) + (0 if governor is mention.trigger else 3)
            if own is None or distance < own[0]:
                own = (distance, item)
    return (own[1] if own else None), opening


def _aim_long_past(story: Story, items: Sequence[Item], governor: Item, day: Item) -> bool:
    """ "signed an accord to normalise their ties in 2020": an aim of a past year is as old as what was done for it."""
    value, at = day.value, items.index(governor)
    if not isinstance(value, DateExpression) or value.year is None or story.published is None or not at:
        return False
    serves = "inf" in governor.tags and "purpose" in items[at - 1].tags and gap(items[at - 1], governor) == 0
    return serves and value.year < story.published.year


_BEGINS_BEFORE = frozenset({EventType.FLIGHTS, EventType.RELATIONS_CHANGE, EventType.AGREEMENT})


def _its_end(items: Sequence[Item], position: int, mention: Mention) -> bool:
    """ "suspends its flights until the end of October": a day behind "until" alone is that of no step."""
    before = items[position - 1] if position else None
    until = before is not None and "date.range" in before.tags and "p.to" not in before.tags and gap(before, items[position]) == 0
    return until and mention.type in _BEGINS_BEFORE


def _opens_quotation(items: Sequence[Item], position: int, at: int) -> bool:
    """ "he said, 'On Monday we signed'": right behind the verb of saying and a comma the date is that of what is said."""
    return position < at and "after_comma" in items[position].tags and bool({"say", "verb"} <= items[position - 1].tags)


def _announced_on(story: Story, item: Item, mention: Mention) -> None:
    when = _resolve(story, item, future=False)
    if when is not None and when.precision is Precision.DAY:
        mention.announced = when
        mention.date_span = mention.date_span or (item.start, item.end)
    elif when is not None and mention.modality.course == "past":
        mention.period = when  # announced in a loose period: that period (ontology C4)


def _since(items: Sequence[Item], position: int) -> bool:
    value = items[position].value
    if isinstance(value, DateExpression) and value.since:
        return True
    for back in range(position - 1, max(position - 5, -1), -1):
        if items[back].tags & {"break", "verb"}:
            return False
        if "date.since" in items[back].tags:
            return gap(items[back], items[position]) <= 6
    return False


def _is_announcement(mention: Mention) -> bool:
    """Whether announcing it is the act itself, so that the date of the announcement is that of the event (ontology C4)."""
    airspace = mention.rule.action in (FlightsAction.AIRSPACE_OPENED, FlightsAction.AIRSPACE_CLOSED)
    return airspace or mention.rule.stage is Stage.ANNOUNCED or mention.type is EventType.RELATIONS_CHANGE


def _announcement_behind(items: Sequence[Item], opening: Item, place: Place) -> bool:
    """ "Today A announced that ...": an opening date before a verb of saying whose clause holds the trigger."""
    start = items.index(opening)
    said = False
    for item in items[start + 1 : place.at]:
        if "say" in item.tags:
            said = True
        if said and "break" in item.tags:
            return True
    return False


_EVENTFUL = frozenset({"n.visit", "n.sign", "n.summit", "n.reach", "v.sign", "v.visit", "v.arrive", "v.depart", "after"})

_CARRIERS = frozenset({"v.perform", "v.begin", "v.end", "v.hold", "v.launch", "v.witness", "v.spend", "light", "v.sign"})
"""Words that tell an occurrence of their own, or open one: a date beside them is theirs."""


def _same_clause(items: Sequence[Item], at: int, position: int, governor: Item | None, mention: Mention) -> bool:
    if (
        governor is mention.trigger
        or (governor is not None and governor is mention.object)
        or (governor is not None and "say" in governor.tags and _is_announcement(mention))
    ):
        return True
    if governor is not None and mention.type is EventType.VISIT and "resolve" in governor.tags:
        return False  # the day on which a journey is approved is not that of the journey
    if governor is not None and mention.type is EventType.SUMMIT and "n.summit" in governor.tags and items.index(governor) > at:
        return True  # "will host A and B at a summit on Sunday"
    if governor is not None and _joined_verb(items, at, governor):
        return True
    if governor is not None and not (governor.tags & _CARRIERS) and not _carries(items, at, governor):
        return False
    if "reduced" in items[at].tags and position < at:
        return False
    low, high = min(at, position), max(at, position)
    for item in items[low + 1 : high]:
        if "break" in item.tags and ("relative" not in item.tags or (position < at and "svo" in items[at].tags)):
            return False  # what a relative clause tells has no day of the clause before it
        if "say" in item.tags:
            return False
        if item is not governor and item.tags & _EVENTFUL:
            return False
    return True


def _joined_verb(items: Sequence[Item], at: int, governor: Item) -> bool:
    """ "travelled to B and met C in May": a second verb of the past shares its day with the first, which has none of its own."""
    if not {"conj", "verb", "perf", "svo"} <= governor.tags or not {"verb", "perf", "svo"} <= items[at].tags:
        return False
    for item in items[at + 1 :]:
        if item is governor:
            return True
        if {"verb", "break", "date"} & item.tags:
            return False
    return False


def _carries(items: Sequence[Item], at: int, governor: Item) -> bool:
    """Whether `governor` is the eventful verb that the noun at `at` belongs to ("presented yesterday his credentials")."""
    if "verb" in items[at].tags or not any(tag.startswith("v.") for tag in governor.tags):
        return False
    for item in reversed(items[:at]):
        if item is governor:
            return True
        if item.tags & {"verb", "break"}:
            return False
    return False


def _resolve(story: Story, item: Item, *, future: bool) -> When | None:
    expression = item.value
    assert isinstance(expression, DateExpression) and story.published is not None
    return resolve(expression, story.published, future=future, week_starts=story.lexicon.language.week_starts)
