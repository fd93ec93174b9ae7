"""Accepting: duplicates, order, and what is remembered when."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import timedelta

from schemas.cloudevents import read_headers
from schemas.topics import ARTICLES
from services.ingest.accept import Limits
from services.ingest.intake import Intake, Outcome
from services.ingest.store import Seen
from services.runtime.clock import Clock
from services.runtime.errors import BrokerUnavailable, DataError
from services.runtime.records import Message
from tests.unit.ingest.doubles import NOW, DictMemory, RecordingSender, always


def intake(sender: RecordingSender, memory: DictMemory | None = None, clock: Clock | None = None) -> Intake:
    return Intake(sender=sender, memory=memory or DictMemory(), clock=clock or always(), limits=Limits())


async def outcomes(taking: Intake, *texts: str, id: str = "a") -> list[Outcome]:
    return [result.outcome for result in await taking.submit([{"id": id, "text": text} for text in texts], kind="push")]


async def test_an_accepted_article_is_one_message_keyed_by_its_id() -> None:
    """Consumers find the article by key and know what it is from its headers."""
    sender = RecordingSender()
    await outcomes(intake(sender), "One.")

    message = sender.sent[0]
    envelope = read_headers(message.headers)
    assert envelope is not None
    assert (message.topic, message.key) == (ARTICLES.name, b"a")
    assert (envelope.source, envelope.type, envelope.subject, envelope.time) == ("urn:musafaha:ingest", ARTICLES.message_type, "a", NOW)


async def test_the_last_accepted_revision_is_a_duplicate_and_an_earlier_one_is_not() -> None:
    """A text that was corrected and then restored is news each time: A, B, A goes through three times."""
    sender = RecordingSender()
    taking = intake(sender)

    assert await outcomes(taking, "A.") == [Outcome.ACCEPTED]
    assert await outcomes(taking, "A.") == [Outcome.DUPLICATE]
    assert await outcomes(taking, "B.") == [Outcome.ACCEPTED]
    assert await outcomes(taking, "A.") == [Outcome.ACCEPTED]
    assert [article.text for article in sender.articles] == ["A.", "B.", "A."]


async def test_within_one_request_the_same_rule_holds() -> None:
    """A file with several revisions of one article is taken in its order."""
    sender = RecordingSender()

    found = await outcomes(intake(sender), "A.", "A.", "B.", "A.")

    assert found == [Outcome.ACCEPTED, Outcome.DUPLICATE, Outcome.ACCEPTED, Outcome.ACCEPTED]
    assert [article.text for article in sender.articles] == ["A.", "B.", "A."]


async def test_equal_text_under_another_id_goes_on() -> None:
    """Two outlets that print the same agency text are two articles."""
    sender = RecordingSender()
    taking = intake(sender)

    assert await outcomes(taking, "A.", id="one") + await outcomes(taking, "A.", id="two") == [Outcome.ACCEPTED, Outcome.ACCEPTED]


async def test_accepted_at_increases_although_the_clock_stands_still_or_goes_back() -> None:
    """Readers tell the newer revision by this stamp alone."""
    sender = RecordingSender()
    memory = DictMemory({"a": Seen("rev_x", NOW + timedelta(hours=1))})

    await outcomes(intake(sender, memory), "A.", "B.")

    assert [article.accepted_at for article in sender.articles] == [NOW + timedelta(hours=1, microseconds=n) for n in (1, 2)]


async def test_a_thousand_posts_of_one_article_at_once_keep_their_stamps_increasing() -> None:
    """However many push at once, one article has one order, and the others do not wait for it."""
    sender = RecordingSender()
    taking = intake(sender)

    same = [outcomes(taking, f"Text {n}.") for n in range(1_000)]
    others = [outcomes(taking, "Text.", id=f"other-{n}") for n in range(50)]
    found = await asyncio.gather(*same, *others)

    stamps = [article.accepted_at for article in sender.articles if article.id == "a"]
    assert Counter(outcome for each in found for outcome in each) == {Outcome.ACCEPTED: 1_050}
    assert stamps == sorted(set(stamps), key=lambda stamp: stamp or NOW)
    assert sender.most_in_flight > 1


async def test_messages_of_two_acceptances_of_one_revision_have_different_ids() -> None:
    """A, B, A: a consumer that drops repeated CloudEvents ids must still see the second A."""
    sender = RecordingSender()
    await outcomes(intake(sender), "A.", "B.", "A.")

    assert len({dict(message.headers)["ce_id"] for message in sender.sent}) == 3


async def test_what_the_broker_did_not_confirm_is_not_remembered() -> None:
    """Else the repetition would be taken for a duplicate and the article lost."""
    away = True
    sender = RecordingSender(fail=lambda _: BrokerUnavailable("away") if away else None)
    memory = DictMemory()
    taking = intake(sender, memory)

    assert await outcomes(taking, "A.") == [Outcome.UNCONFIRMED]
    assert memory.seen == {}
    away = False
    assert await outcomes(taking, "A.") == [Outcome.ACCEPTED]


async def test_after_an_unconfirmed_revision_no_later_one_of_that_article_is_tried() -> None:
    """Sent in the wrong order, the older text would win."""

    def fail(message: Message) -> Exception | None:
        return BrokerUnavailable("away") if b'"B."' in message.value else None

    sender = RecordingSender(fail=fail)
    taking = intake(sender)
    drafts = [{"id": "a", "text": text} for text in ("A.", "B.", "A.", "C.")] + [{"id": "b", "text": "Other."}]

    found = [result.outcome for result in await taking.submit(drafts, kind="push")]

    assert found == [Outcome.ACCEPTED, *[Outcome.UNCONFIRMED] * 3, Outcome.ACCEPTED]
    assert [article.text for article in sender.articles if article.id == "a"] == ["A."]


async def test_a_message_that_kafka_finds_too_large_is_a_refusal() -> None:
    """The topic may allow less than we do; no repetition would help."""
    sender = RecordingSender(fail=lambda _: DataError("too_large", "larger than Kafka takes"))
    results = await intake(sender).submit([{"text": "A."}], kind="push")

    assert (results[0].outcome, results[0].reason) == (Outcome.REFUSED, "too_large")


async def test_a_refused_item_does_not_hold_up_the_others() -> None:
    """The good ones go on, each result stands at the place of its item."""
    sender = RecordingSender()
    results = await intake(sender).submit([{"text": "A."}, {"text": ""}, 7, {"text": "B."}], kind="push")

    assert [result.outcome for result in results] == [Outcome.ACCEPTED, Outcome.REFUSED, Outcome.REFUSED, Outcome.ACCEPTED]
    assert [article.text for article in sender.articles] == ["A.", "B."]


async def test_no_lock_is_left_behind() -> None:
    """Millions of articles must not leave millions of locks."""
    taking = intake(RecordingSender())
    await asyncio.gather(*(outcomes(taking, "A.", "B.", id=f"id-{n % 7}") for n in range(50)))

    assert taking._locks._held == {}


async def test_requests_that_name_the_same_articles_in_opposite_order_do_not_wait_for_each_other_for_ever() -> None:
    """Locks are taken in one order by everybody."""
    taking = intake(RecordingSender())
    one = [{"id": id, "text": "A."} for id in ("x", "y", "z")]

    async with asyncio.timeout(10):
        found = await asyncio.gather(taking.submit(one, kind="push"), taking.submit(one[::-1], kind="push"))

    assert sorted(result.outcome for results in found for result in results) == [Outcome.ACCEPTED] * 3 + [Outcome.DUPLICATE] * 3
