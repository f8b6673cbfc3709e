# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Check that the parts of a rule fit together, and that no two rules share a name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ..filter_pattern.pattern import CompiledPattern, compile_pattern
from ..filter_pattern.tree import Tree
from ..validation.document import Document
from ..validation.problems import Place, suggestion
from .metric_selectors import is_number, selector_error, selector_warning
from .parameters import ParameterError, Values, account_values, fill_pattern, placeholders, values_for_test
from .rule import Rule


def check_rule(rule: Rule, document: Document) -> None:
    """Report every conflict between the keys of a rule, each of which is valid by itself."""
    compiled = compile_pattern(rule.pattern)
    _check_metric(rule, compiled, document)
    if _names_are_known(rule, placeholders(compiled.tree), document):
        _check_values(rule, document)


def _names_are_known(rule: Rule, names: tuple[str, ...], document: Document) -> bool:
    """Return whether pattern and parameters have the same names; report every difference."""
    known = {parameter.name for parameter in rule.parameters}
    if rule.compliance and known:
        hint = "add an operational rule and tune that one"
        document.add(
            ("parameters",), "the pattern of a compliance rule is a published text and takes no parameters", hint
        )
    for name in sorted(set(names) - known):
        hint = suggestion(name, known) if known else "declare it under parameters"
        document.add(("pattern",), f"${{{name}}} is not a parameter of this rule", hint)
    for name in sorted(known - set(names)):
        message = f"the pattern does not use the parameter {name}"
        document.add(("parameters", name), message, f'write "${{{name}}}" in the pattern, or remove it')
    for index, test in enumerate(rule.tests):
        for name in sorted(set(test.parameters) - known):
            place: Place = ("tests", index, "parameters", name)
            document.add(place, "is not a parameter of this rule", suggestion(name, known))
    return known == set(names)


def _check_values(rule: Rule, document: Document) -> None:
    """Fill in the pattern with the account's values, each sample, and the values of each test."""
    if not rule.parameters:
        return
    required = {parameter.name: parameter.samples[:1] for parameter in rule.parameters if parameter.required}
    known = {name: values for name, values in account_values(rule).items() if values}
    _check_filled(rule, {**required, **known}, ("parameters",), document)
    for parameter in rule.parameters:
        for index, sample in enumerate(parameter.samples):
            place: Place = ("parameters", parameter.name, "samples", index)
            _check_filled(rule, {**required, parameter.name: (sample,)}, place, document)
    for index, test in enumerate(rule.tests):
        _check_filled(rule, values_for_test(rule, test), ("tests", index, "parameters"), document)


def _check_filled(rule: Rule, values: Values, place: Place, document: Document) -> None:
    try:
        fill_pattern(rule, values)
    except ParameterError as error:
        document.add(place, error.reason, error.hint)


def _check_metric(rule: Rule, compiled: CompiledPattern, document: Document) -> None:
    hint = "name it in the pattern, such as ($.latency = *)"
    if not is_number(rule.metric.value):
        problem = _selector_problem(rule.metric.value, compiled.tree)
        if problem:
            document.add(("metric", "value"), problem, f'use a number such as "1"; or {hint}')
    for name, selector in rule.metric.dimensions.items():
        problem = _selector_problem(selector, compiled.tree)
        if problem:
            document.add(("metric", "dimensions", name), problem, hint)


def _selector_problem(text: str, tree: Tree) -> str | None:
    return selector_error(text, tree) or selector_warning(text, tree)


def report_duplicates(documents: Iterable[Document]) -> None:
    """Add a problem to each document that repeats the id, filter name or metric of an earlier one.

    A second filter or alarm with the same name would replace the first, and two filters on one metric would add up.
    Documents may have other problems.
    """
    first: dict[tuple[str, ...], Document] = {}
    for document in documents:
        reported: list[Document] = []
        for key, what, value in _claims(document.value):
            other = first.setdefault((key, *value), document)
            # A copy of a rule repeats everything, which is one mistake.
            if other is not document and other not in reported:
                reported.append(other)
                message = f"{what} {'/'.join(value)} is already used by {other.value.get('id')} in {other.source}"
                document.add((key,), message, "choose another")


def _claims(body: Any) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Yield what must be unique: its key, what it is, and its value."""
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
