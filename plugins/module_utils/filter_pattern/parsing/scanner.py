# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""A cursor over the text of a pattern: whitespace, literals, and errors with their position."""

from __future__ import annotations

import re
from typing import NoReturn

from ..choices import PatternWarning, warning
from ..error import INVALID_PATTERN, PatternError
from ..regex.parser import RegexError, parse_regex
from ..tree import Literal, LiteralKind

WHITESPACE = " \t\r\n"

_WHITESPACE = re.compile(f"[{WHITESPACE}]*")
_PLAIN_TEXT = re.compile(r'[^"\\]*')
_CONFUSABLES = {
    "\u201c": 'the double quote "',
    "\u201d": 'the double quote "',
    "\u201e": 'the double quote "',
    "\u2018": "a single quote; strings need double quotes",
    "\u2019": "a single quote; strings need double quotes",
    "\u2013": "the hyphen -",
    "\u2014": "the hyphen -",
    "\u2026": "three dots ...",
    "\u00a0": "a space",
    "\uff1d": "the equals sign =",
}


class Scanner:
    """The text of a pattern, the current position, and the warnings and regular expressions so far."""

    def __init__(self, text: str) -> None:
        """Start at the beginning of a text."""
        self.text = text
        self.position = 0
        self.warnings: list[PatternWarning] = []
        self.regexes: list[int] = []

    @property
    def char(self) -> str:
        """The character at the current position, or ``""`` at the end."""
        return self.text[self.position : self.position + 1]

    def at(self, text: str) -> bool:
        """Return whether a text is next."""
        return self.text.startswith(text, self.position)

    def take(self, text: str) -> bool:
        """Consume a text if it is next, and return whether it was."""
        if not self.at(text):
            return False
        self.position += len(text)
        return True

    def take_match(self, expression: re.Pattern[str]) -> str:
        """Consume and return what a regular expression matches here; it must match in linear time."""
        match = expression.match(self.text, self.position)
        if match is None:
            return ""
        self.position = match.end()
        return match.group()

    def peek_match(self, expression: re.Pattern[str]) -> str:
        """Return what a regular expression matches here without consuming it."""
        match = expression.match(self.text, self.position)
        return match.group() if match else ""

    def skip_whitespace(self) -> bool:
        """Consume spaces, tabs and line breaks; return whether there were any."""
        start = self.position
        spaces = self.take_match(_WHITESPACE)
        if spaces.strip(" "):
            self.warn("unusual-blank", start)
        return bool(spaces)

    def warn(self, code: str, position: int) -> None:
        """Add a warning that the text at a position relies on a documented choice."""
        self.warnings.append(warning(code, position))

    def found(self) -> str:
        """Describe the current character for a message."""
        char = self.char
        if not char:
            return "the end of the pattern"
        if char.isascii() and char.isprintable():
            return "'\"'" if char == '"' else f'"{char}"'
        return f"{char!a} (U+{ord(char):04X})"

    def fail(
        self, reason: str, hint: str = "", position: int | None = None, aws_message: str = INVALID_PATTERN
    ) -> NoReturn:
        """Raise PatternError for a position, by default the current one."""
        place = self.position if position is None else position
        char = self.text[place : place + 1]
        if char in _CONFUSABLES:
            hint = f"U+{ord(char):04X} only looks like {_CONFUSABLES[char]}; type the ASCII character."
        raise PatternError(self.text, place, reason, hint, aws_message)

    def read_quoted(self) -> Literal:
        """Read a string in double quotes from its opening quote; ``\\"`` and ``\\\\`` are escapes."""
        start = self.position
        self.position += 1
        parts: list[str] = []
        while True:
            parts.append(self.take_match(_PLAIN_TEXT))
            if self.take('"'):
                return Literal("".join(parts), LiteralKind.QUOTED)
            if not self.char:
                self._fail_unclosed(start)
            parts.append(self._read_escape())

    def _fail_unclosed(self, start: int) -> NoReturn:
        message = f"Invalid character(s) in term '{self.text[start:]}'"
        self.fail('the closing " is missing', 'Write \\" for a quote inside the text.', start, message)

    def _read_escape(self) -> str:
        """Read an escaped quote or backslash; a backslash before any other character is literal."""
        for escaped in ('\\"', "\\\\"):
            if self.take(escaped):
                return escaped[1]
        self.warn("unknown-escape", self.position)
        self.position += 1
        return "\\"

    def read_regex(self) -> Literal:
        """Read a regular expression from its opening percent sign."""
        start = self.position
        end = self.text.find("%", start + 1)
        if end < 0:
            message = f"Invalid character(s) in term '{self.text[start:]}'"
            self.fail("the closing % of the regular expression is missing", "", start, message)
        source = self.text[start + 1 : end]
        self._check_regex(source, start)
        self.position = end + 1
        self.regexes.append(start)
        return Literal(source, LiteralKind.REGEX)

    def _check_regex(self, source: str, start: int) -> None:
        try:
            parse_regex(source)
        except RegexError as error:
            self.fail(error.reason, error.hint, start + 1 + error.position, error.aws_message)
        if " " in source:
            self.warn("regex-blank", start)
