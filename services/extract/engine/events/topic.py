"""Of whom the story speaks where a verb names nobody: an earlier subject, who was spoken of last, who stands before a colon."""

from __future__ import annotations

from schemas.codes import ActorLevel
from services.extract.engine.clauses.finders import FINDERS
from services.extract.engine.clauses.roles import IN, TO, Place, is_actor, is_plain, pronoun_before
from services.extract.engine.events.story import Story
from services.extract.engine.phrases.actors import Actor, Group
from services.extract.engine.words.items import Item, gap


def spoken_of(actors: list[Item]) -> Group | None:
    """The one person or office that a sentence names first without a preposition: who acts when the next one names nobody."""
    for item in actors:
        if isinstance(item.value, Group) and is_plain(item) and (people := _people(item)):
            return Group(people[:1]) if len(item.value.members) == 1 else None
    return None


def _people(item: Item) -> list[Actor]:
    """The people of a phrase who act for a state: no unnamed source, no spokesman, no paper."""
    members = item.value.members if isinstance(item.value, Group) else []
    kinds = ("official", "person", "delegation")
    return [a for a in members if a.kind in kinds and a.level is ActorLevel.STATE and "speaker_for" not in a.tags and not a.plural]


def unsaid(story: Story, place: Place) -> Group:
    """Who acts when the verb names nobody: the subject of an earlier verb of the sentence, else whom the sentence before spoke of."""
    if "verb" not in place.trigger.tags or _unknown_behind(place) or _stranger_in_front(story, place):
        return Group()
    for position in range(place.at):
        if "verb" in place.items[position].tags:
            found = FINDERS["subject"](Place(place.items, position))
            if found and (spoken := _people(found[0])):
                return Group(spoken)
    if (before := _before_colon(place)) is not None:
        return before
    named_before = any(is_plain(item) for item in place.items[: place.at])
    return story.topic if story.topic is not None and not named_before else Group()


def _before_colon(place: Place) -> Group | None:
    """ "Minister X in B: met the king": right behind a colon, the one person whom the words before it name."""
    if not place.at or "colon" not in place.items[place.at - 1].tags or gap(place.items[place.at - 1], place.trigger) > 0:
        return None
    named = [item for item in place.items[: place.at - 1] if is_plain(item) and _people(item)]
    return Group(_people(named[0])) if len(named) == 1 else None


def as_pronoun(place: Place, name: str) -> bool:
    """Whether subject or object is only "he": it opens the clause right in front of the verb, or is glued to the verb."""
    if name == "object":
        return "object" in place.trigger.tags
    pronoun = pronoun_before(place) if name == "subject" else None
    return pronoun is not None and (pronoun == 0 or "break" in place.items[pronoun - 1].tags)


def _unknown_behind(place: Place) -> bool:
    """Whether words that the lexicon does not know stand right behind the place that follows the verb: they may be its subject."""
    behind = place.items[place.at + 1 : place.at + 3]
    if len(behind) < 2 or not (is_actor(behind[0]) and behind[0].tags & (IN | TO)) or gap(place.trigger, behind[0]) > 0:
        return False
    return gap(behind[0], behind[1]) > 1 and "after_comma" not in behind[1].tags


def _stranger_in_front(story: Story, place: Place) -> bool:
    """Whether a name that nobody knows stands right before a verb whose subject stands there: it is the subject, not who was spoken of."""
    text, trigger = story.text, place.trigger
    if not text.capitals or "svo" not in trigger.tags or trigger.first < 2:
        return False
    before = place.items[place.at - 1] if place.at else None
    if before is not None and before.last >= trigger.first - 1:
        return False
    start = text.starts[trigger.first - 2]
    return text.raw(start, start + 1).isupper() and text.norm[start - 1] == " "
