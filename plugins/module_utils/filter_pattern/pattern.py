# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The filter pattern language of CloudWatch Logs: compile a pattern once, match any number of messages.

Sources: CloudWatch Logs user guide (filter and pattern syntax) and API reference; where the guide is silent or wrong,
observed answers of TestMetricFilter. ``choices.py`` lists what no source settles. No code here backtracks or recurses
on its input, so the time for a hostile pattern or message is bounded.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from .choices import PatternWarning
from .error import PatternError
from .explain import ConditionResult, explain
from .limits import MAX_PATTERN_LENGTH
from .matching.extract import compile_extract, compile_value
from .matching.match import compile_match
from .matching.message import LogMessage, as_message
from .parsing.parse import parse_pattern
from .printer import print_tree
from .tree import Delimited, Everything, Terms, Tree, normalize

__all__ = [
    "MAX_PATTERN_LENGTH",
    "CompiledPattern",
    "ConditionResult",
    "LogMessage",
    "PatternError",
    "PatternWarning",
    "compile_pattern",
    "compile_tree",
    "print_tree",
]


class CompiledPattern:
    """A compiled pattern; ``str()`` returns its canonical text, which parses to the same tree.

    ``tree`` is the syntax tree, ``warnings`` are the ambiguous points that the pattern relies on, ``regex_count``
    is the number of regular expressions (a log group allows five filters with regular expressions).
    """

    __slots__ = ("_extract", "_matches", "regex_count", "source", "tree", "warnings")

    def __init__(self, source: str, tree: Tree, regex_count: int, warnings: tuple[PatternWarning, ...]) -> None:
        """Compile a valid tree; use ``compile_pattern`` or ``compile_tree`` instead."""
        self.source = source
        self.tree = tree
        self.regex_count = regex_count
        self.warnings = warnings
        self._matches: Callable[[LogMessage], bool] = compile_match(tree)
        self._extract = compile_extract(tree)

    def __str__(self) -> str:
        """Return the pattern in canonical form."""
        return print_tree(self.tree)

    def __repr__(self) -> str:
        """Return the canonical form."""
        return f"compile_pattern({str(self)!r})"

    @property
    def kind(self) -> str:
        """One of ``everything``, ``terms``, ``delimited``, ``json``."""
        kinds: dict[type, str] = {Everything: "everything", Terms: "terms", Delimited: "delimited"}
        return kinds.get(type(self.tree), "json")

    def matches(self, message: str | LogMessage) -> bool:
        """Return whether a message matches; pass a LogMessage to parse it only once for many patterns."""
        return self._matches(message if message.__class__ is LogMessage else as_message(message))

    def extract(self, message: str | LogMessage) -> dict[str, str]:
        """Return the values of a matching message, ``{}`` for any other.

        Space-delimited patterns: every field as ``$name`` or ``$n``. JSON patterns: the strings and numbers that the
        selectors select, with the selectors as written as keys; TestMetricFilter returns ``{}`` for them.
        """
        log_message = as_message(message)
        return self._extract(log_message) if self._matches(log_message) else {}

    def value(self, message: str | LogMessage, selector: str) -> str | None:
        """Return what a metric value or dimension selector (``$.a``, ``$name``, ``$2``) reads from a message.

        Returns None if the message has no string or number there. Raises PatternError if the selector is invalid.
        """
        return compile_value(self.tree, selector)(as_message(message))

    def explain(self, message: str | LogMessage) -> tuple[ConditionResult, ...]:
        """Return every condition from left to right, whether it is true, and the value in the message."""
        return explain(self.tree, as_message(message))


def compile_pattern(text: str) -> CompiledPattern:
    """Compile the text of a filter pattern, or return it from the cache.

    Raises PatternError if CloudWatch Logs would reject it, TypeError if it is not a ``str``.
    """
    if not isinstance(text, str):
        raise TypeError(f"a filter pattern is a str, not {type(text).__name__}")
    return _compile(text)


# The shipped rules have about a hundred patterns, each compiled several times: to load, lint, test and deploy it.
@lru_cache(maxsize=256)
def _compile(text: str) -> CompiledPattern:
    parsed = parse_pattern(text)
    return CompiledPattern(text, parsed.tree, parsed.regex_count, parsed.warnings)


def compile_tree(tree: Tree) -> CompiledPattern:
    """Compile a syntax tree. Raises PatternError if no pattern has this tree.

    The tree is printed and parsed again, so a literal cannot change the structure.
    """
    expected = normalize(tree)
    compiled = compile_pattern(print_tree(expected))
    if compiled.tree != expected:
        raise PatternError(compiled.source, 0, "the tree has a part that the pattern language cannot express")
    return compiled
