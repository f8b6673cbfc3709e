# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Change rules per account, in layers, and fill in the account's values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from ..validation.document import Document, Place
from ..validation.errors import RuleError, RuleProblem, suggestion
from ..validation.fields import Fields
from ..validation.limits import MAX_DEPTH
from ..validation.strings import describe
from .checks import report_duplicates
from .parameters import ParameterError, account_values, fill_account_values, fill_pattern
from .reader import read_rule
from .rule import Rule, rule_to_mapping

# The keys without which a mapping cannot be a rule of its own, and that nobody writes to change another one.
_BODY_KEYS = frozenset({"pattern", "filter_name", "metric", "alarm"})
_FIXED_KEYS = ("id", "version")
_COMPLIANCE_KEYS = ("pattern", "parameters", "compliance", "metric", "filter_name", "tests")
_COMPLIANCE_HINT = "add an operational rule under another id, filter name and metric, and tune that one"

Layer = Mapping[str, Any]
Named = tuple[str, Layer]


def apply_overrides(rules: Iterable[Rule], *layers: Layer | Named) -> tuple[Rule, ...]:
    """Return the rules with the layers laid over them, the last one on top.

    A layer maps the id of a rule to the fields that it changes, deep; null removes a field, and a plain value or a
    list below ``parameters`` sets the parameter's value. An id that no rule has, with a full body, is a new rule. A
    layer may be given as a pair of its name, which messages show, and its mapping.

    Raises RuleError with every problem of every layer.
    """
    merge = _Merge(rules)
    for number, layer in enumerate(layers, start=1):
        name, mapping = layer if isinstance(layer, tuple) else (f"layer {number} of the overrides", layer)
        merge.lay(name, _plain(mapping, name))
    return merge.result()


def resolve(rule: Rule, values: Mapping[str, Any] | None = None) -> Rule:
    """Return the rule with its pattern filled in.

    ``values`` are texts or lists of texts by parameter, and go before those that overrides have set. A pattern
    without parameters stays as it was written. Raises RuleError.
    """
    document = Document(str(rule.path or rule.id))
    chosen = {**account_values(rule), **_given_values(rule, values or {}, document)}
    if not document.problems:
        try:
            fill_pattern(rule, chosen)
        except ParameterError as error:
            place: Place = ("parameters", error.parameter) if error.parameter else ("pattern",)
            document.add(place, f"rule {rule.id}: {error.reason}", error.hint)
    if document.problems:
        raise RuleError(document.problems)
    parameters = tuple(replace(parameter, value=chosen[parameter.name]) for parameter in rule.parameters)
    return fill_account_values(replace(rule, parameters=parameters))


def _given_values(rule: Rule, values: Mapping[str, Any], document: Document) -> dict[str, tuple[str, ...]]:
    """Return the values as tuples of texts; a number is refused, since an account id could have lost its zeros."""
    fields = Fields(values, ("parameters",), document)
    for name in values:
        if rule.parameter(name) is None:
            known = [parameter.name for parameter in rule.parameters]
            fields.problem(name, f"rule {rule.id}: {name!r} is no parameter", suggestion(name, known))
    return {name: fields.text_or_texts(name) for name in values}


class _Merge:
    """The rules as mappings while layers are laid over them, with the layer that each place comes from."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self.rules = {rule.id: rule for rule in rules}
        self.bodies: dict[str, dict[str, Any]] = {}
        self.origins: dict[str, dict[Place, str]] = {}
        self.problems: list[RuleProblem] = []

    def lay(self, name: str, layer: Any) -> None:
        """Lay one layer over what is there."""
        if layer is None:  # a variable that is there and empty
            return
        if not isinstance(layer, Mapping):
            message = f"overrides map rule ids to the fields that they change, but this is {describe(layer)}"
            self.problems.append(RuleProblem(name, None, "", message))
            return
        for rule_id, changes in layer.items():
            if not isinstance(changes, Mapping):
                message = f"this must be a mapping of the rule's fields, not {describe(changes)}"
                self._problem(name, rule_id, (), message, "to switch a rule off, write {enabled: false}")
            elif self._begin(name, rule_id, changes):
                self._change(name, rule_id, changes)

    def result(self) -> tuple[Rule, ...]:
        """Validate every changed rule like a file and return all rules; raise RuleError with all problems."""
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
            raise RuleError(self.problems)
        return tuple(rules.values())

    def _document(self, rule_id: str) -> Document:
        rule = self.rules.get(rule_id)
        body = self.bodies[rule_id] if rule_id in self.bodies else rule_to_mapping(self.rules[rule_id])
        return Document(str(rule.path if rule and rule.path else rule_id), body, layers=self.origins.get(rule_id, {}))

    def _begin(self, name: str, rule_id: str, changes: Layer) -> bool:
        """Make sure that there is a body to change; an unknown id needs a full rule."""
        if rule_id in self.bodies:
            return True
        if rule_id in self.rules:
            self.bodies[rule_id] = rule_to_mapping(self.rules[rule_id])
            self.origins[rule_id] = {}
            return True
        if _BODY_KEYS & changes.keys():
            self.bodies[rule_id] = {"id": rule_id}
            self.origins[rule_id] = {(): name}
            return True
        hint = f"{suggestion(rule_id, self.rules)}\na rule of your own needs a full body, tests included"
        self._problem(name, rule_id, (), f"there is no rule {rule_id!r}", hint)
        return False

    def _change(self, name: str, rule_id: str, changes: Layer) -> None:
        known = self.rules.get(rule_id)
        refused = _FIXED_KEYS if known else ()
        if known and known.compliance:
            refused = (*refused, *_COMPLIANCE_KEYS)
        for key, value in changes.items():
            if key in refused and value != self.bodies[rule_id].get(key):
                self._refuse(name, rule_id, key)
            elif key == "parameters" and isinstance(value, Mapping):
                self._set_parameters(name, rule_id, value)
            else:
                _lay_value(self.bodies[rule_id], self.origins[rule_id], name, (key,), value)

    def _set_parameters(self, name: str, rule_id: str, changes: Layer) -> None:
        """Set values of parameters, or merge definitions; null takes back what a lower layer has set."""
        parameters = self.bodies[rule_id].setdefault("parameters", {})
        for parameter, change in changes.items():
            place: Place = ("parameters", parameter)
            if isinstance(change, Mapping):
                _lay_value(parameters, self.origins[rule_id], name, place, change)
            elif parameter in parameters:
                _lay_value(parameters[parameter], self.origins[rule_id], name, (*place, "value"), change)
            else:
                message = f"{parameter!r} is no parameter of this rule"
                self._problem(name, rule_id, place, message, suggestion(parameter, parameters))

    def _refuse(self, name: str, rule_id: str, key: str) -> None:
        if key in _FIXED_KEYS:
            message, hint = f"the {key} of a rule cannot be overridden", "leave it out"
        else:
            message = f"{key} of a compliance rule cannot be overridden: checkers such as Security Hub fail any change"
            hint = _COMPLIANCE_HINT
        self._problem(name, rule_id, (key,), message, hint)

    def _problem(self, name: str, rule_id: str, place: Place, message: str, hint: str) -> None:
        key = ".".join([str(rule_id), *map(str, place)])
        self.problems.append(RuleProblem(name, None, key, message, hint))


def _lay_value(body: dict[str, Any], origins: dict[Place, str], name: str, place: Place, value: Any) -> None:
    """Set, merge or remove one value; remember which layer it comes from."""
    key = str(place[-1])
    present = body.get(key)
    if isinstance(value, Mapping) and isinstance(present, dict):
        for inner, change in value.items():
            _lay_value(present, origins, name, (*place, inner), change)
        return
    origins[place] = name
    if value is None:
        body.pop(key, None)
    else:
        body[key] = value


def _plain(value: Any, name: str, depth: int = 0) -> Any:
    """Copy a value of Ansible's into plain types, so that no layer is ever changed through a rule."""
    if depth > MAX_DEPTH:
        raise RuleError([RuleProblem(name, None, "", f"values are nested more than {MAX_DEPTH} deep")])
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
