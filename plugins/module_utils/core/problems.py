# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Errors in a request, which are found before anything is written."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable, Mapping
from typing import Any

# The environment variable with the host of the inventory, for warnings; plugins/action/own_module.py sets it.
HOST = "SECMON_HOST"


class RequestError(Exception):
    """The request is invalid; nothing was written.

    Attributes:
        problems: One or two sentences for each problem: what is wrong with which resource, and what to do.
    """

    def __init__(self, problems: Iterable[str]) -> None:
        """Store the problems in the order in which they were found."""
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))


class NotProvedError(Exception):
    """The check that the task requested failed.

    Attributes:
        results: The results of the module, without the message.
    """

    def __init__(self, message: str, results: Mapping[str, Any]) -> None:
        """Store the results."""
        self.results = results
        super().__init__(message)


def require(problems: Iterable[str]) -> None:
    """Raise RequestError with all problems if there are any."""
    found = tuple(problems)
    if found:
        raise RequestError(found)


def sentence(text: str) -> str:
    """Return a quoted message as the end of a sentence: with a full stop unless it ends with a mark of its own."""
    text = text.rstrip()
    return text if text.endswith((".", "!", "?")) else f"{text}."


def listed(names: Iterable[str]) -> str:
    """Return names as a list in a message, each once."""
    return ", ".join(dict.fromkeys(names))


def did_you_mean(name: str, known: Collection[str]) -> str:
    """Return ` Did you mean "x"?` for the known name that is most similar, or an empty string."""
    nearest = nearest_name(name, known)
    return f' Did you mean "{nearest}"?' if nearest else ""


def nearest_name(name: str, known: Collection[str], similarity: float = 0.6) -> str:
    """Return the known name that is most similar, from 0 to 1, or an empty string."""
    folded = {word.lower(): word for word in known}
    close = difflib.get_close_matches(name.lower(), folded, n=1, cutoff=similarity)
    return folded[close[0]] if close else ""
