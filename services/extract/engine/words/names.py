"""Names that no list knows, in scripts with capital letters: a run of words that begin with one.

Not here: names in scripts without capitals, which only their neighbours betray (`actors`).
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from services.extract.engine.knowledge.data import LanguageFile
from services.extract.engine.text import Text, fold
from services.extract.engine.words.items import Item

NAME_WORDS = 5
"""Words of a name at most, small words inside it included."""
_INSIDE = " -."


def without_strangers(text: Text, items: list[Item]) -> list[Item]:
    """`items` without known surnames that stand behind another first name: their bearer is somebody else."""
    if not text.capitals:
        return items
    return [item for position, item in enumerate(items) if "person" not in item.tags or not _stranger(text, items, position)]


def _stranger(text: Text, items: list[Item], position: int) -> bool:
    item = items[position]
    number = item.first - 2 if item.lead < 0 else -1
    if item.first != item.last or item.tags & {"office", "state", "city"} or number < 0 or text.norm[item.start - 1] != " ":
        return False
    start = text.starts[number]
    before = items[position - 1] if position else None
    if start + len(text.words[number]) != item.start - 1 or not _capital(text, start) or (before is not None and before.end > start):
        return False
    opener = text.norm[start - 1 : start] == "\n" or text.norm[max(start - 2, 0) : start - 1] in {".", "!", "?", "\n", ":", '"', ""}
    return not opener and len(text.words[number]) > 1


def named(text: Text, language: LanguageFile) -> Text:
    """`text` with what tells names in its language."""
    if not language.capitals:
        return text
    return replace(text, capitals=True, particles=_folded(language.name_particles))


@cache
def _folded(words: tuple[str, ...]) -> frozenset[str]:
    return frozenset(fold(word) for word in words)


def capital_name(text: Text, start: int, limit: int) -> tuple[int, int] | None:
    """The name that begins at or right behind `start` and ends before `limit`, as offsets in `Text.norm`."""
    position = _skip(text, start, limit)
    begin, end, words, pending = position, position, 0, 0
    while position < limit and words + pending < NAME_WORDS:
        close = position
        while close < limit and text.flat[close] != " ":
            close += 1
        if close == position:
            break
        if _capital(text, position):
            words, pending, end = words + pending + 1, 0, close
        elif words and text.flat[position:close] in text.particles:
            pending += 1
        else:
            break
        position = _next_word(text, close, limit)
    return (begin, end) if words else None


def name_before(text: Text, end: int, limit: int) -> tuple[int, int] | None:
    """The name of two words or more that ends with the comma right before `end` and begins behind `limit`."""
    close = end
    while close > limit and text.norm[close - 1] == " ":
        close -= 1
    if close <= limit or text.norm[close - 1] != ",":
        return None
    close -= 1
    start, words, position = close, 0, close
    while position > limit and words < NAME_WORDS:
        begin = position
        while begin > limit and text.flat[begin - 1] != " ":
            begin -= 1
        if begin == position or not (_capital(text, begin) or text.flat[begin:position] in text.particles):
            break
        words += 1
        if _capital(text, begin):
            start = begin
        if begin <= limit or text.norm[begin - 1] not in " -":
            break
        position = begin - 1
    return (start, close) if words > 1 and start < close else None


def whole_name(text: Text, start: int, end: int, limit: int) -> int:
    """Where a known name really ends: words with capitals behind a small word of names still belong to it ("bin X Al Y")."""
    found = capital_name(text, start, limit)
    if found is None or found[1] <= end:
        return end
    following = text.flat[end:limit].split(maxsplit=1)
    return found[1] if following and following[0] in text.particles else end


def _skip(text: Text, start: int, limit: int) -> int:
    while start < limit and text.norm[start] in " ,":
        start += 1
    return start


def _next_word(text: Text, close: int, limit: int) -> int:
    """Where the next word of a name begins; `limit` when something other than a space or hyphen parts it."""
    if close >= limit or text.norm[close] not in _INSIDE:
        return limit
    if text.norm[close] == ".":
        initial = text.flat[close - 2 : close - 1] == " "
        return close + 2 if initial and text.norm[close + 1 : close + 2] == " " else limit
    return close + 1


def _capital(text: Text, position: int) -> bool:
    return text.source[int(text.index[position])].isupper()


def without_numeral(words: list[str]) -> list[str]:
    """ "Abdullah II" is known as "Abdullah" from then on: the words of a name without the number of its bearer's reign."""
    return words[:-1] if len(words) > 1 and set(words[-1]) <= {"i", "v", "x"} else words
