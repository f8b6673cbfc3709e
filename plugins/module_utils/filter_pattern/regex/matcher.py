# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Match regular expressions in bounded time, without backtracking.

The language has no groups, so a regular expression is a list of alternative sequences of character sets. The matcher
walks each sequence once and keeps all positions that it can have reached as the bits of one integer; a step is a few
operations on integers with one bit per character. The number of steps is bounded by the expression
(MAX_REGEX_POSITIONS), so the time is linear in the length of the text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence as SequenceOf
from dataclasses import dataclass
from functools import cached_property

from .parser import OTHER, Item, Sequence, parse_regex

SEPARATOR = 0x81
"""The code between two texts of a row; no set of the pattern language contains it."""

_PLANES = 8
_LONG = 2_000


def _digits(codes: frozenset[int]) -> bytes:
    """Return the table that translates the codes to the digit 1 and all others to 0."""
    return bytes(49 if code in codes else 48 for code in range(256))


_PLANE_TABLES = tuple(_digits(frozenset(code for code in range(256) if code >> bit & 1)) for bit in range(_PLANES))


class Row:
    """A text of one byte per character."""

    def __init__(self, text: bytes) -> None:
        """Keep the text reversed: Python reads the most significant digit first, and bit 0 is the first character."""
        self.length = len(text)
        self._reversed = text[::-1]

    def read(self, table: bytes) -> int:
        """Return the mask of the characters that a table maps to the digit 1."""
        return int(self._reversed.translate(table), 2) if self.length else 0

    @cached_property
    def planes(self) -> tuple[int, ...]:
        """One mask for each bit of the codes: plane n has the characters whose code has bit n."""
        return tuple(map(self.read, _PLANE_TABLES))

    @cached_property
    def everything(self) -> int:
        """The mask of all characters."""
        return (1 << self.length) - 1


class CharacterSet:
    """A set of character codes below 256."""

    def __init__(self, codes: frozenset[int]) -> None:
        """Prepare a table for short rows, and a truth table of the codes for long rows."""
        self._table = _digits(codes)
        self._truth = sum(1 << code for code in codes)

    def mask(self, row: Row) -> int:
        """Return the mask of the characters of a row that belong to the set.

        Reading digits costs a hundred times more per character than combining masks, so a long row is read eight
        times for all sets together, not once for each set.
        """
        return _combine(row, self._truth, _PLANES) if row.length > _LONG else row.read(self._table)


def _combine(row: Row, truth: int, planes: int) -> int:
    """Evaluate a truth table over the lowest planes, beginning with the highest of them."""
    if not truth:
        return 0
    if truth == (1 << (1 << planes)) - 1:
        return row.everything
    half = 1 << (planes - 1)
    low, high = truth & ((1 << half) - 1), truth >> half
    without = _combine(row, low, planes - 1)
    if low == high:
        return without
    return without ^ (row.planes[planes - 1] & (without ^ _combine(row, high, planes - 1)))


_NOT_ASCII = re.compile(r"[^\x00-\x7f]")
_SEPARATORS = CharacterSet(frozenset((SEPARATOR,)))


class SafeRegex:
    """A compiled regular expression of the pattern language, the text between the percent signs."""

    def __init__(self, source: str) -> None:
        """Parse the source. Raises RegexError."""
        self.source = source
        self._sequences = parse_regex(source)
        codes = {item.codes for sequence in self._sequences for item in sequence.items}
        self._sets = {each: CharacterSet(each) for each in codes}

    def search(self, text: str) -> bool:
        """Return whether the expression matches anywhere in a text."""
        return self._search(_Texts((text,)))[0]

    def search_all(self, texts: SequenceOf[str]) -> tuple[bool, bool]:
        """Return whether it matches in any, and whether in all, of one or more texts; they are searched together."""
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
    """Texts in one row with separators that no character set contains; bit n is the position before character n."""

    def __init__(self, texts: SequenceOf[str]) -> None:
        self.single = len(texts) == 1
        self.row = Row(bytes((SEPARATOR,)).join(map(_encode, texts)))
        separators = 0 if self.single else _SEPARATORS.mask(self.row)
        self.starts = separators << 1 | 1
        self.ends = separators | 1 << self.row.length
        self.places = (1 << (self.row.length + 1)) - 1

    def all_hit(self, hits: int) -> bool:
        """Return whether every text has a hit, by extending each hit to the end of its text."""
        within = self.places & ~self.ends
        return self.ends & (hits | _run_on(hits, within)) == self.ends


@dataclass(frozen=True)
class _Walk:
    """One search: the texts, and the masks of the character sets so far."""

    texts: _Texts
    sets: dict[frozenset[int], CharacterSet]
    masks: dict[frozenset[int], int]

    def hits(self, sequence: Sequence) -> int:
        """Return the mask of the positions where a match of the sequence ends."""
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
    """Return the mask of the positions after an item, from every position reached."""
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
    """Extend every position through the run of marked characters that begins there.

    Adding a bit to a run of ones clears the ones above it and carries into the first zero after the run: the bits that
    change are the positions passed.
    """
    return reached | (mask + (reached & mask)) ^ mask


def _encode(text: str) -> bytes:
    """Encode a text as one byte per character; all non-ASCII characters have the same code."""
    if text.isascii():
        return text.encode("ascii")
    return _NOT_ASCII.sub(chr(OTHER), text).encode("latin-1")
