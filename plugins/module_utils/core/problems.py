# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What is wrong with a request, found before anything is written."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable, Mapping
from typing import Any


class RequestError(Exception):
    """The request cannot be carried out as it is; nothing was written.

    Attributes:
        problems: One sentence or two for each problem: what is wrong with which resource, and what to do.
    """

    def __init__(self, problems: Iterable[str]) -> None:
        """Keep the problems in the order in which they were found."""
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))


class NotProvedError(Exception):
    """What was to be proved is not so.

    Attributes:
        results: What the module returns besides the message.
    """

    def __init__(self, message: str, results: Mapping[str, Any]) -> None:
        """Keep what was found out."""
        self.results = results
        super().__init__(message)


def require(problems: Iterable[str]) -> None:
    """Raise RequestError with all problems if there are any."""
    found = tuple(problems)
    if found:
        raise RequestError(found)


def did_you_mean(name: str, known: Collection[str]) -> str:
    """Return ` Did you mean "x"?` for the known name that is most like this one, or nothing."""
    close = difflib.get_close_matches(name, list(known), n=1)
    return f' Did you mean "{close[0]}"?' if close else ""
