# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Read metric values and dimensions from a message: ``$.a``, ``$name``, ``$2``."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from ..error import PatternError
from ..parsing.scanner import Scanner
from ..parsing.selector import read_selector
from ..printer import print_selector
from ..tree import Delimited, Everything, Selector, Terms, Tree, tree_leaves
from .fields import FieldLayout
from .message import LogMessage
from .reach import reach_all

_FIELD = re.compile(r"\$[A-Za-z0-9_]+")


def compile_extract(tree: Tree) -> Callable[[LogMessage], dict[str, str]]:
    """Compile the extraction of every value that a pattern names; terms have none."""
    if isinstance(tree, Everything | Terms):
        return lambda message: {}
    if isinstance(tree, Delimited):
        layout = FieldLayout(tree)
        return lambda message: layout.extract(layout.values(message) or [])
    selectors = {leaf.selector for leaf in tree_leaves(tree) if isinstance(leaf.selector, Selector)}
    named = {selector.written or print_selector(selector): selector for selector in selectors}

    def extract(message: LogMessage) -> dict[str, str]:
        values = {name: _first_text(message, selector) for name, selector in named.items()}
        return {name: value for name, value in values.items() if value is not None}

    return extract


def compile_value(tree: Tree, text: str) -> Callable[[LogMessage], str | None]:
    """Compile a selector of a metric transformation. Raises PatternError if it is invalid for the pattern."""
    if isinstance(tree, Everything | Terms):
        raise PatternError(
            text, 0, "a pattern of terms has no fields to read", "Use a JSON or space-delimited pattern."
        )
    if isinstance(tree, Delimited):
        if not _FIELD.fullmatch(text):
            raise PatternError(text, 0, "expected $ and the name or number of a field", "For example $bytes or $2.")
        layout = FieldLayout(tree)
        return lambda message: layout.value(layout.values(message) or [], text)
    selector = _parse_selector(text)
    return lambda message: _first_text(message, selector)


@lru_cache(maxsize=256)
def _parse_selector(text: str) -> Selector:
    scanner = Scanner(text)
    selector = read_selector(scanner)
    if scanner.char:
        scanner.fail(f"expected the end of the selector, found {scanner.found()}")
    return selector


def _first_text(message: LogMessage, selector: Selector) -> str | None:
    """Return the first selected string or number; a wildcard can select several."""
    selected = reach_all(selector, message.document) if message.document is not None else []
    return next((str(value) for value in selected if isinstance(value, str)), None)
