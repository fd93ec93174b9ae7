"""Did it happen? Tense, negation, doubt, plan, denial, postponement, as the words around a trigger put it."""

from __future__ import annotations

from services.extract.engine.clauses.changes import CLOSE_WORDS, GOVERN_WORDS, moved_behind, told_ahead, undone_behind, was_intended
from services.extract.engine.clauses.demands import asked_for
from services.extract.engine.clauses.mentions import Modality
from services.extract.engine.clauses.openers import doubted_clause, planned_clause, reported_clause, reported_denial, reported_now
from services.extract.engine.clauses.roles import Place
from services.extract.engine.clauses.subjects import subject_in_front
from services.extract.engine.clauses.tense import carried_tense, tense_of
from services.extract.engine.words.items import Item, gap


def judge(place: Place) -> Modality:
    """The modality of the trigger, from its own form and the cues that govern it in its clause."""
    trigger = place.trigger
    result = Modality(course="noun" if _as_noun(place) else tense_of(trigger))
    if "negated" in trigger.tags:
        result.course = "negated"
        result.will_not = "fut" in trigger.tags
        return result
    if (unsure := _by_its_subject(place) or asked_for(place)) is not None:
        result.course = unsure
        return result
    result.background = "before" in trigger.tags
    result.during = "under_way" in trigger.tags
    if ({"ptc", "svo"} <= trigger.tags or "ptc.signed" in trigger.tags) and "verb" not in trigger.tags:
        return result  # a bare participle tells what is over, whatever governs its noun
    if {"gerund", "after_comma"} <= trigger.tags:
        result.course = _course_beside(place)
        return result
    last, words = trigger, 0
    for position in range(place.at - 1, -1, -1):
        item = place.items[position]
        words += max(gap(item, last), 0)
        if words > GOVERN_WORDS + 4 or _decided(place, position, words, result):
            break
        _shade(place, item, words, result)
        if result.course == "future" and was_intended(place, position):
            result.course = "lapsed"
        if _ends_clause(item) and not _tells(place, position) and not ("bare_inf" in item.tags and {"bare_inf", "conj"} <= trigger.tags):
            if "break" in item.tags:
                result.course = _course_of_clause(place, position, result.course)
                result.background = result.background and not reported_now(place, position)
            elif {"conj", "inf"} <= trigger.tags and "fut" in item.tags:
                result.course = "future"  # "is to take part and be received"
            elif {"conj", "verb"} <= trigger.tags:
                earlier = judge(Place(place.items, position)).course  # "it is possible that A visits and meets"
                result.course = earlier if earlier in SHARED else result.course
            break
        last = item
    _told_behind(place, result)
    return result


def _told_behind(place: Place, result: Modality) -> None:
    """What the words behind the trigger make of it: a verb of holding, what became of a plan."""
    if result.course == "present" and told_ahead(place):
        result.course = "future"
    if result.course == "noun":
        result.course = _held_behind(place, _carrier_of(place.trigger)) or "noun"
    if result.course in ("noun", "present", "past", "future", "lapsed"):
        result.course = moved_behind(place) or (undone_behind(place) if result.course == "lapsed" else None) or result.course


def _course_beside(place: Place) -> str:
    """ "will fly to A on Sunday, landing at noon": what goes with the verb before it happens as that does."""
    for position in range(place.at - 1, -1, -1):
        if "verb" in place.items[position].tags:
            return judge(Place(place.items, position)).course
    return "noun"


def _by_its_subject(place: Place) -> str | None:
    """What stands right before the subject of a verb: "no minister visited" tells nothing, "had A visited" is a condition or a question."""
    if not {"svo", "verb"} <= place.trigger.tags:
        return None
    subject = subject_in_front(place)
    if subject is None or subject.start > place.trigger.start:
        return None
    at = next((k for k, item in enumerate(place.items[: place.at]) if item is subject), 0)
    before = place.items[at - 1] if at else None
    if "few" in subject.tags or (before is not None and "few" in before.tags and gap(before, subject) <= 1):
        return "negated"
    opens = before is not None and "aux.inverts" in before.tags and gap(before, subject) == 0
    return "hypothetical" if opens and (at == 1 or "break" in place.items[at - 2].tags) else None


def _as_noun(place: Place) -> bool:
    """Whether a form that may be noun or verb is the noun: behind a preposition, or behind another verb ("A intends opening").

    Only where no word in front of a verb tells the two apart.
    """
    tags = place.trigger.tags
    if not {"verb", "noun", "perf"} <= tags or {"conj", "svo"} & tags or place.at == 0:
        return False
    before = place.items[place.at - 1]
    if {"p.on", "p.to"} & before.tags and "actor" not in before.tags and gap(before, place.trigger) == 0:
        return True
    for item in reversed(place.items[: place.at]):
        if "verb" in item.tags:
            return "background" not in item.tags
        if not item.tags & {"actor", "date", "adverb", "filler", "p.on"}:
            return False
    return False


def _decided(place: Place, position: int, words: int, result: Modality) -> bool:
    """Whether the cue at `position` alone decides: negation right before the trigger, or a cue of doubt, denial, change that governs it."""
    item = place.items[position]
    if "neg" in item.tags and gap(item, place.trigger) <= (0 if "verb" in place.trigger.tags else CLOSE_WORDS):
        result.course = "negated"
        result.will_not = bool({"will_not", "fut"} & (item.tags | place.trigger.tags))
        return True
    following = place.items[position + 1]
    if position and "verb" in item.tags and "neg" in place.items[position - 1].tags and (_as_noun(place) or _named_step(place)):
        result.course = "negated"  # "did not decide on the expulsion of", "did not grant leave to"
        return True
    if "may" in item.tags and "impf" in following.tags and gap(item, following) == 0 and words <= GOVERN_WORDS:
        result.course = "hypothetical"
        return True
    # "may sign during his visit": what is only doubted is not what it happens in the course of.
    if "damper" in item.tags and _denied_report(place, position):
        result.course = "denied"  # "denied reports of a possible meeting"
        return True
    course = _governed(place, position) if words <= GOVERN_WORDS and not result.during else None
    result.course = course or result.course
    return course is not None


def _denied_report(place: Place, position: int) -> bool:
    """Whether the words before say that reports of it are denied."""
    before = place.items[max(position - 4, 0) : position]
    reported = any("report" in item.tags for item in before)
    return reported and any("deny" in item.tags and "verb" in item.tags for item in before)


def _shade(place: Place, item: Item, words: int, result: Modality) -> None:
    """What the word before the trigger adds: the tense of the verb that carries a noun, a plan, a time relation."""
    tags = item.tags
    nominal = "verb" not in place.trigger.tags or _as_noun(place)
    close = gap(item, place.trigger) <= 1
    if nominal:
        if ("light" in tags or ("be" in tags and close)) and result.course == "noun":
            result.course = tense_of(item)
        if result.course == "noun" and tags & CARRIERS and words <= GOVERN_WORDS:
            carried = carried_tense(item)  # "would open it during his visit": what the verb leaves open its occasion does not
            result.course = "future" if result.during and carried == "hypothetical" and "would" in tags else carried
        if result.course == "noun" and "n.perform" in tags and words <= GOVERN_WORDS and _is_told(place, item):
            result.course = "past"  # "revealed that X had paid": the undertaking of it is told
        if "purpose" in tags and close:
            result.course = "future"
        if "n.visit" in place.trigger.tags and GOING & tags and "verb" in tags and words <= 1 and result.course == "noun":
            result.course = "present" if tense_of(item) == "past" else tense_of(item)  # "left for a visit"
        if result.during and result.course == "noun" and "verb" in tags and tense_of(item) == "future":
            result.course = "future"  # "will sign it during his visit"
        if "after" in tags and close:
            result.after = True
            if result.course == "future" and tense_of(place.trigger) == "future":
                result.course = "noun"  # "the anniversary of the visit": the preposition of the noun is no purpose
        result.completed |= "completed" in tags
    result.during |= "during" in tags and (close or ("n.visit" in place.trigger.tags and _of_whom(place, item)))
    if "plan" in tags and result.course in ("noun", "present", "inf") and words <= GOVERN_WORDS:
        result.course = "future"
    if "was_plan" in tags:
        result.course = "lapsed"


GOING = frozenset({"v.depart", "v.set_off", "v.leave"})
"""Verbs of leaving, which may have a visit as their goal ("left for a visit to")."""


_DESCRIBES = frozenset(
    {"poss", "filler", "official_word", "first", "date.last", "duration", "secret", "adj", "number", "date.count", "ongoing"}
)


def _of_whom(place: Place, opener: Item) -> bool:
    """ "as part of the president's visit": nothing but the owner stands between the opener and the noun."""
    between = place.items[place.items.index(opener) + 1 : place.at]
    last = opener
    for item in (*between, place.trigger):
        if gap(last, item) > 0 or (item is not place.trigger and not _DESCRIBES & item.tags):
            return False
        last = item
    return True


SHARED = frozenset({"hypothetical", "denied", "invited"})
"""Courses that a second verb shares with the one before it."""
CARRIERS = frozenset({"v.perform", "v.begin", "v.end", "v.hold", "v.launch", "v.witness", "v.result", "v.have", "v.drill"})
"""Verbs that lend a noun their tense: pay (a visit), have (talks), begin, hold, launch, see, result in."""


def _ends_clause(item: Item) -> bool:
    tags = item.tags
    if "break" in tags:
        return "relative" not in tags
    return "verb" in tags and not (tags & (CARRIERS | {"light", "say"}))


def _is_told(place: Place, noun: Item) -> bool:
    """Whether a verb of saying or a report stands right before the noun, with no plan or doubt between."""
    position = next(k for k, item in enumerate(place.items) if item is noun)
    for item in reversed(place.items[max(position - 4, 0) : position]):
        if {"say", "report"} & item.tags:
            return True
        if {"plan", "doubt", "verb", "break"} & item.tags:
            return False
    return False


def _tells(place: Place, position: int) -> bool:
    """ "denied reports that spoke of a visit": the verb right behind "reports" is no clause of its own."""
    for back in (position - 1, position - 2):
        if back < 0 or gap(place.items[back], place.items[back + 1]) > 0:
            return False
        if "report" in place.items[back].tags:
            return True
        if "relative" not in place.items[back].tags:
            return False
    return False


def _course_of_clause(place: Place, position: int, course: str) -> str:
    """What the words before the opener of the clause make of everything in it."""
    if reported_denial(place, position):
        return "denied"
    if doubted_clause(place, position):
        return "hypothetical"
    if course != "past" and planned_clause(place, position):
        return "future"
    if course == "lapsed" and reported_clause(place, position):
        return "future"  # "said that A was going to sign"
    opener = place.items[position]
    if course == "present" and "complement" in opener.tags and gap(opener, place.trigger) == 0:
        return "hypothetical"  # "that they sign": wished or feared, unless a plan says so
    return course


def _governed(place: Place, position: int) -> str | None:
    """What the cue at `position` makes of the trigger behind it, or `None` when it does not govern it."""
    tags = place.items[position].tags
    if {"modal", "would"} & tags and {"inf", "ger"} & place.trigger.tags:
        return "hypothetical"
    if ("aux.modal" in tags or {"aux.inf", "modal"} <= tags) and "verb" not in place.trigger.tags:
        return "hypothetical"  # its verb is none that we know: "tried to arrange a visit"
    if "doubt" in tags or "invite" in tags:
        return "invited" if "invite" in tags else "hypothetical"
    if "debate" in tags and _debated(place):
        return "hypothetical"
    if "deny" in tags:
        return "denied"
    if "back_out" in tags and "p.from" in place.items[place.at - 1].tags:
        return "cancelled"  # "backed out of the visit"
    if "cancel" in tags:
        return "hypothetical" if _wanted(place, position) else "cancelled"
    if "postpone" in tags:
        return "hypothetical" if _wanted(place, position) else "postponed"
    if "refuse" in tags:
        return "refused"
    return None


NO_STEP = frozenset({"in", "p.in", "n.meet", "n.visit", "n.call"})
"""Where a debate is held, not what it is about."""


def _debated(place: Place) -> bool:
    """ "debated the expulsion of the ambassador": a verbal noun that tells a step; not what the debate was held at ("in a meeting")."""
    tags = place.trigger.tags
    nominal = "verb" not in tags or ("noun" in tags and "conj" not in tags)
    return nominal and not tags & NO_STEP and any(tag.startswith(("v.", "n.sign")) for tag in tags)


def _named_step(place: Place) -> bool:
    """Whether the trigger names a step that the verb before it takes or not."""
    tags = place.trigger.tags
    return {"noun", "def"} <= tags and "verb" not in tags and not tags & (NO_STEP | {"to"}) and any(tag.startswith("v.") for tag in tags)


def _wanted(place: Place, position: int) -> bool:
    """A demand to cancel is no cancellation: a word of wish, call or protest stands before it."""
    last = place.items[position]
    for back in range(position - 1, max(position - 6, -1), -1):
        item = place.items[back]
        if {"doubt", "protest", "invite"} & item.tags and gap(item, last) <= GOVERN_WORDS:
            return True
        if "neg" in item.tags and gap(item, last) == 0:
            return True
    return False


def _carrier_of(noun: Item) -> str:
    """The verbs that carry the noun when they stand behind it."""
    if "n.flight" in noun.tags:
        return "v.launch"
    return "v.perform" if "n.visit" in noun.tags else "v.hold"


_EXPECTED = frozenset({"n.meet", "n.visit", "n.inaugurate", "n.sign"})


def _held_behind(place: Place, carrier: str) -> str | None:
    """ "a summit of A and B that will be held": the verb of holding behind the noun."""
    planned = False
    behind = place.items[place.at + 1] if place.at + 1 < len(place.items) else None
    if behind is not None and "plan" in behind.tags and _EXPECTED & place.trigger.tags and gap(place.trigger, behind) == 0:
        return "future"  # "an expected meeting"
    aside = False
    for behind_at, item in enumerate(place.items[place.at + 1 :], place.at + 1):
        aside = {"relative", "after_comma"} <= item.tags or (aside and not {"verb", "after_comma"} <= item.tags)
        if aside:
            continue  # "the summit, which includes A and B, will not take place"
        planned = planned or "plan" in item.tags
        if "will_not" in item.tags:
            return None
        if "will_be" in item.tags:
            doubted = behind_at + 1 < len(place.items) and "doubt" in place.items[behind_at + 1].tags
            return "hypothetical" if doubted else "future"  # "a visit will be possible only if"
        if "v.join" in item.tags and "n.meet" in place.trigger.tags and (planned or "fut" in item.tags):
            return "future"  # "a meeting that will bring together A and B"
        if "negated" in item.tags and (carrier in item.tags or "v.hold" in item.tags):
            return "negated"  # "the meeting did not take place"
        before = place.items[behind_at - 1]
        if "neg" in before.tags and gap(before, item) == 0 and {carrier, "light", "v.hold"} & item.tags:
            return "negated"  # where "not" is a word of its own
        if {"v.begin", "fut"} <= item.tags and "n.meet" in place.trigger.tags:
            return "future"  # "a round of talks that will begin on Monday"
        if carrier in item.tags or "light" in item.tags or ({"v.hold", "svo"} <= item.tags and "would" not in item.tags):
            return ("future" if planned else None) if "bare_inf" in item.tags else tense_of(item)
        if "verb" in item.tags or ("break" in item.tags and not {"relative", "inverts"} & item.tags):
            return None
    return None
