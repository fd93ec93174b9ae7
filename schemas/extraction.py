"""`Extraction`: everything one revision of one article gave, in one record."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from schemas.article import ArticleRef
from schemas.base import Contract, Instant
from schemas.event import MAX_EVENTS, Extractor, NormalizationEvent


class Extraction(Contract):
    """The events of one revision of one article, also when there are none. `truncated` tells that events were cut from the end."""

    article: ArticleRef
    revision: str
    accepted_at: Instant
    extractor: Extractor
    events: Annotated[tuple[NormalizationEvent, ...], Field(max_length=MAX_EVENTS)] = ()
    truncated: bool = False
