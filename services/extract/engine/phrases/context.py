"""What an article has told so far helps to read the rest: surnames after a full name, "the Kingdom", offices without a state.

Not here: anything that a sentence tells by itself (`actors`).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise

from schemas.codes import ActorLevel, Rank
from services.extract.engine.knowledge.data import Office
from services.extract.engine.knowledge.entries import Entry
from services.extract.engine.knowledge.formtable import Reading
from services.extract.engine.knowledge.lexicon import Lexicon, Person
from services.extract.engine.phrases.actors import FIELD, TOP_RANKS, Actor, Group, is_unique_office
from services.extract.engine.phrases.thrones import has_throne
from services.extract.engine.phrases.twins import plain_state
from services.extract.engine.text import Text
from services.extract.engine.words.items import Item, Sentence, gap
from services.extract.engine.words.names import without_numeral
from services.extract.engine.words.particles import NEXT

KINGDOMS = frozenset({"MAR", "SAU", "JOR", "BHR"})
"""States that "the Kingdom" may mean (ontology S7)."""
HOME_ORGANS = frozenset({"government", "parliament", "ministry"})
"""Organs that any outlet names without their state, once it is told or plain (ontology S7)."""
SURNAME_LETTERS = 4
"""A surname shorter than this is too likely another word."""


@dataclass
class Context:
    """What is known of the article: its home state, whether that goes unsaid of any institution, who holds which office."""

    home: str | None = None
    unsaid: bool = False
    holders: dict[str, tuple[str, str | None]] = field(default_factory=dict)
    own: dict[str, str | None] = field(default_factory=dict)
    persons: Mapping[str, Person] = field(default_factory=dict)
    day: date | None = None
    last_kingdom: str | None = None
    named: set[str] = field(default_factory=set)


_STATES = frozenset({"state", "kingdom", "demonym", "city"})


def resolve_kingdom(sentence: Sentence, context: Context) -> None:
    """Give each "the Kingdom" its state: the home state when that is one, else the kingdom named last before it."""
    for position, item in enumerate(sentence.items):
        if item.tags.isdisjoint(_STATES):
            continue
        state = plain_state(item)
        if state is not None and state.iso is not None:
            context.named.add(state.iso)
            if state.iso in KINGDOMS:
                context.last_kingdom = state.iso
        if "kingdom" in item.tags:
            own = item.entry("kingdom")
            iso = context.home if context.home in KINGDOMS else context.last_kingdom
            if own is not None and own.iso is not None:
                iso = own.iso if own.iso == context.home or own.iso in context.named else None
                iso = None if _qualified(sentence.items, position) else iso
            if iso is not None:
                entry = Entry(frozenset({"state", "kingdom"}), "kingdom", iso=iso)
                tags = (item.tags - {"kingdom"}) | {"state"}
                sentence.items[position] = Item(item.start, item.end, item.first, item.last, tags, (Reading(entry, tags),))


def _qualified(items: list[Item], position: int) -> bool:
    """Whether an adjective behind "the State" says that it is another one ("the Hebrew state")."""
    following = items[position + 1] if position + 1 < len(items) else None
    return (
        following is not None
        and gap(items[position], following) == 0
        and bool({"demonym", "state"} & following.tags or {"adj", "def"} <= following.tags)
    )


def surnames(text: Text, sentences: list[Sentence], lexicon: Lexicon) -> dict[str, Actor]:
    """The last words of full names in the article that no other word of the lexicon looks like."""
    found: dict[str, Actor] = {}
    for sentence in sentences:
        for item in sentence.actors:
            if not isinstance(item.value, Group):
                continue
            for actor in item.value.members:
                if actor.name is None or actor.iso is None:
                    continue
                words = without_numeral(text.flat[actor.name[0] : actor.name[1]].split())
                if len(words) >= 2 and len(words[-1]) >= SURNAME_LETTERS and words[-1] not in lexicon.forms:
                    if actor.person is None:
                        actor.person = "~" + words[-1]
                    found.setdefault(words[-1], actor)
    return found


def full_names(text: Text, sentences: list[Sentence]) -> list[tuple[int, int]]:
    """Where names of several words stand; the surname inside one is no second mention of its bearer."""
    groups = [item.value for sentence in sentences for item in sentence.actors if isinstance(item.value, Group)]
    spans = [actor.name for group in groups for actor in group.members if actor.name is not None]
    return [span for span in spans if " " in text.flat[span[0] : span[1]].strip()]


def name_again(
    text: Text, sentences: list[Sentence], names: dict[str, Actor], whole: list[tuple[int, int]], lexicon: Lexicon
) -> list[Sentence]:
    """Put the bare surnames among the words of the sentences, not those inside `whole` names; returns the sentences that got any."""
    touched: dict[int, Sentence] = {}
    clitics = [(prefix, frozenset(tags)) for prefix, tags in lexicon.language.proclitics["name"].items()]
    for surname, actor in names.items():
        entry = Entry(frozenset({"person"}), surname, iso=actor.iso, key=actor.person)
        for prefix, tags in clitics:
            needle = f" {prefix}{surname}"
            at = text.flat.find(needle)
            while at >= 0:
                end = at + len(needle)
                inside = any(first <= at + 1 and end <= last for first, last in whole)
                if not inside and (end >= len(text.flat) or text.flat[end] == " "):
                    item = Item(
                        at + 1, end, text.token(at + 1), text.token(end - 1), tags | {"person"}, (Reading(entry, tags | {"person"}),)
                    )
                    _with_small_word(text, item, lexicon)
                    _insert(sentences, item, touched)
                at = text.flat.find(needle, at + 1)
    return list(touched.values())


def _with_small_word(text: Text, item: Item, lexicon: Lexicon) -> None:
    """A small word right before the name ("of", "and") belongs to it, as it does to the words of the lexicon."""
    number = item.first - 2
    word = text.words[number] if number >= 0 else ""
    if word not in lexicon.forms or text.norm[item.start - 1] != " ":
        return
    tags = lexicon.forms.choice(word).tags
    if NEXT in tags and text.starts[number] + len(word) == item.start - 1:
        item.tags |= tags - {NEXT}
        item.first, item.lead = item.first - 1, text.starts[number]


def _insert(sentences: list[Sentence], item: Item, touched: dict[int, Sentence]) -> None:
    at = bisect_right(sentences, item.start, key=lambda sentence: sentence.start) - 1
    if at < 0 or item.start >= sentences[at].end:
        return
    sentence = sentences[at]
    if not any(other.start < item.end and item.start < other.end for other in sentence.items):
        sentence.items = sorted([*sentence.items, item], key=lambda other: other.start)
        touched[sentence.number] = sentence


def _elsewhere(sentence: Sentence, item: Item, home: str) -> bool:
    """Whether the place named right before or behind an office is in another state: the home state is only the last resort."""
    at = sentence.items.index(item)
    for near in sentence.items[max(at - 1, 0) : at + 2]:
        if near is item or not ({"in", "p.in"} & near.tags) or not isinstance(near.value, Group):
            continue
        if any(actor.kind in ("state", "capital", "city") and actor.iso not in (None, home) for actor in near.value.members):
            return True
    return False


def learn_offices(text: Text, sentence: Sentence, context: Context) -> None:
    """Remember who holds an office in this article, and give offices without a state to their holder or the home state (ontology S7)."""
    for item in sentence.actors:
        if not isinstance(item.value, Group):
            continue
        _one_person(item.value.members, context)
        for actor in item.value.members:
            _hold(actor, context)
            office = _office(text, actor, context)
            if office is None:
                _send(sentence, item, actor, context)
                continue
            if actor.iso is not None:
                context.holders[office] = (actor.iso, actor.person)
                if actor.iso == context.home:
                    context.own[office] = actor.person
                continue
            if _may_be_unsaid(actor):
                _say(sentence, item, actor, office, context)


def _one_person(members: list[Actor], context: Context) -> None:
    """ "the crown prince and prime minister, Salman": both offices are his when he holds both."""
    for first, second in pairwise(members):
        known = context.persons.get(second.person) if second.person is not None else None
        bare = first.kind == "official" and first.person is None and first.name is None and first.iso is None
        if known is not None and bare and any(office.rank is first.rank and _held(office, context.day) for office in known.offices):
            first.person, first.iso = second.person, known.country


def _held(office: Office, day: date | None) -> bool:
    """Whether the office was held on that day; on no day in particular it may have been."""
    if day is None:
        return True
    written = day.isoformat()
    return (office.since is None or office.since <= written) and (office.until is None or written <= office.until)


def _hold(actor: Actor, context: Context) -> None:
    """A king or crown prince who is named without the office holds it all the same."""
    known = context.persons.get(actor.person) if actor.person is not None and actor.rank is None else None
    held = known.office_at(context.day) if known is not None else None
    if known is not None and held is not None:
        context.holders[f"{held.rank} {held.office}"] = (known.country, known.id)
        if is_unique_office(held.rank):
            context.holders.setdefault(held.rank.value, (known.country, known.id))


def _send(sentence: Sentence, item: Item, actor: Actor, context: Context) -> None:
    """A delegation of which nothing else is said is the home state's where that goes unsaid."""
    bare = actor.kind == "delegation" and actor.iso is None and not (actor.definite or actor.plural)
    if not context.unsaid or not bare or actor.level is not ActorLevel.STATE:
        return
    at = sentence.items.index(item)
    after = sentence.items[at + 1] if at + 1 < len(sentence.items) else None
    if actor.head is not None and after is not None and gap(item, after) == 0 and ("p.of" in after.tags or "verb" in after.tags):
        actor.iso, actor.implicit = context.home, True


def _office(text: Text, actor: Actor, context: Context) -> str | None:
    """By what an office is known in the article: its rank when one person holds it, else (where the home state goes unsaid) its words."""
    if "abroad" in actor.tags:
        return f"{actor.rank} {actor.office}"
    if actor.rank is Rank.SPEAKER:
        return f"{actor.rank} {actor.office}"  # of which chamber the office says
    if actor.rank is not None and is_unique_office(actor.rank):
        return None if _stranger(text, actor) and actor.rank in TOP_RANKS else actor.rank.value
    if not context.unsaid and _home_organ(text, actor, context) and actor.head is not None:
        return _field(actor) or text.flat[slice(*actor.head)].strip()
    if not context.unsaid or actor.kind not in ("official", "org") or actor.level is not ActorLevel.STATE or actor.head is None:
        return None
    if actor.iso is None and "unsaid" not in actor.tags:
        return None  # a bare "the ambassador", "the ministry" is one spoken of before
    return actor.org if "government" in actor.tags else text.flat[slice(*actor.head)].strip()


def _stranger(text: Text, actor: Actor) -> bool:
    """Who has a name that no list knows need not be the holder that we know, nor the head of the home state."""
    return text.capitals and actor.iso is None and actor.person is None and actor.name is not None


def _home_organ(text: Text, actor: Actor, context: Context) -> bool:
    """An organ or minister that an outlet names without the state: "the government", and with capitals "the Interior Minister"."""
    organ = actor.kind == "org" and bool(HOME_ORGANS & actor.tags) and actor.definite
    return organ or (text.capitals and context.home is not None and _titled(text, actor))


def _titled(text: Text, actor: Actor) -> bool:
    """A minister or ministry written with a capital, as outlets write those of their own state ("the Interior Minister")."""
    if actor.head is None or actor.level is not ActorLevel.STATE or actor.plural:
        return False
    minister = actor.kind == "official" and actor.rank in (Rank.MINISTER_OTHER, Rank.DEPUTY_MINISTER, Rank.SPEAKER)
    named = minister and actor.definite and _field(actor) is not None  # "le ministre de la Justice"
    return named or ((minister or actor.kind == "org") and text.raw(*actor.head)[:1].isupper())


def _field(actor: Actor) -> str | None:
    """The ministry that a minister is told to head, as the mark of his office."""
    return next((tag for tag in actor.tags if tag.startswith(FIELD)), None)


def _may_be_unsaid(actor: Actor) -> bool:
    return actor.kind in ("official", "org") and not ({"counterpart", "speaker_for", "official", "poss"} & actor.tags) and not actor.plural


def _say(sentence: Sentence, item: Item, actor: Actor, office: str, context: Context) -> None:
    """Give an office its state: that of its nearest earlier holder, else the home state, unless the place beside it speaks against it."""
    beside = {other.person for other in item.value.members} if isinstance(item.value, Group) else set()
    if office in context.holders and context.holders[office][1] in beside - {None}:
        return  # beside the holder himself it is another one's
    actor.implicit = True
    if context.unsaid and office in context.own and actor.rank is not Rank.HEAD_OF_STATE:
        actor.iso, actor.person = context.home, context.own[office]  # of two holders the one that goes without its state
    elif office in context.holders and actor.name is None:
        actor.iso, actor.person = context.holders[office]
    elif context.home is not None and not {"former", "abroad"} & actor.tags and has_throne(actor, context.home, context.persons):
        actor.iso = context.home if context.unsaid or not _elsewhere(sentence, item, context.home) else None
