"""Why an article gave these events, as a page for people: the text with its evidence marked, each event with its derivation.

One file without scripts or links, so that it can be mailed, archived and opened anywhere. Text is set in its own direction.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import escape
from itertools import pairwise

from schemas.article import Article
from schemas.event import NormalizationEvent
from services.extract.explain import REASONS, Derivation, Explanation, Silence

COLOURS = 6
"""Events are told apart by as many colours; the seventh has the first one again, and its number tells it apart."""

_STYLE = """
:root { color-scheme: light dark; --line: #8884; }
body { font: 16px/1.6 system-ui, "Noto Naskh Arabic", "Noto Sans Hebrew", sans-serif; }
body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
article { border: 1px solid var(--line); border-radius: .5rem; padding: .5rem 1.25rem; font-size: 1.1rem; line-height: 2.1; }
p { margin: .5rem 0; white-space: pre-wrap; }
mark { color: inherit; padding: .1em 0; border-block-end: 3px solid var(--c); background: color-mix(in srgb, var(--c) 14%, transparent); }
mark.trigger { background: color-mix(in srgb, var(--c) 40%, transparent); font-weight: 600; }
mark.silent { --c: #888; border-block-end-style: dotted; background: none; }
.c1 { --c: #2a9d8f; } .c2 { --c: #e76f51; } .c3 { --c: #6a6ee0; } .c4 { --c: #c79a1b; } .c5 { --c: #b5488f; } .c6 { --c: #5d8a3a; }
section { border-inline-start: 5px solid var(--c, #888); padding: .25rem 1rem; margin: 1.5rem 0; }
h1 { font-size: 1.4rem; } h2 { font-size: 1.1rem; margin: .25rem 0; }
table { border-collapse: collapse; width: 100%; font-size: .95rem; }
th, td { text-align: start; vertical-align: top; padding: .2rem .6rem .2rem 0; border-block-start: 1px solid var(--line); }
th { font-weight: 500; white-space: nowrap; } code { font-size: .85em; } .why { opacity: .75; }
"""


@dataclass(frozen=True, slots=True)
class _Mark:
    """A stretch of the article: offsets in code points, what it is, which event it belongs to (0: to none)."""

    start: int
    end: int
    event: int
    label: str
    trigger: bool


def as_page(explained: Iterable[tuple[Article, Explanation]]) -> str:
    """One page for all articles that were explained."""
    bodies = "\n".join(_article(article, explanation) for article, explanation in explained)
    return (
        '<!doctype html>\n<html lang="en">\n<head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>Musafaha: why these events</title><style>{_STYLE}</style></head>\n<body>\n{bodies}\n</body>\n</html>"
    )


def _article(article: Article, explanation: Explanation) -> str:
    marks = [*_event_marks(explanation), *_silence_marks(explanation)]
    language = f' lang="{escape(explanation.language)}"' if explanation.language else ""
    parts = [f"<h1>{escape(article.title or article.id)}</h1>", f"<p><code>{escape(article.id)}</code>{_when(article)}</p>"]
    if explanation.reason:
        parts.append(f"<section><h2>Not read</h2><p>{escape(explanation.reason)}</p></section>")
    parts.append(f'<article dir="auto"{language}>{_marked(article.text, marks)}</article>')
    parts.extend(_event(number, explanation) for number in range(1, len(explanation.events) + 1))
    if explanation.silences:
        parts.append(_silences(explanation.silences))
    return "\n".join(parts)


def _when(article: Article) -> str:
    return f", published {escape(article.published_at.isoformat())}" if article.published_at else ", publication date unknown"


def _event_marks(explanation: Explanation) -> Iterator[_Mark]:
    for number, (event, _) in enumerate(explanation.events, start=1):
        for evidence in event.evidence:
            role = evidence.role.value
            yield _Mark(evidence.start, evidence.end, number, f"event {number}: {role.replace('_', ' ')}", role == "trigger")


def _silence_marks(explanation: Explanation) -> Iterator[_Mark]:
    for silence in explanation.silences:
        yield _Mark(silence.span.start, silence.span.end, 0, f"nothing: {silence.reason.replace('_', ' ')}", False)


def _marked(text: str, marks: list[_Mark]) -> str:
    """`text` with its marks, which may overlap: it is cut wherever one begins or ends, and each piece says all that it is."""
    paragraphs, start = [], 0
    for paragraph in text.split("\n"):
        end = start + len(paragraph)
        inside = [mark for mark in marks if mark.start < end and start < mark.end]
        edges = {start, end, *(edge for mark in inside for edge in (mark.start, mark.end) if start < edge < end)}
        cuts = sorted(edges)
        pieces = [_piece(text[a:b], [mark for mark in inside if mark.start < b and a < mark.end]) for a, b in pairwise(cuts)]
        paragraphs.append(f'<p dir="auto">{"".join(pieces)}</p>')
        start = end + 1
    return "".join(paragraphs)


def _piece(text: str, marks: list[_Mark]) -> str:
    if not marks:
        return escape(text)
    events = sorted({mark.event for mark in marks if mark.event})
    classes = [f"c{(events[0] - 1) % COLOURS + 1}"] if events else ["silent"]
    classes += ["trigger"] if any(mark.trigger for mark in marks) else []
    title = "; ".join(dict.fromkeys(mark.label for mark in sorted(marks, key=lambda mark: (mark.event == 0, mark.event))))
    return f'<mark class="{" ".join(classes)}" title="{escape(title)}">{escape(text)}</mark>'


def _event(number: int, explanation: Explanation) -> str:
    event, derivations = explanation.events[number - 1]
    state = next((str(value) for name in ("stage", "status", "action") if (value := getattr(event, name, None))), "")
    head = f"{number}. {event.type.replace('_', ' ')} {state.replace('_', ' ')}: {', '.join(event.parties)}"
    date = " to ".join(dict.fromkeys(str(day) for day in (event.date.start, event.date.end) if day)) or "no date"
    facts = f"{event.discourse}, {event.factuality}, {date} ({event.date.precision}), confidence {event.confidence}"
    rows = "".join(_derivation(derivation) for derivation in derivations)
    evidence = "".join(f"<tr><th>{escape(role)}</th><td>{quotes}</td></tr>" for role, quotes in _evidence(event).items())
    colour = f"c{(number - 1) % COLOURS + 1}"
    return (
        f'<section class="{colour}"><h2>{escape(head)}</h2><p>{escape(facts)}</p><table>{rows}</table><table>{evidence}</table></section>'
    )


def _evidence(event: NormalizationEvent) -> dict[str, str]:
    """Per role its quotes, each once, each in its own direction."""
    quotes: dict[str, dict[str, None]] = {}
    for one in event.evidence:
        quotes.setdefault(one.role.replace("_", " "), {})[f"<bdi>{escape(one.quote)}</bdi>"] = None
    return {role: " · ".join(found) for role, found in quotes.items()}


def _derivation(derivation: Derivation) -> str:
    roles = "; ".join(
        f"{escape(role)}: " + ", ".join(f"<bdi>{escape(actor['quote'])}</bdi> ({escape(actor['state'] or '?')})" for actor in actors)
        for role, actors in derivation.roles.items()
    )
    return (
        f"<tr><th>sentence {derivation.sentence}</th>"
        f"<td><bdi>{escape(derivation.trigger.quote)}</bdi> <code>{escape(derivation.rule)}</code>"
        f"<br>put as {escape(derivation.course)}, dated <bdi>{escape(derivation.date or 'not at all')}</bdi><br>{roles}"
        f'<br><span class="why">{escape(derivation.why)}</span></td></tr>'
    )


def _silences(silences: list[Silence]) -> str:
    rows = "".join(
        f"<tr><th>sentence {one.sentence}</th><td><bdi>{escape(one.span.quote)}</bdi> <code>{escape(one.rule or 'no rule')}</code>"
        f"<br>{escape(one.reason.replace('_', ' '))}: {escape(REASONS[one.reason])}</td></tr>"
        for one in silences
    )
    return f"<section><h2>Looked relevant, gave nothing</h2><table>{rows}</table></section>"
