"""The English title and sentence of a notice, made from the facts alone (pure). The words are in `wording.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from functools import cache
from importlib.resources import files

from schemas.codes import EventType, Instrument, NoticeKind, Rank, Status
from schemas.development import Development
from schemas.event import EventDate, Person
from schemas.notice import Change, Novelty


@cache
def _words() -> dict[str, dict[str, str]]:
    return tomllib.loads(files("services.alert").joinpath("wording.toml").read_text(encoding="utf-8"))


def country(code: str | None) -> str:
    """The English name of a state, with its article where it has one; the code itself when it is unknown."""
    return _words()["countries"].get(code or "", code or "an unnamed state")


def listed(values: Iterable[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    *most, last = list(values) or [""]
    return f"{', '.join(most)} and {last}" if most else last


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _with_article(noun: str) -> str:
    return f"{'an' if noun[:1] in 'aeiou' else 'a'} {noun}"


def title_of(development: Development, kind: NoticeKind | None = None, change: Change | None = None) -> str:
    """One line that says what happened."""
    if kind == NoticeKind.RETRACTED:
        return f"Withdrawn: {title_of(development)}"
    match development.type:
        case EventType.AGREEMENT:
            return _capital(_agreement_title(development, first=kind == NoticeKind.AGREEMENT_NEW_TYPE))
        case EventType.VISIT:
            return _capital(_visit_title(development))
        case _:
            kind_of_thing = str(development.type).replace("_", " ")
            return _capital(f"{kind_of_thing} of {listed(country(party) for party in development.parties)}")


def _agreement_title(development: Development, *, first: bool) -> str:
    parties = listed(country(party) for party in development.parties)
    if development.instrument == Instrument.ACCESSION:
        return f"{country(development.parties[0])} joins an accord with {listed(country(p) for p in development.parties[1:])}"
    instrument = _words()["instruments"][development.instrument or Instrument.UNSPECIFIED]
    # "A trade free trade agreement" says it twice.
    fields = listed(word for domain in development.domains if (word := _words()["domains"][domain]) not in instrument)
    noun = " ".join(
        part for part in ("first" if first else "", fields, _words()["instruments"][development.instrument or "unspecified"]) if part
    )
    verb = {"signed": "sign", "announced": "announce"}.get(str(development.stage))
    if verb:
        return f"{parties} {verb} {_with_article(noun)}"
    return f"{noun} of {parties}: {str(development.stage).replace('_', ' ')}"


def _visit_title(development: Development) -> str:
    who, where = _visitors(development), country(development.to)
    verb = {
        Status.PLANNED: "to visit",
        Status.ONGOING: "visits",
        Status.COMPLETED: "visited",
    }.get(Status(development.status or Status.COMPLETED))
    return f"{who} {verb} {where}" if verb else f"Visit of {who} to {where} {development.status}"


def _visitors(development: Development) -> str:
    origin = country(development.from_)
    persons = [person for person in development.persons if person.country in (None, development.from_)]
    if development.delegation or not persons:
        kind = "military delegation" if any(p.rank in (Rank.SENIOR_OFFICER, Rank.CHIEF_OF_STAFF) for p in persons) else "delegation"
        return f"{_with_article(kind)} from {origin}"
    return f"{_possessive(origin)} {listed(_person(person) for person in persons[:3])}"


def _possessive(name: str) -> str:
    return f"{name}'" if name.endswith("s") else f"{name}'s"


def _person(person: Person) -> str:
    office = person.office or _words()["ranks"][person.rank]
    return f"{office} {person.name}" if person.name else office


def sentence_of(development: Development, kind: NoticeKind, novelty: Novelty | None, change: Change | None) -> str:
    """A sentence or two: when, where, who says so, and what it was compared with."""
    parts = [f"{title_of(development, kind)}{_when(development.date)}{_where(development)}."]
    if kind == NoticeKind.RETRACTED:
        parts = [
            f"{title_of(development, kind)}. {_capital(change.reason)}." if change and change.reason else f"{title_of(development, kind)}."
        ]
    elif change is not None and change.field is not None:
        parts.append(f"The {change.field} changed from {change.from_} to {change.to}.")
    if novelty is not None:
        parts.extend(_compared(novelty))
    if development.reports:
        parts.append(f"Told by {_counted(development.reports, 'article')} of {_counted(development.independent_sources, 'source')}.")
    return " ".join(parts)


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _compared(novelty: Novelty) -> list[str]:
    since = f" since {novelty.watching_since.isoformat()}" if novelty.watching_since else ""
    if novelty.level is not None:
        return [f"No earlier agreement of the pair in this field is on record{since}."]
    if novelty.against is not None:
        when = f" ({novelty.against.date})" if novelty.against.date else ""
        return [f"An earlier one of this field is on record: {novelty.against.title}{when}."]
    return []


def _when(when: EventDate) -> str:
    if when.start and when.end:
        return (
            f" on {when.start.isoformat()}" if when.start == when.end else f" between {when.start.isoformat()} and {when.end.isoformat()}"
        )
    if when.end:
        return f" on or before {when.end.isoformat()}"
    return f" from {when.start.isoformat()}" if when.start else ""


def _where(development: Development) -> str:
    if development.place.city:
        return f" in {development.place.city}"
    return f" in {country(development.place.country)}" if development.place.country and development.type != EventType.VISIT else ""
