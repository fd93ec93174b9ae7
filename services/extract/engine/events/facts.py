"""What every mention may have beside its parties: sources, background, secrecy, first-of-its-kind."""

from __future__ import annotations

from itertools import pairwise

from schemas.codes import ActorLevel, EventType, EvidenceRole
from services.extract.engine.clauses.mentions import Mention
from services.extract.engine.clauses.recalled import recalls
from services.extract.engine.clauses.roles import Place, is_actor
from services.extract.engine.clauses.subjects import subject
from services.extract.engine.events.dating import dates
from services.extract.engine.events.story import Story
from services.extract.engine.phrases.actors import Group
from services.extract.engine.words.items import Item, Sentence, gap

HEARSAY_ITEMS = 5
"""Words and phrases before a trigger that "reportedly" still reaches."""


_DESCRIBING = frozenset({"secret", "official_word"})
_TELLING = frozenset({"hearsay", "claim", "say", "attribution"})


SOURCE_ITEMS = 3
"""Known words before the colon behind a source, at most."""


def attributes(story: Story, sentence: Sentence, place: Place, mention: Mention) -> None:
    if not mention.roles and mention.type is EventType.VISIT and "n.visit" not in mention.trigger.tags:
        return  # a verb of travel without traveller and goal: nothing that could be dated
    dates(story, sentence, place, mention)
    _background(sentence, place, mention)
    _sources(sentence, place, mention)
    for item in sentence.items if not _DESCRIBING.isdisjoint(sentence.tags) else ():
        if "secret" in item.tags and abs(gap(mention.trigger, item)) <= 3:
            mention.secret = True
            mention.evidence.append((EvidenceRole.STATUS, item.start, item.end))
        if "official_word" in item.tags and 0 <= gap(mention.trigger, item) <= 3:
            mention.official = True
            mention.evidence.append((EvidenceRole.OFFICIAL, item.start, item.end))
    if "hearsay" in mention.trigger.tags:
        mention.reported = True  # a mood that says: so they say
    if "first" not in sentence.tags:
        return
    mention.first = _first(place) or _becomes_first(place)
    if mention.first is None and mention.object is not None and mention.object.start < place.trigger.start:
        mention.first = _first(Place(place.items, place.items.index(mention.object)))
    if mention.first is not None:
        mention.evidence.append((EvidenceRole.FIRST, mention.first.start, mention.first.end))


def _becomes_first(place: Place) -> Item | None:
    """ "..., so that it is the first state to": a cue of the first right behind a word of becoming, later in the sentence."""
    for before, item in pairwise(place.items[place.at + 1 :]):
        if "becomes" in before.tags and "first" in item.tags and gap(before, item) == 0:
            return item
    return None


def _first(place: Place) -> Item | None:
    """A cue of the first beside the trigger: right before it, or behind it in its own noun phrase or predicate."""
    for position in (place.at - 1, place.at + 1, place.at + 2, place.at + 3, place.at + 4):
        if 0 <= position < len(place.items) and position != place.at:
            item = place.items[position]
            distance = gap(item, place.trigger) if position < place.at else gap(place.trigger, item)
            if "first" in item.tags and distance <= (1 if position < place.at else 4):
                return item
            if position > place.at and item.tags & {"break", "verb"}:
                break
    return next((item for item in place.items[: place.at] if "first_adverb" in item.tags), None)


def _background(sentence: Sentence, place: Place, mention: Mention) -> None:
    """A cue of the past at the start of the sentence or of the trigger's clause."""
    if "after" in mention.trigger.tags:
        mention.modality.background = True
    mention.modality.old = mention.modality.old or recalls(place, mention) or _one_of_a_series(place)
    if "background" not in sentence.tags:
        return
    first = sentence.items[0] if sentence.items else None
    for position in range(place.at - 1, -1, -1):
        item = place.items[position]
        if "background" in item.tags and "fut" not in mention.trigger.tags:
            near_start = first is not None and item.first - first.first <= 2
            if near_start or gap(item, mention.trigger) <= 6:
                mention.modality.background = True
                mention.evidence.append((EvidenceRole.BACKGROUND_CUE, item.start, item.end))
                return


def _one_of_a_series(place: Place) -> bool:
    """ "visits that included the visit of A to B": a survey of what is known."""
    nouns = {"n.visit", "n.meet"} & place.trigger.tags
    before = place.items[max(place.at - 4, 0) : place.at]
    lists = next((at for at, item in enumerate(before) if "v.cover" in item.tags), None)
    return lists is not None and any({"plural", "noun"} <= item.tags and bool(nouns & item.tags) for item in before[:lists])


def _headed_by_source(place: Place) -> tuple[int, int] | None:
    """ "Report: ...", "Sudanese sources: ...": where the source stands before a colon, when it is no organ of a state."""
    colon = next((at for at, item in enumerate(place.items[: place.at]) if "colon" in item.tags), None)
    if colon is None or colon > SOURCE_ITEMS:
        return None
    for item in place.items[:colon]:
        speakers = item.value.members if isinstance(item.value, Group) else []
        if gap(item, place.items[colon]) > 1:
            continue  # "researchers without a passport: ..." is no source
        if "report" in item.tags or any("speaker_for" in a.tags and a.office != "spokesman" for a in speakers):
            return item.start, item.end
    return None


def _headed(sentence: Sentence, place: Place, mention: Mention) -> bool:
    """Note the source with which a headline begins; whether there is one."""
    source = _headed_by_source(place) if sentence.headline else None
    if source is None:
        return False
    mention.reported = True
    mention.evidence.append((EvidenceRole.ATTRIBUTION, *source))
    return True


def _sources(sentence: Sentence, place: Place, mention: Mention) -> None:
    """Whether only media or unnamed people say it: the subject of the verb of saying before the clause, or a head with a colon."""
    if _headed(sentence, place, mention) or _TELLING.isdisjoint(sentence.tags):
        return
    for item in place.items[max(place.at - HEARSAY_ITEMS, 0) : place.at + 2]:
        if "hearsay" in item.tags:
            mention.reported = True
            mention.evidence.append((EvidenceRole.ATTRIBUTION, item.start, item.end))
            break
    unsaid = next((item for item in place.items if "passive.say" in item.tags), None)
    if unsaid is not None and not any("say" in item.tags and "passive.say" not in item.tags for item in place.items):
        mention.reported = True  # "it was reported": by whom is not said
        mention.evidence.append((EvidenceRole.ATTRIBUTION, unsaid.start, unsaid.end))
        return
    for position in range(place.at - 1, -1, -1):
        item = place.items[position]
        if "claim" in item.tags:
            mention.claimed = True
            return
        if "say" in item.tags or "attribution" in item.tags:
            if _reported_by(place.items, position, mention):
                return
            if any("break" in between.tags for between in place.items[position : place.at]):
                return
    for position in range(place.at + 1, len(place.items)):
        if "attribution" in place.items[position].tags and not mention.reported:
            said = position + 1 < len(place.items) and "say" in place.items[position + 1].tags
            if not _reported_by(place.items, position + said, mention) and _report_behind(place.items, position):
                mention.reported = True
                mention.evidence.append((EvidenceRole.ATTRIBUTION, place.items[position].start, place.items[position + 1].end))
            return
    _told_at_the_end(sentence, mention)


def _told_at_the_end(sentence: Sentence, mention: Mention) -> None:
    """ "A visited B, a paper reported": a source and its verb of saying behind the last comma of the sentence."""
    items = sentence.items
    at = next((at for at in range(len(items) - 1, -1, -1) if "say" in items[at].tags), None)
    if at is None or items[at].start < mention.trigger.end or any("verb" in item.tags for item in items[at + 1 :]):
        return
    opens = at if "after_comma" in items[at].tags else at - 1
    if "after_comma" in items[opens].tags and not {"verb", "break"} & items[opens].tags - items[at].tags:
        _reported_by(items, at, mention)


def _report_behind(items: list[Item], position: int) -> bool:
    """ "according to a report": what is quoted is a paper, not a party."""
    return position + 1 < len(items) and "report" in items[position + 1].tags


def _reported_by(items: list[Item], position: int, mention: Mention) -> bool:
    """Whether the verb of saying at `position` has a speaker we know; media and unnamed people make it a mere report."""
    speakers = subject(Place(items, position))
    if not speakers and position + 1 < len(items) and is_actor(items[position + 1]):
        speakers = [items[position + 1]]
    for item in speakers:
        if isinstance(item.value, Group):
            speaker = item.value.members[0]
            unnamed = "unnamed" in speaker.tags and speaker.person is None and speaker.name is None
            if unnamed or speaker.level is ActorLevel.NON_STATE or "speaker_for" in speaker.tags:
                mention.reported = speaker.office != "spokesman"
                mention.evidence.append((EvidenceRole.ATTRIBUTION, *_source_span(item, items[position])))
            return True
    return False


def _source_span(speaker: Item, said: Item) -> tuple[int, int]:
    """The source with its verb of saying when they stand together, else the source alone."""
    if min(abs(gap(speaker, said)), abs(gap(said, speaker))) > 1:
        return speaker.start, speaker.end
    return min(speaker.start, said.start), max(speaker.end, said.end)
