"""Reference over sentences: whom "the two ministers", "both countries", "they", "with him" or "his counterpart" stand for.

The sentences before put two or three states into one relation: they tell of a meeting, visit or agreement of theirs, or name just
these states. A word that refers back becomes the actors of that relation, so that every rule reads it as if they stood there.
Nothing is taken where another state, or another pair, stands between.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from schemas.codes import ActorLevel, Rank
from services.extract.engine.clauses.roles import IN, TO, Place, is_actor
from services.extract.engine.knowledge.entries import Entry
from services.extract.engine.phrases.actors import MARKS, PEOPLE, PLACES, TOP_RANKS, Actor, Group
from services.extract.engine.words.items import Item, Sentence, gap

BOTH, THEY, WITH = "anaphor.both", "anaphor.they", "anaphor.with"
REFERS = frozenset({BOTH, THEY, WITH, "counterpart.actor"})
RESOLVED = "anaphor.told"
"""The mark of a phrase that has got its actors from what was told before."""
FAR, NEAR = 4, 1
"""Sentences over which a noun ("the two sides") and a pronoun ("they") refer back."""
RECIPROCAL, OF_STATES = "each_other", "state"
"""Keys of words for two: "each other" acts on nobody new; countries and governments are no people."""

_AT = IN | TO | {"p.from"}
_ANY_TWO = Entry(frozenset({THEY}), "", number=2)
_KINDS = {
    Rank.MINISTER_OTHER: frozenset({Rank.MINISTER_OTHER, Rank.MINISTER_FOREIGN, Rank.MINISTER_DEFENCE, Rank.DEPUTY_MINISTER}),
    Rank.HEAD_OF_STATE: TOP_RANKS,
}
"""Which ranks the plural of an office covers: "the two ministers" may be of any portfolio."""


@dataclass(frozen=True, slots=True)
class Relation:
    """Two or three states that a sentence puts into one relation, with the people who act for each, and where that was told last."""

    people: dict[str, tuple[Actor, ...]]
    sentence: int
    by_place: bool = False  # one side is only where the other one is: no people meet there, but states may be spoken of

    def other_than(self, state: str) -> str | None:
        """The one other side of a state that is one of two."""
        others = [iso for iso in self.people if iso != state]
        return others[0] if len(others) == 1 and state in self.people else None


def relation_in(sentence: Sentence, items: Iterable[Item], parties: list[set[str]], before: Relation | None) -> Relation | None:
    """What `items` of a sentence put into relation, `parties` being those of the events it tells; else what `before` still holds.

    `None` when it names states that are not two or three in one relation.
    """
    named, people, places, strangers = _named(items)
    states = list(named)
    travels = len(states) == 1 and before is None and not parties
    if travels:
        states = list(dict.fromkeys((*states, *places)))  # "back from B, A said the two countries"
    if parties and all(one == parties[0] for one in parties) and len(parties[0]) in (2, 3):
        states = [s for s in named if s in parties[0]] + sorted(parties[0] - set(named))
    elif len(states) not in (2, 3):
        holds = before is not None and set(states) <= set(before.people) and strangers < 2
        return _heard_again(before, people, sentence) if holds and states else before if holds else None
    elif strangers > 1:
        return None
    known = before.people if before is not None and set(before.people) == set(states) else {}
    return Relation({state: tuple(people.get(state, ())) or known.get(state, ()) for state in states}, sentence.number, travels)


def _heard_again(before: Relation | None, people: dict[str, list[Actor]], sentence: Sentence) -> Relation | None:
    """The relation with the people whom this sentence names of one side."""
    if before is None:
        return None
    return Relation(
        {state: tuple(people.get(state, ())) or known for state, known in before.people.items()}, before.sentence, before.by_place
    )


def _named(items: Iterable[Item]) -> tuple[dict[str, None], dict[str, list[Actor]], dict[str, None], int]:
    """The states that act in some items, in order, the people of each, the states of places, how many bodies of no state there are."""
    states: dict[str, None] = {}
    people: dict[str, list[Actor]] = {}
    places: dict[str, None] = {}
    strangers = 0
    for item in items:
        if not is_actor(item) or not isinstance(item.value, Group):
            continue
        for actor in item.value.members:
            if actor.level is not ActorLevel.STATE:
                strangers += 1
            elif actor.iso is None:
                continue
            elif actor.kind in PLACES and not item.tags.isdisjoint(_AT):
                places[actor.iso] = None
            else:
                states[actor.iso] = None
                if actor.kind in PEOPLE and "speaker_for" not in actor.tags:
                    people.setdefault(actor.iso, []).append(actor)
    return states, people, places, strangers


class References:
    """The words of one sentence that refer back, given their actors as far as the sentence has been read."""

    def __init__(self, sentence: Sentence, told: Relation | None) -> None:
        self.sentence, self.told = sentence, told
        self.last: Relation | None = None
        words = [item for item in sentence.items if not item.tags.isdisjoint(REFERS)]
        plural = [item for item in sentence.actors if _plural(item)]
        self.any = bool(words or plural)
        self.open = words + [item for item in plural if item.tags.isdisjoint(REFERS)]

    def resolve(self, parties: list[set[str]]) -> None:
        """Give their actors to those words that have a clear antecedent; `parties` are those of the events told in it so far."""
        self.open = [item for item in self.open if not self._resolved(item, parties)]

    def relation_before(self, position: int, parties: list[set[str]], reach: int) -> Relation | None:
        """What the words in front of `position`, or the sentences before, put into relation."""
        before = self.told if self.told is not None and self.sentence.number - self.told.sentence <= reach else None
        return relation_in(self.sentence, self.sentence.items[:position], parties, before)

    def two_of(self, place: Place, parties: list[set[str]]) -> list[Actor]:
        """Who acts by a verb in the dual that names nobody: the two who were put into relation before it."""
        relation = self.relation_before(place.at, parties, NEAR)
        return _actors(place.trigger, _ANY_TWO, relation) if relation is not None and _compatible(_ANY_TWO, relation) else []

    def _resolved(self, item: Item, parties: list[set[str]]) -> bool:
        position = self.sentence.items.index(item)
        if WITH in item.tags or "counterpart.actor" in item.tags:
            return self._other_side(item, position, parties)
        entry = _entry_of(item)
        if entry is None or entry.key == RECIPROCAL or not _stands_alone(self.sentence.items, position):
            return entry is None or entry.key == RECIPROCAL
        relation = self.relation_before(position, parties, FAR if BOTH in entry.classes else NEAR)
        if relation is None or not _compatible(entry, relation):
            return False
        _put(self.sentence.items, position, _actors(item, entry, relation))
        return True

    def _other_side(self, item: Item, position: int, parties: list[set[str]]) -> bool:
        """ "with him", "his counterpart": of two sides the one that is not the subject's."""
        counterpart = item.value.members[-1] if isinstance(item.value, Group) else None
        if counterpart is not None and (counterpart.iso is not None or counterpart.plural or "counterpart" not in counterpart.tags):
            return True
        relation = self.relation_before(position, parties, NEAR)
        states = [s for one in self.sentence.items[:position] if is_actor(one) and isinstance(one.value, Group) for s in one.value.states]
        mine = states[0] if states else None
        other = relation.other_than(mine) if relation is not None and not relation.by_place and mine is not None else None
        if relation is None or other is None:
            return False
        if counterpart is not None:
            counterpart.iso = other
            return True
        self.last = relation
        people = relation.people[other]
        _put(self.sentence.items, position, [_copy(actor, item) for actor in people] or [_state(other, item)])
        return True


def _plural(item: Item) -> bool:
    """Whether the item is an office of several of which no state is told."""
    return isinstance(item.value, Group) and len(item.value.members) == 1 and item.value.members[0].plural and not item.value.states


def _entry_of(item: Item) -> Entry | None:
    """The entry that says how the word refers back; an office in the plural of which nothing is told ("the ministers") does too."""
    entry = item.entry(BOTH) or item.entry(THEY)
    if entry is not None and BOTH in entry.classes and entry.key != RECIPROCAL and not _definite(item):
        return None  # "two officials said": somebody new
    if entry is not None or not isinstance(item.value, Group) or len(item.value.members) != 1:
        return entry
    office = item.value.members[0]
    if office.kind != "official" or office.rank is None or not (office.plural and office.definite) or "official" in office.tags:
        return None
    return Entry(frozenset({THEY}), "", rank=office.rank)


def _definite(item: Item) -> bool:
    """Whether the phrase has an article or what stands for one ("both")."""
    return "def" in item.tags or (isinstance(item.value, Group) and item.value.members[0].definite)


def _stands_alone(items: list[Item], position: int) -> bool:
    """Whether nothing behind the word says which two are meant ("the two ministers of A and B"), and a pronoun has its verb."""
    item = items[position]
    following = items[position + 1] if position + 1 < len(items) else None
    if THEY in item.tags and not is_actor(item):
        adverbs = 1 if following is not None and "adverb" in following.tags else 0
        verb = items[position + 1 + adverbs] if position + 1 + adverbs < len(items) else None
        return verb is not None and "verb" in verb.tags and gap(item, verb) == adverbs
    if isinstance(item.value, Group):
        return len(item.value.members) == 1 and item.value.members[0].iso is None and item.value.members[0].name is None
    if following is None or gap(item, following) > 0:
        return True
    return not ("demonym" in following.tags or ("p.of" in following.tags and "actor" in following.tags) or following.tags & {"state"})


def _compatible(entry: Entry, relation: Relation) -> bool:
    """Whether the relation has as many sides as the word says, and on each somebody of the rank that it says, as far as is known."""
    if relation.by_place and entry.key != OF_STATES:
        return False
    pronoun = entry.number is None and THEY in entry.classes
    if len(relation.people) != (entry.number or 2) and not (pronoun and len(relation.people) == 3):
        return False
    ranks = _KINDS.get(entry.rank, frozenset({entry.rank})) if entry.rank is not None else None
    for people in relation.people.values():
        told = {actor.rank for actor in people if actor.rank is not None}
        if ranks is not None and told and not told & ranks:
            return False
    return True


def _actors(item: Item, entry: Entry, relation: Relation) -> list[Actor]:
    """The sides of the relation as actors: people where the word means people and they are known, else states."""
    found: list[Actor] = []
    office = entry.rank if THEY in entry.classes else None
    alone = [a for people in relation.people.values() for a in people if a.plural and office is not None and a.rank is office]
    if len(alone) == 1:
        return [_copy(alone[0], item)]  # "two envoys arrived in B. The envoys will": they are of one side
    for state, people in relation.people.items():
        ranks = _KINDS.get(entry.rank, frozenset({entry.rank})) if entry.rank is not None else None
        fitting = [actor for actor in people if ranks is None or actor.rank is None or actor.rank in ranks]
        found.extend([_copy(actor, item) for actor in fitting] if fitting and entry.key != OF_STATES else [_state(state, item)])
    return found


def _copy(actor: Actor, item: Item) -> Actor:
    return replace(actor, start=item.start, end=item.end, head=None, tags=actor.tags | {RESOLVED})


def _state(iso: str, item: Item) -> Actor:
    return Actor("state", item.start, item.end, iso=iso, definite=True, implicit=True, tags=frozenset({RESOLVED}))


def _put(items: list[Item], position: int, actors: list[Actor]) -> None:
    """Make the word an actor; a preposition right before it becomes its mark, as that of any actor does."""
    item = items[position]
    before = items[position - 1] if position else None
    item.value = Group(actors)
    item.tags = (item.tags - {"pronoun", "thing"}) | {"actor", RESOLVED} | ({"p.with"} if WITH in item.tags else set())
    if before is None or gap(before, item) > 0 or not _governs(before):
        return
    item.tags |= before.tags & MARKS
    item.start, item.first = before.start, before.first
    items[position - 1] = Item(before.start, before.start, before.first, before.first - 1, frozenset(), ())


def _governs(item: Item) -> bool:
    """Whether the item is a preposition and nothing else."""
    return any(tag.startswith("p.") for tag in item.tags) and item.tags.isdisjoint({"actor", "noun", "adj", "verb", "inf", "ger", "ptc"})
