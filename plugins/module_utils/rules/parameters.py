# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Fill the parameters of a pattern, on its syntax tree.

A value becomes a literal in the syntax tree, which the printer escapes; so a value cannot end its literal and add a
condition. A value can only have these effects:

- several values mean any of them: ``=`` becomes an OR of comparisons, ``!=`` an AND;
- a secret is compared in the same way with every form in which CloudTrail may record it;
- an optional parameter without a value makes its condition true; conditions that are always true are left out.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace

from ..filter_pattern.pattern import CompiledPattern, PatternError, compile_pattern, compile_tree
from ..filter_pattern.tree import (
    And,
    Compare,
    Condition,
    Delimited,
    Everything,
    Leaf,
    Literal,
    LiteralKind,
    Name,
    Or,
    Selector,
    Terms,
    Tree,
    join,
    tree_leaves,
)
from ..validation.problems import suggestion
from .parameter_types import PARAMETER_TYPES, secret_forms
from .rule import Parameter, Rule, RuleTest

Values = Mapping[str, tuple[str, ...]]

# Far more than fit into 1,024 characters; prevents building the product of long lists first.
_MAX_ALTERNATIVES = 200
_PLACEHOLDER = re.compile(r"\$\{([^{}]*)\}")


class ParameterError(ValueError):
    """A pattern cannot be filled in; ``parameter`` is the cause, or empty if the pattern itself is."""

    def __init__(self, reason: str, hint: str = "", parameter: str = "") -> None:
        """Keep the parts."""
        super().__init__(reason)
        self.reason, self.hint, self.parameter = reason, hint, parameter


def fill_pattern(rule: Rule, values: Values) -> CompiledPattern:
    """Compile the pattern of a rule with these values; a pattern without placeholders is kept as written.

    Raises ParameterError for an invalid value or placeholder, PatternError for an invalid pattern.
    """
    compiled = compile_pattern(rule.written_pattern)
    tree = compiled.tree
    names = placeholders(tree)
    if not names or isinstance(tree, Delimited | Terms | Everything):
        return compiled
    parameters = {parameter.name: parameter for parameter in rule.parameters}
    for name in names:
        if name not in parameters:
            raise ParameterError(
                f"the pattern uses ${{{name}}}, which is not a parameter", suggestion(name, parameters), name
            )
        check_values(parameters[name], values.get(name, ()))
    filled = _fill(tree, parameters, values)
    if filled is None:
        hint = "set a value, or write the pattern so that it has a condition without parameters"
        raise ParameterError("without values for its parameters the pattern would match every event", hint, names[0])
    return _compile_filled(filled, names[0])


def fill_account_values(rule: Rule) -> Rule:
    """Return the rule with its pattern filled in, unless a required parameter has no value (see Rule)."""
    values = account_values(rule)
    if not rule.parameters or any(parameter.required and not values[parameter.name] for parameter in rule.parameters):
        return rule
    return replace(rule, pattern=str(fill_pattern(rule, values)), template=rule.written_pattern)


def check_values(parameter: Parameter, values: tuple[str, ...]) -> None:
    """Raise ParameterError if a value has the wrong format, or a required value is missing."""
    kind = PARAMETER_TYPES[parameter.type]
    for value in values:
        if problem := kind.problem(value):
            raise ParameterError(problem.message, problem.hint, parameter.name)
    if parameter.required and not values:
        raise ParameterError(f"the parameter {parameter.name} has no value", f"set it; {kind.hint}", parameter.name)


def sample_values(rule: Rule) -> dict[str, tuple[str, ...]]:
    """Return the first sample of each parameter, which the tests of the rule use by default."""
    return {parameter.name: parameter.samples[:1] for parameter in rule.parameters}


def values_for_test(rule: Rule, test: RuleTest) -> dict[str, tuple[str, ...]]:
    """Return the values for one test: its own, and samples for the others."""
    return {**sample_values(rule), **test.parameters}


def account_values(rule: Rule) -> dict[str, tuple[str, ...]]:
    """Return the values that the account has set."""
    return {parameter.name: parameter.value for parameter in rule.parameters}


def placeholders(tree: Tree) -> tuple[str, ...]:
    """Return the names of the parameters in a pattern, each once.

    Raises ParameterError if a placeholder is anywhere else than in a quoted literal of a JSON pattern.
    """
    if isinstance(tree, Terms):
        _reject_misplaced(term.literal.text for term in tree.terms)
    leaves = tree_leaves(tree)
    for leaf in leaves:
        _reject_misplaced(step.name for step in _steps(leaf) if isinstance(step, Name))
    literals = [leaf.literal for leaf in leaves if isinstance(leaf, Compare)]
    json_pattern = not isinstance(tree, Delimited | Terms | Everything)
    _reject_misplaced(literal.text for literal in literals if not (json_pattern and literal.quoted))
    return tuple(dict.fromkeys(name for literal in literals for name in _PLACEHOLDER.findall(literal.text)))


def _steps(leaf: Leaf) -> tuple[object, ...]:
    return leaf.selector.steps if isinstance(leaf.selector, Selector) else ()


def _reject_misplaced(texts: Iterable[str]) -> None:
    for text in texts:
        if _PLACEHOLDER.search(text):
            message = f"the parameter in {text!r} is in a position that cannot be filled in"
            raise ParameterError(message, 'write it in double quotes as the value of a JSON condition: "${name}"')


def _fill(condition: Condition, parameters: Mapping[str, Parameter], values: Values) -> Condition | None:
    """Return the filled condition, or None if it is always true."""
    if isinstance(condition, And | Or):
        filled = [_fill(operand, parameters, values) for operand in condition.operands]
        kept = tuple(operand for operand in filled if operand is not None)
        if isinstance(condition, And):
            return join(And, kept) if kept else None
        return join(Or, kept) if len(kept) == len(filled) else None
    if isinstance(condition, Compare) and _PLACEHOLDER.search(condition.literal.text):
        return _fill_comparison(condition, parameters, values)
    return condition


def _fill_comparison(condition: Compare, parameters: Mapping[str, Parameter], values: Values) -> Condition | None:
    text = condition.literal.text
    names = tuple(dict.fromkeys(_PLACEHOLDER.findall(text)))
    if not all(values.get(name) for name in names):
        return None
    secrets = [name for name in names if parameters[name].type == "secret"]
    if not secrets:
        literals = _texts(text, names, values)
    elif text == f"${{{secrets[0]}}}":
        literals = [literal for value in values[secrets[0]] for literal in _secret_literals(value)]
    else:
        message = f"${{{secrets[0]}}} is only a part of {text!r}, so the forms of the secret cannot be matched"
        raise ParameterError(message, f'compare with "${{{secrets[0]}}}" alone', secrets[0])
    comparisons = tuple(Compare(condition.selector, condition.operator, literal) for literal in dict.fromkeys(literals))
    return join(Or if condition.operator == "=" else And, comparisons)


def _texts(text: str, names: tuple[str, ...], values: Values) -> list[Literal]:
    """Return the literal with every combination of parameter values."""
    combinations = itertools.product(*(values[name] for name in names))
    chosen = list(itertools.islice(combinations, _MAX_ALTERNATIVES + 1))
    if len(chosen) > _MAX_ALTERNATIVES:
        raise ParameterError(
            f"{text!r} would become more than {_MAX_ALTERNATIVES} conditions", "use fewer values", names[0]
        )
    filled = (dict(zip(names, choice, strict=True)) for choice in chosen)
    return [Literal(_substitute(text, mapping)) for mapping in filled]


def _substitute(text: str, mapping: Mapping[str, str]) -> str:
    """Replace all placeholders in one pass, so that a placeholder in a value is not replaced."""
    return _PLACEHOLDER.sub(lambda match: mapping[match[1]], text)


def _secret_literals(value: str) -> tuple[Literal, ...]:
    forms = secret_forms(value)
    expressions = (Literal(text, LiteralKind.REGEX) for text in forms.expressions)
    return (*map(Literal, forms.exact), *map(Literal, forms.endings), *expressions)


def _compile_filled(condition: Condition, name: str) -> CompiledPattern:
    try:
        return compile_tree(condition)
    except PatternError as error:
        reason = f"with these values the pattern is invalid: {error.reason}"
        hint = "use fewer or shorter values; the full ARN of a secret needs no regular expression, its name does"
        raise ParameterError(reason, hint, name) from error
