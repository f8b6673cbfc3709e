# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What is wrong with rules, as data and as text."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ..core.problems import did_you_mean


@dataclass(frozen=True)
class RuleProblem:
    """One thing that is wrong in one place.

    ``file`` is a path or the name of a layer of overrides, ``line`` counts from 1 and is None where there is no
    file, ``key`` is the dotted way to the value (``tests[0].event``), empty for the whole file.
    """

    file: str
    line: int | None
    key: str
    message: str
    hint: str = ""

    def __str__(self) -> str:
        """Return the problem as a block: the place, what is wrong, what to do."""
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        head = f"{place}: {self.key}" if self.key else place
        lines = [*self.message.splitlines(), *(f"hint: {line}" for line in self.hint.splitlines())]
        return "\n".join([f"{head}:", *(f"  {line}" for line in lines)])


class RuleError(ValueError):
    """Rules cannot be used; ``errors`` holds every problem that was found."""

    def __init__(self, errors: Iterable[RuleProblem]) -> None:
        """Keep all problems, in the order in which they were found."""
        self.errors: tuple[RuleProblem, ...] = tuple(errors)
        super().__init__("\n".join(str(problem) for problem in self.errors))


def suggestion(word: str, known: Iterable[str]) -> str:
    """Return `Did you mean "x"?` for the nearest known word, or the list of known words."""
    words = sorted(known)
    return did_you_mean(word, words).lstrip() or (f"known: {', '.join(words)}" if words else "")
