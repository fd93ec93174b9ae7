"""Verbs made of several words: auxiliaries, negation and the mark of the infinitive become marks of the verb they belong to.

A form that is verb and noun is decided by the word before it. Not here: what the marks mean for an event (`modality`).
"""

from __future__ import annotations

from services.extract.engine.text import Text
from services.extract.engine.words.items import Item, gap

AUXILIARIES = frozenset(
    {
        "aux.future",
        "aux.modal",
        "aux.would",
        "aux.have",
        "aux.had",
        "aux.be",
        "aux.was",
        "aux.do",
        "aux.did",
        "aux.refuse",
        "aux.not",
        "aux.agree",
    }
)
INFINITIVE = "inf.mark"
BETWEEN = frozenset({"adverb", "attribution", "date", "claim", "first", "secret", "official_word"})
"""What may stand between an auxiliary and its verb."""
MOST = 6
"""Auxiliaries of one verb at most."""
FORMS = frozenset({"base", "third", "perf", "ptc", "ing", "impf"})
BEFORE_NOUN = frozenset(
    {"filler", "adj", "official_word", "secret", "number", "date.count", "first", "demonym", "poss", "neg", "during", "after", "domain"}
)
BEHIND_NOUN = frozenset({"p.to", "p.by", "p.of", "p.between"})
ARTICLES = frozenset({"def", "indef", "own"})
NAMED = frozenset({"state", "city", "person", "office", "org", "delegation"})
"""What can be the subject of a verb right behind it."""
PASSED_ON = frozenset({"fut", "agreed", "inf", "modal", "would", "negated", "refused", "lapsed"})
"""Marks that a second verb without auxiliaries shares ("will visit and sign")."""


def _without_verb(tags: frozenset[str]) -> frozenset[str]:
    return frozenset(tag for tag in tags if tag not in ("verb", "svo") and not tag.startswith("v.")) - FORMS


def _owned(text: Text, out: list[Item], item: Item) -> bool:
    """ "the country's normalised ties": a participle right behind a possessive only describes; "he's visited" is a verb."""
    contracted = bool(out) and "pronoun" in out[-1].tags and gap(out[-1], item) <= 1
    return text.flat[item.start - 3 : item.start] == " s " and not contracted


def compose_verbs(text: Text, items: list[Item]) -> list[Item]:
    """`items` with auxiliaries taken into their verbs, and every form that is noun and verb decided for one of them."""
    out: list[Item] = []
    last_verb: Item | None = None
    for position, item in enumerate(items):
        if "verb" in item.tags and "noun" in item.tags:
            opens = "third" in item.tags and _opens_sentence(text, item)
            _decide(
                [] if opens else out,
                item,
                items[position + 1] if position + 1 < len(items) else None,
                opens=opens,
                several=_several(text, out, item),
            )
        elif {"verb", "base"} <= item.tags and item.tags & ARTICLES:
            item.tags = _without_verb(item.tags)  # "the head"
        if {"verb", "perf"} <= item.tags and _owned(text, out, item):
            item.tags = _without_verb(item.tags)
        elif "verb" in item.tags and not FORMS.isdisjoint(item.tags):
            if {"base"} <= item.tags and last_verb is not None and {"fut", "agreed"} & last_verb.tags and _behind_comma(text, item):
                item.tags |= {"conj"}  # "will open A, hold B and sign C"
            _compose(out, item, last_verb, items[position + 1] if position + 1 < len(items) else None)
            if "verb" in item.tags:
                last_verb = item
                if _behind_comma(text, item):
                    item.tags |= {"after_comma"}
        elif "role.as" in item.tags and last_verb is not None and "takes.as" in last_verb.tags:
            item.tags -= {"break"}  # "named X as its ambassador" goes on
        elif "break" in item.tags and "relative" not in item.tags:
            last_verb = None
        out.append(item)
    return out


def _behind_comma(text: Text, verb: Item) -> bool:
    """Whether a comma stands right before the first word of the verb."""
    at = text.starts[verb.first - 1] - 1
    while at > 0 and text.norm[at] == " ":
        at -= 1
    return text.norm[at] == ","


def _opens_sentence(text: Text, item: Item) -> bool:
    """Whether nothing of its sentence stands before the word: a verb in the third person would have its subject there."""
    before = text.norm[max(item.start - 8, 0) : item.start].rstrip(" \"'")
    return not before or before[-1] in "\n.!?"


def _several(text: Text, out: list[Item], item: Item) -> bool:
    """Whether a list of states stands right before ("Israel, UAE launch", "Israel and Egypt launch"): the base form is then its verb."""
    if len(out) < 2 or not out[-1].tags & _STATES or gap(out[-1], item) != 0 or "poss" in out[-1].tags:
        return False
    if "conj" in out[-1].tags:
        return bool(out[-2].tags & _STATES)
    return bool(out[-2].tags & _STATES) and text.norm[out[-2].end : out[-1].start].strip() == ","


_STATES = frozenset({"state", "capital"})


def _goal_of_verb(out: list[Item]) -> bool:
    """Whether a state stands last, right behind the verb of the clause: it names the trip ("wraps up Tel Aviv visit")."""
    return len(out) > 1 and bool(out[-1].tags & _STATES) and "verb" in out[-2].tags and gap(out[-2], out[-1]) == 0


def _decide(out: list[Item], item: Item, following: Item | None, *, opens: bool, several: bool) -> None:
    """Noun or verb: what stands right before it, else right behind it, decides; a third person has a subject, no verb, before it."""
    before = out[-1] if out else None
    noun = opens or bool(item.tags & ARTICLES)
    verb = several and "base" in item.tags and not (following is not None and gap(item, following) == 0 and following.tags & BEHIND_NOUN)
    if not noun and before is not None and gap(before, item) == 0:
        if "noun.first" in item.tags and before.tags & NAMED and "poss" not in before.tags and {"third", "perf"} & item.tags:
            verb = True
        verb = verb or (bool(before.tags & (AUXILIARIES | {INFINITIVE})) and ("base" in item.tags))
        preposition = any(tag.startswith("p.") for tag in before.tags) and INFINITIVE not in before.tags
        behind_verb = {"verb", "perf"} <= before.tags and "passive" not in before.tags and "third" in item.tags  # "finished talks"
        noun = not verb and (
            behind_verb or preposition or bool(before.tags & BEFORE_NOUN) or bool(before.tags & ARTICLES and not before.tags & NAMED)
        )
        noun = noun or (not verb and not several and _goal_of_verb(out) and item.tags.isdisjoint({"third", "perf"}))
    if "ing" in item.tags and not noun:
        verb = before is not None and gap(before, item) <= 1 and bool(before.tags & {"aux.be", "aux.was"})
        noun = not verb
    if not noun and not verb:
        noun = "noun.first" in item.tags or (following is not None and gap(item, following) == 0 and bool(following.tags & BEHIND_NOUN))
    unwanted = "verb" if noun else "noun"
    item.readings = tuple(reading for reading in item.readings if unwanted not in reading.tags)
    inherited = item.tags & (ARTICLES | {"conj", "poss"})
    item.tags = frozenset().union(inherited, *(reading.tags for reading in item.readings))


def _compose(out: list[Item], verb: Item, last_verb: Item | None, following: Item | None) -> None:
    """Take the auxiliaries before `verb` out of `out`, and give the verb the tense, voice and negation that they tell."""
    marks, used = _auxiliaries(out, verb)
    for position in used:  # from the nearest on
        if position == len(out) - 1:
            verb.first = out[position].first
        verb.tags |= out[position].tags & {"conj"}
        del out[position]
    told = _told(verb.tags, marks)
    if told is None:
        if "conj" in verb.tags and "base" in verb.tags and last_verb is not None:
            told = frozenset(last_verb.tags & PASSED_ON) or frozenset({"impf"})
        elif "ing" in verb.tags:
            doing = frozenset(f"ing.{tag[2:]}" for tag in verb.tags if tag.startswith("v."))
            verb.tags = frozenset(tag for tag in verb.tags if tag != "verb" and not tag.startswith("v.")) - FORMS | {"gerund"} | doing
            return
        elif _reduced(out[-1] if out else None, verb, following) or (last_verb is not None and _told_then(out[-1], verb, following)):
            told = frozenset({"perf", "passive", "reduced"})
        else:
            told = frozenset({"perf"}) if "perf" in verb.tags else frozenset({"impf"})
    verb.tags = (verb.tags - FORMS) | told


def _auxiliaries(out: list[Item], verb: Item) -> tuple[frozenset[str], list[int]]:
    marks: set[str] = set()
    used: list[int] = []
    last = verb
    for position in range(len(out) - 1, -1, -1):
        item = out[position]
        if gap(item, last) > 1 or len(used) >= MOST:
            break
        mark = item.tags & AUXILIARIES
        if INFINITIVE in item.tags and not used and "base" in verb.tags:
            mark = frozenset({INFINITIVE})
        if mark:
            used.append(position)
            marks |= mark
        elif INFINITIVE in marks and marks == {INFINITIVE} and _agreed(item):
            marks |= {"aux.agree"}  # "agreed on Thursday to restore", "decided last week to close"
            break
        elif not item.tags & BETWEEN:
            break
        last = item
    return frozenset(marks), used


def _agreed(item: Item) -> bool:
    """Whether the word is a verb of agreeing or deciding that a day parts from its infinitive."""
    return "agrees.to" in item.tags and {"verb", "svo"} <= item.tags and item.tags.isdisjoint({"negated", "modal", "would", "passive"})


def _told(form: frozenset[str], marks: frozenset[str]) -> frozenset[str] | None:
    """The marks of a verb with these auxiliaries; `None` when there are none."""
    if not marks:
        return None
    passive = {"passive"} if marks & {"aux.be", "aux.was"} and form & {"ptc"} else set()
    if "aux.not" in marks:
        return frozenset({"negated"} | passive)
    if "aux.refuse" in marks:
        return frozenset({"refused", "before"} if "aux.had" in marks else {"refused"})
    if "aux.modal" in marks:
        return frozenset({"modal"} | passive)
    if "aux.future" in marks:
        return frozenset({"lapsed" if "aux.was" in marks else "fut"} | passive)
    if "aux.agree" in marks:
        return frozenset({"fut", "agreed"} | passive)
    if "aux.would" in marks:
        return frozenset({"would"} | passive)
    if INFINITIVE in marks:
        # "is to sign" is a plan; a bare "to sign" is decided by what governs it.
        return frozenset({"lapsed"} if "aux.was" in marks else {"fut"} if "aux.be" in marks else {"inf"}) | passive
    if "aux.had" in marks:
        return frozenset({"perf", "before"} | passive)
    if marks & {"aux.have", "aux.was", "aux.did"}:
        under_way = {"progressive"} if "ing" in form and "aux.was" in marks and "aux.have" not in marks else set()
        return frozenset({"perf"} | passive | under_way)
    return frozenset({"perf", *passive} if passive and "aux.was" in marks else {"impf", *passive})


def _told_then(before: Item, verb: Item, following: Item | None) -> bool:
    """ "signed a deal on projects announced last year": behind the verb of the clause, a participle of saying with a day of its own."""
    dated = following is not None and "date" in following.tags and gap(verb, following) == 0
    named = before.tags & {"actor", "person", "office", "org", "state", "city", "capital", "conj", "break", "pronoun"}
    return dated and {"say", "ptc", "perf"} <= verb.tags and not verb.tags & {"conj"} and not named


def _reduced(before: Item | None, verb: Item, following: Item | None) -> bool:
    """ "the agreement signed in May": a participle right behind its noun."""
    if "ptc" not in verb.tags:
        return False
    if "perf" not in verb.tags:
        return True
    if following is not None and "p.by" in following.tags and gap(verb, following) == 0:
        return True  # "a ceremony hosted by X"
    if before is not None and following is not None and {"gerund"} & before.tags and gap(before, verb) <= 1 and gap(verb, following) == 0:
        return True  # "strengthening established relations"
    return before is not None and gap(before, verb) == 0 and "n.instrument" in before.tags
