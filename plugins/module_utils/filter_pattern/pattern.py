# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The filter pattern language of CloudWatch Logs: compile a pattern once, match any number of messages.

Sources: CloudWatch Logs user guide (filter and pattern syntax) and API reference; where the guide is silent or wrong,
what TestMetricFilter was seen to answer. ``pattern_choices`` lists what no source settles. Nothing here backtracks or
recurses on its input, so a hostile pattern or message costs bounded time.
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
    """A pattern ready to match; ``str()`` of it is canonical text that parses to the same tree.

    ``tree`` is the syntax tree (``pattern_tree``), ``warnings`` the contested or silent points that the pattern relies
    on, ``regex_count`` the number of its regular expressions (a log group takes five filters that have any).
    """

    __slots__ = ("_extract", "_matches", "regex_count", "source", "tree", "warnings")

    def __init__(self, source: str, tree: Tree, regex_count: int, warnings: tuple[PatternWarning, ...]) -> None:
        """Compile a checked tree; use ``compile_pattern`` or ``compile_tree``."""
        self.source = source
        self.tree = tree
        self.regex_count = regex_count
        self.warnings = warnings
        self._matches: Callable[[LogMessage], bool] = compile_match(tree)
        self._extract = compile_extract(tree)

    def __str__(self) -> str:
        """Write the pattern in its canonical form."""
        return print_tree(self.tree)

    def __repr__(self) -> str:
        """Show the canonical form."""
        return f"compile_pattern({str(self)!r})"

    @property
    def kind(self) -> str:
        """One of ``everything``, ``terms``, ``delimited``, ``json``."""
        kinds: dict[type, str] = {Everything: "everything", Terms: "terms", Delimited: "delimited"}
        return kinds.get(type(self.tree), "json")

    def matches(self, message: str | LogMessage) -> bool:
        """Tell whether a message matches; pass a LogMessage to parse the message once for many patterns."""
        return self._matches(message if message.__class__ is LogMessage else as_message(message))

    def extract(self, message: str | LogMessage) -> dict[str, str]:
        """Return the values of a matching message, ``{}`` for any other.

        Space-delimited patterns: every field as ``$name`` or ``$n``. JSON patterns: the texts and numbers that the
        selectors of the pattern reach, keyed as the author wrote them; TestMetricFilter itself returns ``{}`` there.
        """
        log_message = as_message(message)
        return self._extract(log_message) if self._matches(log_message) else {}

    def value(self, message: str | LogMessage, selector: str) -> str | None:
        """Return what a metric value or dimension selector (``$.a``, ``$name``, ``$2``) reads from a message.

        None if the message has no text or number there. PatternError if the selector is malformed.
        """
        return compile_value(self.tree, selector)(as_message(message))

    def explain(self, message: str | LogMessage) -> tuple[ConditionResult, ...]:
        """List every condition from left to right, whether it holds, and what the message has there."""
        return explain(self.tree, as_message(message))


def compile_pattern(text: str) -> CompiledPattern:
    """Compile the text of a filter pattern, or return it from the cache.

    Raises PatternError if CloudWatch Logs would reject it, TypeError if it is not a ``str``.
    """
    if not isinstance(text, str):
        raise TypeError(f"a filter pattern is a str, not {type(text).__name__}")
    return _compile(text)


# The rules that ship compile about a hundred patterns, each several times: to load, lint, test and deploy them.
@lru_cache(maxsize=256)
def _compile(text: str) -> CompiledPattern:
    parsed = parse_pattern(text)
    return CompiledPattern(text, parsed.tree, parsed.regex_count, parsed.warnings)


def compile_tree(tree: Tree) -> CompiledPattern:
    """Compile a syntax tree, built or rewritten; PatternError if no pattern has that tree.

    The tree is printed and parsed again, so a literal cannot break out of its place.
    """
    expected = normalize(tree)
    compiled = compile_pattern(print_tree(expected))
    if compiled.tree != expected:
        raise PatternError(compiled.source, 0, "the tree has a part that the pattern language cannot write")
    return compiled
