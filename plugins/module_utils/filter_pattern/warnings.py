# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Find in a parsed pattern the choices that its author relies on and that show in the tree only."""

from __future__ import annotations

from collections.abc import Iterator

from .choices import PatternWarning, warning
from .tree import And, Compare, Delimited, Index, Leaf, NotExists, Or, Selector, Slot, Tree, tree_leaves


def tree_warnings(tree: Tree, positions: dict[int, int]) -> list[PatternWarning]:
    """List the warnings for the conditions of a tree; ``positions`` holds their places by the id of the node."""
    guarded = set(_guarded(tree, frozenset()))
    found: list[PatternWarning] = []
    for leaf in tree_leaves(tree):
        codes = [*_selector_codes(leaf)]
        if isinstance(leaf, Compare):
            codes += _comparison_codes(leaf, id(leaf) in guarded)
        found += [warning(code, positions[id(leaf)]) for code in codes]
    return found


def _selector_codes(leaf: Leaf) -> Iterator[str]:
    selector = leaf.selector
    if isinstance(selector, Selector):
        if isinstance(selector.steps[0], Index):
            yield "top-level-index"
        if isinstance(leaf, NotExists) and selector.has_wildcard:
            yield "not-exists-on-wildcard"


def _comparison_codes(leaf: Compare, guarded: bool) -> Iterator[str]:
    selector, literal = leaf.selector, leaf.literal
    if leaf.operator == "!=" and isinstance(selector, Selector):
        if selector.has_wildcard:
            yield "not-equal-on-wildcard"
        elif not guarded:
            yield "not-equal-on-missing"
    if literal.has_wildcard and "*" in literal.text.strip("*"):
        yield "interior-wildcard"
    if literal.quoted and literal.has_wildcard and literal.text.strip("*") == "":
        yield "wildcard-only-literal"
    if isinstance(selector, Selector) and _sees_digits(leaf):
        yield "number-text"


def _sees_digits(leaf: Compare) -> bool:
    """Tell whether a quoted literal looks like a number that may be written in another way."""
    text = leaf.literal.text
    return leaf.literal.quoted and text.replace(".", "", 1).isdigit() and ("." in text or text.endswith("00"))


def _guarded(tree: Tree, absent: frozenset[Selector]) -> Iterator[int]:
    """Yield the ids of the comparisons that stand in an ``||`` with NOT EXISTS on the same selector."""
    if isinstance(tree, Delimited):
        for slot in tree.slots:
            if isinstance(slot, Slot) and slot.condition:
                yield from _guarded(slot.condition, absent)
    elif isinstance(tree, And | Or):
        if isinstance(tree, Or):
            absent |= {each.selector for each in tree.operands if isinstance(each, NotExists)}
        for operand in tree.operands:
            yield from _guarded(operand, absent)
    elif isinstance(tree, Compare) and tree.selector in absent:
        yield id(tree)
