"""Does a policy let somebody do something? The evaluation that AWS documents, as far as it is used here.

Source: IAM user guide, "Policy evaluation logic" and "IAM JSON policy elements: Condition operators".
"""

from __future__ import annotations

import enum
import ipaddress
import json
import operator
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

Context = Mapping[str, str]


class Verdict(enum.Enum):
    """What a policy says of a request; a caller's own policies may still decide where it says neither."""

    ALLOWED = enum.auto()
    DENIED = enum.auto()
    NEITHER = enum.auto()


@dataclass(frozen=True)
class Caller:
    """Who asks: a service such as ``cloudwatch.amazonaws.com``, or an ARN of IAM or STS; None if not known."""

    service: str | None = None
    arn: str | None = None

    @property
    def account(self) -> str | None:
        """Return the 12 digits of the caller's account; None for a service."""
        return self.arn.split(":")[4] if self.arn else None


def evaluate(policy: str | Mapping[str, Any], caller: Caller, action: str, resource: str, context: Context) -> Verdict:
    """Judge one request by one policy.

    Args:
        policy: the document, as JSON or parsed.
        action: such as ``sns:Publish``.
        resource: the ARN that is acted on.
        context: condition keys and their values, such as {"aws:SourceAccount": "123456789012"}.
    """
    document = json.loads(policy) if isinstance(policy, str) else policy
    effects = {
        statement.get("Effect")
        for statement in _listed(document.get("Statement"))
        if _concerns(statement, caller, action, resource) and conditions_hold(statement, context)
    }
    if "Deny" in effects:
        return Verdict.DENIED
    return Verdict.ALLOWED if "Allow" in effects else Verdict.NEITHER


def _concerns(statement: Mapping[str, Any], caller: Caller, action: str, resource: str) -> bool:
    return (
        _element_matches(statement, "Action", lambda pattern: like(pattern.lower(), action.lower()))
        and _element_matches(statement, "Resource", lambda pattern: like(pattern, resource))
        and _names_caller(statement, caller)
    )


def _element_matches(statement: Mapping[str, Any], element: str, matches: Callable[[str], bool]) -> bool:
    if f"Not{element}" in statement:
        return not any(map(matches, _listed(statement[f"Not{element}"])))
    # A policy without a resource, such as a role's trust policy, concerns its own resource.
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
    if entry == "*" or (caller.arn and entry == caller.arn):
        return True
    return caller.account is not None and (entry == caller.account or entry.endswith(f":iam::{caller.account}:root"))


def conditions_hold(statement: Mapping[str, Any], context: Context) -> bool:
    """Tell whether every condition of a statement is met."""
    known = {key.lower(): value for key, value in context.items()}
    # What is not understood must not open anything: it never allows and always denies.
    otherwise = statement.get("Effect") == "Deny"
    return all(
        _holds(name, known.get(key.lower()), _texts(expected), otherwise)
        for name, keys in statement.get("Condition", {}).items()
        for key, expected in keys.items()
    )


def _holds(name: str, actual: str | None, expected: list[str], otherwise: bool) -> bool:
    base = name.split(":")[-1].removesuffix("IfExists")
    if base == "Null":
        return (actual is None) == (expected[0] == "true")
    positive = base.replace("Not", "", 1)
    test = _OPERATORS.get(positive)
    if test is None:
        return otherwise
    if actual is None:
        return name.endswith("IfExists") or name.startswith("ForAllValues:") or base != positive
    return any(_try(test, value, actual) for value in expected) == (base == positive)


def _try(test: Callable[[str, str], bool], expected: str, actual: str) -> bool:
    try:
        return test(expected, actual)
    except ValueError:
        return False


def like(pattern: str, text: str) -> bool:
    """Tell whether text has the form of a pattern in which ``*`` is any text and ``?`` one character."""
    return _compiled(pattern).fullmatch(text) is not None


@lru_cache(maxsize=1024)
def _compiled(pattern: str) -> re.Pattern[str]:
    parts = {"*": ".*", "?": "."}
    return re.compile("".join(parts.get(character, re.escape(character)) for character in pattern), re.DOTALL)


def _arn_like(pattern: str, arn: str) -> bool:
    # Each of the six parts is compared for itself: a star does not reach over a colon, but in the last part.
    patterns, parts = pattern.split(":", 5), arn.split(":", 5)
    return len(patterns) == len(parts) and all(map(like, patterns, parts))


def _numeric(compare: Callable[[float, float], bool]) -> Callable[[str, str], bool]:
    return lambda expected, actual: compare(float(actual), float(expected))


_OPERATORS: dict[str, Callable[[str, str], bool]] = {
    "StringEquals": operator.eq,
    "StringEqualsIgnoreCase": lambda expected, actual: expected.lower() == actual.lower(),
    "StringLike": like,
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


def _listed(value: Any) -> Iterable[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _texts(value: Any) -> list[str]:
    return [str(item).lower() if isinstance(item, bool) else str(item) for item in _listed(value)]
