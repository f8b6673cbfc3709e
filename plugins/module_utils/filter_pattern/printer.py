# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Print a syntax tree as a pattern, in a canonical form with the fewest parentheses."""

from __future__ import annotations

import re
from dataclasses import dataclass

from .limits import MAX_PATTERN_LENGTH
from .parsing.selector import NAME
from .tree import (
    And,
    AnyElement,
    AnyField,
    Compare,
    Condition,
    Delimited,
    Everything,
    FieldName,
    Index,
    IsFalse,
    IsNull,
    IsTrue,
    Leaf,
    Literal,
    Name,
    Or,
    Rest,
    Selector,
    Slot,
    Step,
    Term,
    Terms,
    Tree,
)

_TESTS = {IsNull: "IS NULL", IsTrue: "IS TRUE", IsFalse: "IS FALSE"}
_NEEDED_BACKSLASH = re.compile(r'\\(?=["\\]|\Z)')


def print_tree(tree: Tree) -> str:
    """Return a pattern that parses to the tree, if there is one (see ``compile_tree``).

    If the canonical form exceeds the length limit, spaces and needless escapes are left out; so every parsed pattern
    can be printed.
    """
    text = _Printer(brackets=not isinstance(tree, Delimited)).tree(tree)
    return text if len(text) <= MAX_PATTERN_LENGTH else _Printer(space="").tree(tree)


def print_condition(condition: Condition) -> str:
    """Return a condition without braces."""
    return _Printer().condition(condition)


def print_selector(selector: Selector | FieldName) -> str:
    """Return a selector, or the name of a field."""
    return _Printer().selector(selector)


@dataclass(frozen=True)
class _Printer:
    """One way to print a tree: ``space`` is put around operators, and is empty for the shortest form.

    ``brackets`` puts each joined condition in parentheses, as in the published JSON patterns.
    """

    space: str = " "
    brackets: bool = False

    def tree(self, tree: Tree) -> str:
        if isinstance(tree, Everything):
            return ""
        if isinstance(tree, Terms):
            return " ".join(map(self.term, tree.terms))
        if isinstance(tree, Delimited):
            return f"[{f',{self.space}'.join(map(self.slot, tree.slots))}]"
        return f"{{{self.space}{self.condition(tree)}{self.space}}}"

    def condition(self, condition: Condition) -> str:
        if isinstance(condition, Or):
            return f"{self.space}||{self.space}".join(map(self.operand, condition.operands))
        if isinstance(condition, And):
            operands = condition.operands
            return f"{self.space}&&{self.space}".join(self.operand(each, isinstance(each, Or)) for each in operands)
        return self.leaf(condition)

    def operand(self, operand: Condition, needs_brackets: bool = False) -> str:
        text = self.condition(operand)
        return f"({text})" if self.brackets or needs_brackets else text

    def leaf(self, leaf: Leaf) -> str:
        selector = self.selector(leaf.selector)
        if isinstance(leaf, Compare):
            return f"{selector}{self.space}{leaf.operator}{self.space}{self.literal(leaf.literal)}"
        return f"{selector} {_TESTS.get(type(leaf), 'NOT EXISTS')}"

    def selector(self, selector: Selector | FieldName) -> str:
        if isinstance(selector, FieldName):
            return selector.name
        return "$" + "".join(map(self.step, selector.steps))

    def step(self, step: Step) -> str:
        match step:
            case Name(name):
                dot = "." if self.space else ""
                return f".{name}" if NAME.fullmatch(name) else f"{dot}['{name}']"
            case Index(index):
                return f"[{index}]"
            case AnyElement():
                return "[*]"
            case AnyField():
                return ".*"

    def literal(self, literal: Literal) -> str:
        if literal.quoted:
            text = literal.text
            escaped = text.replace("\\", "\\\\") if self.space else _NEEDED_BACKSLASH.sub(r"\\\\", text)
            return '"' + escaped.replace('"', '\\"') + '"'
        return f"%{literal.text}%" if literal.is_regex else literal.text

    def term(self, term: Term) -> str:
        return term.sign + self.literal(term.literal)

    def slot(self, slot: Slot | Rest) -> str:
        if isinstance(slot, Rest):
            return "..."
        return self.condition(slot.condition) if slot.condition else slot.name or ""
