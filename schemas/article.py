"""Articles: what comes in (`ArticleDraft`), what flows on the topic (`Article`), and what others keep of it (`ArticleRef`)."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from schemas.base import Contract, CountryCode, Identifier, Instant, LocalInstant, Request

MAX_TITLE_CHARS = 1_000
MAX_URL_CHARS = 2_048

Title = Annotated[str, StringConstraints(max_length=MAX_TITLE_CHARS)]
Url = Annotated[str, StringConstraints(max_length=MAX_URL_CHARS)]
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$", max_length=35)]
"""A BCP 47 tag, usually two letters."""


class Source(Contract):
    """An outlet. `country` is its home state, which decides whom an unnamed "foreign minister" belongs to."""

    id: Identifier | None = None
    name: str | None = None
    country: CountryCode | None = None


class _ArticleFields(Contract):
    url: Url | None = None
    title: Title | None = None
    language: Language | None = None
    published_at: LocalInstant | None = None
    source: Source = Source()


class ArticleRef(_ArticleFields):
    """An article without its text, as events and notices carry it."""

    id: Identifier


class Article(_ArticleFields):
    """One text as it was accepted. All offsets anywhere count code points of `text`, whose first line is the title.

    `revision` and `accepted_at` are stamped by ingest. A producer that writes to the topic itself may leave them out: the
    revision is then computed from the content and the time of the Kafka record stands for the acceptance.
    """

    id: Identifier
    text: Annotated[str, StringConstraints(min_length=1)]
    revision: str | None = None
    accepted_at: Instant | None = None

    def ref(self) -> ArticleRef:
        """The article without its text."""
        return ArticleRef(
            id=self.id, url=self.url, title=self.title, language=self.language, published_at=self.published_at, source=self.source
        )


class SourceDraft(Request):
    """An outlet as a publisher names it."""

    id: Identifier | None = None
    name: Annotated[str, StringConstraints(max_length=256)] | None = None
    country: CountryCode | None = None


class ArticleDraft(Request):
    """One text as it is handed in (a JSON line, an item of `POST /v1/articles`): all but `text` may be missing."""

    id: Identifier | None = None
    url: Url | None = None
    title: Title | None = None
    text: str
    language: Language | None = None
    published_at: LocalInstant | None = Field(default=None, description="When the outlet published it. A missing date stays missing.")
    source: SourceDraft = SourceDraft()


def with_headline(title: str | None, text: str) -> str:
    """The text to analyse: `title` put in front of it unless it already is the first line that is not empty.

    White space within the title counts as one space, so that a title of several lines becomes one line and applying this twice
    changes nothing.
    """
    headline = " ".join((title or "").split())
    if not headline:
        return text
    first = next((line for line in text.splitlines() if line.strip()), "")
    return text if " ".join(first.split()) == headline else f"{headline}\n{text}"
