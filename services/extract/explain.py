"""Why an article gave these events, and why other places in it gave none: as text for people, as JSON for programs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from schemas.event import NormalizationEvent

REASONS = {
    "no_second_party": "only one state acts here, or the second one stands in another clause",
    "out_of_scope": "the states that act here are no watched pair",
    "negated": "it is said not to have happened",
    "hypothetical": "it is only possible, wished or demanded",
    "invitation": "an invitation is no visit",
    "no_destination": "no state or city follows as the destination; it adds to a visit named elsewhere, or is nothing",
    "no_visitor": "no official, delegation or known person travels",
    "no_visitor_state": "the state of the traveller is not told",
    "own_country": "travel within the own country is no visit",
    "site_visit": "entering a site is a detail of a visit, not a visit to a state",
    "held_territory": "Jerusalem, or ground that an army holds, does not say that officials of the other side receive the visitor",
    "no_participants": "fewer than three states gather here; it adds to a summit named elsewhere, or is nothing",
    "unnamed_counterpart": "a meeting is told only when the counterpart has a name or an office",
    "not_asserted": "it is only spoken of here; it adds to what is told elsewhere in the article, or is nothing",
    "summons": "a host that calls in an ambassador summons him; only calling home one's own is a step",
    "arms": "a contract for weapons is an arms deal",
    "step_ahead": "a step that is still to come; only a signature is told ahead",
    "denied": "it is denied",
    "cancelled": "it was called off",
    "postponed": "it was put off",
    "refused": "it was refused",
    "posting": "an ambassador who takes up or holds a post is no visitor",
    "exercise": "troops that travel to train together are no visitors; it may be an exercise",
    "topic_word": "the word names a topic, not an occurrence",
    "denied_only": "it is denied and nobody in the article says that it happened",
    "non_state": "the people here act for no state",
    "avoided": "a word beside it gives it another meaning",
    "question": "the sentence asks and tells nothing",
    "no_object": "a word that can tell an event stands here, but nothing of what its rules want beside it",
    "no_trigger": "a watched state is named, but no word tells an event",
    "look_alike": "a name or phrase that only looks like a word of ours (an outlet, a place, another meaning)",
}
"""What each reason means, in words."""


@dataclass(frozen=True)
class Span:
    """A piece of the article, in code points of its text."""

    start: int
    end: int
    quote: str


@dataclass(frozen=True)
class Silence:
    """A place that looked relevant and gave nothing."""

    sentence: int
    span: Span
    rule: str
    reason: str


@dataclass(frozen=True)
class Derivation:
    """One mention that an event was made of: the rule, the trigger, who fills which role, how it is put, when."""

    sentence: int
    rule: str
    why: str
    trigger: Span
    course: str
    roles: dict[str, list[dict[str, Any]]]
    date: str | None


@dataclass(frozen=True)
class Explanation:
    """All of it for one article; `reason` is set when the article was not read at all."""

    article: str
    language: str | None
    reason: str | None
    events: list[tuple[NormalizationEvent, list[Derivation]]]
    silences: list[Silence]


def as_json(explanation: Explanation) -> dict[str, Any]:
    """The explanation as plain values."""
    return {
        "article": explanation.article,
        "language": explanation.language,
        "reason": explanation.reason,
        "events": [
            {"event": event.model_dump(mode="json"), "derivation": [_derivation(derivation) for derivation in derivations]}
            for event, derivations in explanation.events
        ],
        "nothing": [
            {
                "sentence": silence.sentence,
                "start": silence.span.start,
                "end": silence.span.end,
                "quote": silence.span.quote,
                "rule": silence.rule or None,
                "reason": silence.reason,
                "meaning": REASONS[silence.reason],
            }
            for silence in explanation.silences
        ],
    }


def _derivation(derivation: Derivation) -> dict[str, Any]:
    return {
        "sentence": derivation.sentence,
        "rule": derivation.rule,
        "why": derivation.why,
        "trigger": {"start": derivation.trigger.start, "end": derivation.trigger.end, "quote": derivation.trigger.quote},
        "course": derivation.course,
        "roles": derivation.roles,
        "date": derivation.date,
    }


def as_text(explanation: Explanation) -> str:
    """The explanation for people."""
    lines = [f"article {explanation.article}"]
    if explanation.reason:
        lines.append(f"  not read: {explanation.reason}")
    for event, derivations in explanation.events:
        state = next((str(value) for name in ("stage", "status", "action") if (value := getattr(event, name, None))), "")
        lines.append(f"\nevent {event.type} {state} {' '.join(event.parties)}, {event.discourse}, confidence {event.confidence}")
        for derivation in derivations:
            lines.append(f"  sentence {derivation.sentence}: {derivation.trigger.quote} [{derivation.rule}]")
            lines.append(f"    put as {derivation.course}; dated {derivation.date or 'not at all'}")
            lines.extend(
                f"    {role}: " + ", ".join(f"{actor['quote']} ({actor['state'] or '?'})" for actor in actors)
                for role, actors in derivation.roles.items()
            )
        lines.extend(f"    {evidence.role}: {evidence.quote}" for evidence in event.evidence)
    if explanation.silences:
        lines.append("\nnothing from:")
        lines.extend(
            f"  sentence {silence.sentence}: {silence.span.quote} [{silence.rule or 'no rule'}] {silence.reason}: {REASONS[silence.reason]}"
            for silence in explanation.silences
        )
    return "\n".join(lines)
