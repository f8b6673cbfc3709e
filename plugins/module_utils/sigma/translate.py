# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Translate the condition of a Sigma rule to the tree of a filter pattern."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from ..filter_pattern.limits import MAX_REGEXES_PER_PATTERN, MAX_WILDCARD_SELECTORS
from ..filter_pattern.pattern import MAX_PATTERN_LENGTH, CompiledPattern, PatternError, compile_tree
from ..filter_pattern.printer import print_tree
from ..filter_pattern.tree import (
    And,
    AnyElement,
    Compare,
    IsFalse,
    IsNull,
    IsTrue,
    Literal,
    LiteralKind,
    NotExists,
    Or,
    Selector,
    join,
    leaves,
)
from ..filter_pattern.tree import (
    Condition as Tree,
)
from .conditions import (
    AllOf,
    AnyOf,
    Comparison,
    Condition,
    Missing,
    Not,
    RefusalError,
    Test,
    Truth,
    Values,
    Wild,
    necessary,
)
from .fields import OBJECTS, free_form, may_be_list, selectors
from .spelling import spell

_OPPOSITE = {"<": ">=", "<=": ">", ">": "<=", ">=": "<"}
_ANYTHING = Literal("*", LiteralKind.WORD)


@dataclass(frozen=True)
class Options:
    """How to translate.

    Attributes:
        fields: Other paths for fields.
        arrays: Fields that are lists.
        ignore_case: Whether values ignore case.
        few_regexes: Whether values that end with a text are compared with a wildcard, as far as possible.
    """

    fields: Mapping[str, str] = field(default_factory=dict)
    arrays: tuple[str, ...] = ()
    ignore_case: bool = True
    few_regexes: bool = False


def to_pattern(condition: Condition, options: Options) -> CompiledPattern:
    """Return the filter pattern that means the condition. Raises RefusalError with the reason.

    What no record is known to need is left out if it does not fit: first the parameters that may be lists, then the
    nulls in fields that CloudTrail never writes as null. What a record may need comes last, with a note to the user
    (``left_out``): booleans of parameters that must exist, and endings that occur twice in a value.
    """
    sources = frozenset(map(str.lower, necessary(condition, "eventSource")))
    refusals = []
    for left_out in range(4):
        tree = _Translator(options, sources, left_out).condition(condition, negated=False)
        if not (reason := _beyond_limits(tree)):
            break
        refusals.append(reason)
    else:
        raise RefusalError(refusals[-1])
    try:
        return compile_tree(tree)
    except PatternError as error:
        raise RefusalError(f"the pattern is not valid: {error.reason}") from error


def _beyond_limits(tree: Tree) -> str | None:
    """Return which limit of filter patterns a tree exceeds."""
    length = len(print_tree(tree))
    if length > MAX_PATTERN_LENGTH:
        return f"the pattern has {length:,} characters, and a filter pattern at most {MAX_PATTERN_LENGTH:,}"
    regexes = sum(isinstance(leaf, Compare) and leaf.literal.is_regex for leaf in leaves(tree))
    if regexes > MAX_REGEXES_PER_PATTERN:
        return (
            f"it needs {regexes} regular expressions, and a filter pattern takes {MAX_REGEXES_PER_PATTERN}; "
            "with ignore_case=false values are compared as the rule spells them"
        )
    lists = sum(isinstance(leaf.selector, Selector) and leaf.selector.has_wildcard for leaf in leaves(tree))
    if lists > MAX_WILDCARD_SELECTORS:
        return f"it compares lists {lists} times, and a filter pattern takes {MAX_WILDCARD_SELECTORS} such selectors"
    return None


@dataclass(frozen=True)
class _Translator:
    options: Options
    sources: frozenset[str]
    left_out: int

    def condition(self, condition: Condition, *, negated: bool) -> Tree:
        """Translate a condition; a negation moves to the comparisons, since filter patterns have no NOT."""
        match condition:
            case Not(operand):
                return self.condition(operand, negated=not negated)
            case AllOf(operands) | AnyOf(operands):
                conjunction = isinstance(condition, AllOf) is not negated
                parts = operands if isinstance(condition, AllOf) else _joined(operands)
                return join(And if conjunction else Or, tuple(self.condition(each, negated=negated) for each in parts))
        test = replace(condition, field=self.options.fields.get(condition.field, condition.field))
        selector = self.selector(test, negated)
        found = self.test(test, selector, negated)
        plain = negated or selector.has_wildcard or not isinstance(test, Values)
        if plain or self.left_out > 0 or not may_be_list(test.field):
            return found
        return join(Or, (found, self.test(test, Selector((*selector.steps, AnyElement())), negated)))

    def selector(self, test: Test, negated: bool) -> Selector:
        if test.field in OBJECTS and not isinstance(test, Missing):
            raise RefusalError(
                f"{test.field} is an object in CloudTrail, and a filter pattern compares strings and numbers only; "
                "map it to the key that the rule means (fields)"
            )
        selector = selectors(test.field, self.options.arrays)
        if negated and selector.has_wildcard:
            raise RefusalError(
                f"it excludes a value of the list {test.field}, and != on a list of a filter pattern means "
                "that some element differs"
            )
        return selector

    def test(self, test: Test, selector: Selector, negated: bool) -> Tree:
        match test:
            case Values():
                return self.values(test, selector, negated)
            case Truth(name, truth):
                return self.truth(name, selector, truth, negated)
            case Comparison(name, operator, number):
                literal = Literal(number, LiteralKind.NUMBER)
                if not negated:
                    return Compare(selector, operator, literal)
                return Or((*self.without(name, selector), Compare(selector, _OPPOSITE[operator], literal)))
            case Missing():
                return self.missing(test, selector, negated)

    def values(self, values: Values, selector: Selector, negated: bool) -> Tree:
        if any(set(text.parts) == {Wild.MANY} for text in values.texts):
            return self.missing(Missing(values.field), selector, not negated)
        endings = self.left_out > 2 or self.options.few_regexes
        spelling = spell(values, self.sources, ignore_case=self.options.ignore_case, endings=endings)
        literals = [Literal(each) for each in spelling.exact]
        literals += [Literal("|".join(spelling.regexes), LiteralKind.REGEX)] if spelling.regexes else []
        if not negated:
            return join(Or, tuple(Compare(selector, "=", literal) for literal in literals))
        differ = join(And, tuple(Compare(selector, "!=", literal) for literal in literals))
        return join(Or, (*self.without(values.field, selector), differ))

    def without(self, name: str, selector: Selector) -> tuple[Tree, ...]:
        """Return what holds for a record without a value in a field: "!=" is false there.

        CloudTrail writes null only among the parameters and answers of calls (CloudTrail user guide, record contents).
        """
        nulls = self.left_out < 2 or free_form(name)
        return (NotExists(selector), IsNull(selector)) if nulls else (NotExists(selector),)

    def truth(self, path: str, selector: Selector, truth: bool, negated: bool) -> Tree:
        """Return the test of a boolean, which is true or "true" in records."""
        name = Literal("true" if truth else "false")
        tests = (IsTrue(selector), IsFalse(selector)) if truth else (IsFalse(selector), IsTrue(selector))
        if not negated:
            return Or((tests[0], Compare(selector, "=", name)))
        return Or((*self.without(path, selector), tests[1], Compare(selector, "!=", name)))

    def missing(self, test: Missing, selector: Selector, negated: bool) -> Tree:
        """Return the test of a missing or null field, negated: of a string, number or boolean."""
        if not negated:
            if selector.has_wildcard:
                raise RefusalError(
                    f"it asks for the list {test.field} to be missing, which a filter pattern reads in two ways"
                )
            return Or((NotExists(selector), IsNull(selector))) if test.or_null else NotExists(selector)
        if test.field in OBJECTS:
            raise RefusalError(f"it asks whether {test.field} exists, an object, and filter patterns find no object")
        present = Compare(selector, "=", _ANYTHING)
        if not free_form(test.field) or self.left_out > 2:
            return present
        return Or((present, IsTrue(selector), IsFalse(selector))) if not selector.has_wildcard else present


def _joined(operands: Iterable[Condition]) -> tuple[Condition, ...]:
    """Join the values of one field among alternatives, because one regular expression holds them all."""
    parts: dict[object, Condition] = {}
    for place, operand in enumerate(operands):
        for each in _joined(operand.operands) if isinstance(operand, AnyOf) else (operand,):
            key: object = ("values", each.field) if isinstance(each, Values) else (place, len(parts))
            before = parts.get(key)
            if isinstance(each, Values) and isinstance(before, Values):
                each = Values(each.field, before.texts + each.texts, before.patterns + each.patterns)
            parts[key] = each
    return tuple(parts.values())
