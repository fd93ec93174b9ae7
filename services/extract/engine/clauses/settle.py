"""What a bare infinitive and a "would" mean, which depends on who says it and where it stands; and what hangs on a condition.

Not here: forms that tell by themselves (`modality`).
"""

from __future__ import annotations

from services.extract.engine.clauses.changes import GOVERN_WORDS
from services.extract.engine.clauses.firsts import first_to
from services.extract.engine.clauses.mentions import Modality
from services.extract.engine.clauses.modality import judge
from services.extract.engine.clauses.roles import Place
from services.extract.engine.clauses.subjects import subject
from services.extract.engine.phrases.actors import Group
from services.extract.engine.words.items import Item, Sentence, gap

REACH_ITEMS = 8
ON_THE_WAY = frozenset({"v.arrive", "v.depart", "n.visit", "v.visit", "resolve", "v.agree", "v.meet", "v.send"})
"""Who arrives, leaves or decides "to sign" has it set for later."""


_BESIDE_A_VERB = frozenset({"date", "filler", "adverb"})
"""What may stand between a relative pronoun and its verb."""


def settle(place: Place, sentence: Sentence, modality: Modality) -> Modality:
    """`modality` with its open courses decided."""
    if modality.course == "inf" and (told := first_to(place)) is not None:
        modality.course = told
    elif modality.course == "inf" and _announced_act(place):
        modality.course = "past"
    elif modality.course == "inf" and (sequel := _sequel(place) or _brought_about(place)) is not None:
        modality.course = sequel
    elif modality.course == "inf":
        modality.course = "future" if _heads_the_line(place, sentence) or _on_the_way(place) else "hypothetical"
    elif modality.course == "hypothetical" and (_said_by_a_party(place) if "would" in place.trigger.tags else _said_of_its_carrier(place)):
        modality.course = "future"
    if modality.course == "future" and "n.meet" in place.trigger.tags and _went_for(place):
        modality.course = "past"
    if modality.course == "future" and _had_gone_for(place):
        modality.course, modality.background = "past", True
    if modality.course == "future" and (_depends(place) or _foretold(place) or _guessed(place) or _ought(place)):
        modality.course = "hypothetical"
    return modality


def had_done_before(place: Place, modality: Modality) -> bool:
    """ "A, who had received B, said": what a relative clause tells of an earlier past is no news, though its sentence be."""
    if not modality.background or modality.course != "past":
        return False
    for item in reversed(place.items[: place.at]):
        if "relative" in item.tags:
            return True
        if not item.tags & _BESIDE_A_VERB:
            return False
    return False


def _went_for(place: Place) -> bool:
    """ "travelled to B last week for a meeting with": who went there had it."""
    opener = place.items[place.at - 1] if place.at else None
    if opener is None or "purpose" not in opener.tags or gap(opener, place.trigger) > 0:
        return False
    verb = next((item for item in reversed(place.items[: place.at]) if "verb" in item.tags), None)
    return verb is not None and {"v.go", "perf"} <= verb.tags


def _had_gone_for(place: Place) -> bool:
    """ "had gone to B to take part in a summit": what somebody had gone for is as old as his going."""
    opener = next((at for at in range(place.at - 1, max(place.at - 4, -1), -1) if "purpose" in place.items[at].tags), None)
    if opener is None or any("verb" in item.tags for item in place.items[opener : place.at]):
        return False
    verb = next((item for item in reversed(place.items[:opener]) if {"verb", "break"} & item.tags), None)
    return verb is not None and {"verb", "before"} <= verb.tags


def _sequel(place: Place) -> str | None:
    """ "met A before flying to B": the course of the verb before; a day of its own leaves what follows still to come."""
    opener = place.items[place.at - 1] if place.at else None
    if opener is None or "sequel" not in opener.tags or gap(opener, place.trigger) > 0:
        return None
    told = next((at for at in range(place.at - 2, -1, -1) if "verb" in place.items[at].tags), None)
    if told is None:
        return None
    course = judge(Place(place.items, told)).course
    own_day = any("date" in item.tags for item in place.items[place.at + 1 : place.at + 3])
    return "future" if course == "past" and own_day else course


BROUGHT_ABOUT = {"v.head_mission": "v.appoint", "v.ratify": "v.vote", "v.reject": "v.vote", "v.repeal": "v.vote"}
"""What is told by the verb before it: naming somebody "to head", voting "to ratify"."""


def _brought_about(place: Place) -> str | None:
    """ "named X to head its mission in B", "voted on Monday to ratify": the infinitive is done with the verb before."""
    wanted = {verb for act, verb in BROUGHT_ABOUT.items() if act in place.trigger.tags}
    if not wanted:
        return None
    for position in range(place.at - 1, -1, -1):
        if {"verb", "break"} & place.items[position].tags:
            return judge(Place(place.items, position)).course if wanted & place.items[position].tags else None
    return None


ACTS = frozenset(
    {
        "v.recognize",
        "v.recall",
        "v.close",
        "v.expel",
        "v.sever",
        "v.suspend",
        "v.downgrade",
        "v.cancel.pact",
        "v.suspend.pact",
        "v.withdraw",
    }
)
"""What is done by saying so."""


def _announced_act(place: Place) -> bool:
    """ "A announced on Saturday recalling its envoy", "A decided to": the announcement is the act; days alone may stand between."""
    if not ACTS & place.trigger.tags:
        return False
    before = next((item for item in reversed(place.items[: place.at]) if "date" not in item.tags), None)
    if before is None or not {"verb", "svo"} <= before.tags or {"negated", "modal", "would", "fut"} & before.tags:
        return False
    return ("v.decide" if "p.of" in place.trigger.tags else "v.announce") in before.tags


def _heads_the_line(place: Place, sentence: Sentence) -> bool:
    """ "A and B to sign ...": the subject opens a headline, and the infinitive follows at once."""
    found = subject(place)
    if not found and "noun" in place.trigger.tags:
        return _carried_ahead(place, sentence)
    if not found or not sentence.headline:
        return False
    in_front = [item for item in sentence.items if item.start < found[0].start]
    opens = not in_front or found[0].first - in_front[0].first <= 1 or all("filler" in item.tags for item in in_front)
    opens = opens or "colon" in in_front[-1].tags
    return opens and found[0].last + 1 >= place.trigger.first


_CARRY_AHEAD = frozenset({"v.perform", "v.launch", "v.begin"})


def _carried_ahead(place: Place, sentence: Sentence) -> bool:
    """ "A to make first visit to B": the verb that carries the noun of a headline is the infinitive."""
    for position in range(place.at - 1, 0, -1):
        item = place.items[position]
        if "verb" in item.tags:
            return bool(_CARRY_AHEAD & item.tags) and "inf" in item.tags and _heads_the_line(Place(place.items, position), sentence)
        if "break" in item.tags:
            return False
    return False


def _on_the_way(place: Place) -> bool:
    for item in reversed(place.items[max(place.at - REACH_ITEMS, 0) : place.at]):
        if ON_THE_WAY & item.tags:
            return "hypothetical" not in item.tags
        if {"break", "verb", "doubt", "invite", "refuse"} & item.tags:
            return False
    return False


def _said_by_a_party(place: Place) -> bool:
    """ "Israel's foreign ministry said its minister would visit", "it was announced that": who says or announces it can know."""
    mine = _states(subject(place))
    for position in range(place.at - 1, -1, -1):
        item = place.items[position]
        if "doubt" in item.tags:
            return False
        if "say" in item.tags and "verb" in item.tags:
            speakers = _states(subject(Place(place.items, position)))
            return {"v.announce", "perf"} <= item.tags or bool(mine & speakers) or ("passive" in place.trigger.tags and bool(speakers))
    return False


def _said_of_its_carrier(place: Place) -> bool:
    """ "El Al said it would start flights": the noun is as certain as the verb that carries it, when nothing else is in doubt."""
    if "verb" in place.trigger.tags or not CARRIERS_OF_LINES & place.trigger.tags:
        return False
    for position in range(place.at - 1, -1, -1):
        item = place.items[position]
        if "doubt" in item.tags:
            return False
        if "would" in item.tags and {"v.launch", "v.begin"} & item.tags:
            return _said_by_a_party(Place(place.items, position))
        if "verb" in item.tags or "break" in item.tags:
            return False
    return False


CARRIERS_OF_LINES = frozenset({"n.flight", "n.service", "n.exercise"})
"""Nouns whose verb is one of beginning."""
RELATIONS = frozenset({"v.accede", "v.establish", "v.resume", "v.recognize"})
"""What strangers like to foretell."""


def _foretold(place: Place) -> bool:
    """ "A will sign, the president of B predicts": of others' plans only they know, or whoever can name the day."""
    trigger = place.trigger
    if "svo" not in trigger.tags or "agreed" in trigger.tags or not {"fut", "would"} & trigger.tags:
        return False
    if "v.establish" in trigger.tags and not any("date" in item.tags for item in place.items):
        return True  # "they will normalise their ties": without a day a forecast
    mine = _states(subject(place))
    for position, item in enumerate(place.items):
        if {"foretell", "verb"} <= item.tags:
            return not any("date" in other.tags for other in place.items)
        if "say" in item.tags and "verb" in item.tags and position != place.at:
            speakers = _states(subject(Place(place.items, position)))
            if "v.announce" in item.tags and {"perf", "impf"} & item.tags and RELATIONS & trigger.tags:
                return False  # a broker who announces it knows it from both sides
            if speakers and mine and not speakers & mine:
                return bool(RELATIONS & trigger.tags) or not any("date" in other.tags for other in place.items)
    return False


def _guessed(place: Place) -> bool:
    """ "an analyst said that A would sign", "Analyst: A will sign": whoever only watches guesses, whatever day he names."""
    for position in range(place.at - 1, -1, -1):
        if "colon" in place.items[position].tags:
            return position > 0 and "forecaster.actor" in place.items[position - 1].tags
        if {"say", "verb"} <= place.items[position].tags:
            said = subject(Place(place.items, position))
            return bool(said) and all("forecaster.actor" in speaker.tags for speaker in said)
    return False


DUTIES = frozenset(
    {"v.recognize", "v.recall", "v.close", "v.expel", "v.sever", "v.suspend", "v.downgrade", "v.cancel.pact", "v.suspend.pact"}
)
"""What parties and papers like to demand of a state."""


def _ought(place: Place) -> bool:
    """ "A should recall its ambassador": a duty that somebody sees is a plan only with its day."""
    trigger = place.trigger
    return "must" in trigger.tags and bool(DUTIES & trigger.tags) and not any("date" in item.tags for item in place.items)


def _states(items: list[Item]) -> set[str]:
    return {state for item in items if isinstance(item.value, Group) for state in item.value.states}


def _depends(place: Place) -> bool:
    """ "will recognise it *if* ...": what a condition behind the trigger makes of something that is still to come."""
    last, words = place.trigger, 0
    for item in place.items[place.at + 1 :]:
        words += max(gap(last, item), 0)
        if words > GOVERN_WORDS or "colon" in item.tags:
            return False
        if "condition" in item.tags:
            return True
        if "verb" in item.tags:
            return False
        last = item
    return False
