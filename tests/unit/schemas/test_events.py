"""Events, notices and subscriptions: the model refuses what has no meaning."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from schemas.codes import EventType, NoticeKind, Rank, Stage
from schemas.event import (
    EVENT,
    MAX_EVENTS,
    MAX_SPAN_CHARS,
    MAX_SPANS,
    AgreementEvent,
    ArmsDealEvent,
    ExerciseEvent,
    FlightsEvent,
    MeetingEvent,
    RelationsChangeEvent,
    SummitEvent,
    VisitEvent,
    persons_of,
)
from schemas.extraction import Extraction
from schemas.notice import MAX_ARTICLES, Notice
from schemas.subscription import SubscriptionRequest, matches_kind
from tests.contract.contracts import example

CLASSES = {
    EventType.AGREEMENT: AgreementEvent,
    EventType.VISIT: VisitEvent,
    EventType.MEETING: MeetingEvent,
    EventType.SUMMIT: SummitEvent,
    EventType.RELATIONS_CHANGE: RelationsChangeEvent,
    EventType.FLIGHTS: FlightsEvent,
    EventType.EXERCISE: ExerciseEvent,
    EventType.ARMS_DEAL: ArmsDealEvent,
}


@pytest.mark.parametrize("event", EventType)
def test_the_type_decides_which_fields_an_event_has(event: EventType) -> None:
    """A reader tells the eight types apart by one field."""
    assert type(EVENT.validate_python(example(f"event.{event}"))) is CLASSES[event]


def _agreement(**changes: Any) -> dict[str, Any]:
    return {**example("event.agreement"), **changes}


SPAN = {"role": "trigger", "start": 0, "end": 1, "quote": "x"}


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"type": "gossip"}, id="unknown type"),
        pytest.param({"parties": ["ISR"]}, id="one party"),
        pytest.param({"parties": ["ISR", "ISR"]}, id="a party twice"),
        pytest.param({"parties": ["ISR", "Morocco"]}, id="no code"),
        pytest.param({"stage": "ongoing"}, id="stage of another type"),
        pytest.param({"domains": ["romance"]}, id="unknown domain"),
        pytest.param({"confidence": 1.01}, id="more than certain"),
        pytest.param({"count": 0}, id="no instrument at all"),
        pytest.param({"evidence": [{**SPAN, "start": -1}]}, id="negative offset"),
        pytest.param({"evidence": [{**SPAN, "quote": "x" * (MAX_SPAN_CHARS + 1)}]}, id="quote too long"),
        pytest.param({"evidence": [SPAN] * (MAX_SPANS + 1)}, id="too many spans"),
        pytest.param({"date": {"start": "2022-02-30"}}, id="no such day"),
    ],
)
def test_an_event_without_meaning_is_refused(changes: dict[str, Any]) -> None:
    """What would be nonsense to every reader never leaves."""
    with pytest.raises(ValidationError):
        EVENT.validate_python(_agreement(**changes))


def test_an_extraction_has_two_hundred_events_at_most() -> None:
    """One strange article cannot flood everybody."""
    full = {**example("extraction"), "events": [example("event.agreement")] * MAX_EVENTS}

    assert len(Extraction.model_validate(full).events) == 200
    with pytest.raises(ValidationError):
        Extraction.model_validate({**full, "events": [*full["events"], example("event.visit")]})


def test_a_notice_names_ten_articles_at_most() -> None:
    """A notice stays small however loud the news is."""
    notice = example("notice.visit.new")
    notice["data"]["articles"] *= MAX_ARTICLES + 1

    with pytest.raises(ValidationError):
        Notice.model_validate(notice)


@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("agreement", 1),
        ("visit", 1),
        ("meeting", 2),
        ("summit", 0),
        ("relations_change", 0),
        ("flights", 0),
        ("exercise", 0),
        ("arms_deal", 0),
    ],
)
def test_persons_are_found_under_whatever_name_the_type_has_for_them(name: str, count: int) -> None:
    """Signatories, visitors and participants are all persons."""
    assert len(persons_of(EVENT.validate_python(example(f"event.{name}")))) == count


def test_a_visit_says_from_on_the_wire() -> None:
    """`from` is a word of Python, not of our readers' trouble."""
    visit = EVENT.validate_python(example("event.visit"))

    assert isinstance(visit, VisitEvent)
    assert visit.from_ == "ISR"
    assert '"from":"ISR"' in visit.model_dump_json()


def test_orders_that_matter_are_the_orders_of_the_members() -> None:
    """Seniority of offices and progress of instruments can be compared by position."""
    ranks, stages = list(Rank), list(Stage)

    assert ranks.index(Rank.HEAD_OF_STATE) < ranks.index(Rank.MINISTER_DEFENCE) < ranks.index(Rank.DELEGATION) < ranks.index(Rank.UNKNOWN)
    assert stages.index(Stage.PROPOSED) < stages.index(Stage.SIGNED) < stages.index(Stage.RATIFIED) < stages.index(Stage.IN_FORCE)


@pytest.mark.parametrize(
    ("pattern", "kind", "expected"),
    [
        ("*", "retracted", True),
        ("agreement.*", "agreement.new_type", True),
        ("agreement.*", "visit.new", False),
        ("visit.new", "visit.new", True),
        ("agreement.new", "agreement.new_type", False),
        ("agreement.new*", "agreement.new_type", True),
    ],
)
def test_a_kind_is_matched_exactly_or_by_what_stands_before_the_star(pattern: str, kind: str, expected: bool) -> None:
    """`agreement.new` does not silently mean `agreement.new_type`."""
    assert matches_kind(pattern, kind) is expected


@pytest.mark.parametrize(
    "changes",
    [
        {"kinds": []},
        {"kinds": ["visits.new"]},
        {"kinds": ["visit.*x"]},
        {"filter": {"pairs": ["ISR"]}},
        {"filter": {"party": ["ISR"]}},
        {"id": "a b"},
        {"url": ""},
    ],
)
def test_a_subscription_that_could_never_get_anything_is_refused(changes: dict[str, Any]) -> None:
    """A slip in a kind or filter is told at once, not found out by silence."""
    with pytest.raises(ValidationError):
        SubscriptionRequest.model_validate({"url": "https://desk.example/hook", **changes})


def test_the_refusal_of_a_kind_lists_the_kinds_there_are() -> None:
    """The message is all the documentation that is needed."""
    with pytest.raises(ValidationError) as caught:
        SubscriptionRequest.model_validate({"url": "https://desk.example/hook", "kinds": ["visits.new"]})

    assert all(kind in str(caught.value) for kind in NoticeKind)
