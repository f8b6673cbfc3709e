# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The error for an invalid filter pattern, with a caret under the position."""

from __future__ import annotations

INVALID_PATTERN = "Invalid metric filter pattern"
"""The answer of Put- and TestMetricFilter to most invalid patterns (observed in us-east-1, 2026-09)."""

_CONTEXT_CHARACTERS = 60


class PatternError(ValueError):
    """A filter pattern that CloudWatch Logs rejects, or that has no documented meaning.

    ``position`` counts characters of ``pattern`` from 0, ``reason`` says what is wrong there, ``hint`` what to
    write instead (may be empty), and ``aws_message`` is the message of AWS's InvalidParameterException.
    """

    def __init__(
        self, pattern: str, position: int, reason: str, hint: str = "", aws_message: str = INVALID_PATTERN
    ) -> None:
        """Keep the parts; the message is built on demand."""
        super().__init__(pattern, position, reason, hint, aws_message)
        self.pattern = pattern
        self.position = position
        self.reason = reason
        self.hint = hint
        self.aws_message = aws_message

    def __str__(self) -> str:
        """Return the reason, the pattern with a caret under the position, and the hint."""
        lines = [f"Invalid filter pattern at position {self.position}: {self.reason}"]
        lines += _excerpt(self.pattern, self.position)
        return "\n".join([*lines, self.hint] if self.hint else lines)


def _excerpt(pattern: str, position: int) -> list[str]:
    """Return one line around the position and a caret below; each unprintable character becomes a dot."""
    begin = max(0, position - _CONTEXT_CHARACTERS)
    end = position + _CONTEXT_CHARACTERS
    excerpt = "".join(char if char.isprintable() else "·" for char in pattern[begin:end])
    lead = "..." if begin else ""
    tail = "..." if end < len(pattern) else ""
    return [f"  {lead}{excerpt}{tail}", " " * (2 + len(lead) + position - begin) + "^"]
