"""Polling: what is asked, what is remembered, and when the next poll is due."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import httpx
import pytest

from services.ingest.accept import Limits
from services.ingest.feedbody import Entry
from services.ingest.feedlist import Feed, load_feeds
from services.ingest.feeds import Poller, backoff, draft_of
from services.ingest.fetch import retry_after_s
from services.ingest.intake import Intake
from services.ingest.store import FeedState
from services.runtime.errors import BrokerUnavailable, ConfigError
from tests.unit.ingest.doubles import NOW, DictMemory, RecordingSender

FEED = Feed(id="outlet", url="https://outlet.example/rss", name="Outlet", country="MAR", language="ar", interval_s=600)
BODY = b"""<rss version="2.0"><channel><title>x</title><item><title>A title</title><link>https://outlet.example/1</link>
<description>Two ministers met.</description><pubDate>Sun, 01 Mar 2026 11:00:00 GMT</pubDate></item></channel></rss>"""


@dataclass
class Rig:
    """A poller whose server, clock and memory are the test's."""

    answer: Callable[[httpx.Request], httpx.Response]
    now: datetime = NOW
    sender: RecordingSender = field(default_factory=RecordingSender)
    memory: DictMemory = field(default_factory=DictMemory)
    saved: list[FeedState] = field(default_factory=list)
    asked: list[httpx.Request] = field(default_factory=list)

    async def feed_states(self) -> dict[str, FeedState]:
        return {state.id: state for state in self.saved}

    async def save_feed_state(self, state: FeedState) -> None:
        self.saved.append(state)

    async def poll(self, state: FeedState | None = None, feed: Feed = FEED) -> FeedState:
        def handle(request: httpx.Request) -> httpx.Response:
            self.asked.append(request)
            return self.answer(request)

        intake = Intake(sender=self.sender, memory=self.memory, clock=lambda: self.now, limits=Limits())
        async with httpx.AsyncClient(transport=httpx.MockTransport(handle)) as client:
            poller = Poller(
                [feed],
                client=client,
                submit=lambda items: intake.submit(items, kind="feed"),
                states=self,
                clock=lambda: self.now,
                random=Random(1),
            )
            after = await poller.poll(feed, state or FeedState(id=feed.id, url=feed.url, next_poll_at=self.now))
        assert self.saved[-1] == after
        return after

    @property
    def validators(self) -> tuple[str | None, str | None]:
        """Of the last request."""
        headers = self.asked[-1].headers
        return headers.get("if-none-match"), headers.get("if-modified-since")


def ok(body: bytes = BODY, **headers: str) -> Callable[[httpx.Request], httpx.Response]:
    async def stream() -> AsyncIterator[bytes]:
        yield body

    return lambda _: httpx.Response(200, content=stream(), headers={name.replace("_", "-"): value for name, value in headers.items()})


def around(moment: datetime, interval: timedelta) -> tuple[datetime, datetime]:
    return moment + interval * 0.9, moment + interval * 1.1


def is_due_in(state: FeedState, interval: timedelta, now: datetime = NOW) -> bool:
    earliest, latest = around(now, interval)
    return earliest <= state.next_poll_at <= latest


async def test_entries_become_articles_of_the_feed() -> None:
    """What the feed's row says of the outlet is said of each article."""
    rig = Rig(ok())
    state = await rig.poll()

    article = rig.sender.articles[0]
    assert (article.text, article.url, article.language) == ("A title\nTwo ministers met.", "https://outlet.example/1", "ar")
    assert (article.source.id, article.source.name, article.source.country) == ("outlet", "Outlet", "MAR")
    assert article.published_at == datetime(2026, 3, 1, 11, tzinfo=UTC)
    assert (state.failures, state.success_at, is_due_in(state, timedelta(minutes=10))) == (0, NOW, True)


async def test_the_second_poll_is_conditional_and_an_unchanged_feed_costs_nothing() -> None:
    """Publishers block readers that ask for everything each time."""
    rig = Rig(ok(etag='"v1"', last_modified="Sun, 01 Mar 2026 11:00:00 GMT"))
    state = await rig.poll()
    rig.answer = lambda _: httpx.Response(304)
    again = await rig.poll(state)

    assert rig.validators == ('"v1"', "Sun, 01 Mar 2026 11:00:00 GMT")
    assert (again.etag, again.failures, len(rig.sender.sent)) == ('"v1"', 0, 1)


async def test_an_equal_body_is_not_read_again() -> None:
    """Many servers know no conditions; the hash of the body is the second gate."""
    rig = Rig(ok())
    state = await rig.poll()
    rig.memory.seen.clear()  # would show a second reading
    await rig.poll(state)

    assert len(rig.sender.sent) == 1


async def test_once_a_day_a_feed_is_asked_for_and_read_whatever_it_says() -> None:
    """Some servers say "unchanged" for ever."""
    rig = Rig(ok(etag='"v1"'))
    state = await rig.poll()
    rig.memory.seen.clear()
    rig.now += timedelta(hours=24)
    again = await rig.poll(state)

    assert (rig.validators, len(rig.sender.sent), again.full_at) == ((None, None), 2, rig.now)


async def test_what_kafka_did_not_confirm_is_read_again_soon() -> None:
    """Remembering the feed as read would lose its articles."""
    rig = Rig(ok(etag='"v1"'), sender=RecordingSender(fail=lambda _: BrokerUnavailable("away")))
    state = await rig.poll()
    rig.sender = RecordingSender()
    again = await rig.poll(state)

    assert (state.etag, state.body_sha256, state.next_poll_at - NOW) == (None, None, timedelta(seconds=30))
    assert (len(rig.sender.sent), again.etag) == (1, '"v1"')


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (lambda _: httpx.Response(500), "500"),
        (lambda _: httpx.Response(404), "404"),
        (ok(b"<html>Just a moment</html>"), "no RSS or Atom"),
        (ok(b"\x00\x01"), "begins with"),
        (lambda request: (_ for _ in ()).throw(httpx.ReadTimeout("silent", request=request)), "silent"),
        (lambda request: (_ for _ in ()).throw(httpx.ConnectError("refused", request=request)), "refused"),
        (lambda _: httpx.Response(302, headers={"location": "https://outlet.example/rss"}), "redirects"),
        (lambda _: httpx.Response(302, headers={"location": "file:///etc/passwd"}), "without a web address"),
        (lambda _: httpx.Response(302), "without a web address"),
    ],
)
async def test_a_failed_poll_is_remembered_and_the_next_one_comes_later(
    answer: Callable[[httpx.Request], httpx.Response], said: str
) -> None:
    """A server in trouble is left alone, each time longer."""
    rig = Rig(answer)
    first = await rig.poll()
    second = await rig.poll(first)

    assert (first.failures, second.failures, said in (first.last_error or "")) == (1, 2, True), first.last_error
    assert is_due_in(second, timedelta(minutes=20))


async def test_a_success_ends_the_backoff() -> None:
    """What was wrong is over."""
    rig = Rig(lambda _: httpx.Response(500))
    state = await rig.poll(await rig.poll())
    rig.answer = ok()
    state = await rig.poll(state)

    assert (state.failures, state.last_error, is_due_in(state, timedelta(minutes=10))) == (0, None, True)


async def test_retry_after_is_honoured() -> None:
    """The server says itself when it wants to be asked again."""
    rig = Rig(lambda _: httpx.Response(429, headers={"Retry-After": "7200"}))
    state = await rig.poll()

    assert state.next_poll_at == NOW + timedelta(hours=2)


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        ("120", 120.0),
        ("Sun, 01 Mar 2026 12:02:00 GMT", 120.0),
        ("Sun, 01 Mar 2026 11:00:00 GMT", 0.0),
        ("999999999", 86_400.0),
        ("-5", None),
        ("soon", None),
        ("Sun, 01 Mar 2026 12:02:00", None),
        ("", None),
    ],
)
def test_retry_after_is_seconds_or_a_date(written: str, seconds: float | None) -> None:
    """Whatever else it says is as if it said nothing."""
    assert retry_after_s({"retry-after": written}, now=NOW) == seconds


def test_backoff_doubles_up_to_a_day() -> None:
    """A feed that is dead for months still gets its chance every day."""
    interval = timedelta(minutes=10)
    waits = [backoff(interval, failures) for failures in (1, 2, 3, 8, 9, 1_000)]

    assert [wait / interval for wait in waits] == [1, 2, 4, 128, 144, 144]


async def test_a_poll_of_a_feed_that_is_known_waits_for_its_time() -> None:
    """A restart does not ask every server at once."""
    later = NOW + timedelta(minutes=5)
    rig = Rig(ok(), saved=[FeedState(id="outlet", url=FEED.url, next_poll_at=later, etag='"v1"')])
    poller = Poller([FEED], client=httpx.AsyncClient(), submit=_nothing, states=rig, clock=lambda: NOW, random=Random(1))
    known = (await rig.feed_states())["outlet"]

    assert poller._first_state(FEED, known) == known
    assert poller._first_state(FEED.model_copy(update={"url": "https://new.example/rss"}), known).etag is None


async def _nothing(_: object) -> list[object]:  # type: ignore[misc]
    return []


def test_an_entry_without_address_is_named_by_its_guid() -> None:
    """So that a corrected text is a revision, not another article."""
    one, other = (draft_of(FEED, Entry(None, "guid-1", "A title", text, None)) for text in ("One.", "Other."))

    assert one["id"] == other["id"]
    assert one["id"] != draft_of(FEED, Entry(None, "guid-2", "A title", "One.", None))["id"]


def test_a_title_that_is_no_title_becomes_text() -> None:
    """Nothing of it is lost, and the article is not refused for it."""
    draft = draft_of(FEED, Entry("https://outlet.example/1", None, "word " * 300, "Text.", None))

    assert (draft["title"], str(draft["text"]).endswith("word \nText.")) == (None, True)


def written(folder: Path, text: str) -> Path:
    path = folder / "feeds.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_defaults_hold_where_a_feed_says_nothing(tmp_path: Path) -> None:
    """A list of fifty feeds says its interval once."""
    path = written(
        tmp_path,
        '[defaults]\ninterval_s = 300\nlanguage = "ar"\n[[feed]]\nid = "a"\nurl = "https://a.example/"\n'
        '[[feed]]\nid = "b"\nurl = "https://b.example/"\nlanguage = "fr"\ncountry = "MAR"\n',
    )

    assert load_feeds(path) == (
        Feed(id="a", url="https://a.example/", language="ar", interval_s=300),
        Feed(id="b", url="https://b.example/", language="fr", country="MAR", interval_s=300),
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[[feed]]\nid = "a"\nurl = "https://a.example/"\ninterval = 5\n', "feed 1, interval: Extra inputs"),
        ('[[feed]]\nid = "a"\n', "feed 1, url: Field required"),
        ('[[feed]]\nid = "a"\nurl = "a.example"\n', "feed 1, url: Value error, not an absolute address"),
        ('[[feed]]\nid = "a"\nurl = "https://a.example/"\ninterval_s = 5\n', "feed 1, interval_s: "),
        ('[[feed]]\nid = "a"\nurl = "https://a.example/"\n[[feed]]\nid = "a"\nurl = "https://b.example/"\n', "id 'a' stands twice"),
        ('[[feed]]\nid = "a"\nurl = "https://a.example/"\n[[feed]]\nid = "b"\nurl = "https://a.example/"\n', "stands twice"),
        ('[default]\nlanguage = "ar"\n', "default: Extra inputs"),
        ("feed = 5\n", "feed: "),
        ("[[feed]\n", "line 1"),
    ],
)
def test_a_slip_in_the_list_of_feeds_is_named_with_its_place(tmp_path: Path, text: str, said: str) -> None:
    """A feed that is silently left out would be missed for weeks."""
    with pytest.raises(ConfigError, match=r"feeds\.toml") as caught:
        load_feeds(written(tmp_path, text))

    assert said in str(caught.value)


def test_a_list_of_feeds_that_is_not_there_names_the_setting(tmp_path: Path) -> None:
    """The operator knows where to look."""
    with pytest.raises(ConfigError, match="MUSAFAHA_INGEST__FEEDS"):
        load_feeds(tmp_path / "none.toml")
