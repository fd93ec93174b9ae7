"""The base class of all contracts and the few types they share. Not a home for behaviour."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, StringConstraints

CountryCode = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
"""ISO 3166-1 alpha-3, or a user-assigned code: XSL Somaliland, XKR Kurdistan Region, XEU European Union."""

Identifier = Annotated[str, StringConstraints(min_length=1, max_length=256, pattern=r"^[^\x00-\x1f\x7f]+$")]
"""An opaque name of 1 to 256 code points without control characters."""


def _in_utc(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError as error:  # the first hours of the year 1 and the last of 9999
        raise ValueError("the moment lies outside the years 1 to 9999 in UTC") from error


Instant = Annotated[AwareDatetime, AfterValidator(_in_utc)]
"""A moment with a zone, kept in UTC."""


def _within_calendar(moment: datetime) -> datetime:
    _in_utc(moment)
    return moment


LocalInstant = Annotated[AwareDatetime, AfterValidator(_within_calendar)]
"""A moment that keeps its own UTC offset: *today* in an article is the calendar day where it was published."""


class Contract(BaseModel):
    """A message as we write it: frozen. Readers ignore fields they do not know, so that a newer writer breaks nobody."""

    model_config = ConfigDict(frozen=True, extra="ignore", populate_by_name=True, serialize_by_alias=True)


class Request(BaseModel):
    """What a person or a program sends to our API: an unknown field is an error, since it is most likely a typing slip."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, serialize_by_alias=True)
