"""Ids: the same content has the same name on every machine, forever."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas import ids
from schemas.article import Article, Source

NOON = datetime(2022, 2, 3, 12, tzinfo=UTC)
DAFTAR = Source(id="daftar", name="دفتر", country="MAR")
TEXT = st.text()


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (ids.article_id(url_key="https://daftar.example/a", text="x"), "art_2465f82781a8eac5bb9ca192"),
        (ids.article_id(url_key=None, text="نص"), "art_182ad6c019e97f1e2f5f141e"),
        (ids.revision(title="عنوان", text="نص", language="ar", published_at=NOON, source=DAFTAR), "rev_1f7bbe761b6807be942343f3"),
        (ids.event_id(article="a-1", type="agreement", parties=["MAR", "ISR"], ordinal=0), "evt_8bcbf9c1b24ba7a76eace1d5"),
        (ids.message_id("evt_1", revision="rev_1", version="0.1.0", lexicon="abc"), "msg_16917efdbe13a8adf3543934"),
        (ids.development_id(type="visit", parties=["MAR", "ISR"], founding_event="evt_1", n=0), "dev_0895582be3f802e53ea7d105"),
        (ids.notice_id(development="dev_1", kind="visit.new", sequence=1), "ntc_4edba6fd434c6efa833b2808"),
        (ids.delivery_id(notice="ntc_1", subscription="desk"), "dlv_29c9665433d1b79849785257"),
    ],
)
def test_ids_never_change_from_one_release_to_the_next(made: str, expected: str) -> None:
    """A changed id would tell every subscriber everything again."""
    assert made == expected


def test_an_id_is_the_sha256_of_the_canonical_json_of_its_parts() -> None:
    """Any other program can make our ids."""
    expected = hashlib.sha256('["url","https://daftar.example/ا"]'.encode()).hexdigest()[:24]

    assert ids.article_id(url_key="https://daftar.example/ا", text="x") == f"art_{expected}"


@given(st.permutations(["ARE", "BHR", "EGY", "ISR", "MAR"]))
def test_the_order_of_parties_does_not_matter(parties: list[str]) -> None:
    """Israel and Morocco are Morocco and Israel."""
    ordered = sorted(parties)

    assert ids.event_id(article="a", type="summit", parties=parties, ordinal=0) == ids.event_id(
        article="a", type="summit", parties=ordered, ordinal=0
    )
    assert ids.development_id(type="summit", parties=parties, founding_event="e", n=0) == ids.development_id(
        type="summit", parties=ordered, founding_event="e", n=0
    )
    assert ids.pair_key(parties) == "ARE-BHR-EGY-ISR-MAR"


@given(TEXT, TEXT, TEXT, TEXT)
def test_parts_cannot_be_shifted_into_one_another(a: str, b: str, c: str, d: str) -> None:
    """("ab", "c") and ("a", "bc") are different things, whatever the characters."""
    assert (ids.digest("x", a, b) == ids.digest("x", c, d)) == ((a, b) == (c, d))


def test_a_number_is_not_its_text_and_nothing_is_not_empty() -> None:
    """Missing, empty, 0 and "0" are four different parts."""
    made = {ids.digest("x", part) for part in (None, "", 0, "0", ("0",), ("",), ())}

    assert len(made) == 7


def test_half_a_surrogate_pair_has_an_id_too() -> None:
    """Broken text gets a name instead of a crash."""
    assert ids.article_id(url_key=None, text="\ud83d").startswith("art_")


def test_the_url_names_an_article_and_only_without_one_its_text() -> None:
    """Two texts under one address are one article; one text under two ids stays two."""
    assert ids.article_id(url_key="u", text="one") == ids.article_id(url_key="u", text="two")
    assert ids.article_id(url_key=None, text="one") != ids.article_id(url_key=None, text="two")
    assert ids.article_id(url_key=None, text="u") != ids.article_id(url_key="u", text="u")
    assert ids.article_id(url_key="", text="one") == ids.article_id(url_key=None, text="one")


def _revision(**changed: object) -> str:
    parts = {"title": "t", "text": "x", "language": "ar", "published_at": NOON, "source": DAFTAR} | changed
    return ids.revision(**parts)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "changed",
    [
        {"title": None},
        {"text": "y"},
        {"language": "fr"},
        {"published_at": None},
        {"published_at": NOON + timedelta(microseconds=1)},
        {"source": DAFTAR.model_copy(update={"id": "jisr"})},
        {"source": DAFTAR.model_copy(update={"country": None})},
    ],
)
def test_a_revision_is_new_when_anything_that_matters_to_extraction_is(changed: dict[str, object]) -> None:
    """Title, text, language, date, source and its country are analysed; a change of one is analysed again."""
    assert _revision(**changed) != _revision()


def test_a_revision_is_the_same_when_only_the_name_of_the_outlet_is_written_otherwise() -> None:
    """The same outlet, spelt differently, is no news."""
    assert _revision(source=DAFTAR.model_copy(update={"name": "Daftar"})) == _revision()


def test_a_revision_depends_on_the_zone_of_the_publication() -> None:
    """Another zone is another calendar day for *today* in the text, so the article is read again."""
    in_manama = NOON.astimezone(timezone(timedelta(hours=3)))

    assert _revision(published_at=in_manama) != _revision()


def test_the_revision_of_an_article_depends_on_its_content_alone() -> None:
    """What ingest stamped before has no part in it."""
    article = Article(id="a-1", title="t", text="x", language="ar", published_at=NOON, source=DAFTAR)
    stamped = article.model_copy(update={"id": "a-2", "url": "https://daftar.example/a", "revision": "rev_old", "accepted_at": NOON})

    assert ids.revision_of(article) == ids.revision_of(stamped) == _revision()


def test_a_corrected_message_is_no_duplicate() -> None:
    """A new revision, version or lexicon gives an event a new message id, though its own id stays."""
    made = {
        ids.message_id("evt_1", revision=revision, version=version, lexicon=lexicon)
        for revision in ("r1", "r2")
        for version in ("0.1.0", "0.2.0")
        for lexicon in ("a", "b")
    }

    assert len(made) == 8
