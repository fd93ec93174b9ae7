"""What makes a text an article: checks from a JSON value to an `Article`, or a refusal that says why. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from difflib import get_close_matches
from enum import StrEnum

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from schemas import ids
from schemas.article import Article, ArticleDraft, Source, SourceDraft, with_headline
from schemas.topics import MAX_ARTICLE_BYTES
from services.ingest.urlkey import BadUrl, url_key


class Reason(StrEnum):
    """Why something was refused: one word each, fit for a metric label."""

    INVALID = "invalid"
    """Not an object, an unknown field, a missing or ill-formed one."""
    EMPTY_TEXT = "empty_text"
    BAD_CHARACTERS = "bad_characters"
    BAD_URL = "bad_url"
    BAD_DATE = "bad_date"
    FUTURE_DATE = "future_date"
    TOO_LARGE = "too_large"
    BAD_JSON = "bad_json"
    """A line or file that is no JSON (`musafaha publish`)."""
    BAD_ENCODING = "bad_encoding"
    """A line or file that is not in the encoding it should be in (`musafaha publish`)."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Something that does not go on. `detail` is a sentence for a person; `id` is the id it was handed in with, if any."""

    reason: Reason
    detail: str
    id: str | None = None


@dataclass(frozen=True, slots=True)
class Limits:
    """`max_bytes` of the final message as JSON; `max_future` is how far a publication date may lie ahead of now."""

    max_bytes: int = MAX_ARTICLE_BYTES
    max_future: timedelta = timedelta(days=1)


_LATEST = datetime(9999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC)
"""Stands for `accepted_at` when a message is measured: no moment is longer as JSON."""
_ISO_MOMENT = re.compile(r"\d{4}-\d\d-\d\d")
_FORBIDDEN = re.compile("[\x00\ud800-\udfff]")
_MAX_DEPTH = 8
_HINTS = {
    "published_at": "give an ISO 8601 time with its zone, as in 2021-11-24T12:00:00+00:00, or leave it out",
    "language": "give a BCP 47 tag, as in ar or en-GB, or leave it out",
    "source.country": "give an ISO 3166-1 code of three capitals, as in MAR, or leave it out",
}


def judge(item: object, *, now: datetime, limits: Limits) -> Article | Refusal:
    """The article in a decoded JSON value, with its revision and without `accepted_at`; or why it is refused."""
    draft = read_draft(item)
    return draft if isinstance(draft, Refusal) else accept(draft, now=now, limits=limits)


def read_draft(item: object) -> ArticleDraft | Refusal:
    """The draft in a decoded JSON value, or why it is none."""
    if not isinstance(item, dict):
        return Refusal(Reason.INVALID, f"an article is a JSON object; this is {_kind(item)}")
    given = item.get("id")
    id = given if isinstance(given, str) and 0 < len(given) <= 256 and not _FORBIDDEN.search(given) else None
    for name, text in _strings(item):
        if found := _FORBIDDEN.search(text):
            return Refusal(Reason.BAD_CHARACTERS, _forbidden(name, found), id)
    moment = item.get("published_at")
    if moment is not None and not (isinstance(moment, str) and _ISO_MOMENT.match(moment)):
        # Pydantic would take a number for seconds or milliseconds, whichever looks likelier.
        return Refusal(Reason.BAD_DATE, f"published_at is {str(moment)[:40]!r}; {_HINTS['published_at']}", id)
    if item.get("source", ...) is None:
        item = {name: value for name, value in item.items() if name != "source"}
    try:
        return ArticleDraft.model_validate(item)
    except ValidationError as error:
        details = error.errors(include_url=False, include_context=False)
        only_date = all(detail["loc"][:1] == ("published_at",) for detail in details)
        return Refusal(Reason.BAD_DATE if only_date else Reason.INVALID, "; ".join(map(_problem, details[:5])), id)


def accept(draft: ArticleDraft, *, now: datetime, limits: Limits) -> Article | Refusal:
    """The article that a draft becomes, with its revision and without `accepted_at`; or why it is refused."""
    if not any(character.isalnum() for character in draft.text):  # stops at the first; white space and invisible marks are no text
        return Refusal(Reason.EMPTY_TEXT, "the text is empty: it has neither a letter nor a digit", draft.id)
    if draft.published_at is not None and draft.published_at > now + limits.max_future:
        ahead = f"published_at {draft.published_at.isoformat()} lies more than {limits.max_future.total_seconds():.0f} s ahead of now"
        return Refusal(Reason.FUTURE_DATE, f"{ahead}; correct it or leave it out", draft.id)
    try:
        key = url_key(draft.url) if draft.url and draft.url.strip() else None
    except BadUrl as error:
        return Refusal(Reason.BAD_URL, f"url: {error}; correct it or leave it out", draft.id)
    article = _article(draft, url_key=key)
    size = len(article.model_copy(update={"accepted_at": _LATEST}).model_dump_json().encode())
    if size > limits.max_bytes:
        return Refusal(Reason.TOO_LARGE, f"the article takes {size:,} bytes as a message; {limits.max_bytes:,} are allowed", article.id)
    return article


def _article(draft: ArticleDraft, *, url_key: str | None) -> Article:
    text = with_headline(draft.title, draft.text)
    article = Article(
        id=draft.id or ids.article_id(url_key=url_key, text=text),
        url=draft.url if url_key else None,
        title=draft.title,
        text=text,
        language=draft.language,
        published_at=draft.published_at,
        source=Source(id=draft.source.id, name=draft.source.name, country=draft.source.country),
    )
    return article.model_copy(update={"revision": ids.revision_of(article)})


def _kind(item: object) -> str:
    names = {type(None): "null", bool: "true or false", int: "a number", float: "a number", str: "a string", list: "a list"}
    return names.get(type(item), "something else")


def _strings(value: object, name: str = "", depth: int = 0) -> Iterator[tuple[str, str]]:
    """Every string in a JSON value with the path of its field, down to the depth that an article can have."""
    if isinstance(value, str):
        yield name, value
    elif isinstance(value, dict) and depth < _MAX_DEPTH:
        for key, inner in value.items():
            yield "a field name", key
            yield from _strings(inner, f"{name}.{key}" if name else key, depth + 1)
    elif isinstance(value, list) and depth < _MAX_DEPTH:
        for inner in value:
            yield from _strings(inner, name, depth + 1)


def _forbidden(name: str, found: re.Match[str]) -> str:
    character = found.group()
    what = "a NUL character" if character == "\x00" else "half of a surrogate pair, which is no character,"
    return f"{_printable(name)} has {what} (U+{ord(character):04X}) at position {found.start()}; remove it at the source"


def _printable(name: str) -> str:
    return _FORBIDDEN.sub("�", name)[:80]


def _problem(error: ErrorDetails) -> str:
    *parents, name = [str(part) for part in error["loc"]] or ["article"]
    path = ".".join([*parents, name])
    if error["type"] == "extra_forbidden":
        fields = [*(SourceDraft if parents else ArticleDraft).model_fields]
        near = get_close_matches(name, fields, n=1)
        known = f"did you mean {near[0]}?" if near else f"the fields are {', '.join(fields)}"
        return f"{_printable(path)} is no field of {'a source' if parents else 'an article'}; {known}"
    hint = f"; {_HINTS[path]}" if path in _HINTS else ""
    return f"{path}: {error['msg']}{hint}"
