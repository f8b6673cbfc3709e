# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Apply an account's overrides to rules, and fill in its parameter values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from ..core.problems import did_you_mean
from ..validation.document import MAX_DEPTH, Document
from ..validation.problems import Place, Problem, ValidationError, describe, suggestion
from ..validation.structures import one_or_many
from ..validation.types import string
from .checks import report_duplicates
from .defaults import REQUIRED
from .parameters import ParameterError, account_values, fill_account_values, fill_pattern
from .reader import read_rule
from .rule import Rule, rule_to_mapping

_FIXED_KEYS = ("id", "version")
_COMPLIANCE_KEYS = ("pattern", "parameters", "compliance", "metric", "filter_name", "tests")
_COMPLIANCE_HINT = "add an operational rule under another id, filter name and metric, and tune that one"

_VALUES = one_or_many(string())

Layer = Mapping[str, Any]
Named = tuple[str, Layer]


def apply_overrides(rules: Iterable[Rule], *layers: Layer | Named) -> tuple[Rule, ...]:
    """Return the rules with layers of overrides applied; later layers win.

    A layer maps rule ids to the fields to change. Mappings are merged, null removes a field, and a string or list under
    ``parameters`` sets the value of the parameter. An unknown id with a full body is a new rule. A layer can be a pair
    of its name, for messages, and its mapping.

    Raises ValidationError with every problem of every layer.
    """
    merge = _Merge(rules)
    for number, layer in enumerate(layers, start=1):
        name, mapping = layer if isinstance(layer, tuple) else (f"layer {number} of the overrides", layer)
        merge.apply(name, _plain(mapping, name))
    return merge.result()


def resolve(rule: Rule, values: Mapping[str, Any] | None = None) -> Rule:
    """Return the rule with its pattern filled in.

    ``values`` maps parameters to a string or a list of strings and takes precedence over values from overrides. A
    pattern without parameters is kept as written. Raises ValidationError.
    """
    document = Document(str(rule.path or rule.id))
    chosen = {**account_values(rule), **_values_of(rule, values or {}, document)}
    if not document.problems:
        try:
            fill_pattern(rule, chosen)
        except ParameterError as error:
            place: Place = ("parameters", error.parameter) if error.parameter else ("pattern",)
            document.add(place, f"rule {rule.id}: {error.reason}", error.hint)
    if document.problems:
        raise ValidationError(document.problems)
    parameters = tuple(replace(parameter, value=chosen[parameter.name]) for parameter in rule.parameters)
    return fill_account_values(replace(rule, parameters=parameters))


def _values_of(rule: Rule, values: Mapping[str, Any], document: Document) -> dict[str, tuple[str, ...]]:
    """Return the values as tuples of strings; numbers are rejected, since they lose leading zeros."""
    known = [parameter.name for parameter in rule.parameters]
    for name in values:
        if name not in known:
            document.add(("parameters", name), f"rule {rule.id} has no such parameter", suggestion(name, known))
    return {name: _VALUES.read(value, ("parameters", name), document) for name, value in values.items()}


def unknown_rule_hint(rule_id: str, known: Iterable[str]) -> str:
    """Return what to do about the id of a rule that does not exist: the closest one, or how to add a rule."""
    return f"{did_you_mean(rule_id, list(known)).strip()}\nto add a rule, write {', '.join(REQUIRED)}".strip()


class _Merge:
    """Rules as mappings while layers are applied, and the layer that each value comes from."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self.rules = {rule.id: rule for rule in rules}
        self.bodies: dict[str, dict[str, Any]] = {}
        self.origins: dict[str, dict[Place, str]] = {}
        self.problems: list[Problem] = []

    def apply(self, name: str, layer: Any) -> None:
        """Apply one layer."""
        if layer is None:  # the variable is defined but empty
            return
        if not isinstance(layer, Mapping):
            message = f"overrides must be a mapping of rule ids to fields, not {describe(layer)}"
            self.problems.append(Problem(name, "", message))
            return
        for rule_id, changes in layer.items():
            if not isinstance(changes, Mapping):
                message = f"this must be a mapping of the rule's fields, not {describe(changes)}"
                self._problem(name, rule_id, (), message, "to disable a rule, write {enabled: false}")
            elif self._begin(name, rule_id, changes):
                self._change(name, rule_id, changes)

    def result(self) -> tuple[Rule, ...]:
        """Validate every changed rule like a file and return all rules; raise ValidationError with all problems."""
        rules = dict(self.rules)
        documents = {rule_id: self._document(rule_id) for rule_id in {**self.rules, **self.bodies}}
        for rule_id in self.bodies:
            base = self.rules.get(rule_id)
            rule = read_rule(documents[rule_id], base.path if base else None, rule_id)
            if rule:
                rules[rule_id] = rule
        report_duplicates(documents.values())
        for rule_id, document in documents.items():
            self.problems += [replace(problem, key=f"{rule_id}.{problem.key}") for problem in document.problems]
        if self.problems:
            raise ValidationError(self.problems)
        return tuple(rules.values())

    def _document(self, rule_id: str) -> Document:
        rule = self.rules.get(rule_id)
        body = self.bodies[rule_id] if rule_id in self.bodies else rule_to_mapping(self.rules[rule_id])
        return Document(str(rule.path if rule and rule.path else rule_id), body, layers=self.origins.get(rule_id, {}))

    def _begin(self, name: str, rule_id: str, changes: Layer) -> bool:
        """Ensure that the rule has a body to change; an unknown id needs a full rule."""
        if rule_id in self.bodies:
            return True
        if rule_id in self.rules:
            self.bodies[rule_id] = rule_to_mapping(self.rules[rule_id])
            self.origins[rule_id] = {}
            return True
        if "pattern" in changes:
            self.bodies[rule_id] = {"id": rule_id}
            self.origins[rule_id] = {(): name}
            return True
        self._problem(name, rule_id, (), "no rule has this id", unknown_rule_hint(rule_id, self.rules))
        return False

    def _change(self, name: str, rule_id: str, changes: Layer) -> None:
        known = self.rules.get(rule_id)
        protected = _FIXED_KEYS if known else ()
        if known and known.compliance:
            protected = (*protected, *_COMPLIANCE_KEYS)
        for key, value in changes.items():
            if key in protected and value != self.bodies[rule_id].get(key):
                self._reject(name, rule_id, key)
            elif key == "parameters" and isinstance(value, Mapping):
                self._set_parameters(name, rule_id, value)
            else:
                _apply_value(self.bodies[rule_id], self.origins[rule_id], name, (key,), value)

    def _set_parameters(self, name: str, rule_id: str, changes: Layer) -> None:
        """Set parameter values, or merge definitions; null removes the value that an earlier layer set."""
        parameters = self.bodies[rule_id].setdefault("parameters", {})
        for parameter, change in changes.items():
            place: Place = ("parameters", parameter)
            if isinstance(change, Mapping):
                _apply_value(parameters, self.origins[rule_id], name, place, change)
            elif parameter in parameters:
                _apply_value(parameters[parameter], self.origins[rule_id], name, (*place, "value"), change)
            else:
                message = f"{parameter!r} is not a parameter of this rule"
                self._problem(name, rule_id, place, message, suggestion(parameter, parameters))

    def _reject(self, name: str, rule_id: str, key: str) -> None:
        if key in _FIXED_KEYS:
            message, hint = f"the {key} of a rule cannot be overridden", "leave it out"
        else:
            message = f"{key} of a compliance rule cannot be overridden: checkers such as Security Hub fail any change"
            hint = _COMPLIANCE_HINT
        self._problem(name, rule_id, (key,), message, hint)

    def _problem(self, name: str, rule_id: str, place: Place, message: str, hint: str) -> None:
        key = ".".join([str(rule_id), *map(str, place)])
        self.problems.append(Problem(name, key, message, hint))


def _apply_value(body: dict[str, Any], origins: dict[Place, str], name: str, place: Place, value: Any) -> None:
    """Set, merge or remove one value; record which layer it comes from."""
    key = str(place[-1])
    present = body.get(key)
    if isinstance(value, Mapping) and isinstance(present, dict):
        for inner, change in value.items():
            _apply_value(present, origins, name, (*place, inner), change)
        return
    origins[place] = name
    if value is None:
        body.pop(key, None)
    else:
        body[key] = value


def _plain(value: Any, name: str, depth: int = 0) -> Any:
    """Copy a value from Ansible as plain types, so that changing a rule never changes a layer."""
    if depth > MAX_DEPTH:
        raise ValidationError([Problem(name, "", f"values are nested more than {MAX_DEPTH} deep")])
    if isinstance(value, Mapping):
        return {str(key): _plain(item, name, depth + 1) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item, name, depth + 1) for item in value]
    if value is None or isinstance(value, bool):
        return value
    for kind in (str, int, float):
        if isinstance(value, kind):
            return kind(value)
    return str(value)
