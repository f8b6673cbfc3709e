# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Translate a filter pattern to the detection of a Sigma rule.

Source: Sigma rules specification 2.1 (detection, modifiers). Sigma ignores case; what AWS does not spell in one way
only gets the modifier ``cased``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Union

from ..engines.translation import InexpressibleError, Reason
from ..filter_pattern.pattern import CompiledPattern
from ..filter_pattern.printer import print_condition
from ..filter_pattern.tree import (
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
    NotExists,
    Or,
    Selector,
    Terms,
    leaves,
)
from .conditions import RefusalError, Text, Values, Wild
from .fields import selectors
from .spelling import spell

SPECIFICATION = "Sigma rules specification 2.1"
_ORDER = {"<": "lt", "<=": "lte", ">": "gt", ">=": "gte"}
_EDGES = {(False, True): "|startswith", (True, True): "|contains", (True, False): "|endswith", (False, False): ""}


@dataclass(frozen=True)
class _Maps:
    """A selection: alternatives, each a map of fields and their values."""

    maps: tuple[dict[str, Any], ...]


@dataclass(frozen=True)
class _Not:
    operand: _Node


@dataclass(frozen=True)
class _All:
    operands: tuple[_Node, ...]


@dataclass(frozen=True)
class _Any:
    operands: tuple[_Node, ...]


_Node = Union[_Maps, _Not, _All, _Any]


def to_detection(pattern: CompiledPattern, *, cased: bool = True) -> tuple[dict[str, Any], tuple[Reason, ...]]:
    """Return the detection of a Sigma rule that means a filter pattern, or the reasons against it.

    Without `cased`, which not every backend knows, it finds values in any case.
    """
    tree = pattern.tree
    if isinstance(tree, Everything | Terms | Delimited):
        why = "A Sigma rule for CloudTrail compares fields; this pattern searches the text of a line."
        return {}, (Reason(str(pattern), why, SPECIFICATION),)
    writer = _Writer(_sources(tree), cased)
    node = writer.node(tree)
    if writer.reasons:
        return {}, tuple(dict.fromkeys(writer.reasons))
    selections: dict[str, Any] = {}
    condition = _written(node, selections, "selection")
    # The parentheses around the whole condition say nothing.
    return selections | {"condition": condition[1:-1] if isinstance(node, _All | _Any) else condition}, ()


def _written(node: _Node, selections: dict[str, Any], kind: str) -> str:
    """Return the condition, and add the selections that it names."""
    match node:
        case _Maps(maps):
            number = sum(name.startswith(kind) for name in selections) + 1
            name = f"{kind}_{number}" if number > 1 else kind
            selections[name] = maps[0] if len(maps) == 1 else list(maps)
            return name
        case _Not(operand):
            return f"not {_written(operand, selections, 'filter')}"
        case _All(operands) | _Any(operands):
            word = " and " if isinstance(node, _All) else " or "
            return f"({word.join(_written(each, selections, kind) for each in operands)})"


def _sources(condition: Condition) -> frozenset[str]:
    """Return the event sources that a pattern names."""
    named = (leaf for leaf in leaves(condition) if isinstance(leaf, Compare) and leaf.operator == "=")
    return frozenset(leaf.literal.text for leaf in named if leaf.selector == Selector((Name("eventSource"),)))


@dataclass(frozen=True)
class _Writer:
    """Writes conditions, and keeps the reasons against them."""

    sources: frozenset[str]
    cased: bool
    reasons: list[Reason] = field(default_factory=list)

    def node(self, condition: Condition) -> _Node:
        """Return a condition; a part without an equal is reported."""
        if isinstance(condition, And):
            return _all(map(self.node, condition.operands))
        if isinstance(condition, Or):
            excluded, others = _exclusions(condition.operands)
            # Sigma's null is also true for a missing field.
            nulls = [each for each in others if isinstance(each, IsNull) and NotExists(each.selector) in others]
            missing = [NotExists(each.selector) for each in nulls]
            nodes = [self.node(each) for each in others if each not in nulls and each not in missing]
            nodes += [self.leaf(each, or_missing=True) for each in nulls]
            if excluded:
                nodes.append(_Not(_all(_any(self.leaf(_equal(x)) for x in each) for each in excluded)))
            return _any(nodes)
        if isinstance(condition, Compare) and condition.operator == "!=":
            present = Compare(condition.selector, "=", Literal("*"))
            return _All((self.leaf(present), _Not(self.leaf(_equal(condition)))))
        return self.leaf(condition)

    def leaf(self, leaf: Leaf, *, or_missing: bool = False) -> _Node:
        """Return a test; `or_missing` says that a test for null also holds for a missing field."""
        try:
            key, value = (_field(leaf.selector), None) if or_missing else _test(leaf, self.sources)
            key = key if self.cased else key.removesuffix("|cased")
            return _Maps(({key: value},))
        except InexpressibleError as error:
            self.reasons.append(error.about(print_condition(leaf)).reason)
            return _Maps(({"": None},))


def _equal(leaf: Compare) -> Compare:
    return replace(leaf, operator="=")


def _exclusions(operands: Sequence[Condition]) -> tuple[list[list[Compare]], list[Condition]]:
    """Split alternatives into those that exclude values, also of a missing field, and the others.

    ``(a NOT EXISTS) || (a != "x")`` is ``not a: x`` of Sigma.
    """
    found: list[list[Compare]] = []
    others = list(operands)
    for missing in [each for each in operands if isinstance(each, NotExists)]:
        for each in others:
            unequal = list(leaves(each)) if not isinstance(each, Or) else []
            if unequal and all(_excludes(leaf, missing.selector) for leaf in unequal):
                found.append(unequal)  # type: ignore[arg-type]
                others = [x for x in others if x not in (missing, each, IsNull(missing.selector))]
                break
    return found, others


def _excludes(leaf: Leaf, selector: Selector) -> bool:
    return isinstance(leaf, Compare) and leaf.operator == "!=" and leaf.selector == selector


def _all(operands: Iterable[_Node]) -> _Node:
    """Join conditions: selections on different fields become one."""
    joined: list[_Node] = []
    for node in operands:
        for each in node.operands if isinstance(node, _All) else (node,):
            place = next((place for place, other in enumerate(joined) if _apart(other, each)), None)
            if place is None:
                joined.append(each)
            else:
                joined[place] = _Maps(({**joined[place].maps[0], **each.maps[0]},))  # type: ignore[union-attr]
    return joined[0] if len(joined) == 1 else _All(tuple(joined))


def _apart(one: _Node, other: _Node) -> bool:
    """Return whether both are selections of one map, without a common key."""
    both = [each.maps[0] for each in (one, other) if isinstance(each, _Maps) and len(each.maps) == 1]
    return len(both) == 2 and not both[0].keys() & both[1].keys()


def _any(operands: Iterable[_Node]) -> _Node:
    """Join alternatives: the values of one key become a list, and selections one list of maps."""
    values: dict[str, list[Any]] = {}
    maps: list[dict[str, Any]] = []
    others: list[_Node] = []
    for node in operands:
        if not isinstance(node, _Maps):
            others.append(node)
            continue
        for each in node.maps:
            (key, value), *more = each.items()
            if more:
                maps.append(each)
            else:
                values.setdefault(key, []).extend(value if isinstance(value, list) else [value])
    maps = [{key: found[0] if len(found) == 1 else found} for key, found in values.items()] + maps
    nodes = [*([_Maps(tuple(maps))] if maps else []), *others]
    return nodes[0] if len(nodes) == 1 else _Any(tuple(nodes))


def _test(leaf: Leaf, sources: frozenset[str]) -> tuple[str, Any]:
    """Return the key and the value of a test."""
    name = _field(leaf.selector)
    if isinstance(leaf, NotExists):
        return f"{name}|exists", False
    if isinstance(leaf, IsTrue | IsFalse):
        return name, isinstance(leaf, IsTrue)
    if isinstance(leaf, IsNull):
        raise InexpressibleError("Sigma does not tell null from a missing field.", SPECIFICATION)
    literal = leaf.literal
    if literal.is_number:
        number = float(literal.text)
        value = int(number) if number.is_integer() else number
        return (f"{name}|{_ORDER[leaf.operator]}" if leaf.operator in _ORDER else name), value
    if literal.is_regex:
        return f"{name}|re", literal.text
    if not literal.text.strip("*") and literal.text:
        return f"{name}|exists", True
    return _text(name, literal.text, sources)


def _text(name: str, text: str, sources: frozenset[str]) -> tuple[str, str]:
    """Return the key and the value of a comparison with a text, in which asterisks are wildcards."""
    inner = text.strip("*")
    edges = _EDGES[text.startswith("*"), text.endswith("*")] if inner else ""
    value = "*".join(re.sub(r"[\\*?]", r"\\\g<0>", part) for part in re.split(r"\*+", inner))
    parts: list[str | Wild] = [Wild.MANY] if text.startswith("*") else []
    parts += [inner, *([Wild.MANY] if text.endswith("*") and inner else [])]
    if inner.lower() in ("true", "false") and not edges:
        return name, value
    only = _spelled(Values(name, (Text(tuple(parts)),)), sources, text)
    return f"{name}{edges}{'' if only else '|cased'}", value


def _spelled(values: Values, sources: frozenset[str], written: str) -> bool:
    """Return whether only this spelling of a value occurs in records, as far as it is known."""
    try:
        found = spell(values, sources, ignore_case=True)
    except RefusalError:
        return False
    return found.exact == (written,) and not found.regexes


def _field(selector: Selector | FieldName) -> str:
    """Return the name of a field, with positions and ``[*]`` where the name alone does not say that it is a list."""
    if not isinstance(selector, Selector):
        raise InexpressibleError("Sigma rules for CloudTrail have no fields of lines that are not JSON.", SPECIFICATION)
    names: list[str] = []
    short: list[str] = []
    for step in selector.steps:
        if isinstance(step, AnyField):
            raise InexpressibleError("Sigma has no wildcard for the names of fields.", SPECIFICATION)
        if isinstance(step, Name):
            word = re.sub(r"[.\[\]{}\\]", r"\\\g<0>", step.name)
            names.append(f".{word}")
            short.append(f".{word}")
        else:
            names.append(f"[{step.index}]" if isinstance(step, Index) else "[*]")
            short.append("" if isinstance(step, AnyElement) else names[-1])
    brief, full = "".join(short)[1:], "".join(names)[1:]
    return brief if _same(brief, selector) else full


def _same(name: str, selector: Selector) -> bool:
    try:
        return selectors(name) == selector
    except RefusalError:
        return False
