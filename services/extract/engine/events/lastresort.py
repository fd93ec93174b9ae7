"""The last resort: every rule of a type found its trigger here and none found who acts; the sentence itself leaves only one answer.

A sentence that names people of two states, one before and one behind "met", needs no construction that joins them; what stands between
("A, *whose reign began in 1999*, met in his palace, *agencies reported*, B") is what no rule can foresee. Nothing is taken where a third
state acts, where somebody of an unknown state stands nearer, or where another clause with people of its own lies between.

Not here: the finders that constructions lead (`clauses`), and what is taken from other sentences (`reference`, `inheritance`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from schemas.codes import ActorLevel, EventType, FlightsAction
from services.extract.engine.clauses.mentions import Modality
from services.extract.engine.clauses.roles import IN, PREPOSITIONS, TO, Place, is_actor
from services.extract.engine.events.story import Story
from services.extract.engine.knowledge.data import RuleData
from services.extract.engine.phrases.actors import PEOPLE, PLACES, Actor, Group
from services.extract.engine.words.items import Item, Sentence, gap

LACKS = frozenset({"no_second_party", "no_visitor", "no_visitor_state", "no_destination"})
"""Why a rule tells nothing that somebody named elsewhere in the sentence could mend."""
WEIGHT = 0.9
"""What an event is worth whose parties no construction gives."""

FAR, NEAR, BESIDE = 16, 3, 3
"""Unknown words to whoever belongs to the trigger; from a subject to its verb; between an office and who holds it."""
_AIRSPACE = (FlightsAction.AIRSPACE_OPENED, FlightsAction.AIRSPACE_CLOSED)
"""Steps for which others than those who fly are named as the reason."""
_TOLD = ("past", "present", "future")
_TOLD_OR_NAMED = (*_TOLD, "noun")
_OR_MOVED = (*_TOLD_OR_NAMED, "cancelled", "postponed")
"""A visit that is called off is known by who was to go where, whatever else the sentence says."""

Roles = dict[str, Group]

_ANEW = frozenset({"say", "complement", "colon", "after", "since", "attribution", "deny", "refuse"})
"""Behind these somebody else's clause begins."""
_CLOSES = frozenset({"break", "verb", "after", "during", "n.visit", "n.meet", "n.call", "n.sign"})
_GOES_ON = frozenset({"relative", "reduced", "light", "v.hold", "v.perform", "v.begin"})
_CARRIES = frozenset({"light", "v.hold", "v.perform"})
_BROUGHT_IN = frozenset({"p.between", "p.with"})
"""Who may still belong to a noun behind the verb that carries it."""
_HANGS = frozenset({"p.of", "p.for", "p.about", "p.on", "p.from", "p.other", "p.beside", "like", "poss"})
"""Whoever stands behind these belongs to another word than the trigger."""
_GOES = frozenset({"v.visit", "n.visit", "v.arrive", "v.land", "n.arrive"})
_NO_GOAL = frozenset({"p.with", "p.from", "p.by", "p.between"})


def last_resort(story: Story, sentence: Sentence, place: Place, rule: RuleData, modality: Modality) -> Roles | None:
    """Who fills the roles of `rule` at the trigger, when the sentence leaves only one answer; else `None`."""
    finder = _BY_TYPE.get(rule.type)
    courses = _OR_MOVED if rule.type is EventType.VISIT else _TOLD_OR_NAMED
    if finder is None or modality.course not in courses or modality.old or modality.after:
        return None
    states = _acting(sentence, PEOPLE if rule.type is EventType.MEETING else None)
    if len(states) != 2 or not story.watchlist.in_scope(sorted(states)):
        return None
    return finder(place, rule, modality, states)


def _acting(sentence: Sentence, kinds: tuple[str, ...] | None) -> dict[str, Actor]:
    """The states for which somebody of these kinds stands in the sentence, each with the first who does."""
    found: dict[str, Actor] = {}
    for item in sentence.actors:
        for actor in _members(item):
            if kinds is not None and actor.kind not in kinds:
                continue
            if actor.level is ActorLevel.NON_STATE and kinds is None:
                if {"p.between", "p.with"} & item.tags:
                    return {}  # "the deal between A and a movement": B is not its other side
            elif actor.iso is not None and (kinds is not None or "crowd" not in actor.tags):
                found.setdefault(actor.iso, actor)
    return found


def _meeting(place: Place, rule: RuleData, modality: Modality, states: dict[str, Actor]) -> Roles | None:
    """One person before and one behind the trigger, both behind "between", both before a verb, or a subject and whom "with" brings in."""
    before = [item for item in _before(place) if item.tags.isdisjoint(IN)]
    after = _met(place)
    if not before and (far := _with_far(place)) is not None:
        return far
    if any("doubtful" in item.tags for item in place.items[place.at + 1 : place.at + 3]):
        return None
    if any(_person(item) and not _somebody(item) for item in (*before, *after)):
        return None
    mine = [item for item in before if _person(item) and (_HANGS.isdisjoint(item.tags) or _of_visit(place, item))]
    if after and _person(after[0]):
        return _across(place, mine, after)
    if after or len(_states(mine)) != 2 or "verb" not in place.trigger.tags or modality.course not in _TOLD:
        return None
    between = place.items[place.items.index(mine[-1]) : place.at]
    return {"both": _joined(mine)} if all("relative" not in item.tags for item in between) else None


_MEETS = frozenset({"v.meet", "v.discuss", "v.receive", "v.host", "n.meet", "n.call", "colon"})
"""Where somebody else meets or speaks."""


def _with_far(place: Place) -> Roles | None:
    """ "discussed A, who took office in May, in the capital today, *with B*": the subject right behind its verb, and all else between."""
    first = place.items[place.at + 1] if place.at + 1 < len(place.items) else None
    opens = first is not None and "verb" in place.trigger.tags and "svo" not in place.trigger.tags and gap(place.trigger, first) == 0
    if first is None or not opens or not (_person(first) and _somebody(first)) or first.tags & PREPOSITIONS or len(_states([first])) != 1:
        return None
    for item in place.items[place.at + 2 :]:
        if not is_actor(item) and (item.tags & _MEETS or {"say", "verb"} <= item.tags):
            return None
        if "p.with" in item.tags and is_actor(item):
            apart = _person(item) and _somebody(item) and _states([item]).isdisjoint(_states([first]))
            return {"side": Group(_members(first)[:1]), "counterpart": Group(_members(item))} if apart else None
    return None


def _across(place: Place, mine: list[Item], after: list[Item]) -> Roles | None:
    """Whom the people behind the trigger meet: each other, or whoever stands before it."""
    first = after[0]
    if len(after) > 1 and "p.with" in after[1].tags and _person(after[1]) and first.tags.isdisjoint(PREPOSITIONS):
        apart = len(_states([first])) == 1 and _states([first]).isdisjoint(_states([after[1]]))
        return {"side": Group(_members(first)[:1]), "counterpart": Group(_members(after[1]))} if apart else None
    if "p.between" in first.tags or (len(_states([first])) == 2 and gap(place.trigger, first) <= 1):
        both = _joined(item for item in after if _person(item))
        return {"both": both} if len(both.states) == 2 else None
    if first.tags & _HANGS or len(_states(mine)) != 1 or _states(mine) == _states([first]):
        return None
    return {"side": Group(_members(mine[-1])[:1]), "counterpart": Group(_members(first))}


def _visit(place: Place, rule: RuleData, modality: Modality, states: dict[str, Actor]) -> Roles | None:
    """The people of one state before a word of going there, and a place of the other state behind it."""
    owned = {"poss"} if _named_by(place) is not None else set()  # "the minister's Qatar trip"
    mine = [item for item in _before(place) if _person(item) and not item.tags & (_HANGS - owned)]
    if len(_states(mine)) != 1 or place.trigger.tags.isdisjoint(_GOES):
        return None
    arrives = place.trigger.tags.isdisjoint({"v.visit", "n.visit"})
    goal = _named_by(place) or next((item for item in _after(place) if _members(item) and _members(item)[0].kind in PLACES), None)
    if (
        goal is not None
        and goal.start > place.trigger.start
        and any(tag.startswith("p.") for item in _between(place, goal) for tag in item.tags)
    ):
        return None  # "a tour of the north near B"
    if goal is None or goal.tags & _NO_GOAL or _states([goal]) <= _states(mine) or (arrives and goal.tags.isdisjoint(TO | IN)):
        return None
    return {"visitor": Group(_members(mine[-1])), "destination": Group(_members(goal)[:1])}


def _named_by(place: Place) -> Item | None:
    """The place by whose name a journey goes ("the Qatar trip")."""
    before = place.items[place.at - 1] if place.at and "n.visit" in place.trigger.tags else None
    close = before is not None and gap(before, place.trigger) == 0 and before.tags.isdisjoint(PREPOSITIONS)
    return before if close and before is not None and _members(before) and _members(before)[0].kind in PLACES else None


def _between(place: Place, goal: Item) -> list[Item]:
    """The words that name nobody between the trigger and what follows."""
    return [item for item in place.items[place.at + 1 : place.items.index(goal)] if not is_actor(item)]


def _pair(place: Place, rule: RuleData, modality: Modality, states: dict[str, Actor]) -> Roles | None:
    """The two states of a sentence in which one acts by the trigger."""
    tags = place.trigger.tags
    if "verb" not in tags or {"inf", "reduced"} & tags:
        return None
    if rule.type is EventType.RELATIONS_CHANGE and "v.appoint" not in tags:
        return None  # whoever demands, fears or votes on such a step stands in the same sentence
    if rule.action in _AIRSPACE or (place.at and "relative" in place.items[place.at - 1].tags):
        return None
    return {"parties": Group(list(states.values()))} if _acts(place, set(states)) else None


def _acts(place: Place, states: set[str]) -> bool:
    """Whether the nearest actor before the trigger, or right behind it where the verb stands first, is its subject and of these states."""
    for position in range(place.at - 1, -1, -1):
        item = place.items[position]
        if is_actor(item):
            if gap(item, place.trigger) > NEAR:
                break
            return item.tags.isdisjoint(PREPOSITIONS) and bool(_states([item]) & states)
        if item.tags & _ANEW:
            break
    behind = place.items[place.at + 1] if place.at + 1 < len(place.items) else None
    if behind is None or not is_actor(behind) or gap(place.trigger, behind) > 0:
        return False
    return behind.tags.isdisjoint(PREPOSITIONS) and bool(_states([behind]) & states)


def _before(place: Place) -> list[Item]:
    """The actors before the trigger, back to where somebody else's clause opens."""
    found: list[Item] = []
    last, words = place.trigger, 0
    for item in reversed(place.items[: place.at]):
        words += max(gap(item, last), 0)
        if words > FAR or (item.tags & _ANEW and not is_actor(item)):
            break
        if is_actor(item):
            found.insert(0, item)
        last = item
    return found


def _after(place: Place) -> list[Item]:
    """The actors behind the trigger, up to where something else is told; over its verb only whom "between" or "with" brings in."""
    found: list[Item] = []
    last, words, carried = place.trigger, 0, False
    for item in place.items[place.at + 1 :]:
        words += max(gap(last, item), 0)
        carried = carried or bool(_CARRIES & item.tags)
        if words > FAR or (item.tags & _CLOSES and not is_actor(item) and item.tags.isdisjoint(_GOES_ON)):
            break
        if is_actor(item) and (not carried or item.tags & _BROUGHT_IN):
            found.append(item)
        last = item
    return found


def _met(place: Place) -> list[Item]:
    """The actors behind a meeting who may take part; an office without a state gives way to the name right behind it."""
    after = [item for item in _after(place) if item.tags.isdisjoint(IN)]
    while len(after) > 1 and _held_by(after[0], after[1]):
        del after[0]
    return after


def _held_by(office: Item, holder: Item) -> bool:
    """ "the head of the council, General X": an office whose state goes unsaid, and right behind it who holds it."""
    if "official.actor" in office.tags and any(actor.plural for actor in _members(office)):
        return False  # "officials, to discuss the initiative of the president": they hold no office of their own
    return not _states([office]) and _person(holder) and 0 <= gap(office, holder) <= BESIDE and "conj" not in holder.tags


def _of_visit(place: Place, item: Item) -> bool:
    """ "a visit *of A*, marked by a meeting with B": he who visits meets."""
    at = place.items.index(item)
    return at > 0 and "n.visit" in place.items[at - 1].tags and bool({"p.of", "p.by"} & item.tags)


def _person(item: Item) -> bool:
    """Whether the phrase names people who act for known states, and nobody else."""
    members = _members(item)
    return bool(members) and all(
        actor.kind in PEOPLE
        and actor.iso is not None
        and actor.level is ActorLevel.STATE
        and actor.tags.isdisjoint({"speaker_for", "crowd"})
        for actor in members
    )


def _somebody(item: Item) -> bool:
    """Whether one can say who they are: "officials of A" are anybody, "the ministers of A and B" are one of each."""
    several = len(_states([item])) > 1
    return all(
        (actor.kind == "delegation" or ((several or not actor.plural) and bool(actor.person or actor.name or actor.rank)))
        and "official" not in actor.tags
        for actor in _members(item)
    )


def _members(item: Item) -> list[Actor]:
    return item.value.members if is_actor(item) and isinstance(item.value, Group) else []


def _states(items: Iterable[Item]) -> set[str]:
    return {actor.iso for item in items for actor in _members(item) if actor.iso is not None}


def _joined(items: Iterable[Item]) -> Group:
    return Group([actor for item in items for actor in _members(item)])


_BY_TYPE: dict[EventType, Callable[[Place, RuleData, Modality, dict[str, Actor]], Roles | None]] = {
    EventType.MEETING: _meeting,
    EventType.VISIT: _visit,
    EventType.AGREEMENT: _pair,
    EventType.RELATIONS_CHANGE: _pair,
    EventType.FLIGHTS: _pair,
}
