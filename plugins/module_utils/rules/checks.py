# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Check what a rule's pattern, parameters, metric and tests say about each other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ..filter_pattern.pattern import CompiledPattern, PatternError, compile_pattern
from ..filter_pattern.tree import Tree
from ..validation.document import Document, Place
from ..validation.errors import suggestion
from ..validation.fields import Fields
from .metric_selectors import is_number, selector_doubt, selector_refusal
from .parameters import ParameterError, Values, account_values, fill_pattern, placeholders, values_for_test
from .rule import Rule


def check_rule(rule: Rule, fields: Fields) -> None:
    """Compile a rule's pattern; if all its keys are sound, note every problem between them."""
    if any(problem.key == "pattern" for problem in fields.document.problems):
        return
    try:
        compiled = compile_pattern(rule.pattern)
        names = placeholders(compiled.tree)
    except PatternError as error:
        # The hint has its own place in a problem.
        fields.problem("pattern", str(PatternError(error.pattern, error.position, error.reason)), error.hint)
    except ParameterError as error:
        fields.problem("pattern", error.reason, error.hint)
    if fields.document.problems:
        return
    _check_metric(rule, compiled, fields.mapping("metric"))
    if _names_are_known(rule, names, fields):
        _check_values(rule, fields)


def _names_are_known(rule: Rule, names: tuple[str, ...], fields: Fields) -> bool:
    """Tell whether the pattern and the list of parameters have the same names, and note where they differ."""
    known = {parameter.name for parameter in rule.parameters}
    if rule.compliance and known:
        hint = "tune a second, operational rule instead"
        fields.problem("parameters", "the pattern of a compliance rule is verbatim and takes no parameters", hint)
    for name in sorted(set(names) - known):
        hint = suggestion(name, known) if known else "declare it below parameters"
        fields.problem("pattern", f"${{{name}}} is no parameter of this rule", hint)
    for name in sorted(known - set(names)):
        message = f"the pattern does not use the parameter {name}"
        fields.mapping("parameters").problem(name, message, f'write "${{{name}}}" in the pattern, or remove it')
    for index, test in enumerate(rule.tests):
        for name in sorted(set(test.parameters) - known):
            place: Place = ("tests", index, "parameters", name)
            fields.document.add(place, f"{name} is no parameter of this rule", suggestion(name, known))
    return known == set(names)


def _check_values(rule: Rule, fields: Fields) -> None:
    """Fill the pattern in every way that the rule itself names."""
    if not rule.parameters:
        return
    required = {parameter.name: parameter.samples[:1] for parameter in rule.parameters if parameter.required}
    given = {name: values for name, values in account_values(rule).items() if values}
    _try(rule, {**required, **given}, ("parameters",), fields)
    for parameter in rule.parameters:
        for index, sample in enumerate(parameter.samples):
            place: Place = ("parameters", parameter.name, "samples", index)
            _try(rule, {**required, parameter.name: (sample,)}, place, fields)
    for index, test in enumerate(rule.tests):
        _try(rule, values_for_test(rule, test), ("tests", index, "parameters"), fields)


def _try(rule: Rule, values: Values, place: Place, fields: Fields) -> None:
    try:
        fill_pattern(rule, values)
    except ParameterError as error:
        fields.document.add(place, error.reason, error.hint)


def _check_metric(rule: Rule, compiled: CompiledPattern, fields: Fields) -> None:
    hint = "name it in the pattern, such as ($.latency = *)"
    if not is_number(rule.metric.value):
        complaint = _selector_complaint(rule.metric.value, compiled.tree)
        if complaint:
            fields.problem("value", complaint, f'give a number such as "1"; or {hint}')
    for name, selector in rule.metric.dimensions.items():
        complaint = _selector_complaint(selector, compiled.tree)
        if complaint:
            fields.mapping("dimensions").problem(name, complaint, hint)


def _selector_complaint(text: str, tree: Tree) -> str | None:
    return selector_refusal(text, tree) or selector_doubt(text, tree)


def report_duplicates(documents: Iterable[Document]) -> None:
    """Note a problem in each document that has the id, filter name or metric of an earlier one.

    The second filter or alarm of a name would replace the first, and two filters on one metric would add up. Works on
    documents that have other problems as well.
    """
    first: dict[tuple[str, ...], Document] = {}
    for document in documents:
        for key, what, value in _claims(document.value):
            other = first.setdefault((key, *value), document)
            if other is not document:
                message = f"{what} {'/'.join(value)} is taken by {other.value.get('id')} in {other.file}"
                document.add((key,), message, "choose another one")


def _claims(body: Any) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Yield what must be unique: its key, its name in words, and its value."""
    if not isinstance(body, Mapping):
        return
    metric = body.get("metric")
    parts = (metric.get("namespace"), metric.get("name")) if isinstance(metric, Mapping) else ()
    claims = (
        ("id", "the id", (body.get("id"),)),
        ("filter_name", "the filter name", (body.get("filter_name"),)),
        ("metric", "the metric", parts),
    )
    for key, what, value in claims:
        if value and all(isinstance(part, str) and part for part in value):
            yield key, what, tuple(map(str, value))
