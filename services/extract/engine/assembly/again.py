"""What speaks again of an event that was just recalled: "(they met in May.) During his meeting with X", "this agreement was signed".

Not here: what is told again of news (`same`).
"""

from __future__ import annotations

from schemas.codes import Discourse, EventType
from services.extract.engine.assembly.same import same_people
from services.extract.engine.clauses.mentions import Mention
from services.extract.engine.events.drafts import Draft
from services.extract.engine.events.standing import discourse_of
from services.extract.engine.events.story import Story
from services.extract.engine.words.items import Item

NEAR = 2
"""Sentences over which "the meeting" is the one just recalled."""
_KNOWN = frozenset({"def", "poss", "known"})


def recalled_again(story: Story, drafts: list[Draft], mention: Mention) -> Draft | None:
    """The old event of which an undated mention with "the", "this" or "his" speaks again; `None` where news of these two is told."""
    if mention.when is not None or mention.announced is not None or mention.sentence.headline or not _speaks_of_the_known(mention):
        return None
    alike = [draft for draft in drafts if draft.type is mention.type and set(draft.parties) == set(mention.parties)]
    if not alike or any(discourse_of(story, m) is not Discourse.BACKGROUND for draft in alike for m in draft.mentions):
        return None
    last = alike[-1]
    if not 0 <= mention.sentence.number - last.mentions[-1].sentence.number <= NEAR:
        return None
    return last if mention.type is not EventType.MEETING or same_people(story, last, mention) else None


def _speaks_of_the_known(mention: Mention) -> bool:
    if mention.type is EventType.MEETING and "v.discuss" in mention.trigger.tags:
        return True  # "the two discussed": what they spoke of when they met
    named = {EventType.MEETING: mention.trigger, EventType.AGREEMENT: mention.object}.get(mention.type)
    return named is not None and (bool(_KNOWN & named.tags) or _pointed_at(mention, named))


def _pointed_at(mention: Mention, named: Item) -> bool:
    """ "this agreement"."""
    items = mention.sentence.items
    at = next((k for k, item in enumerate(items) if item is named), 0)
    return at > 0 and "demonstrative" in items[at - 1].tags
