"""Parse the rule of a composite alarm, such as ``ALARM(a) AND NOT OK("b c")``.

Source: CloudWatch API reference, PutCompositeAlarm: AND, OR, NOT, parentheses, TRUE and FALSE, and the functions ALARM,
OK and INSUFFICIENT_DATA of an alarm's name or ARN. AT_LEAST is not supported here.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

States = Callable[[str], str | None]
"""Returns the state of the alarm with this name or ARN; None if no such alarm exists."""

_TOKEN = re.compile(
    r"\s*(?:(?P<state>ALARM|OK|INSUFFICIENT_DATA)\s*\(\s*(?:\"(?P<quoted>[^\"]+)\"|(?P<bare>[^\s()\"]+))\s*\)"
    r"|(?P<word>AND|OR|NOT|TRUE|FALSE)\b|(?P<parenthesis>[()]))"
)
_DEEPEST = 50

Tokens = list[tuple[str, str]]


class RuleError(ValueError):
    """The text is not a valid alarm rule."""


class AlarmRule:
    """A parsed rule; `children` are the alarm names and ARNs in it, in order."""

    def __init__(self, text: str) -> None:
        """Parse the text. Raise RuleError if it is invalid."""
        self._tokens = _tokens(text)
        self._position = 0
        self._depth = 0
        self.children = tuple(dict.fromkeys(name for kind, name in self._tokens if kind in _STATES))
        self._holds = self._read_or()
        if self._position < len(self._tokens):
            raise RuleError(f"unexpected {self._tokens[self._position][1]}")

    def holds(self, states: States) -> bool:
        """Return whether the composite alarm is in ALARM."""
        return self._holds(states)

    def _accept(self, word: str) -> bool:
        found = self._position < len(self._tokens) and self._tokens[self._position] == ("", word)
        self._position += found
        return found

    def _read_or(self) -> Callable[[States], bool]:
        parts = [self._read_and()]
        while self._accept("OR"):
            parts.append(self._read_and())
        return lambda states: any(part(states) for part in parts)

    def _read_and(self) -> Callable[[States], bool]:
        parts = [self._read_unit()]
        while self._accept("AND"):
            parts.append(self._read_unit())
        return lambda states: all(part(states) for part in parts)

    def _read_unit(self) -> Callable[[States], bool]:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise RuleError("too deeply nested")
        unit = self._read_nested() or self._read_leaf()
        self._depth -= 1
        return unit

    def _read_nested(self) -> Callable[[States], bool] | None:
        if self._accept("NOT"):
            inner = self._read_unit()
            return lambda states: not inner(states)
        if self._accept("("):
            group = self._read_or()
            if not self._accept(")"):
                raise RuleError("a parenthesis is not closed")
            return group
        return None

    def _read_leaf(self) -> Callable[[States], bool]:
        if self._position >= len(self._tokens):
            raise RuleError("the rule ends too early")
        kind, value = self._tokens[self._position]
        self._position += 1
        if kind in _STATES:
            return lambda states: states(value) == kind
        if value in ("TRUE", "FALSE"):
            return lambda states: value == "TRUE"
        raise RuleError(f"unexpected {value}")


_STATES = ("ALARM", "OK", "INSUFFICIENT_DATA")


def _tokens(text: str) -> Tokens:
    tokens: Tokens = []
    position = 0
    text = text.strip()
    while position < len(text):
        found = _TOKEN.match(text, position)
        if not found:
            raise RuleError(f"unexpected {text[position : position + 20]!r}")
        state = found["state"]
        tokens.append(
            (state, found["quoted"] or found["bare"]) if state else ("", found["word"] or found["parenthesis"])
        )
        position = found.end()
    return tokens


@lru_cache(maxsize=256)
def alarm_rule(text: str) -> AlarmRule:
    """Return the parsed rule. Raise RuleError if it is invalid."""
    return AlarmRule(text)
