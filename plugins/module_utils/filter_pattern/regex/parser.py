# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Parse the regular expressions of filter patterns: alternatives of characters with quantifiers, no groups.

Source of the allowed characters and operators: CloudWatch Logs user guide, supported regular expressions syntax.
"""

from __future__ import annotations

import string
from dataclasses import dataclass
from typing import NoReturn

from ..error import INVALID_PATTERN
from ..limits import MAX_REGEX_POSITIONS

OTHER = 0x80
"""The code for every non-ASCII character; only ``.`` and negated classes match it."""

_EVERYTHING = frozenset(range(OTHER + 1))
_WORD = frozenset(map(ord, string.ascii_letters + string.digits + "_"))
_DIGIT = frozenset(map(ord, string.digits))
_SPACE = frozenset(map(ord, string.whitespace))
_CLASSES = {
    "d": _DIGIT,
    "D": _EVERYTHING - _DIGIT,
    "s": _SPACE,
    "S": _EVERYTHING - _SPACE,
    "w": _WORD,
    "W": _EVERYTHING - _WORD,
}
_SYMBOLS = ":_#=@/;,-"
_OPERATORS = "^$?[]{}|\\*+."
_PLAIN = frozenset(string.ascii_letters + string.digits + _SYMBOLS + " ")
_HEX = frozenset(string.hexdigits)
_QUANTIFIERS: dict[str, tuple[int, int | None]] = {"*": (0, None), "+": (1, None), "?": (0, 1)}


@dataclass(frozen=True)
class Item:
    """A set of character codes, repeated at least ``least`` and at most ``most`` times (None: no limit)."""

    codes: frozenset[int]
    least: int = 1
    most: int | None = 1

    @property
    def positions(self) -> int:
        """Return the number of single steps of the item."""
        return max(1, self.least if self.most is None else self.most)


@dataclass(frozen=True)
class Sequence:
    """One alternative: a sequence of items, optionally anchored at the start or the end of the text."""

    items: tuple[Item, ...]
    from_start: bool
    to_end: bool


class RegexError(ValueError):
    """An invalid regular expression; ``position`` counts characters after the opening percent sign from 0."""

    def __init__(self, position: int, reason: str, hint: str, aws_message: str = INVALID_PATTERN) -> None:
        """Keep the parts."""
        super().__init__(position, reason, hint, aws_message)
        self.position = position
        self.reason = reason
        self.hint = hint
        self.aws_message = aws_message


def parse_regex(source: str) -> tuple[Sequence, ...]:
    """Parse a regular expression (the text between the percent signs); RegexError if it is rejected."""
    parser = _RegexParser(source)
    sequences = [parser.sequence()]
    while parser.take("|"):
        sequences.append(parser.sequence())
    positions = sum(item.positions for sequence in sequences for item in sequence.items)
    if positions > MAX_REGEX_POSITIONS:
        reason = f"the repetitions add up to {positions} characters, more than {MAX_REGEX_POSITIONS}"
        raise RegexError(0, reason, "Lower the numbers in the braces.")
    return tuple(sequences)


class _RegexParser:
    """A cursor over a regular expression."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.position = 0

    @property
    def char(self) -> str:
        return self.source[self.position : self.position + 1]

    def take(self, char: str) -> bool:
        if self.char != char:
            return False
        self.position += 1
        return True

    def fail(self, reason: str, hint: str = "", position: int | None = None) -> NoReturn:
        raise RegexError(self.position if position is None else position, reason, hint)

    def sequence(self) -> Sequence:
        """Parse one alternative."""
        start = self.position
        from_start = self.take("^")
        items: list[Item] = []
        while self.char not in ("", "|", "$"):
            items.append(self._item())
        to_end = self.take("$")
        if self.char not in ("", "|"):
            self.fail(
                "$ is allowed only at the end of an alternative", "Write \\$ for a dollar sign.", self.position - 1
            )
        if self.position == start:
            self.fail("an alternative of the regular expression is empty", "Add something, or remove the |.")
        return Sequence(tuple(items), from_start, to_end)

    def _item(self) -> Item:
        codes = self._codes()
        least, most = self._quantifier()
        if self.char and self.char in "*+?{":
            self.fail("one quantifier follows another", "Neither lazy nor possessive nor nested quantifiers exist.")
        return Item(codes, least, most)

    def _codes(self) -> frozenset[int]:
        """Parse one character, escape, dot or bracket expression."""
        char = self.char
        if char == "[":
            return self._bracket()
        if char == "\\":
            return self._escape()
        if char == "." or char in _PLAIN:
            self.position += 1
            return _EVERYTHING if char == "." else frozenset((ord(char),))
        if char == "^":
            self.fail("^ is allowed only at the beginning of an alternative", "Write \\^ for a circumflex.")
        if char in "*+?":
            self.fail(f"nothing to repeat before {char}", f"Write \\{char} for the character itself.")
        if char in "{}]":
            self.fail(f"{char} needs a backslash", f"Write \\{char}.")
        return self._fail_character()

    def _fail_character(self) -> NoReturn:
        """Reject a character that is not in the documented list."""
        char = self.char
        printable = char if char.isprintable() else repr(char)
        hint = "Only ASCII characters are allowed."
        if ord(char) < OTHER:
            hint = f"Write \\x{ord(char):02X} for this character."
        if char == "(":
            hint = "There are no groups; write the alternatives with |, or \\x28 for the character."
        message = f"Invalid character(s) in term '%{self.source[: self.position + 1]}'"
        reason = f"{printable} is not allowed in a regular expression"
        raise RegexError(self.position, reason, hint, message)

    def _escape(self) -> frozenset[int]:
        start = self.position
        self.position += 1
        char = self.char
        self.position += 1
        if char in _CLASSES:
            return _CLASSES[char]
        if char == "x":
            return frozenset((self._hex(start),))
        if char and char in _SYMBOLS + _OPERATORS:
            return frozenset((ord(char),))
        hint = "Write \\x25 for a percent sign." if not char else "Any ASCII character can be written as \\xhh."
        return self.fail(f"\\{char} is an unknown escape", hint, start)

    def _hex(self, start: int) -> int:
        digits = self.source[self.position : self.position + 2]
        if len(digits) < 2 or not _HEX.issuperset(digits) or int(digits, 16) >= OTHER:
            self.fail("\\x needs two hexadecimal digits of an ASCII character", "For example \\x25.", start)
        self.position += 2
        return int(digits, 16)

    def _bracket(self) -> frozenset[int]:
        start = self.position
        self.position += 1
        negated = self.take("^")
        codes: set[int] = set()
        if self.char == "]":
            self.fail("the brackets are empty", "Write \\] for a closing bracket.")
        while not self.take("]"):
            if not self.char:
                self.fail("the closing ] is missing", "Write \\[ for an opening bracket.", start)
            codes |= self._range()
        return _EVERYTHING - codes if negated else frozenset(codes)

    def _range(self) -> frozenset[int]:
        """Parse one member of a bracket expression or a range of two."""
        start = self.position
        first = self._member()
        following = self.source[self.position + 1 : self.position + 2]
        if self.char != "-" or following in ("", "]"):
            return first
        self.position += 1
        last = self._member()
        if len(first) > 1 or len(last) > 1 or min(first) > min(last):
            self.fail("the range is reversed or has a class at one end", "Write \\- for a hyphen.", start)
        return frozenset(range(min(first), min(last) + 1))

    def _member(self) -> frozenset[int]:
        char = self.char
        if char == "\\":
            return self._escape()
        if char == "[":
            self.fail("[ inside brackets needs a backslash", "Write \\[.")
        if char not in _PLAIN and char not in _OPERATORS:
            self._fail_character()
        self.position += 1
        return frozenset((ord(char),))

    def _quantifier(self) -> tuple[int, int | None]:
        char = self.char
        if char and char in _QUANTIFIERS:
            self.position += 1
            return _QUANTIFIERS[char]
        return self._braces() if char == "{" else (1, 1)

    def _braces(self) -> tuple[int, int | None]:
        """Parse ``{m}``, ``{m,}``, ``{,n}`` or ``{m,n}``."""
        start = self.position
        end = self.source.find("}", start)
        low, comma, high = self.source[start + 1 : end].partition(",")
        numbers = [part for part in (low, high) if part]
        if end < 0 or not numbers or not all(part.isascii() and part.isdigit() for part in numbers):
            self.fail("{ begins a quantifier such as {3}, {2,}, {,5} or {2,5}", "Write \\{ for a brace.", start)
        self.position = end + 1
        least = int(low or "0")
        most = int(high) if high else None if comma else least
        if most is not None and most < least:
            self.fail("the second number of the quantifier is less than the first", "", start)
        return least, most
