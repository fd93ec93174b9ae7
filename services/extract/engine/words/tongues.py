"""Which language a text is read in: the script decides, and among languages of one script their small words.

Not here: sentences in another language inside a text (words of class `foreign`, see `items`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from services.extract.engine.knowledge.data import LanguageFile
from services.extract.engine.text import Text, fold

SAMPLE_CHARS = 1_000
"""How much of the beginning is looked at: the language of news shows in its headline and lead."""
DECLARED_WORDS = 3
"""As many small words the publisher's word for the language is worth: it decides headlines and gives way to whole sentences."""


class Tongues:
    """The languages that there are, ready to tell which one a text is in."""

    def __init__(self, languages: Sequence[LanguageFile]) -> None:
        self.codes = tuple(language.code for language in languages)
        self._shares, self._sharing = _scripts([language.scripts.ranges for language in languages])
        self._small = {language.code: _folded(language.scripts.small_words) for language in languages}
        self._foreign = {language.code: _folded(language.scripts.foreign) for language in languages}

    def of(self, text: Text, declared: str | None = None) -> str | None:
        """The code of the language of `text`; `None` when its script is nobody's, or its words are those of a language not here."""
        shares = self._shares.take(text.codes[:SAMPLE_CHARS])
        letters = (np.bincount(shares, minlength=len(self._sharing)) @ self._sharing).tolist()
        most = max(letters, default=0)
        candidates = [code for code, mine in zip(self.codes, letters, strict=True) if most and mine == most]
        if len(candidates) < 2:
            return candidates[0] if candidates else None
        words = Counter(text.flat[:SAMPLE_CHARS].split())
        score = {code: _count(words, self._small[code]) + DECLARED_WORDS * (code == declared) for code in candidates}
        best = max(candidates, key=score.__getitem__)
        return best if score[best] >= _count(words, self._foreign[best]) else None


def _folded(words: Iterable[str]) -> frozenset[str]:
    return frozenset(fold(word) for word in words)


def _scripts(ranges: Sequence[tuple[tuple[int, int], ...]]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """For each code point of the basic plane which share of the scripts it belongs to, and which languages have which share.

    A share is what the same languages have, so that a text is counted once, however many languages there are.
    """
    owned = np.zeros(1 << 16, dtype=np.int64)  # a bit for each language
    for language, own in enumerate(ranges):
        for first, last in own:
            owned[first : last + 1] |= 1 << language
    sharing = np.unique(owned)
    return np.searchsorted(sharing, owned), sharing[:, np.newaxis] >> np.arange(len(ranges)) & 1


def _count(words: Counter[str], wanted: frozenset[str]) -> int:
    return sum(words[word] for word in wanted & words.keys())
