# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Split a Logs Insights query into its tokens."""

from __future__ import annotations

import re

_TOKEN = re.compile(
    r"""\s*(?:
        (?P<text>"(?:[^"\\]|\\.)*")
      | (?P<expression>/(?:[^/\\]|\\.)*/)
      | (?P<name>`[^`]*`)
      | (?P<word>[A-Za-z0-9@_.+-]+)
      | (?P<sign><=|>=|!=|[=<>()\[\],|*])
    )""",
    re.VERBOSE,
)
_ESCAPED = re.compile(r"\\(.)")


class QueryError(ValueError):
    """A query has a part that is not known here; the message names it."""


class Tokens:
    """The tokens of a query, taken from left to right."""

    def __init__(self, text: str) -> None:
        """Split the text. Raises QueryError if a part is not a token."""
        self._tokens: list[tuple[str, str]] = []
        position, end = 0, len(text.rstrip())
        while position < end:
            match = _TOKEN.match(text, position)
            if not match or match.lastgroup is None:
                raise QueryError(f"{text[position:].strip()[:20]!r} is not known here")
            self._tokens.append((match.lastgroup, match[match.lastgroup]))
            position = match.end()
        self._tokens.reverse()

    def peek(self) -> tuple[str, str]:
        """Return the kind and the text of the next token."""
        return self._tokens[-1] if self._tokens else ("end", "")

    def next(self) -> tuple[str, str]:
        """Take the next token."""
        found = self.peek()
        if self._tokens:
            self._tokens.pop()
        return found

    def take(self, text: str) -> bool:
        """Take the next token if it is a word or sign with this text."""
        if self.peek() not in (("word", text), ("sign", text)):
            return False
        self.next()
        return True

    def expect(self, *texts: str) -> None:
        """Take words and signs. Raises QueryError if one of them is not there."""
        for text in texts:
            if not self.take(text):
                raise QueryError(f"expected {text!r} instead of {self.peek()[1]!r}")

    def word(self) -> str:
        """Take a word, or a name in backticks."""
        kind, text = self.next()
        if kind not in ("word", "name"):
            raise QueryError(f"expected a name instead of {text!r}")
        return text.strip("`")

    def text(self) -> str:
        """Take a text in double quotes."""
        kind, text = self.next()
        if kind != "text":
            raise QueryError(f"expected a text instead of {text!r}")
        return _ESCAPED.sub(r"\1", text[1:-1])

    def end(self) -> None:
        """Raise QueryError if a token is left."""
        if self._tokens:
            raise QueryError(f"{self.peek()[1]!r} is not known here")
