"""Who stands how to a trigger: subject, object, "between A and B", "with B", "to C". Names of roles are those that rules use.

Each finder looks outward from the trigger and stops where another clause begins; precision comes before reach.
"""

from __future__ import annotations

from collections.abc import Callable

from services.extract.engine.clauses.asides import behind_aside, opens_carrying
from services.extract.engine.clauses.mentions import Modality
from services.extract.engine.phrases.actors import Group
from services.extract.engine.words.items import Item, gap

CARRIED_WORDS = 6
"""Unknown words between a noun and the verb behind it that says whom it brought together."""
REACH_WORDS = 14
"""Unknown words over which "between", "with" and "to" still belong to the trigger."""
PREPOSITIONS = frozenset(
    {"to", "in", "p.to", "p.in", "p.from", "p.with", "p.on", "p.between", "p.by", "p.at", "p.beside", "p.plus", "p.of", "like"}
)
TO = frozenset({"to", "p.to"})
IN = frozenset({"in", "p.in"})
OPAQUE = frozenset({"break", "verb"})


class Place:
    """A trigger in its sentence, with what is worked out of it once for all rules (`judged`, `behind`, `found`). Not to be changed."""

    __slots__ = ("at", "behind", "found", "items", "judged", "trigger")

    def __init__(self, items: list[Item], at: int) -> None:
        self.items, self.at, self.trigger = items, at, items[at]
        self.judged: Modality | None = None
        self.behind: list[Item] | None = None
        self.found: dict[Finder, list[Item]] | None = None

    def find(self, finder: Finder) -> list[Item]:
        """What `finder` finds here, sought once: many rules of a trigger ask for the same roles."""
        if self.found is None:
            self.found = {}
        found = self.found.get(finder)
        if found is None:
            found = self.found[finder] = finder(self)
        return found


Finder = Callable[[Place], list[Item]]


def is_actor(item: Item) -> bool:
    """Whether the item is a noun phrase of an actor."""
    return "actor" in item.tags


def is_plain(item: Item) -> bool:
    return "actor" in item.tags and item.tags.isdisjoint(PREPOSITIONS)


GENITIVE_WORDS = 3
IN_NOUN_PHRASE = frozenset(
    {
        "filler",
        "title",
        "official_word",
        "date",
        "domain",
        "demonym",
        "first",
        "adv",
        "secret",
        "duration",
        "n.instrument",
        "field",
        "number",
    }
)
"""What may stand between a noun and the actor that "of" hangs on it."""


FRONT_WORDS, FRONT_WORDS_PARTED = 6, 16
"""Unknown words between a subject and its verb: without and with something put between commas."""


def ahead(place: Place) -> list[Item]:
    """The items behind the trigger that still belong to its clause."""
    if place.behind is None:
        place.behind = _ahead(place)
    return place.behind


def _ahead(place: Place) -> list[Item]:
    found: list[Item] = []
    words, last = 0, place.trigger
    carried = "n.visit" in place.trigger.tags
    resumed = 0
    for position, item in enumerate(place.items[place.at + 1 :], place.at + 1):
        if position < resumed:
            last = item
            continue
        words += max(gap(last, item), 0)
        if (
            "during" in item.tags
            and position + 1 < len(place.items)
            and {"n.visit", "date", "date.count", "number", "duration"} & place.items[position + 1].tags
        ):
            last = item
            continue
        if carried and (item.tags & {"relative", "inverts", "v.perform"} or _opens_performing(place.items, position)):
            last = item
            continue
        if not found and "n.meet" in place.trigger.tags and opens_carrying(place.items, position):
            last = item
            continue
        if carried and found and "n.visit" in item.tags:
            break  # "a tour to A and B before the visit of ... to C"
        closed = not item.tags.isdisjoint(OPAQUE) or "after" in item.tags or ("during" in item.tags and bool(found))
        if closed and words <= REACH_WORDS and (behind := behind_aside(place.items, place.at, position)) is not None:
            resumed, last = behind, item
            continue
        if words > REACH_WORDS or closed:
            break
        found.append(item)
        last = item
    return found


def _opens_performing(items: list[Item], position: int) -> bool:
    """ "a visit that was due *to* be paid by": the opener right before the verb that carries the visit."""
    following = items[position + 1] if position + 1 < len(items) else None
    return "complement" in items[position].tags and following is not None and "v.perform" in following.tags


def has_member(item: Item, kinds: tuple[str, ...]) -> bool:
    if isinstance(item.value, Group):
        for member in item.value.members:
            if member.kind in kinds:
                return True
    return False


def pronoun_before(place: Place) -> int | None:
    """Where "he" or "they" stands right in front of a verb, its subject; an adverb may part them ("he also met")."""
    at, last = place.at - 1, place.trigger
    if at > 0 and "adverb" in place.items[at].tags and gap(place.items[at], last) == 0:
        at, last = at - 1, place.items[at]
    return at if at >= 0 and "pronoun" in place.items[at].tags and gap(place.items[at], last) == 0 else None
