"""Who acts: noun phrases of states, organs, officials, delegations and persons, joined into lists.

A head (office, organ, delegation) takes the state beside it and the name behind it; what is joined by "and" is a list.
Not here: what they do (`roles`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import pairwise

from schemas.codes import UNIQUE_OFFICES, ActorLevel, Rank
from services.extract.engine.frontwords import HEADS, Front, found_in_front
from services.extract.engine.items import Item, gap, has_comma
from services.extract.engine.names import capital_name, name_before, whole_name
from services.extract.engine.text import Text

ANY_COMPANY = "company"
"""The key of a word for a company whatever its name."""
LINK_LETTERS = 2
NAME_CHARS = 60
NAME_WORDS = 3
"""Words of an unknown name at most."""
PORTFOLIO_WORDS = 3
"""Words of a ministry that the lexicon does not know, between "minister" and the state's adjective, at most."""
MARKS = frozenset(
    {
        *("conj", "to", "in", "like", "p.to", "p.in", "p.from", "p.with", "p.on", "p.between", "p.by", "p.at", "p.beside"),
        *("p.plus",),
        *("p.of", "p.obj", "p.between_to", "p.other", "p.for"),
    }
)
"""What the words in front of an actor tell of it; "p.obj" that a verb acts on it, "p.between_to" that "to" joins what "between" opens."""
_IN_FRONT = frozenset({"demonym", "state", "city", "org"})
PHRASES = HEADS | {"person", "state", "city", "demonym"}
"""What a noun phrase of an actor can begin with."""


@dataclass(slots=True, eq=False)
class Actor:
    """One actor as the text names it. `start` and `end` are offsets in `Text.norm`, `name` those of the name."""

    kind: str  # state, capital, city, org, delegation, official, person
    start: int
    end: int
    iso: str | None = None
    rank: Rank | None = None
    office: str | None = None
    person: str | None = None
    name: tuple[int, int] | None = None
    head: tuple[int, int] | None = None
    level: ActorLevel = ActorLevel.STATE
    plural: bool = False
    definite: bool = False
    org: str | None = None
    city: str | None = None
    implicit: bool = False
    host: Item | None = None  # the state that an envoy is accredited to
    tags: frozenset[str] = frozenset()


_LEVELS = {ActorLevel.STATE: 0, ActorLevel.CORPORATE: 1, ActorLevel.NON_STATE: 2}
"""The less official, the higher."""


@dataclass(slots=True, eq=False)
class Group:
    """Actors joined by "and"; the value of an item tagged `actor`."""

    members: list[Actor] = field(default_factory=list)

    @property
    def states(self) -> list[str]:
        """The states of the members, each once, in order."""
        return list(dict.fromkeys(member.iso for member in self.members if member.iso))

    @property
    def level(self) -> ActorLevel:
        """The least official of the members."""
        return max((member.level for member in self.members), key=_LEVELS.__getitem__, default=ActorLevel.STATE)


def find_actors(text: Text, items: list[Item]) -> list[Item]:
    """`items` with the noun phrases of actors joined into items tagged `actor` (their value is a `Group`)."""
    found: list[Item] = []
    marks = frozenset[str]()  # of all actors: they tell which of the passes below have anything to do
    position = 0
    while position < len(items):
        item = items[position]
        built = None if item.tags.isdisjoint(PHRASES) else _phrase(text, items, position)
        if built is None:
            position += 1
        else:
            item, position = built
            marks |= item.tags
        found.append(item)
    if marks:
        found = _with_prepositions(text, found)
        found = _with_asides(text, found) if text.capitals and "official" in marks else found
        found = _grouped(text, _listed(text, found) if marks & _NAMES_STATE else found)
        found = _owned(found) if "own" in marks else found
    if items and text.norm.find(",", items[0].start, items[-1].start) >= 0:
        parted = False
        for before, item in pairwise(found):
            if item.start > before.end + 1 and has_comma(text, before, item):
                item.tags = item.tags | {"after_comma"}
                parted = parted or "actor" in item.tags
        found = _with_breaks(found) if parted else found
    return found


_NAMES_STATE = frozenset({"state", "capital"})


def _with_asides(text: Text, items: list[Item]) -> list[Item]:
    """`items` with an office between commas joined to the named official before it ("minister X, head of the service, arrived")."""
    out: list[Item] = []
    for position, item in enumerate(items):
        before = out[-1] if out else None
        following = items[position + 1] if position + 1 < len(items) else None
        pair = _aside(text, before, item, following) if before is not None and following is not None else None
        if before is None or pair is None:
            out.append(item)
            continue
        holder, office = pair
        if holder.rank in (None, Rank.MINISTER_OTHER):
            holder.rank, holder.office = office.rank, office.office
        before.end, before.last = item.end, item.last
    return out


def _aside(text: Text, before: Item, item: Item, following: Item) -> tuple[Actor, Actor] | None:
    """The holder and what is said of him between commas, when `item` is that."""
    if not (isinstance(before.value, Group) and isinstance(item.value, Group)):
        return None
    if not {"official", "person"} & before.tags or item.tags & MARKS or {"official", "def", "conj"} & item.tags != {"official"}:
        return None
    holder, office = before.value.members[-1], item.value.members[0]
    bare = office.iso is None and office.person is None and office.name is None and not office.plural and not office.definite
    closed = gap(item, following) == 0 and "verb" in following.tags and text.norm[item.end : following.start].strip() == ","
    named = holder.iso is not None and holder.name is not None
    return (holder, office) if bare and closed and named and _only_comma(text, before, item) else None


def _with_breaks(items: list[Item]) -> list[Item]:
    """`items` with a break where a comma, a place and a verb begin another clause ("..., and in Israel they watched")."""
    out: list[Item] = []
    for position, item in enumerate(items):
        if "after_comma" in item.tags and "actor" in item.tags and {"in", "p.in"} & item.tags:
            behind = [other for other in items[position + 1 : position + 3] if "neg" not in other.tags]
            if behind and "verb" in behind[0].tags and gap(item, behind[0]) <= 1:
                out.append(Item(item.start, item.start + 1, item.first, item.first - 1, frozenset({"break"}), ()))
        out.append(item)
    return out


def _phrase(text: Text, items: list[Item], at: int) -> tuple[Item, int] | None:
    item = items[at]
    tags = item.tags
    if "date" in tags or "not_actor" in tags:
        return None
    if "pre" in tags and tags & {"demonym", "state"} and (capital := _capital_of(text, items, at)) is not None:
        return capital
    if "pre" in tags and tags & _IN_FRONT and (front := found_in_front(text, items, at)) is not None:
        return _Phrase(text, items, front.head, front).read()
    if tags & HEADS:
        return _headed(text, items, at)
    if "person" in tags:
        return _person(text, items, at)
    if "state" in tags or "city" in tags:
        return _place(items, at)
    return None


def _capital_of(text: Text, items: list[Item], at: int) -> tuple[Item, int] | None:
    """ "the Moroccan capital", its name behind it or not: a place in that state."""
    if at + 1 >= len(items) or "capital_word" not in items[at + 1].tags or gap(items[at], items[at + 1]) > 0:
        return None
    entry = items[at].entry("demonym") or items[at].entry("state")
    if entry is None:
        return None
    named = items[at + 2] if at + 2 < len(items) else None
    if named is not None and "city" in named.tags and gap(items[at + 1], named) == 0 and not named.tags & {"conj"}:
        found = named.entry("city")
        if found is not None and found.iso == entry.iso:
            actor = Actor("capital", items[at].start, named.end, iso=entry.iso, city=found.key)
            return _make(actor, items, at, named, {"capital", "place"}), at + 3
    actor = Actor("capital", items[at].start, items[at + 1].end, iso=entry.iso)
    return _make(actor, items, at, items[at + 1], {"capital", "place"}), at + 2


def _make(actor: Actor, items: list[Item], at: int, last: Item, tags: Iterable[str]) -> Item:
    first = items[at]
    marks = (first.tags & MARKS).union(tags, ("actor", "poss") if "poss" in last.tags else ("actor",))
    return Item(first.start, max(last.end, actor.end), first.first, last.last, marks, first.readings, Group([actor]), first.lead)


def _place(items: list[Item], at: int) -> tuple[Item, int]:
    item = items[at]
    if "state" in item.tags:
        entry = item.entry("state")
        assert entry is not None
        actor = Actor("state", item.start, item.end, iso=entry.iso, definite=True)
        return _make(actor, items, at, item, {"state"}), at + 1
    entry = item.entry("city")
    assert entry is not None
    kind = "capital" if "capital" in item.tags else "city"
    actor = Actor(kind, item.start, item.end, iso=entry.iso, city=entry.key)
    return _make(actor, items, at, item, {kind, "place"}), at + 1


def _person(text: Text, items: list[Item], at: int) -> tuple[Item, int]:
    """A known person, with the office in apposition behind a comma ("Ushpiz, the director general of ...")."""
    item = items[at]
    entry = item.entry("person")
    assert entry is not None
    actor = Actor("person", item.start, item.end, iso=entry.iso, person=entry.key, name=(item.start, item.end), definite=True)
    position = at + 1
    following = items[position] if position < len(items) else None
    if text.capitals:
        actor.end = whole_name(text, item.start, item.end, following.start if following is not None else len(text.norm))
        actor.name = (item.start, actor.end)
    apposition = following is not None and ("office" in following.tags or {"pre", "demonym"} <= following.tags or "poss" in following.tags)
    if following is not None and apposition and "conj" not in following.tags and text.token(actor.end - 1) + 1 == following.first:
        headed = _phrase(text, items, position)
        if headed is not None:
            office_item, after = headed
            group = office_item.value
            assert isinstance(group, Group)
            office = group.members[0]
            if office.kind == "official" and office.person is None and office.name is None and office.iso in (None, actor.iso):
                actor.rank, actor.office, actor.head = office.rank, office.office, office.head
                actor.end = office.end
                return _make(actor, items, at, items[after - 1], {"person"}), after
    return _make(actor, items, at, item, {"person"}), position


def _headed(text: Text, items: list[Item], at: int) -> tuple[Item, int] | None:
    """An office, organ or delegation, then its adjectives and state, then a name; and the position behind it."""
    return _Phrase(text, items, at).read()


_DEFINITE = frozenset({"def", "own"})


@lru_cache(maxsize=1_024)
def _marks_of(kind: str, classes: frozenset[str], *, own: bool) -> frozenset[str]:
    """What a phrase is tagged by the entry of its head; kept, since there are few kinds of heads and many phrases."""
    tags = {kind, *(f"{name}.actor" for name in classes)}
    return frozenset(tags | {"own", *(f"{name}.own" for name in classes)} if own else tags)


class _Phrase:
    """A noun phrase in the making: its head, and how far it reaches. Each `_take` says whether the next word belongs to it."""

    def __init__(self, text: Text, items: list[Item], at: int, front: Front | None = None) -> None:
        self.text, self.items, self.at = text, items, front.first if front is not None else at
        self.front = front
        self.head = self.last = items[at]
        self.position = at + 1
        self.portfolios = 0
        self.kind = "delegation" if "delegation" in self.head.tags else "office" if "office" in self.head.tags else "org"
        entry = self.head.entry(self.kind)
        assert entry is not None
        self.entry = entry
        marks = items[self.at].tags & {"indef"}
        self.actor = Actor(
            kind="official" if self.kind == "office" else self.kind,
            start=items[self.at].start,
            end=self.head.end,
            iso=entry.iso or (front.states[0] if front is not None and front.states else None),
            rank=entry.rank,
            office=entry.key if self.kind == "office" else None,
            head=(self.head.start, self.head.end),
            level=entry.level or ActorLevel.STATE,
            plural="plural" in self.head.tags or "dual" in self.head.tags,
            definite=not _DEFINITE.isdisjoint(items[self.at].tags) or "def" in self.head.tags,
            org=entry.key if self.kind == "org" else None,
            tags=self.head.tags | marks | (front.tags if front is not None else frozenset()),
        )

    def read(self) -> tuple[Item, int]:
        """The phrase as one item, and the position behind it."""
        while self.position < len(self.items) and self.actor.person is None and self._take(self.items[self.position]):
            pass
        if {"generic", "poss"} <= self.head.tags:
            self.actor.rank = None  # "its head": of the body named before
        if self.actor.iso is None and not self.actor.definite and self.actor.end == self.head.end and "generic" in self.head.tags:
            self.actor.rank = None  # "head of" something that the lexicon does not know: no president
        self._take_unknown_name()
        self._take_state_of_bearer()
        tags = _marks_of(self.actor.kind, self.entry.classes, own="own" in self.items[self.at].tags)
        item = _make(self.actor, self.items, self.at, self.last, tags)
        item.end = self.actor.end
        item.last = max(self.text.token(self.actor.end - 1), self.last.last)
        if self.text.capitals and self.actor.name is not None and self.text.flat[item.end : item.end + 3] == " s ":
            item.tags |= {"poss"}
            item.last = self.text.token(item.end + 1)
        if self.front is not None and len(self.front.states) > 1 and isinstance(item.value, Group):
            item.value.members.extend(replace(self.actor, iso=iso, name=None, person=None) for iso in self.front.states[1:])
        return item, self.position

    def _take_state_of_bearer(self) -> None:
        """ "President X of Iran": the state behind the name of an office that has none yet."""
        item = self.items[self.position] if self.position < len(self.items) else None
        if item is None or self.actor.name is None or self.actor.iso is not None or "p.of" not in item.tags or "state" not in item.tags:
            return
        if self.text.token(self.actor.end - 1) + 1 == item.first:
            found = item.entry("state")
            self.actor.iso = found.iso if found else None
            self.last = item
            self.position += 1

    def _take(self, item: Item) -> bool:
        distance = gap(self.last, item)
        ministry = "portfolio" in self.head.tags and (self.last is self.head or ("domain" in self.last.tags and self.actor.iso is None))
        called = {"company", "private"} & self.head.tags and self.last is self.head and self.kind == "org"
        if distance > 0 and not ((ministry or called) and distance <= PORTFOLIO_WORDS and "demonym" in item.tags):
            return False
        if "date" in item.tags or "not_actor" in item.tags:
            return False
        if "person" in item.tags and not (item.tags & HEADS):
            return self._take_person(item)
        comma = has_comma(self.text, self.last, item)
        if (
            "accredited" in self.head.tags
            and "p.to" in item.tags
            and "actor" not in item.tags
            and not comma
            and not item.readings[0].tags & HEADS
        ):
            self.last = item
            self.position += 1
            return True
        if "pre" in item.tags and not comma and "conj" not in item.tags:
            return self._take_behind(item)
        if ("title" in item.tags and "conj" not in item.tags) or ("both" in item.tags and self.actor.plural):
            return self._reach(item)
        if "portfolio" in self.head.tags and "portfolio.of" in item.tags:
            return self._take_portfolio(item)
        if ministry and "domain" in item.tags and not comma:
            return self._reach(item)  # the portfolio, in words that the lexicon knows as a field
        if comma or "conj" in item.tags:
            return False
        if "demonym" in item.tags:
            return self._take_demonym(item)
        if "filler" in item.tags or {"domain", "adj"} <= item.tags:
            return self._take_adjective(item)
        if {"company"} & item.tags & self.head.tags and not item.tags & MARKS and "def" not in item.tags:
            return self._take_company(item)
        return self.actor.iso is None and self._take_state(item)

    def _take_behind(self, item: Item) -> bool:
        """A word that would stand in front of a head of its own: it belongs to this one only behind "of" or "from", or as a post's host."""
        if self.last.tags & {"p.to"} and "accredited" in self.head.tags and {"state", "city"} & item.tags:
            self.actor.host = _place(self.items, self.position)[0]
            return self._reach(item)
        if self.actor.iso is not None and "p.of" not in item.tags:
            return False
        behind = "p.of" in item.tags or bool({"p.from", "p.in"} & self.last.tags)
        if not behind or ("counterpart" in self.head.tags and "p.from" not in self.last.tags):
            return False
        if found_in_front(self.text, self.items, self.position) is not None or (item.tags & HEADS and "accredited" not in item.tags):
            front = found_in_front(self.text, self.items, self.position)
            return self._take_organ(item, self.items[front.head] if front is not None else item)
        if "state" in item.tags or ("city" in item.tags and self.kind == "office"):
            found = item.entry("state") or item.entry("city")
            self.actor.iso = self.actor.iso or (found.iso if found else None)
            return self._reach(item)
        return False

    def _reach(self, item: Item) -> bool:
        self.last = item
        self.actor.end = item.end
        self.position += 1
        return True

    def _take_portfolio(self, item: Item) -> bool:
        """Which ministry ("minister of defence"); a further one ("and of trade") changes no rank."""
        found = item.entry("portfolio.of")
        if found is None or not ("p.of" in item.tags or self.portfolios):
            return False
        if not self.portfolios and found.rank is not None:
            self.actor.rank, self.actor.office = found.rank, found.key or self.actor.office
        self.portfolios += 1
        return self._reach(item)

    def _take_person(self, item: Item) -> bool:
        """A known person of the same state, behind a comma or none."""
        found = item.entry("person")
        if found is None or "conj" in item.tags or self.actor.kind != "official" or self.actor.iso not in (None, found.iso):
            return False
        self.actor.person, self.actor.iso, self.actor.name = found.key, found.iso, (item.start, item.end)
        return self._reach(item)

    def _take_demonym(self, item: Item) -> bool:
        found = item.entry("demonym")
        self.actor.iso = self.actor.iso or (found.iso if found else None)
        if found is not None and self.actor.iso != found.iso and self.entry.iso is None:
            return False
        return self._reach(item)

    def _take_adjective(self, item: Item) -> bool:
        if "domain" in item.tags and self.actor.kind == "delegation":
            self.actor.tags |= {f"delegation.{domain}" for reading in item.readings for domain in reading.entry.domains}
        return self._reach(item)

    def _take_state(self, item: Item) -> bool:
        """Whose office or organ it is: another organ of a state, the state itself, a capital, or any of them behind a preposition."""
        if item.tags & HEADS:
            return "counterpart" not in self.head.tags and self._take_organ(item)
        if "state" in item.tags and ("p.to" in item.tags or ("p.from" in item.tags and self.kind == "office")):
            return False
        if {"p.from", "p.in", "p.of"} & item.tags and not {"state", "city"} & item.tags:
            return self._take_preposition(item)
        if "state" in item.tags and "in" not in item.tags and not (self.kind == "delegation" and "to" in item.tags):
            found = item.entry("state")
        elif "city" in item.tags and (self.kind == "office" or "government" in self.head.tags) and not (item.tags & (MARKS - {"p.of"})):
            found = item.entry("city")
        else:
            return False
        self.actor.iso = found.iso if found else None
        return self._reach(item)

    def _take_organ(self, item: Item, head: Item | None = None) -> bool:
        """ "the chief of staff of the Moroccan army": the inner phrase gives its state and what kind of body it is."""
        item = head or item
        office_of_office = self.kind == "office" and "office" in item.tags and "grade" not in item.tags
        members = {"office", "p.of"} <= item.tags and bool({"plural", "official"} & item.tags)  # "a delegation of deputies"
        foreign_to_delegation = self.kind == "delegation" and "org" not in item.tags and not members
        if "speaker_for" in item.tags or item.tags & {"like", "in"} or foreign_to_delegation or office_of_office:
            return False
        inner = _phrase(self.text, self.items, self.position)
        if inner is None:
            return False
        part = _member(inner[0])
        actor = self.actor
        actor.iso = actor.iso or part.iso
        actor.level = max(actor.level, part.level, key=_LEVELS.__getitem__)
        actor.org = (actor.org if actor.org != ANY_COMPANY else part.org) or part.org
        actor.tags |= part.tags & {"army", "private"}
        if "generic" in self.head.tags:
            actor.rank = None  # "head of" an organ is no president
        self.position = inner[1]
        self.last = self.items[self.position - 1]
        actor.end = self.last.end
        return True

    def _take_company(self, item: Item) -> bool:
        """ "the Israeli company X": the name of the company behind the word for one."""
        found = item.entry("company")
        if found is None or found.iso is None or self.actor.iso not in (None, found.iso):
            return False
        self.actor.iso, self.actor.org = found.iso, found.key
        return self._reach(item)

    def _take_preposition(self, item: Item) -> bool:
        following = self.items[self.position + 1] if self.position + 1 < len(self.items) else None
        whose = {"state", "org", "demonym"} | ({"capital"} if "p.of" in item.tags and self.kind == "office" else set())
        if following is None or gap(item, following) > 0 or not (whose & following.tags) or "conj" in following.tags:
            return False
        if "own" in self.items[self.at].tags and "accredited" in self.head.tags:
            return False  # "its ambassador from Israel": called home from there
        if "pre" in following.tags and "p.in" in item.tags and "state" in following.tags:
            return False  # "an official in Israel" need not be Israel's
        if self.kind == "delegation" and "p.in" in item.tags and not self.actor.definite:
            return False  # "a delegation in Morocco" says where, not whose
        self.last = item
        self.position += 1
        return True

    def _take_unknown_name(self) -> None:
        """A name that the lexicon does not know, behind an office whose state is told."""
        actor, text = self.actor, self.text
        unsaid = actor.iso is None and not text.capitals
        if actor.kind != "official" or actor.person is not None or actor.plural or (unsaid and "unsaid" not in self.head.tags):
            return
        after = self.items[self.position] if self.position < len(self.items) else None
        if unsaid and not (after is not None and (({"verb", "conj"} & after.tags == {"verb"}) or {"conj", "actor"} <= after.tags)):
            return  # where nothing but a verb closes the name, the words may say what the holder does
        name = _unknown_name(text, self.last, after)
        if name is None:
            before = self.items[self.at - 1].end if self.at else 1
            first = self.items[self.at]
            actor.name = name_before(text, first.start if first.lead < 0 else first.lead, before) if text.capitals else None
            return
        actor.name, actor.end = name, name[1]
        adjective = after is not None and "def" in after.tags and {"domain", "filler"} & after.tags
        if after is not None and adjective and text.flat[name[1] : after.start] == " ":
            actor.name, actor.end = (name[0], after.end), after.end  # a surname that is also an adjective
            self.position += 1


def is_unique_office(rank: Rank) -> bool:
    """Whether a state has one holder of this rank at a time."""
    return rank in UNIQUE_OFFICES


def _member(item: Item) -> Actor:
    assert isinstance(item.value, Group)
    return item.value.members[0]


def _unknown_name(text: Text, last: Item, after: Item | None) -> tuple[int, int] | None:
    """The words right behind an office when the lexicon knows none of them: a name, closed by a comma, a known word or its third word."""
    limit = after.start if after is not None else len(text.norm)
    if text.capitals:
        return _capital_name(text, last, limit)
    start = last.end
    while start < limit and text.norm[start] in " ,":
        start += 1
    after_comma = "," in text.norm[last.end : start]
    end, words = start, 0
    position = start
    while position < limit and words < NAME_WORDS and position - start < NAME_CHARS:
        begin = position
        while position < limit and (text.flat[position] != " " or _hyphen(text, position)):
            position += 1
        words += position - begin > LINK_LETTERS  # "son of", "house of" and the like link names
        end = position
        if position < limit and text.norm[position] != " ":
            break
        while position < limit and text.norm[position] == " ":
            position += 1
        if position < limit and text.flat[position] == " ":
            break
    if end <= start or not text.norm[start:end].strip():
        return None
    closed = end < len(text.norm) and text.norm[end] in ",("
    if after_comma and not (closed and words >= 2):
        return None
    if not after_comma and words < 2:
        return None
    return (start, end) if closed or (after is not None and after.start - end <= 1) else None


def _hyphen(text: Text, position: int) -> bool:
    """Whether a hyphen within a name stands there, no dash."""
    return text.norm[position] == "-" and text.flat[position - 1] != " " and text.flat[position + 1 : position + 2] not in ("", " ")


def _capital_name(text: Text, last: Item, limit: int) -> tuple[int, int] | None:
    """The words with capitals right behind an office; behind a comma only a full name that a comma closes again."""
    found = capital_name(text, last.end, limit)
    if found is None:
        return None
    between = text.norm[last.end : found[0]]
    if "," not in between:
        return found if between == " " else None
    closed = text.norm[found[1] : found[1] + 1] in (",", ")") or not text.norm[found[1] : found[1] + 2].strip(" .\n")
    return found if closed and " " in text.norm[slice(*found)] else None


def _with_prepositions(text: Text, items: list[Item]) -> list[Item]:
    """A preposition right before an actor becomes a mark of the actor (a city, capital or "both of" may stand between)."""
    out: list[Item] = []
    for item in items:
        if "actor" in item.tags and out and gap(out[-1], item) <= 0:
            while out and "both" in out[-1].tags and gap(out[-1], item) == 0:
                both = out.pop()
                item.tags = item.tags | (both.tags & MARKS)
                item.start, item.first = both.start, both.first
            if out and "title" in out[-1].tags and gap(out[-1], item) == 0 and not has_comma(text, out[-1], item):
                title = out.pop()
                item.tags = item.tags | (title.tags & MARKS)
                item.start, item.first = title.start, title.first
            _absorb_description(text, out, item)
            _absorb_fillers(text, out, item)
            if out and _preposition(out[-1]) and gap(out[-1], item) <= 0 and not has_comma(text, out[-1], item):
                before = out.pop()
                item.tags = (item.tags - {"conj"}) | (before.tags & MARKS)
                item.start, item.first = before.start, before.first
        out.append(item)
    return out


_DESCRIBED = frozenset({"capital", "city", "state"})
_LEADING = MARKS - {"conj", "like"}


def _absorb_fillers(text: Text, out: list[Item], item: Item) -> None:
    """ "to the new Israeli minister": adjectives between a preposition and a noun phrase belong to the phrase."""
    count = 0
    nearest = item
    while text.capitals and count < len(out) and "filler" in out[-1 - count].tags and gap(out[-1 - count], nearest) == 0:
        nearest = out[-1 - count]
        count += 1
    if not count or len(out) <= count or not _preposition(out[-1 - count]) or gap(out[-1 - count], nearest) > 0:
        return
    if {"person", "state"} & item.tags or has_comma(text, out[-1], item):
        return
    item.first = nearest.first
    del out[-count:]


def _absorb_description(text: Text, out: list[Item], item: Item) -> None:
    """ "to the Moroccan capital Rabat": the words between the preposition and the city belong to the city."""
    if item.tags.isdisjoint(_DESCRIBED):
        return
    count = 0
    nearest = item
    while count < len(out) and ({"filler", "demonym", "capital_word"} & out[-1 - count].tags) and gap(out[-1 - count], nearest) == 0:
        if out[-1 - count].tags & MARKS and has_comma(text, out[-1 - count], nearest):
            break  # "flew, in secret, to Cairo": an adverb with a preposition of its own
        nearest = out[-1 - count]
        count += 1
    if not count:
        return
    first = out[-count]
    marked = not first.tags.isdisjoint(_LEADING) or (
        len(out) > count and _preposition(out[-1 - count]) and gap(out[-1 - count], first) == 0
    )
    if "capital_of" in first.tags or marked:
        item.tags = item.tags | (first.tags & MARKS) | frozenset(tag for one in out[-count:] for tag in one.tags & {"airport"})
        item.start, item.first = first.start, first.first
        del out[-count:]


@lru_cache(maxsize=4_096)
def _may_govern(tags: frozenset[str]) -> bool:
    """Whether a word of these tags can be a preposition; kept, since nearly every word before an actor is asked."""
    return any(tag.startswith("p.") for tag in tags) and tags.isdisjoint({"actor", "noun", "adj", "verb", "inf", "ger", "ptc"})


def _preposition(item: Item) -> bool:
    if not _may_govern(item.tags):
        return False
    # A word of its own, no preposition glued to another one.
    return not item.readings or any(name.startswith("p.") for reading in item.readings for name in reading.entry.classes)


def _listed(text: Text, items: list[Item]) -> list[Item]:
    """A list with commas that ends in "and" ("A, B, C and D"): the commas of it join as "and" does."""
    _list_officials(text, items)
    for position, item in enumerate(items):
        if not _state_without_marks(item):
            continue
        end = position
        while end + 1 < len(items) and _state_without_marks(items[end + 1]) and _only_comma(text, items[end], items[end + 1]):
            end += 1
        closes = (
            end + 1 < len(items)
            and items[end + 1].tags & _NAMES_STATE
            and "conj" in items[end + 1].tags
            and gap(items[end], items[end + 1]) == 0
        )
        opens = position > 0 and _may_lead_list(items[position - 1]) and _only_comma(text, items[position - 1], item)
        if (closes and (end > position or opens)) or (end > position and not opens and _act_together(items, position, end)):
            for member in items[position + (0 if opens else 1) : end + 1]:
                member.tags = member.tags | {"conj", "listed"}
    return items


def _list_officials(text: Text, items: list[Item]) -> None:
    """ "minister A, the Jordanian minister B": two offices of different states, both with their holders, are no apposition."""
    for before, item in pairwise(items):
        if "official" in before.tags & item.tags and not item.tags & MARKS and _only_comma(text, before, item):
            first, second = before.value, item.value
            if isinstance(first, Group) and isinstance(second, Group) and _two_holders(first.members[-1], second.members[0]):
                item.tags = item.tags | {"conj", "listed"}


def _two_holders(first: Actor, second: Actor) -> bool:
    return first.name is not None and second.name is not None and second.iso is not None and first.iso != second.iso


def _act_together(items: list[Item], position: int, end: int) -> bool:
    """ "A, B sign": a list that begins a headline and has its verb right behind it."""
    return position == 0 and end + 1 < len(items) and "svo" in items[end + 1].tags and gap(items[end], items[end + 1]) == 0


def _may_lead_list(item: Item) -> bool:
    """A state, or an office in the plural ("ministers of A, B and C"); never a person, whose comma closes an apposition."""
    if not isinstance(item.value, Group):
        return False
    actor = item.value.members[-1]
    if actor.kind == "capital":
        return item.tags.isdisjoint(_PARTING)
    return actor.kind == "state" or (actor.kind in ("official", "org") and actor.plural and actor.name is None)


_PARTING = MARKS - {"p.of"}


def _state_without_marks(item: Item) -> bool:
    return "actor" in item.tags and not item.tags.isdisjoint(_NAMES_STATE) and item.tags.isdisjoint(_PARTING)


def _only_comma(text: Text, left: Item, right: Item) -> bool:
    return gap(left, right) == 0 and text.norm[left.end : right.start if right.lead < 0 else right.lead].strip() == ","


def _grouped(text: Text, items: list[Item]) -> list[Item]:
    """Actors joined by "and" become one item; what the first says of all (ministers of, "his counterpart") is handed on."""
    out: list[Item] = []
    for position, item in enumerate(items):
        before = out[-1] if out else None
        if before is None or not isinstance(before.value, Group) or not ("conj" in item.tags or isinstance(item.value, Group)):
            out.append(item)
            continue
        if _abbreviates(text, before, item):
            before.end, before.last = item.end, item.last
            continue
        if _begins_clause(text, before, item):
            item.tags |= {"clause"}
        joins = _joins(before, item) and (gap(before, item) <= 0 or _only_bracketed(text, before, item))
        apart = _opens_clause(text, before, items[position : position + 2]) or _acts_itself(text, out, items[position : position + 2])
        if joins and "actor" in item.tags and not apart:
            group, new = before.value, item.value
            assert isinstance(group, Group) and isinstance(new, Group)
            group.members.extend(_handed_on(group.members, actor) for actor in new.members)
            before.end, before.last = item.end, item.last
            before.tags = before.tags | (item.tags & {"state", "official", "person", "delegation", "org"})
            continue
        if (
            "demonym" in item.tags
            and "conj" in item.tags
            and gap(before, item) == 0
            and not (position + 1 < len(items) and "actor" in items[position + 1].tags and "conj" in items[position + 1].tags)
        ):
            joined = _second_nation(before, item, items[position + 1] if position + 1 < len(items) else None)
            if joined:
                continue
        if _names_holder(before, item) or _holds_office(before, item) or _in_brackets(text, before, item):
            continue
        out.append(item)
    return out


def _in_brackets(text: Text, before: Item, item: Item) -> bool:
    """ "the intelligence service (the Mossad)": an organ in brackets says the same again."""
    if not (isinstance(before.value, Group) and isinstance(item.value, Group)) or gap(before, item) != 0 or item.tags & MARKS:
        return False
    inner = item.value.members[0]
    if "(" not in text.norm[before.end : item.start] or inner.kind not in ("org", "state") or inner.iso != before.value.members[-1].iso:
        return False
    before.end, before.last = item.end, item.last
    return True


def _names_holder(before: Item, item: Item) -> bool:
    """ "the Bahraini monarch King Hamad": what stands right behind an office without a name names its holder; it becomes part of it."""
    if not (isinstance(before.value, Group) and isinstance(item.value, Group)) or item.tags & MARKS or gap(before, item) != 0:
        return False
    office, known = before.value.members[-1], item.value.members[0]
    if office.kind != "official" or office.person is not None or office.name is not None or office.plural:
        return False
    named = known.kind == "person" or (known.kind == "official" and known.name is not None)
    if not named or "after_comma" in item.tags or not (known.iso == office.iso or (known.kind == "official" and known.iso is None)):
        return False
    office.person, office.name, office.end = known.person, known.name, item.end
    before.value.members.extend(item.value.members[1:])
    before.end, before.last = item.end, item.last
    before.tags = before.tags | {"person"}
    return True


def _holds_office(before: Item, item: Item) -> bool:
    """ "General A, head of the Sovereignty Council": an office without a name right behind a name is its bearer's."""
    if not (isinstance(before.value, Group) and isinstance(item.value, Group)) or item.tags & MARKS or gap(before, item) != 0:
        return False
    known, office = before.value.members[-1], item.value.members[0]
    if known.kind not in ("official", "person") or (known.person is None and known.name is None):
        return False
    bare = office.kind == "official" and office.person is None and office.name is None and not office.plural and office.rank is not None
    if not bare or office.iso is None or office.iso != known.iso or {"speaker_for", "counterpart", "official"} & office.tags:
        return False
    known.rank, known.office = office.rank, office.office
    before.value.members.extend(item.value.members[1:])
    before.end, before.last = item.end, item.last
    return True


def _joins(before: Item, item: Item) -> bool:
    """Whether an actor carries on the list before it: with "and", or with "to" what "between" opened ("between A to B")."""
    if "clause" in item.tags:
        return False
    return "conj" in item.tags or ("p.between_to" in before.tags and "p.to" in item.tags)


def _abbreviates(text: Text, before: Item | None, item: Item) -> bool:
    """ "the United Arab Emirates (UAE)": the same state again in brackets is no second one."""
    if before is None or not isinstance(before.value, Group) or not isinstance(item.value, Group) or gap(before, item) != 0:
        return False
    last, new = before.value.members[-1], item.value.members[0]
    bracket = "(" in text.norm[before.end : item.start]
    return bracket and last.kind == new.kind == "state" and last.iso == new.iso and len(item.value.members) == 1


def _only_bracketed(text: Text, before: Item, item: Item) -> bool:
    """ "Manama (BAH) and Tel Aviv": one word in brackets is all that stands between, behind it the "and"."""
    between = text.norm[before.end : item.start if item.lead < 0 else item.lead].strip()
    return gap(before, item) == 1 and between.startswith("(") and between.endswith(")")


def _begins_clause(text: Text, before: Item, item: Item) -> bool:
    """ "... with A, and B did": a comma before an "and" of its own joins sentences, unless it closes a list or an apposition."""
    if item.lead < 0 or "conj" not in item.tags or "listed" in item.tags or not isinstance(before.value, Group):
        return False
    last = before.value.members[-1]
    listed = len(before.value.members) > 1 or (last.kind in ("official", "person", "delegation") and last.host is None)
    return not listed and "," in text.norm[before.end : item.lead]


def _owned(items: list[Item]) -> list[Item]:
    """ "Israel said its foreign minister ...": an office or organ with "its" is that of the state or organ named last before it."""
    for position, item in enumerate(items):
        if "own" not in item.tags or not isinstance(item.value, Group):
            continue
        actor = item.value.members[0]
        if actor.iso is None and "counterpart" not in actor.tags and actor.kind in ("official", "org", "delegation"):
            before = next((other for other in reversed(items[:position]) if isinstance(other.value, Group) and other.value.states), None)
            if before is not None and isinstance(before.value, Group):
                actor.iso = before.value.states[-1] if len(before.value.states) == 1 else None
    return items


def _opens_clause(text: Text, before: Item, items: list[Item]) -> bool:
    """ "an agreement with A, and B bombed": behind a comma a second state is no member of "with A", unless the list goes on."""
    marked = bool(before.tags & MARKS - {"conj"}) and isinstance(before.value, Group) and len(before.value.members) == 1
    if not marked or "state" not in items[0].tags or not has_comma(text, before, items[0]):
        return False
    return not (len(items) == 2 and "actor" in items[1].tags and "conj" in items[1].tags)


_GOVERNED = frozenset({"p.with", "p.to", "p.from", "p.obj"})


def _acts_itself(text: Text, out: list[Item], items: list[Item]) -> bool:
    """ "froze its deal with A and B signed one": who has a verb of his own behind him is not what "with", or a verb, governs."""
    if len(items) < 2 or "conj" not in items[0].tags or not isinstance(out[-1].value, Group):
        return False
    finite = {"verb", "svo"} <= items[1].tags and not {"perf", "third", "fut"}.isdisjoint(items[1].tags)
    if not finite or {"passive", "reduced", "inf"} & items[1].tags or gap(items[0], items[1]) > 0:
        return False
    if out[-1].tags & _GOVERNED:
        return True
    behind_verb = False
    for item in reversed(out[:-1]):
        if "break" in item.tags:
            break
        if {"verb", "svo"} <= item.tags:
            behind_verb = "say" not in item.tags
            break
    return behind_verb and has_comma(text, out[-1], items[0])


def _handed_on(members: list[Actor], actor: Actor) -> Actor:
    """ "the foreign ministers of A and B": B is a minister too; "the minister and his counterpart": the same office."""
    first = next((member for member in reversed(members) if member.kind == "official"), None)
    if first is None:
        return actor
    if actor.kind == "state" and first.plural and members[-1].iso is not None:
        return replace(actor, kind="official", rank=first.rank, office=first.office, plural=True)
    if actor.kind == "official" and "counterpart" in actor.tags:
        last = next(member for member in reversed(members) if member.kind in ("official", "person"))
        return replace(actor, rank=last.rank, office=last.office)
    return actor


def _second_nation(before: Item, item: Item, following: Item | None) -> bool:
    """ "the two ministers the Egyptian A and the Moroccan B": the second adjective brings a second holder of the office."""
    group = before.value
    assert isinstance(group, Group)
    last = group.members[-1]
    entry = item.entry("demonym")
    shared = (last.kind == "official" and last.plural) or last.kind in ("org", "delegation")
    if not shared or last.iso is None or entry is None or entry.iso == last.iso:
        return False
    second = replace(last, start=item.start, end=item.end, iso=entry.iso, person=None, name=None, head=None, plural=False, definite=True)
    group.members.append(second)
    before.end, before.last = item.end, item.last
    if following is not None and "person" in following.tags and gap(item, following) <= 0 and isinstance(following.value, Group):
        known = following.value.members[0]
        if known.iso == second.iso:
            second.person, second.name = known.person, known.name
    return True
