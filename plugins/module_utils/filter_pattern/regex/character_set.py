# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Mark the characters of a text that belong to a set, as the bits of one integer."""

from __future__ import annotations

from functools import cached_property

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
        """Keep the text reversed, since Python reads the most significant digit first and bit 0 is the first one."""
        self.length = len(text)
        self._reversed = text[::-1]

    def read(self, table: bytes) -> int:
        """Mark the characters that the table maps to the digit 1."""
        return int(self._reversed.translate(table), 2) if self.length else 0

    @cached_property
    def planes(self) -> tuple[int, ...]:
        """The row cut by the bits of its codes: plane n marks the characters whose code has bit n."""
        return tuple(map(self.read, _PLANE_TABLES))

    @cached_property
    def everything(self) -> int:
        """The mask of all characters."""
        return (1 << self.length) - 1


class CharacterSet:
    """A set of character codes below 256."""

    def __init__(self, codes: frozenset[int]) -> None:
        """Prepare the table for short rows and the truth table of the codes for long ones."""
        self._table = _digits(codes)
        self._truth = sum(1 << code for code in codes)

    def mask(self, row: Row) -> int:
        """Mark the characters of a row that belong to the set.

        Reading digits costs a hundred times more per character than combining masks, so a long row is read eight
        times for all sets together instead of once for each.
        """
        return _combine(row, self._truth, _PLANES) if row.length > _LONG else row.read(self._table)


def _combine(row: Row, truth: int, planes: int) -> int:
    """Evaluate a truth table over the lowest planes, by the highest of them first."""
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
