"""The shape of the language data: one strict model per kind of file, so that a typing slip is an error, not silence."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Annotated, Literal, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, ValidationError

from schemas.codes import (
    ActorLevel,
    ArmsStage,
    Domain,
    EventType,
    FlightsAction,
    Instrument,
    ItemClass,
    MissionKind,
    Mode,
    Rank,
    RelationsAction,
    Stage,
    Status,
    Vehicle,
)
from services.runtime.errors import ConfigError

Iso = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
Day = Annotated[str, StringConstraints(pattern=r"^\d{4}-\d{2}-\d{2}$")]
"""As ISO writes it, so that days compare as strings do."""
Tag = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z_0-9.]*$")]


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class SlotData(_Data):
    """A row of a paradigm: stem number (from 1), an ending to cut off it, what stands before and after, what that tells."""

    stem: int = 1
    cut: str = ""
    before: tuple[str, ...] = ("",)
    after: tuple[str, ...] = ("",)
    tags: tuple[Tag, ...] = ()


class ParadigmData(_Data):
    """How one kind of lemma inflects; `proclitics` names a table of `language.toml`."""

    proclitics: str
    slots: tuple[SlotData, ...]
    whole: bool = Field(default=False, description="Of several words the last inflects, not the first.")


class Scripts(_Data):
    """Which texts a language reads: code point ranges of its letters (folded: no accents), and its commonest small words.

    `foreign` are small words of other languages in the same script: two different ones make a sentence theirs.
    """

    ranges: tuple[tuple[int, int], ...]
    small_words: tuple[str, ...] = ()
    foreign: tuple[str, ...] = ()


class LanguageFile(_Data):
    """`language.toml`."""

    code: str
    week_starts: Annotated[int, Field(ge=0, le=6, description="0 is Monday, as in `date.weekday`.")]
    accents: bool = Field(default=False, description="Whether accents part words that folding makes one; affixes are written with them.")
    name_particles: tuple[str, ...] = Field(default=(), description='Small words inside names ("ben"), where names have capitals.')
    weak_letters: str = Field(default="", description="Letters that one spelling of a foreign name has and another leaves out.")
    scripts: Scripts
    proclitics: dict[str, dict[str, tuple[Tag, ...]]]
    assimilation: dict[str, str] = {}
    capitals: bool = Field(default=False, description="Names begin with a capital letter, and other words do not.")
    compound_verbs: bool = Field(
        default=False, description="Verbs are made of words of class `aux` and a participle (`engine/words/compound.py`)."
    )
    auxiliaries: bool = Field(default=False, description="Verbs are made of several words; words of class aux.* and inf.mark are theirs.")
    abbreviations: tuple[str, ...] = Field(default=(), description="Words whose full stop ends no sentence.")
    numeric_dates: bool = Field(default=False, description="Dates may be all numbers, the day first (22.11.2021).")
    ordinals: tuple[str, ...] = Field(default=(), description="Endings that make a number an ordinal.")
    finals: dict[str, str] = Field(default={}, description="Last letters that change when an ending is written behind them.")
    apart: dict[Tag, tuple[Tag, ...]] = Field(
        default={}, description="Marks of glued words that count as words of their own, with the classes of those (a glued 'who')."
    )
    home: Iso | None = Field(default=None, description="The home state of a text in this language whose outlet names none.")
    paradigms: dict[str, ParadigmData]


class Word(_Data):
    """An entry: its classes, its lemmas by paradigm, and what it stands for."""

    class_: tuple[Tag, ...] = Field(alias="class", min_length=1)
    forms: dict[str, tuple[str, ...]]
    iso: Iso | None = None
    key: str | None = None
    rank: Rank | None = None
    level: ActorLevel | None = None
    domains: tuple[Domain, ...] = ()
    number: int | None = None
    instrument: Instrument | None = None
    vehicle: Vehicle | None = None
    mission: MissionKind | None = None
    item: ItemClass | None = None
    raw: str | None = Field(
        default=None,
        description="Marks, one of which the word as written must have in it or right behind, where folding hides a difference.",
    )


class WordFile(_Data):
    """Any file of entries."""

    word: tuple[Word, ...]


class Country(_Data):
    """A state: its names, its adjective, and the cities that may stand for its government."""

    name: str
    names: tuple[str, ...]
    demonyms: tuple[str, ...] = ()
    capitals: dict[str, tuple[str, ...]] = {}
    cities: dict[str, tuple[str, ...]] = {}


class Office(_Data):
    """An office that somebody held; both days inclusive, an open end is still held."""

    office: str
    rank: Rank
    since: Day | None = None
    until: Day | None = None


class PersonData(_Data):
    """A person, whatever the language: usual English name, state, offices with dates."""

    name: str
    country: Iso
    offices: tuple[Office, ...]


class Example(_Data):
    """A sentence of our own, its publication day, the outlet's home state, and what the rule must find in it."""

    text: str
    published: str = "2024-05-15"
    home: Iso | None = None
    expect: dict[str, str | int | bool | list[str]]
    also: tuple[dict[str, str | int | bool | list[str]], ...] = Field(
        default=(), description="What else is in it, in the order of the events."
    )


class Counterexample(_Data):
    """A sentence in which the rule must stay silent, and why."""

    text: str
    published: str = "2024-05-15"
    home: Iso | None = None
    reason: str


class Object(_Data):
    """What a trigger needs beside it: one of `class`, on a side, within so many words."""

    class_: tuple[Tag, ...] = Field(alias="class", min_length=1)
    side: Literal["before", "after", "either"] = "after"
    within: Annotated[int, Field(ge=0, le=40)] = 8
    next: bool = Field(default=False, description="Only the very next known word or phrase counts.")
    bare: bool = Field(
        default=False, description='Not with a preposition right in front: "commented on the agreement" is no "suspended it".'
    )


def _as_list(value: object) -> object:
    return value if isinstance(value, list | tuple) else [value]


Objects = Annotated[tuple[Object, ...], BeforeValidator(_as_list)]
"""One condition or several, as the file has it."""


class RuleData(_Data):
    """One fact of the language: which words, standing how to each other, tell an event."""

    id: Annotated[str, StringConstraints(pattern=r"^[a-z]{2}\.[a-z_]+(\.[a-z_0-9]+)+$")]
    type: EventType
    why: Annotated[str, StringConstraints(min_length=20)]
    trigger: tuple[Tag, ...]
    without: tuple[Tag, ...] = ()
    having: tuple[Tag, ...] = Field(default=(), description="Marks that the trigger must all have.")
    object: Object | None = None
    needs: Objects = Field(default=(), description="All of them must stand beside the trigger.")
    avoids: Objects = Field(default=(), description="None of them may.")
    roles: dict[str, tuple[str, ...]] = {}
    inherits: bool = False
    unsaid: bool = Field(default=False, description="Where the home state goes unsaid, it is the party that is not named.")
    stage: Stage | ArmsStage | None = None
    instrument: Instrument | None = None
    status: Status | None = None
    mode: Mode | None = None
    told: bool = Field(default=False, description="The noun alone says that it took place.")
    action: RelationsAction | FlightsAction | None = None
    priority: int = 0
    examples: tuple[Example, ...] = Field(min_length=1)
    counterexamples: tuple[Counterexample, ...] = Field(min_length=1)


class RuleFile(_Data):
    """A file of `rules/`."""

    rule: tuple[RuleData, ...]


Model = TypeVar("Model", bound=BaseModel)


def read_toml(path: Path, model: type[Model]) -> Model:
    """The file as `model`. Raises `ConfigError` that names the file and what is wrong in it."""
    try:
        return model.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read ({error.strerror}).") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: is not UTF-8; save it as UTF-8.") from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path}: is not valid TOML: {error}.") from error
    except ValidationError as error:
        problems = "; ".join(f"{'.'.join(str(part) for part in e['loc'])}: {e['msg']}" for e in error.errors()[:5])
        raise ConfigError(f"{path}: {problems}.") from error
