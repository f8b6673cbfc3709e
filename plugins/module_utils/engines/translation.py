# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The result of translating a filter pattern to the language of another engine."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Reason:
    """Why a part of a pattern has no equal in the other language.

    Attributes:
        part: The condition or selector, as it is written in the filter pattern; empty for the whole pattern.
        why: A sentence.
        source: Where AWS says so.
    """

    part: str
    why: str
    source: str

    def __str__(self) -> str:
        """Return the part and the sentence."""
        return f"{self.part}: {self.why}" if self.part else self.why


class InexpressibleError(Exception):
    """A part of a pattern has no equal in the other language."""

    def __init__(self, why: str, source: str, part: str = "") -> None:
        """Keep the reason."""
        super().__init__(why)
        self.reason = Reason(part, why, source)

    def about(self, part: str) -> InexpressibleError:
        """Return the same error about a part of the pattern."""
        return InexpressibleError(self.reason.why, self.reason.source, part)


@dataclass(frozen=True)
class Translation:
    """A filter pattern in the language of another engine.

    Attributes:
        text: The event pattern or query; empty if there are reasons against it.
        reasons: Why it cannot be expressed.
    """

    text: str
    reasons: tuple[Reason, ...] = ()

    @property
    def possible(self) -> bool:
        """Return whether the pattern can be expressed."""
        return not self.reasons
