"""Arms deals: who sells what to whom, at which stage, for how much (ontology 4.7)."""

from __future__ import annotations

from typing import Any

from schemas.codes import ActorLevel, ArmsStage, Discourse, EvidenceRole, ItemClass
from services.extract.engine.clauses.mentions import Mention
from services.extract.engine.clauses.roles import Place
from services.extract.engine.events.drafts import Draft
from services.extract.engine.events.eventdates import date_from, looks_ahead
from services.extract.engine.events.story import Story
from services.extract.engine.knowledge.entries import Entry
from services.extract.engine.phrases.actors import Actor, Group
from services.extract.engine.words.items import Item, Sentence, gap

BEFORE_SIGNATURE = (ArmsStage.NEGOTIATING, ArmsStage.ANNOUNCED, ArmsStage.APPROVED, ArmsStage.PLANNED)
ORDER = [
    *(ArmsStage.NEGOTIATING, ArmsStage.PLANNED, ArmsStage.ANNOUNCED, ArmsStage.APPROVED, ArmsStage.SIGNED),
    *(ArmsStage.DELIVERED, ArmsStage.IN_PRODUCTION, ArmsStage.SUSPENDED, ArmsStage.CANCELLED),
]
"""Stages as a deal goes on; of several the article tells, the furthest names the event."""


def build_arms(story: Story, sentence: Sentence, place: Place, mention: Mention) -> str | bool:
    """Add the deal that the mention tells: one buyer, one seller; `parties` may give both when one of them makes the goods."""
    seller, buyer = _seller_and_buyer(mention)
    if len(buyer) != 1 or not seller:
        return "no_second_party"
    if mention.modality.course == "present" and mention.when is None and all(entry.item is ItemClass.OTHER for entry in _goods(mention)):
        return "not_asserted"  # "buys weapons of": what a state does all the time, no deal
    mention.parties = [seller[0], buyer[0]]
    if not story.watchlist.in_scope(mention.parties):
        return "out_of_scope"
    for name in ("buyer", "seller", "parties"):
        members = mention.roles.get(name, Group()).members
        mention.evidence.extend((EvidenceRole.PARTY, actor.start, actor.end) for actor in members)
    story.mentions.append(mention)
    return True


def _seller_and_buyer(mention: Mention) -> tuple[list[str], list[str]]:
    """Who is which: as the roles say; of states that only deal with each other the one whose firm deals sells, else the first one buys."""
    buyer, seller = mention.roles.get("buyer", Group()).states, mention.roles.get("seller", Group()).states
    dealers = mention.roles.get("parties", Group())
    if not buyer and not seller:
        firms = [actor.iso for actor in dealers.members if actor.level is ActorLevel.CORPORATE and actor.iso]
        buyer = [state for state in dealers.states if state not in firms[:1]][:1]
    seller = [state for state in (*seller, *dealers.states) if state not in buyer]
    return seller, buyer or [state for state in dealers.states if state not in seller[:1]][:1]


def same_deal(draft: Draft, mention: Mention) -> bool:
    """The same buyer, seller and kind of goods; what a mention leaves open matches any (ontology A3)."""
    mine = _kinds([entry for m in draft.mentions for entry in _goods(m)])
    theirs = _kinds(_goods(mention))
    return draft.parties == mention.parties and (not (mine and theirs) or bool(mine & theirs))


def _kinds(goods: list[Entry]) -> set[ItemClass]:
    """The kinds that are told apart: "weapons" may be any, and a munition that loiters is a drone."""
    named = {entry.item for entry in goods if entry.item is not None and entry.item is not ItemClass.OTHER}
    return {ItemClass.UAV if item is ItemClass.LOITERING_MUNITION else item for item in named}


def _goods(mention: Mention) -> list[Entry]:
    """What is sold: the object of the trigger, else the goods that the sentence names."""
    named = [item for item in (mention.object, mention.trigger) if item is not None and "n.weapon" in item.tags]
    named += [item for item in mention.sentence.items if "n.weapon" in item.tags]
    return [entry for item in named if (entry := item.entry("n.weapon")) is not None]


def arms_fields(story: Story, draft: Draft, fields: dict[str, Any]) -> dict[str, Any]:
    """The fields of an arms deal."""
    background = fields["discourse"] is Discourse.BACKGROUND
    entry = next((entry for m in draft.mentions for entry in _goods(m) if entry.item), None)
    stage = max((_stage(story, draft, mention) for mention in draft.mentions), key=ORDER.index)
    makers = [actor for m in draft.mentions for name in ("seller", "parties", "maker") for actor in m.roles.get(name, Group()).members]
    return {
        "stage": stage,
        "seller": draft.parties[0],
        "seller_org": _company(makers, draft.parties[0]),
        "buyer": draft.parties[1],
        "item": entry.key if entry else None,
        "item_class": entry.item if entry else ItemClass.OTHER,
        "amount": next((amount for m in draft.mentions if (amount := amount_in(m.sentence)) is not None), None),
        "date": date_from(story, draft, draft.mentions, planned=stage is ArmsStage.PLANNED, background=background),
    }


def _stage(story: Story, draft: Draft, mention: Mention) -> ArmsStage:
    stage = ArmsStage(str(mention.rule.stage)) if mention.rule.stage is not None else ArmsStage.DELIVERED
    if looks_ahead(story, draft) and stage not in BEFORE_SIGNATURE:
        return ArmsStage.PLANNED
    return stage


def _company(actors: list[Actor], state: str) -> str | None:
    return next((a.org for a in actors if a.level is ActorLevel.CORPORATE and a.iso == state and a.org and a.org != "company"), None)


def amount_in(sentence: Sentence) -> dict[str, Any] | None:
    """A sum of money in `sentence`: a number or a counted scale ("half a billion") beside a currency, on whichever side."""
    items = sentence.items
    for position, item in enumerate(items):
        currency = item.entry("currency")
        if currency is None:
            continue
        value = _value(items[max(position - 3, 0) : position], item) or _value(items[position + 1 : position + 3], None)
        if value:
            return {"value": value, "currency": currency.key}
    return None


def _value(items: list[Item], before: Item | None) -> float | None:
    """The number that `items` say, right before the word `before` (or right behind a currency)."""
    number: float | None = None
    scale = 1.0
    last: Item | None = None
    for item in items:
        if last is not None and gap(last, item) > 0:
            number, scale = None, 1.0
        if isinstance(item.value, int):
            number = float(item.value)
        elif (entry := item.entry("date.count")) is not None and entry.number:
            number = float(entry.number)
        elif (entry := item.entry("scale")) is not None and entry.number:
            scale *= entry.number
            number = number if number is not None else 1.0
        else:
            number, scale = None, 1.0
        last = item
    if number is None or (before is not None and last is not None and gap(last, before) > 0):
        return None
    return number * scale
