"""One noun phrase of an actor: its head, the state and the name beside it. Lists of them are joined in `lists`."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from schemas.codes import ActorLevel, Rank
from services.extract.engine.phrases.actors import ANY_COMPANY, FIELD, LEVELS, MARKS, Actor, Group, as_item
from services.extract.engine.phrases.chains import named_by_surname
from services.extract.engine.phrases.frontwords import HEADS, Front, found_in_front
from services.extract.engine.phrases.placenames import among_adjectives, capital_in_front, capital_of, named_place
from services.extract.engine.phrases.strangers import unknown_name
from services.extract.engine.text import Text
from services.extract.engine.words.items import Item, gap, has_comma
from services.extract.engine.words.names import name_before, whole_name

PORTFOLIO_WORDS = 3
"""Words of a ministry that the lexicon does not know, between "minister" and the state's adjective, at most."""
_PERSON = frozenset({"person"})
_IN_FRONT = frozenset({"demonym", "state", "city", "org"})
_AT = frozenset({"in", "p.to", "p.from"})
"""Prepositions that make a name that is an adjective too ("in Syria") the state."""


def phrase(text: Text, items: list[Item], at: int) -> tuple[Item, int] | None:
    item = items[at]
    tags = item.tags
    if "date" in tags or "not_actor" in tags:
        return None
    if "pre" in tags and tags & {"demonym", "state"} and (capital := capital_of(text, items, at)) is not None:
        return capital
    if "capital_of" in tags and (capital := capital_in_front(items, at)) is not None:
        return capital
    if "pre" in tags and tags & _IN_FRONT and (front := found_in_front(text, items, at)) is not None:
        return _Phrase(text, items, front.head, front).read()
    if tags & HEADS:
        return _headed(text, items, at)
    if "person" in tags:
        return _of_person(text, items, at) or _person(text, items, at)
    if {"state", "demonym"} <= tags and tags.isdisjoint(_AT) and among_adjectives(items, at):
        return None
    if "state" in tags or "city" in tags:
        return named_place(items, at)
    return None


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
        headed = phrase(text, items, position)
        if headed is not None:
            office_item, after = headed
            group = office_item.value
            assert isinstance(group, Group)
            office = group.members[0]
            if office.kind == "official" and office.person is None and office.name is None and office.iso in (None, actor.iso):
                actor.rank, actor.office, actor.head = office.rank, office.office, office.head
                actor.end = office.end
                bodies = {tag for tag in office_item.tags if tag.endswith(".actor")}
                return as_item(actor, items, at, items[after - 1], _PERSON | bodies), after
    return as_item(actor, items, at, item, _PERSON), position


def _of_person(text: Text, items: list[Item], at: int) -> tuple[Item, int] | None:
    """ "X's security adviser": an office or team right behind the possessive of a known person acts for the same state."""
    owner, entry = items[at], items[at].entry("person")
    following = items[at + 1] if at + 1 < len(items) else None
    if entry is None or following is None or "poss" not in owner.tags or gap(owner, following) > 0 or not following.tags & HEADS:
        return None
    headed = phrase(text, items, at + 1)
    if headed is None:
        return None
    item, after = headed
    actor = _member(item)
    if "private" in actor.tags or actor.iso not in (None, entry.iso):
        return None
    actor.iso, actor.definite, actor.start = entry.iso, True, owner.start
    item.tags = item.tags | (owner.tags & MARKS)
    item.start, item.first, item.lead = owner.start, owner.first, owner.lead
    return item, after


def _headed(text: Text, items: list[Item], at: int) -> tuple[Item, int] | None:
    """An office, organ or delegation, then its adjectives and state, then a name; and the position behind it."""
    return _Phrase(text, items, at).read()


_SOMEBODY = frozenset({"indef", "delegation"})
"""A delegation with the indefinite article is one of its own, no organ of the head in front of it."""
_DEFINITE = frozenset({"def", "own"})
_NAMED = HEADS | {"person"}
_RENEWS = frozenset({"p.from", "verb"})
"""A verb that looks like an adjective behind a preposition."""
_CLOSED = frozenset({"def", "closed"})
"""A head with the article, on its first or its last word, takes no genitive."""
MEMBER_WORDS = 2
"""Unknown words that say who the members of a delegation are, between "of" and the adjective of their state."""


@lru_cache(maxsize=1_024)
def _marks_of(kind: str, classes: frozenset[str], *, own: bool) -> frozenset[str]:
    """What a phrase is tagged by the entry of its head; kept, since there are few kinds of heads and many phrases."""
    tags = {kind, *(f"{name}.actor" for name in classes)}
    return frozenset(tags | {"own", *(f"{name}.own" for name in classes)} if own else tags)


def _told_of(text: Text, head: frozenset[str], front: Front | None, marks: frozenset[str]) -> frozenset[str]:
    """What head and front tell of the actor; where "'s" is a word of its own it says nothing of him."""
    tags = head - _POSSESSIVE if text.capitals and "poss" in head else head
    if front is not None:
        return tags | marks | front.tags
    return tags | marks if marks else tags


_POSSESSIVE = frozenset({"poss"})


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
            tags=_told_of(text, self.head.tags, front, marks),
        )

    def read(self) -> tuple[Item, int]:
        """The phrase as one item, and the position behind it."""
        while self.position < len(self.items) and self.actor.person is None and self._take(self.items[self.position]):
            pass
        if "generic" in self.head.tags and "poss" in self.head.tags:
            self.actor.rank = None  # "its head": of the body named before
        if self.actor.iso is None and not self.actor.definite and self.actor.end == self.head.end and "generic" in self.head.tags:
            self.actor.rank = None  # "head of" something that the lexicon does not know: no president
        if not self._take_surname():
            self._take_unknown_name()
        self._take_state_of_bearer()
        tags = _marks_of(self.actor.kind, self.entry.classes, own="own" in self.items[self.at].tags)
        item = as_item(self.actor, self.items, self.at, self.last, tags)
        item.end = self.actor.end
        if self.actor.end > self.last.end:
            item.last = max(self.text.token(self.actor.end - 1), self.last.last)
        if self.text.capitals and self.actor.name is not None and self.text.flat[item.end : item.end + 3] == " s ":
            item.tags |= {"poss"}
            item.last = self.text.token(item.end + 1)
        if self.front is not None and len(self.front.states) > 1 and isinstance(item.value, Group):
            item.value.members.extend(replace(self.actor, iso=iso, name=None, person=None) for iso in self.front.states[1:])
        return item, self.position

    def _take_surname(self) -> bool:
        """A known surname behind a given name that nobody knows."""
        item = self.items[self.position] if self.position < len(self.items) else None
        official = self.actor.kind == "official" and self.actor.person is None and not self.actor.plural
        if item is None or not official or not named_by_surname(self.text, self.actor.iso, self.last, item):
            return False
        self.actor.name = (self.last.end + 1, item.end)
        return self._reach(item)

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
        if "date" in item.tags or "not_actor" in item.tags or ("poss" in self.last.tags and self._owns()):
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
        if "domain" in item.tags and not comma and self._is_field(item, ministry=ministry, called=bool(called)):
            return self._reach(item)
        if comma or {"conj", "capital_of"} & item.tags:
            return False
        if "demonym" in item.tags:
            return self._take_demonym(item)
        if ("filler" in item.tags and not item.tags >= _RENEWS) or {"domain", "adj"} <= item.tags:
            return self._take_adjective(item)
        if {"company"} & item.tags & self.head.tags and not item.tags & MARKS and "def" not in item.tags:
            return self._take_company(item)
        return self.actor.iso is None and self._take_state(item)

    def _owns(self) -> bool:
        """Whether the possessive is a word of its own behind the phrase: what follows is the owner's, no part of his title."""
        end = self.last.end
        return self.text.flat[end : end + 3] == " s " or self.text.flat[end - 2 : end + 1] == " s "

    def _is_field(self, item: Item, *, ministry: bool, called: bool) -> bool:
        """Whether a word of a field names the portfolio or trade of the body: right behind it, or "for" it ("the office for tourism")."""
        following = self.items[self.position + 1] if self.position + 1 < len(self.items) else None
        another = following is not None and "demonym" in following.tags  # "to the Israeli airlines"
        if ministry or (called and another and "def" in item.tags and not item.tags & (MARKS | {"adj"})):
            return True
        return "portfolio" in self.head.tags and {"to", "def"} <= item.tags and "conj" not in item.tags and not another

    def _take_behind(self, item: Item) -> bool:
        """A word that would stand in front of a head of its own: it belongs to this one only behind "of" or "from", or as a post's host."""
        if self.last.tags & {"p.to"} and "accredited" in self.head.tags and {"state", "city"} & item.tags:
            self.actor.host = named_place(self.items, self.position)[0]
            return self._reach(item)
        if self.actor.iso is not None and "p.of" not in item.tags:
            return False
        if self.kind == "delegation" and {"demonym", "p.of"} <= item.tags and not self.actor.iso and "many" not in item.tags:
            front = found_in_front(self.text, self.items, self.position)
            if front is None or "org" not in self.items[front.head].tags:
                return self._take_people(item, front)
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

    def _take_people(self, item: Item, front: Front | None) -> bool:
        """ "a delegation of Moroccan water experts": the adjective tells whose it is, whatever they are."""
        if not self._take_demonym(item):
            return False
        if front is not None:
            self.position = front.head + 1
            self.last = self.items[front.head]
            self.actor.end = self.last.end
        return True

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
            self.actor.tags |= {FIELD + self.text.flat[item.start : item.end].strip()}
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
        if {"first", "filler"} <= item.tags and "company" in self.head.tags:
            return False  # "the first flight of the airline X": the ordinal is that of the flight
        if "domain" in item.tags and self.actor.kind == "delegation":
            self.actor.tags |= {f"delegation.{domain}" for reading in item.readings for domain in reading.entry.domains}
        return self._reach(item)

    def _take_state(self, item: Item) -> bool:
        """Whose office or organ it is: another organ of a state, the state itself, a capital, or any of them behind a preposition."""
        if item.tags & HEADS:
            return "counterpart" not in self.head.tags and not item.tags >= _SOMEBODY and self._take_organ(item)
        if "state" in item.tags and (
            "p.to" in item.tags
            or ("p.from" in item.tags and self.kind == "office" and not self.actor.plural and "counterpart" not in self.head.tags)
        ):
            return False
        if {"p.from", "p.in", "p.of"} & item.tags and not {"state", "city"} & item.tags:
            return self._take_preposition(item)
        if _CLOSED & self.head.tags and item.tags.isdisjoint(MARKS) and self.last.tags.isdisjoint({"p.of", "p.from", "p.in"}):
            return False  # "the foreign minister Cairo": the place is another part of the sentence
        if "state" in item.tags and "in" not in item.tags and not (self.kind == "delegation" and "to" in item.tags):
            found = item.entry("state")
        elif (
            "city" in item.tags
            and (self.kind == "office" or {"government", "seated"} & self.head.tags)
            and not (item.tags & (MARKS - {"p.of"}))
        ):
            found = item.entry("city")
        elif {"capital", "in"} <= item.tags and self.kind == "org" and {"government", "seated"} & self.head.tags:
            found = item.entry("capital")  # "the parliament in-Amman"
        else:
            return False
        self.actor.iso = found.iso if found else None
        return self._reach(item)

    def _take_organ(self, item: Item, head: Item | None = None) -> bool:
        """ "the chief of staff of the Moroccan army": the inner phrase gives its state and what kind of body it is."""
        item = head or item
        office_of_office = self.kind == "office" and "office" in item.tags and "grade" not in item.tags
        of_them = (
            "p.of" in item.tags
            or ("p.of" in self.last.tags and not self.text.capitals)
            or (self.last is self.head and not (item.tags & MARKS or self.text.capitals))
        )
        members = "office" in item.tags and of_them and bool({"plural", "official"} & item.tags)  # "a delegation of deputies"
        inside = (
            {"official", "office"} <= self.head.tags and "org" in item.tags and not self.text.capitals
        )  # "a senior figure in the Mossad"
        foreign_to_delegation = self.kind == "delegation" and "org" not in item.tags and not members
        if (
            "speaker_for" in item.tags
            or "like" in item.tags
            or ("in" in item.tags and not inside)
            or foreign_to_delegation
            or office_of_office
        ):
            return False
        inner = phrase(self.text, self.items, self.position)
        if inner is None:
            return False
        part = _member(inner[0])
        actor = self.actor
        actor.iso = actor.iso or part.iso
        actor.level = max(actor.level, part.level, key=LEVELS.__getitem__)
        if members and part.rank not in (None, Rank.DELEGATION, Rank.UNKNOWN):
            actor.rank = part.rank
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
        if self.kind == "delegation" and "p.from" in item.tags and self._take_members(item, following):
            return True
        organ = self.kind == "org" and self.actor.level is ActorLevel.STATE and self.text.capitals  # "the parliament in Amman"
        in_capital = ("p.of" in item.tags and self.kind == "office") or ("p.in" in item.tags and organ)
        whose = {"state", "org", "demonym"} | ({"capital"} if in_capital else set())
        if self.kind == "delegation" and not self.text.capitals and following is not None and "plural" in following.tags:
            whose |= {"office"}
        if following is None or gap(item, following) > 0 or not (whose & following.tags) or "conj" in following.tags:
            return False
        if "accredited" in self.head.tags and ("own" in self.items[self.at].tags or (self.text.capitals and "p.from" in item.tags)):
            return False  # "its ambassador from Israel": called home from there
        if "pre" in following.tags and "p.in" in item.tags and "state" in following.tags:
            return False  # "an official in Israel" need not be Israel's
        if self.kind == "delegation" and "p.in" in item.tags and not self.actor.definite:
            return False  # "a delegation in Morocco" says where, not whose
        self.last = item
        self.position += 1
        return True

    def _take_members(self, preposition: Item, following: Item | None) -> bool:
        """ "a delegation of Syrian Druze": people that the lexicon does not know, with the adjective of their state, act for no state."""
        if following is None or not 0 < gap(preposition, following) <= MEMBER_WORDS or {"demonym"} - following.tags:
            return False
        found = following.entry("demonym")
        if found is None or {"conj", "to", "in"} & following.tags:
            return False
        self.actor.iso, self.actor.level = found.iso, max(self.actor.level, ActorLevel.NON_STATE, key=LEVELS.__getitem__)
        self.position += 1
        return self._reach(following)

    def _take_unknown_name(self) -> None:
        """A name that the lexicon does not know, behind an office whose state is told."""
        actor, text = self.actor, self.text
        unsaid = actor.iso is None and not text.capitals
        if actor.kind != "official" or actor.person is not None or actor.plural or (unsaid and "unsaid" not in self.head.tags):
            return
        after = self.items[self.position] if self.position < len(self.items) else None
        if unsaid and not (
            after is not None and (({"verb", "conj"} & after.tags == {"verb"}) or ("conj" in after.tags and after.tags & _NAMED))
        ):
            return  # where nothing but a verb closes the name, the words may say what the holder does
        name = unknown_name(text, self.last, after)
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


def _member(item: Item) -> Actor:
    assert isinstance(item.value, Group)
    return item.value.members[0]
