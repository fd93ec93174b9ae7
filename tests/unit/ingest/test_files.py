"""Articles in files: every form and every way to be broken."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from services.ingest import files
from services.ingest.accept import Refusal
from services.ingest.files import Found, read_articles, read_lines

ARABIC = "وقّع وزيرا خارجية البلدين اليوم مذكرة تفاهم في مجال النقل الجوي، وذلك خلال زيارة رسمية تستغرق يومين إلى العاصمة."


def read(path: Path, *, encoding: str | None = None, **text_fields: object) -> list[Found]:
    return list(read_articles(path, encoding=encoding, text_fields=text_fields))


def written(folder: Path, name: str, content: bytes | str) -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def refusal(found: Found) -> tuple[str, str, str]:
    assert isinstance(found.item, Refusal), found
    return found.place, found.item.reason, found.item.detail


def test_json_lines_are_one_article_each(tmp_path: Path) -> None:
    """Blank lines and line ends of any system don't matter."""
    path = written(tmp_path, "a.jsonl", '{"text": "One."}\r\n\n  \n{"text": "Two."}')

    assert read(path) == [Found(f"{path}:1", {"text": "One."}), Found(f"{path}:4", {"text": "Two."})]


def test_a_broken_line_is_named_and_the_rest_go_on(tmp_path: Path) -> None:
    """One bad line in a million must not cost the others."""
    path = written(tmp_path, "a.ndjson", b'{"text": "One."}\n{"text": \n{"text": "\xe9"}\n{"text": "Two."}\n')
    found = read(path)

    assert [item.item for item in found[::3]] == [{"text": "One."}, {"text": "Two."}]
    assert refusal(found[1])[:2] == (f"{path}:2", "bad_json")
    assert refusal(found[2])[:2] == (f"{path}:3", "bad_encoding")
    assert "column 9" in refusal(found[1])[2]
    assert "byte 10 is 0xe9" in refusal(found[2])[2]


def test_a_line_without_end_is_refused_in_bounded_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that is no JSON lines at all may be one line of gigabytes."""
    monkeypatch.setattr(files, "MAX_LINE_BYTES", 20)
    for codec in ("utf-8", "utf-16"):
        path = written(tmp_path, "a.jsonl", ("x" * 100 + '\n{"text": "One."}\n').encode(codec))
        found = read(path)

        assert refusal(found[0])[:2] == (f"{path}:1", "too_large")
        assert found[1:] == [Found(f"{path}:2", {"text": "One."})]


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
@pytest.mark.parametrize("name", ["a.jsonl", "a.json"])
def test_utf8_and_what_a_byte_order_mark_tells_are_read(tmp_path: Path, codec: str, name: str) -> None:
    """A mark is no guess."""
    path = written(tmp_path, name, json.dumps({"text": ARABIC}, ensure_ascii=False).encode(codec))

    assert [found.item for found in read(path)] == [{"text": ARABIC}]


@pytest.mark.parametrize("mark", [b"\xff\xfe", b"\xfe\xff"])
def test_utf16_of_either_byte_order_is_read(tmp_path: Path, mark: bytes) -> None:
    """Windows writes one, some exports the other."""
    body = ARABIC.encode("utf-16-le" if mark == b"\xff\xfe" else "utf-16-be")

    assert [found.item for found in read(written(tmp_path, "a.txt", mark + body))] == [{"id": "a", "text": ARABIC}]


@pytest.mark.parametrize("name", ["a.txt", "a.jsonl", "a.json"])
def test_another_encoding_is_refused_with_its_likely_name_and_read_when_stated(tmp_path: Path, name: str) -> None:
    """Never guessed silently: the wrong guess is another text."""
    text = ARABIC if name.endswith("txt") else json.dumps({"id": "a", "text": ARABIC}, ensure_ascii=False)
    path = written(tmp_path, name, text.encode("windows-1256"))

    _, reason, detail = refusal(read(path)[0])

    assert (reason, "--encoding windows-1256" in detail) == ("bad_encoding", True), detail
    assert [found.item for found in read(path, encoding="windows-1256")] == [{"id": "a", "text": ARABIC}]


def test_utf16_without_a_mark_is_told(tmp_path: Path) -> None:
    """Its every second byte is NUL, which JSON never has."""
    path = written(tmp_path, "a.jsonl", '{"text": "One."}'.encode("utf-16-le"))

    assert "--encoding utf-16-le" in refusal(read(path)[0])[2]
    assert read(path, encoding="utf-16-le")[0].item == {"text": "One."}


def test_utf16_that_ends_within_a_character_is_refused_where_it_breaks(tmp_path: Path) -> None:
    """The lines before it go on."""
    path = written(tmp_path, "a.jsonl", '{"text": "One."}\n{"text"'.encode("utf-16") + b"\x00")
    found = read(path)

    assert found[0].item == {"text": "One."}
    assert refusal(found[1])[1] == "bad_encoding"


def test_a_text_file_is_one_article_named_after_its_file(tmp_path: Path) -> None:
    """The options say what a text alone can't."""
    path = written(tmp_path, "004_56f5.txt", "A headline\nA text.\n")
    found = read(path, published_at="2021-11-24T12:00:00Z", source={"id": "o"})

    expected = {"id": "004_56f5", "text": "A headline\nA text.\n", "published_at": "2021-11-24T12:00:00Z", "source": {"id": "o"}}
    assert found == [Found(str(path), expected)]


def test_a_json_file_is_an_object_or_a_list(tmp_path: Path) -> None:
    """It may be written over many lines."""
    one = written(tmp_path, "a.json", json.dumps({"text": "One."}, indent=2))
    many = written(tmp_path, "b.json", json.dumps([{"text": "One."}, 7], indent=2))

    assert read(one) == [Found(str(one), {"text": "One."})]
    assert read(many) == [Found(f"{many}[0]", {"text": "One."}), Found(f"{many}[1]", 7)]


def test_json_lines_named_json_are_told_how_to_be_named(tmp_path: Path) -> None:
    """A common slip with an obvious cure."""
    path = written(tmp_path, "a.json", '{"text": "One."}\n{"text": "Two."}\n')

    _, reason, detail = refusal(read(path)[0])

    assert (reason, "line 2, column 1" in detail, "name it .jsonl" in detail) == ("bad_json", True, True), detail


def test_an_empty_file_has_no_article_and_an_empty_text_is_one(tmp_path: Path) -> None:
    """No lines is nothing to do; a text file is an article whatever is in it."""
    assert read(written(tmp_path, "a.jsonl", b"")) == []
    assert read(written(tmp_path, "a.txt", b"")) == [Found(str(tmp_path / "a.txt"), {"id": "a", "text": ""})]


def test_standard_input_is_read_line_by_line() -> None:
    """A feeder may write to a pipe for ever."""
    stream = io.BufferedReader(io.BytesIO(b'\xef\xbb\xbf{"text": "One."}\nnull\n'))  # type: ignore[arg-type]

    assert list(read_lines(stream, "standard input", encoding=None)) == [
        Found("standard input:1", {"text": "One."}),
        Found("standard input:2", None),
    ]
