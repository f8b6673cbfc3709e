# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Match regular expressions in bounded time: no backtracking, whatever the pattern and the text.

The language has no groups, so a regular expression is a choice between plain sequences of character sets. The
matcher walks a sequence once and keeps, as one integer, every place of the text that the walk can have reached: one
step is a few operations on integers of as many bits as the text has characters. The number of steps is bounded by
the expression alone (MAX_REGEX_POSITIONS), so the time is linear in the text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence as SequenceOf
from dataclasses import dataclass

from .character_set import SEPARATOR, CharacterSet, Row
from .parser import OTHER, Item, Sequence, parse_regex

_NOT_ASCII = re.compile(r"[^\x00-\x7f]")
_SEPARATORS = CharacterSet(frozenset((SEPARATOR,)))


class SafeRegex:
    """A compiled regular expression of the pattern language, the text between the percent signs."""

    def __init__(self, source: str) -> None:
        """Parse the source; RegexError if it is refused."""
        self.source = source
        self._sequences = parse_regex(source)
        codes = {item.codes for sequence in self._sequences for item in sequence.items}
        self._sets = {each: CharacterSet(each) for each in codes}

    def search(self, text: str) -> bool:
        """Tell whether the expression matches anywhere in the text."""
        return self._search(_Texts((text,)))[0]

    def search_all(self, texts: SequenceOf[str]) -> tuple[bool, bool]:
        """Tell whether it matches in any, and whether in all, of at least one text; they are searched in one go."""
        return self._search(_Texts(texts))

    def _search(self, texts: _Texts) -> tuple[bool, bool]:
        walk = _Walk(texts, self._sets, {})
        hits = 0
        for sequence in self._sequences:
            hits |= walk.hits(sequence)
            if hits and texts.single:
                break
        return bool(hits), texts.all_hit(hits)


class _Texts:
    """Texts as one row with separators that no character set contains; bit n is the place before character n."""

    def __init__(self, texts: SequenceOf[str]) -> None:
        self.single = len(texts) == 1
        self.row = Row(bytes((SEPARATOR,)).join(map(_encode, texts)))
        separators = 0 if self.single else _SEPARATORS.mask(self.row)
        self.starts = separators << 1 | 1
        self.ends = separators | 1 << self.row.length
        self.places = (1 << (self.row.length + 1)) - 1

    def all_hit(self, hits: int) -> bool:
        """Tell whether every text holds a hit: each hit runs on to the end of its text."""
        within = self.places & ~self.ends
        return self.ends & (hits | _run_on(hits, within)) == self.ends


@dataclass(frozen=True)
class _Walk:
    """One search: the texts, and the masks of the character sets made so far."""

    texts: _Texts
    sets: dict[frozenset[int], CharacterSet]
    masks: dict[frozenset[int], int]

    def hits(self, sequence: Sequence) -> int:
        """Mark the places where a match of the sequence ends."""
        reached = self.texts.starts if sequence.from_start else self.texts.places
        for item in sequence.items:
            if not reached:
                return 0
            reached = _advance(reached, item, self._mask(item.codes))
        return reached & self.texts.ends if sequence.to_end else reached

    def _mask(self, codes: frozenset[int]) -> int:
        if codes not in self.masks:
            self.masks[codes] = self.sets[codes].mask(self.texts.row)
        return self.masks[codes]


def _advance(reached: int, item: Item, mask: int) -> int:
    """Take the item from every place reached, and mark the places after it."""
    for _turn in range(item.least):
        reached = (reached & mask) << 1
        if not reached:
            return 0
    if item.most is None:
        return _run_on(reached, mask)
    for _turn in range(item.most - item.least):
        further = reached | (reached & mask) << 1
        if further == reached:
            return reached
        reached = further
    return reached


def _run_on(reached: int, mask: int) -> int:
    """Spread every place through the run of marked characters that begins there.

    Adding a bit to a run of ones turns the ones above it to zeros and carries into the first zero after the run:
    the bits that the sum changes are the places passed.
    """
    return reached | (mask + (reached & mask)) ^ mask


def _encode(text: str) -> bytes:
    """Encode a text as one byte per character; all characters outside ASCII share one code."""
    if text.isascii():
        return text.encode("ascii")
    return _NOT_ASCII.sub(chr(OTHER), text).encode("latin-1")
