# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The syntax tree of a filter pattern: frozen dataclasses, compared by value."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Union

from .error import PatternError
from .limits import MAX_TREE_DEPTH

EQUALITY_OPERATORS = ("=", "!=")


class LiteralKind(StrEnum):
    """How a literal is written, which determines how it is compared."""

    WORD = "word"
    QUOTED = "quoted"
    NUMBER = "number"
    REGEX = "regex"


@dataclass(frozen=True)
class Literal:
    """The right side of a comparison, or a term: ``text`` without quotes, percent signs and escapes."""

    text: str
    kind: LiteralKind = LiteralKind.QUOTED

    @property
    def quoted(self) -> bool:
        """Return whether it is in double quotes."""
        return self.kind is LiteralKind.QUOTED

    @property
    def is_number(self) -> bool:
        """Return whether it is an unquoted number, which compares with numbers by value."""
        return self.kind is LiteralKind.NUMBER

    @property
    def is_regex(self) -> bool:
        """Return whether it is a regular expression."""
        return self.kind is LiteralKind.REGEX

    @property
    def has_wildcard(self) -> bool:
        """Return whether it contains an asterisk as a wildcard."""
        return "*" in self.text and not self.is_regex


@dataclass(frozen=True)
class Name:
    """The step to a property, ``.name`` or ``.['any name']``."""

    name: str


@dataclass(frozen=True)
class Index:
    """The step to an array element, ``[0]``."""

    index: int


@dataclass(frozen=True)
class AnyField:
    """The step ``.*``: every value of an object."""


@dataclass(frozen=True)
class AnyElement:
    """The step ``[*]``: every element of an array or value of an object."""


Step = Union[Name, Index, AnyField, AnyElement]


@dataclass(frozen=True)
class Selector:
    """A path into a JSON message; ``written`` is its text in the pattern, if it was parsed."""

    steps: tuple[Step, ...]
    written: str = field(default="", compare=False)

    @property
    def has_wildcard(self) -> bool:
        """Return whether the selector can select several values."""
        return any(isinstance(step, AnyField | AnyElement) for step in self.steps)


@dataclass(frozen=True)
class FieldName:
    """A named field of a space-delimited pattern."""

    name: str


@dataclass(frozen=True)
class Compare:
    """``selector operator literal`` with one of ``= != < <= > >=``."""

    selector: Selector | FieldName
    operator: str
    literal: Literal


@dataclass(frozen=True)
class IsNull:
    """``selector IS NULL``."""

    selector: Selector


@dataclass(frozen=True)
class IsTrue:
    """``selector IS TRUE``."""

    selector: Selector


@dataclass(frozen=True)
class IsFalse:
    """``selector IS FALSE``."""

    selector: Selector


@dataclass(frozen=True)
class NotExists:
    """``selector NOT EXISTS``."""

    selector: Selector


@dataclass(frozen=True)
class And:
    """All operands are true; a parsed one has two operands or more and no ``And`` among them."""

    operands: tuple[Condition, ...]


@dataclass(frozen=True)
class Or:
    """One operand is true; a parsed one has two operands or more and no ``Or`` among them."""

    operands: tuple[Condition, ...]


Leaf = Union[Compare, IsNull, IsTrue, IsFalse, NotExists]
Condition = Union[And, Or, Leaf]


@dataclass(frozen=True)
class Everything:
    """The empty pattern, which matches every message."""


@dataclass(frozen=True)
class Term:
    """One word, quoted phrase or regular expression; ``sign`` is ``""``, ``-`` (exclude) or ``?`` (any of)."""

    literal: Literal
    sign: str = ""


@dataclass(frozen=True)
class Terms:
    """A pattern of terms on the raw text of a message."""

    terms: tuple[Term, ...]


@dataclass(frozen=True)
class Slot:
    """One field of a space-delimited pattern; ``name`` is None for an unnamed one."""

    name: str | None
    condition: Condition | None = None


@dataclass(frozen=True)
class Rest:
    """``...`` in a space-delimited pattern: any number of unnamed fields."""


@dataclass(frozen=True)
class Delimited:
    """A space-delimited pattern; no slots at all matches every message."""

    slots: tuple[Slot | Rest, ...]


Tree = Union[Everything, Terms, Delimited, Condition]


def leaves(condition: Condition) -> tuple[Leaf, ...]:
    """Return the comparisons and tests of a condition from left to right."""
    if isinstance(condition, And | Or):
        return tuple(leaf for operand in condition.operands for leaf in leaves(operand))
    return (condition,)


def tree_leaves(tree: Tree) -> tuple[Leaf, ...]:
    """Return the comparisons and tests of any tree from left to right; terms have none."""
    if isinstance(tree, Everything | Terms):
        return ()
    if isinstance(tree, Delimited):
        conditions = (slot.condition for slot in tree.slots if isinstance(slot, Slot) and slot.condition)
        return tuple(leaf for condition in conditions for leaf in leaves(condition))
    return leaves(tree)


def join(kind: type[And] | type[Or], operands: tuple[Condition, ...]) -> Condition:
    """Combine operands as the parser does: without nesting, and without a wrapper for a single operand."""
    flat: list[Condition] = []
    for operand in operands:
        flat.extend(operand.operands if isinstance(operand, kind) else (operand,))
    return flat[0] if len(flat) == 1 else kind(tuple(flat))


def normalize(tree: Tree) -> Tree:
    """Return a tree in the form that the parser produces. Raises PatternError if it is nested too deeply."""
    if isinstance(tree, Everything | Terms):
        return tree
    if isinstance(tree, Delimited):
        return Delimited(tuple(_normalize_slot(slot) for slot in tree.slots))
    return _normalize_condition(tree, 0)


def _normalize_slot(slot: Slot | Rest) -> Slot | Rest:
    if isinstance(slot, Rest) or slot.condition is None:
        return slot
    return replace(slot, condition=_normalize_condition(slot.condition, 0))


def _normalize_condition(condition: Condition, depth: int) -> Condition:
    if not isinstance(condition, And | Or):
        return condition
    if not condition.operands or depth > MAX_TREE_DEPTH:
        reason = "the tree is nested too deeply" if condition.operands else "a conjunction or disjunction is empty"
        raise PatternError("", 0, reason)
    return join(type(condition), tuple(_normalize_condition(each, depth + 1) for each in condition.operands))
