"""Normalised text with a map back: every spelling variant that decides nothing is folded, every offset stays known.

Not here: words. Folding is by character only, so it is the same for all languages.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

_BMP = 0x10000
SPACE, LETTER, QUOTE, NEWLINE = 0, 1, 2, 3

_DELETED = [
    *range(0x064B, 0x0660),  # Arabic vowel marks
    0x0670,  # dagger alef
    0x0640,  # tatweel
    *range(0x0610, 0x061B),
    *range(0x06D6, 0x06DD),
    *range(0x0591, 0x05BE),  # Hebrew points up to the maqaf
    *range(0x05BF, 0x05C8),
    *range(0x0300, 0x0370),  # Latin combining accents
    *range(0x200B, 0x2010),  # zero-width and direction marks
    *range(0x202A, 0x202F),
    *range(0x2060, 0x2070),
    *range(0xFE00, 0xFE10),  # variation selectors
    0x00AD,
    0xFEFF,
]
_FOLDED = {
    "آأإٱ": "ا",
    "ىی\u06ce": "ي",
    "ة": "ه",
    "ؤ": "و",
    "ئ": "ي",
    "کڪ": "ك",
    "ھہۀە": "ه",
    "گڭݣ": "غ",  # the same sound in names, as in the three spellings of Gantz
    "\"“”„«»‹›‘’‚‛′″`´'״׳": '"',
    "\u00a0\u202f\t\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u3000": " ",
    "\r\u2028\u2029\x0b\x0c\x85": "\n",
    "،‚": ",",
    "؛": ";",
    "؟": "?",
    "–—‐‑‒―−־": "-",
    "⁄∕": "/",
}


def _tables() -> tuple[NDArray[np.uint16], NDArray[np.uint8]]:
    folded = np.arange(_BMP, dtype=np.uint16)
    kinds = np.zeros(_BMP, dtype=np.uint8)
    for code in [*range(0x41, 0x250), *range(0x370, 0x530), *range(0x1E00, 0x1F00), *range(0xFB50, 0xFF00)]:
        base = unicodedata.normalize("NFKD", chr(code))[0].lower()
        if len(base) == 1 and ord(base) < _BMP:
            folded[code] = ord(base)
    for digit in range(10):
        folded[0x0660 + digit] = folded[0x06F0 + digit] = 0x30 + digit
    for variants, to in _FOLDED.items():
        for variant in variants:
            folded[ord(variant)] = ord(to)
    folded[_DELETED] = 0
    folded[:9] = folded[0x0E:0x20] = 0x20
    folded[0xD800:0xE000] = 0x20
    folded[0xFFFF] = 0x20
    for code in range(_BMP):
        if chr(code).isalnum():
            kinds[code] = LETTER
    kinds[ord('"')] = QUOTE
    kinds[ord("\n")] = NEWLINE
    return folded, kinds


_FOLD, _KIND = _tables()
_MARK = frozenset("ـ") | {chr(code) for code in _DELETED}


@dataclass(frozen=True)
class Text:
    """`norm` is the folded text with punctuation, `flat` the same with a space for all that is neither letter nor digit.

    Both begin with one added character, so that a word is always preceded by a boundary. `index[i]` is the offset in
    `source` of `norm[i]`. What only a closer look needs is made when it is asked for: most articles matter to nobody.
    """

    source: str
    codes: NDArray[np.uint16]
    """The code points of `flat`."""
    _kept: NDArray[np.int64]
    _folded: NDArray[np.uint16]
    _letters: NDArray[np.bool_]
    capitals: bool = False
    """Whether names begin with a capital letter in the language of the text."""
    particles: frozenset[str] = frozenset()
    """Small words inside names."""

    @cached_property
    def index(self) -> NDArray[np.int64]:
        """The offset in `source` of each character of `norm`."""
        return np.concatenate((_ORIGIN, self._kept))

    @cached_property
    def flat(self) -> str:
        """The folded text with a space for all that is neither letter nor digit."""
        return _string(self.codes)

    @cached_property
    def norm(self) -> str:
        """The folded text, punctuation and line ends included."""
        return "\n" + _string(self._folded)

    def token(self, at: int) -> int:
        """How many words began at or before `at`."""
        return bisect_right(self.starts, at)

    @cached_property
    def starts(self) -> list[int]:
        """Word n begins at `starts[n]`."""
        begins = self._letters.copy()
        begins[1:] &= ~self._letters[:-1]
        starts: list[int] = np.flatnonzero(begins).tolist()
        return starts

    @cached_property
    def words(self) -> list[str]:
        """The words of `flat`; number n begins at `starts[n]`."""
        return self.flat.split()

    @cached_property
    def accented(self) -> frozenset[int]:
        """The numbers of the words that are not written in plain letters alone."""
        codes = np.frombuffer(self.source.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
        at = np.searchsorted(self.index, np.flatnonzero(codes > _LAST_PLAIN), side="right") - 1
        return frozenset((np.searchsorted(self.starts, at, side="right") - 1).tolist())

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The offsets in `source` of `norm[start:end]`, vowel marks of the last letter included."""
        first = self.index.item(start)
        last = self.index.item(end - 1) + 1
        while last < len(self.source) and self.source[last] in _MARK and self.source[last] != "\u200f":
            last += 1
        return first, last

    def raw(self, start: int, end: int) -> str:
        """The source text of `norm[start:end]`, marks included."""
        first, last = self.span(start, end)
        return self.source[first:last]

    @cached_property
    def length(self) -> int:
        """Characters of `norm`."""
        return len(self.norm)


def normalize(source: str) -> Text:
    """Fold `source`. Linear in its length; any Python string is accepted, lone surrogates too.

    Most texts concern nobody, so this is what reading costs: a pass that has nothing to do is not made.
    """
    codes = np.frombuffer(source.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    folded = _FOLD.take(codes, mode="clip")  # all beyond the basic plane is what its last code point is: a blank
    if np.count_nonzero(folded) < folded.size:
        index = np.flatnonzero(folded != 0)  # several times faster on truth values than on numbers
        folded = folded[index]
    else:
        index = np.arange(folded.size)
    kinds = _KIND.take(folded)
    quotes = np.flatnonzero(kinds == QUOTE)
    if quotes.size:
        folded, kinds, index = _without_quotes(folded, kinds, index, quotes)
    spaces = folded == 0x20
    doubled = spaces[1:] & spaces[:-1]
    if doubled.any():
        keep = np.ones(spaces.size, dtype=bool)
        keep[1:] = ~doubled
        folded, kinds, index = folded[keep], kinds[keep], index[keep]
    letters = np.zeros(folded.size + 1, dtype=bool)
    np.equal(kinds, LETTER, out=letters[1:])
    flat = np.full(folded.size + 1, 0x20, dtype=np.uint16)
    np.copyto(flat[1:], folded, where=letters[1:])
    return Text(
        source=source,
        codes=flat,
        _kept=index,
        _folded=folded,
        _letters=letters,
    )


_LAST_PLAIN = 0x7F
_YEH = 0x064A
_ORIGIN = np.array([0], dtype=np.int64)


def _string(codes: NDArray[np.uint16]) -> str:
    """Code points of the basic plane (no surrogates) as a string: two bytes each are just UTF-16."""
    return codes.tobytes().decode("utf-16-le")


def _without_quotes(
    folded: NDArray[np.uint16], kinds: NDArray[np.uint8], index: NDArray[np.int64], quotes: NDArray[np.int64]
) -> tuple[NDArray[np.uint16], NDArray[np.uint8], NDArray[np.int64]]:
    """Quotation marks vanish at the edge of a word, after a glued Arabic prefix, before the ending of an adjective; else they part words.

    Within a Hebrew word they only mark an abbreviation, a foreign sound, or a word quoted behind its glued prefix: they vanish.
    An apostrophe right before a quotation mark parts two Latin words all the same (l'"African Lion").
    """
    letters = np.concatenate(([False, False, False, False], kinds == LETTER, [False, False, False]))
    quoted = np.concatenate((kinds == QUOTE, [False]))
    at = quotes + 4
    inside = letters[at - 1] & letters[at + 1]
    before = folded[np.maximum(quotes - 1, 0)]
    prefix = ((before >> 8) == 0x06) & (~letters[at - 2] | ~letters[at - 3] | ~letters[at - 4])
    hebrew = (before >= 0x05D0) & (before <= 0x05EA)
    following = np.concatenate((folded, [0]))[quotes + 1]
    ending = (following == _YEH) & (~letters[at + 2] | ~letters[at + 3])  # the name alone is quoted in "Israeli"
    parts = (inside & ~prefix & ~ending & ~hebrew) | (letters[at - 1] & quoted[quotes + 1] & letters[at + 2] & (before < 0x250))
    folded = folded.copy()
    folded[quotes[parts]] = 0x20
    kinds = kinds.copy()
    kinds[quotes[parts]] = SPACE
    keep = np.ones(folded.size, dtype=bool)
    keep[quotes[~parts]] = False
    return folded[keep], kinds[keep], index[keep]


def fold_all(terms: Sequence[str]) -> Iterator[str]:
    """`fold` of each term, in one go: a table lookup costs as much for one word as for a page."""
    text = normalize("\n".join(terms))
    at = 1
    for _ in terms:
        end = text.norm.find("\n", at)
        end = len(text.norm) if end < 0 else end
        yield " ".join(text.flat[at:end].split())
        at = end + 1


def fold_letters(written: str) -> str:
    """`fold` of a term that `as_written` gave: only accents are left to take away."""
    return written if written.isascii() else written.translate(_PLAIN)


_PLAIN = {code: int(_FOLD[code]) or None for code in [*range(0x80, 0x250), *range(0x300, 0x370)]}
_NO_LETTER = re.compile(r"[\W_]+")


_INVISIBLE = dict.fromkeys(code for code in _DELETED if not 0x0300 <= code < 0x0370)


def visible(term: str) -> str:
    """A term without marks that nobody sees, its accents joined to their letters."""
    return unicodedata.normalize("NFC", term if term.isascii() else term.translate(_INVISIBLE))


def as_written(term: str) -> str:
    """A term in small letters with its accents, words parted as in `flat`."""
    return _NO_LETTER.sub(" ", visible(term).lower()).strip()


def fold(term: str) -> str:
    """A term of the lexicon as it stands in `flat`: words with single spaces between, no punctuation."""
    return " ".join(normalize(term).flat.split())
