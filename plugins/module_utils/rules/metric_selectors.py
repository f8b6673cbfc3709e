# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Check the selectors of metric values and dimensions against the pattern of the filter.

Sources: CloudWatch Logs user guide, metric filters: a value or dimension is a field that the pattern names; observed
with PutMetricFilter, us-east-1, 2026-09: a selector with a wildcard is rejected ("must be a valid number", "must be
valid selector"); a field that the pattern does not name is accepted and has no value.
"""

from __future__ import annotations

import re

from ..filter_pattern.pattern import PatternError, compile_pattern
from ..filter_pattern.tree import (
    Delimited,
    Everything,
    FieldName,
    NotExists,
    Rest,
    Selector,
    Slot,
    Terms,
    Tree,
    tree_leaves,
)

_NUMBER = re.compile(r"[-+]?[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]+)?")
_FIELD = re.compile(r"\$[A-Za-z0-9_]+")


def is_number(text: str) -> bool:
    """Return whether the value of a metric is a number, not a selector."""
    return bool(_NUMBER.fullmatch(text))


def selector_error(text: str, tree: Tree) -> str | None:
    """Return why CloudWatch Logs rejects a selector for a pattern, or None if it accepts the selector."""
    if isinstance(tree, Delimited):
        return None if _FIELD.fullmatch(text) else f"{text!r} is neither a number nor a field such as $status or $3"
    selector = _selector(text)
    if selector is None:
        return f"{text!r} is neither a number nor a selector"
    if selector.has_wildcard:
        return f"{text!r} can reach several values, which AWS rejects here"
    if isinstance(tree, (Everything, Terms)):
        return f"the pattern does not name {text!r}: a pattern of terms has no fields"
    return None


def selector_warning(text: str, tree: Tree) -> str | None:
    """Return why a selector that CloudWatch Logs accepts may have no value, or None if the pattern names it."""
    if isinstance(tree, Delimited):
        return None if _has_field(text[1:], tree) else f"the pattern has no field {text!r}"
    named = [leaf.selector for leaf in tree_leaves(tree)]
    return None if _selector(text) in named else f"the pattern does not name {text!r}"


def _selector(text: str) -> Selector | None:
    if text != text.strip():
        return None
    try:
        tree = compile_pattern(f"{{ {text} NOT EXISTS }}").tree
    except PatternError:
        return None
    return tree.selector if isinstance(tree, NotExists) and isinstance(tree.selector, Selector) else None


def _has_field(name: str, tree: Delimited) -> bool:
    if name.isdigit():
        # "..." stands for any number of unnamed fields.
        return 1 <= int(name) <= len(tree.slots) or any(isinstance(slot, Rest) for slot in tree.slots)
    names = [slot.name for slot in tree.slots if isinstance(slot, Slot)]
    tested = [leaf.selector.name for leaf in tree_leaves(tree) if isinstance(leaf.selector, FieldName)]
    return name in names + tested
