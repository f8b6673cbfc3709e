# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Evaluate IAM policies: whether they allow or deny a request.

Sources: IAM user guide, "Policy evaluation logic" and "IAM JSON policy elements: Condition operators".
"""

from __future__ import annotations

import enum
import ipaddress
import json
import operator
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Union

from .policy_documents import statements_of

Context = Mapping[str, Union[str, Sequence[str]]]


class Verdict(enum.Enum):
    """What policies say about a request."""

    ALLOWED = enum.auto()
    DENIED = enum.auto()
    """A statement denies it, so no other policy can allow it."""
    NEITHER = enum.auto()
    UNDETERMINED = enum.auto()
    """It depends on a condition that cannot be evaluated from here."""

    @property
    def refuses(self) -> bool:
        """Whether the request certainly fails if no other policy applies."""
        return self in (Verdict.DENIED, Verdict.NEITHER)


@dataclass(frozen=True)
class Caller:
    """Who makes a request: a service such as ``cloudwatch.amazonaws.com``, or an ARN of IAM or STS; None if unknown.

    The caller of a role's session has a second name, the ARN of the role.
    """

    service: str | None = None
    arn: str | None = None
    role_arn: str | None = None

    @property
    def account(self) -> str | None:
        """Return the 12 digits of the caller's account; None for a service."""
        return self.arn.split(":")[4] if self.arn else None


@dataclass(frozen=True)
class Request:
    """A request to evaluate.

    Attributes:
        action: Such as ``sns:Publish``.
        resource: The ARN of the resource.
        caller: Who makes it. The policies of a role or user name no caller.
        context: Condition keys and their values, such as {"aws:SourceAccount": "123456789012"}; a key such as
            aws:TagKeys has a sequence of values.
        whole_context: Whether a key that is not in `context` is missing from the request. If not, its value is unknown.
    """

    action: str
    resource: str
    caller: Caller = Caller()
    context: Context = field(default_factory=dict)
    whole_context: bool = True


def evaluate(policies: Iterable[str | Mapping[str, Any]], request: Request) -> Verdict:
    """Return what policies, as JSON or parsed, say together. Raise ValueError for text that is not JSON."""
    answers: dict[str, set[bool | None]] = {"Allow": set(), "Deny": set()}
    for policy in policies:
        for statement in statements_of(json.loads(policy) if isinstance(policy, str) else policy):
            if statement.get("Effect") in answers and _concerns(statement, request):
                answers[statement["Effect"]].add(conditions_hold(statement, request.context, request.whole_context))
    allows, denies = answers["Allow"], answers["Deny"]
    if True in denies:
        return Verdict.DENIED
    if not allows - {False}:
        return Verdict.NEITHER
    return Verdict.ALLOWED if True in allows and None not in denies else Verdict.UNDETERMINED


def _concerns(statement: Mapping[str, Any], request: Request) -> bool:
    return (
        _element_matches(statement, "Action", lambda pattern: _like(pattern.lower(), request.action.lower()))
        and _element_matches(statement, "Resource", lambda pattern: _like(pattern, request.resource))
        and _names_caller(statement, request.caller)
    )


def _element_matches(statement: Mapping[str, Any], element: str, matches: Callable[[str], bool]) -> bool:
    if f"Not{element}" in statement:
        return not any(map(matches, _listed(statement[f"Not{element}"])))
    # A trust policy names no resource: it applies to its own role.
    return element not in statement or any(map(matches, _listed(statement[element])))


def _names_caller(statement: Mapping[str, Any], caller: Caller) -> bool:
    if "NotPrincipal" in statement:
        return not _is_among(statement["NotPrincipal"], caller)
    return "Principal" not in statement or _is_among(statement["Principal"], caller)


def _is_among(principals: Any, caller: Caller) -> bool:
    if principals == "*":
        return True
    if caller.service in _listed(principals.get("Service")):
        return True
    return any(_is_principal(entry, caller) for entry in _listed(principals.get("AWS")))


def _is_principal(entry: str, caller: Caller) -> bool:
    if entry == "*" or entry in (caller.arn, caller.role_arn):
        return True
    return caller.account is not None and (entry == caller.account or entry.endswith(f":iam::{caller.account}:root"))


def conditions_hold(statement: Mapping[str, Any], context: Context, whole_context: bool = True) -> bool | None:
    """Return whether a statement's conditions are all met; None if that cannot be determined.

    With the whole context there is always an answer: a condition with an unsupported operator is met in a statement
    that denies, and not met in one that allows.
    """
    known = {key.lower(): value for key, value in context.items()}
    unsupported = statement.get("Effect") == "Deny" if whole_context else None
    answers = set()
    for name, keys in statement.get("Condition", {}).items():
        for key, expected in keys.items():
            actual = known.get(key.lower())
            unknown = actual is None and not whole_context
            answers.add(None if unknown else _holds(name, actual, _texts(expected), unsupported))
    return False if False in answers else None if None in answers else True


def _holds(name: str, actual: str | Sequence[str] | None, expected: list[str], unsupported: bool | None) -> bool | None:
    qualifier, _colon, operator_name = name.rpartition(":")
    base = operator_name.removesuffix("IfExists")
    if base == "Null":
        return (actual is None) == (expected[0] == "true")
    positive = base.replace("Not", "", 1)
    test = _OPERATORS.get(positive)
    if test is None:
        return unsupported
    if actual is None:
        negated = base != positive and qualifier != "ForAnyValue"
        return name.endswith("IfExists") or qualifier == "ForAllValues" or negated
    values = [actual] if isinstance(actual, str) else actual
    answers = (any(_try(test, value, each) for value in expected) == (base == positive) for each in values)
    return all(answers) if qualifier == "ForAllValues" else any(answers)


def _try(test: Callable[[str, str], bool], expected: str, actual: str) -> bool:
    try:
        return test(expected, actual)
    except ValueError:
        return False


def _like(pattern: str, text: str) -> bool:
    return _compiled(pattern).fullmatch(text) is not None


@lru_cache(maxsize=1024)
def _compiled(pattern: str) -> re.Pattern[str]:
    parts = {"*": ".*", "?": "."}
    return re.compile("".join(parts.get(character, re.escape(character)) for character in pattern), re.DOTALL)


def _arn_like(pattern: str, arn: str) -> bool:
    """Compare the six parts of an ARN one by one, so that ``*`` in one part does not match the parts after it.

    So ``arn:aws:cloudwatch:*`` matches no ARN. ArnEquals is the same as ArnLike. Source: IAM user guide, "IAM JSON
    policy elements: Condition operators", "Amazon Resource Name (ARN) condition operators".
    """
    patterns, parts = pattern.split(":", 5), arn.split(":", 5)
    return len(patterns) == len(parts) == 6 and all(map(_like, patterns, parts))


def _numeric(compare: Callable[[float, float], bool]) -> Callable[[str, str], bool]:
    return lambda expected, actual: compare(float(actual), float(expected))


_OPERATORS: dict[str, Callable[[str, str], bool]] = {
    "StringEquals": operator.eq,
    "StringEqualsIgnoreCase": lambda expected, actual: expected.lower() == actual.lower(),
    "StringLike": _like,
    "ArnEquals": _arn_like,
    "ArnLike": _arn_like,
    "Bool": lambda expected, actual: expected.lower() == actual.lower(),
    "NumericEquals": _numeric(operator.eq),
    "NumericLessThan": _numeric(operator.lt),
    "NumericLessThanEquals": _numeric(operator.le),
    "NumericGreaterThan": _numeric(operator.gt),
    "NumericGreaterThanEquals": _numeric(operator.ge),
    "IpAddress": lambda expected, actual: ipaddress.ip_address(actual) in ipaddress.ip_network(expected, strict=False),
}


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _texts(value: Any) -> list[str]:
    return [str(item).lower() if isinstance(item, bool) else str(item) for item in _listed(value)]
