"""The page that explains an article: its text is whole and unharmed, its evidence is marked, every silence has its reason."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path

import pytest
from click.testing import CliRunner

from schemas.article import Article
from services.extract.command import explain
from services.extract.core import Extractor, load_extractor
from services.extract.explain import Explanation
from services.extract.page import as_page

SIGNED = "وقعت إسرائيل والبحرين اليوم الأربعاء مذكرة تفاهم في مجال الزراعة."


class _Page(HTMLParser):
    """What a browser would show: the text of the article, and what each mark says."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.text, self.marks, self.tags = "", [], set[str]()
        self.direction: list[str | None] = []
        self._inside = self._mark = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        values = dict(attrs)
        if tag == "article":
            self._inside = True
            self.direction.append(values.get("dir"))
        if tag == "mark":
            self._mark = True
            self.marks.append((values.get("title") or "", ""))

    def handle_endtag(self, tag: str) -> None:
        self._mark = self._mark and tag != "mark"
        self._inside = self._inside and tag != "article"
        if tag == "p" and self._inside:
            self.text += "\n"

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.text += data
        if self._mark:
            title, before = self.marks[-1]
            self.marks[-1] = (title, before + data)


@pytest.fixture(scope="module")
def extractor() -> Extractor:
    """The extractor over the data of the repository."""
    return load_extractor()


def _shown(extractor: Extractor, article: Article) -> _Page:
    return _Page(as_page([(article, extractor.explain(article))]))


def test_the_article_stands_on_the_page_as_it_was_written(extractor: Extractor) -> None:
    """Marks cut the text at many places and lose nothing of it, not the emoji, the tatweel, the vowel marks, nor what looks like HTML."""
    text = f"🙂 <script>alert(1)</script> & \"سلام\"\n{SIGNED}\n\nووقّــعت إسرائيل والمغرب 'اتفاقا' <b>\n"

    page = _shown(extractor, Article(id="a", text=text))

    assert page.text == text + "\n"
    assert not {"script", "b", "link", "img"} & page.tags


def test_each_piece_of_evidence_is_marked_with_its_event_and_role(extractor: Extractor) -> None:
    """Who hovers over a word learns what it was taken for; the paragraph takes its own direction."""
    page = _shown(extractor, Article(id="a", text=SIGNED))

    said = {quote.strip(): title for title, quote in page.marks}
    assert "trigger" in said["وقعت"]
    assert "event 1: party" in said["إسرائيل"]
    assert page.direction == ["auto"]


def test_a_sentence_that_gave_nothing_says_why(extractor: Extractor) -> None:
    """Not even a sentence that no rule looked at stays without a reason."""
    lines = {
        "الطقس حار في إسرائيل ومصر.": "no_trigger",
        "هل زار وزير الخارجية الإسرائيلي البحرين؟": "question",
        "لم توقع إسرائيل والبحرين مذكرة تفاهم.": "negated",
    }
    for line, reason in lines.items():
        explanation = extractor.explain(Article(id="a", text=line))
        assert reason in {silence.reason for silence in explanation.silences}, line
        assert reason.replace("_", " ") in as_page([(Article(id="a", text=line), explanation)])


def test_a_look_alike_that_was_taken_out_is_named(extractor: Extractor) -> None:
    """An outlet's name is shown as what it was taken for."""
    explanation = extractor.explain(Article(id="a", text="ذكرت قناة الميادين أن إسرائيل والبحرين تبحثان الأمر."))

    assert ("look_alike", "الميادين") in {(silence.reason, silence.span.quote) for silence in explanation.silences}


def test_an_article_that_was_not_read_says_so_on_the_page() -> None:
    """The page of an article that matters to nobody is no empty page."""
    page = as_page([(Article(id="a", text="会談"), Explanation("a", None, "the text is in no language that has a folder", [], []))])

    assert "Not read" in page
    assert "in no language" in page


def test_the_command_writes_one_page_for_all_articles_of_a_file(tmp_path: Path) -> None:
    """What is mailed around is one file, with every article of the input in order."""
    file = tmp_path / "two.jsonl"
    file.write_text('{"id": "one", "text": "وقعت إسرائيل والبحرين مذكرة تفاهم."}\n{"id": "two", "text": "مطر."}\n', encoding="utf-8")

    done = CliRunner().invoke(explain, [str(file), "--html"])

    assert done.exit_code == 0
    assert done.stdout.count("<!doctype html>") == 1
    assert done.stdout.index("<code>one</code>") < done.stdout.index("<code>two</code>")
