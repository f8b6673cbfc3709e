# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Whether a policy allows a service or a role something: yes, no, or not to be told from here.

Source: IAM user guide, "Policy evaluation logic" and "IAM JSON policy elements: Condition operators".
"""

from __future__ import annotations

import enum
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..core.policy_documents import statements_of


class Answer(enum.Enum):
    """What policies say about a request."""

    YES = "yes"
    NO = "no"
    UNSURE = "a condition decides that cannot be judged from here"


@dataclass(frozen=True)
class Request:
    """What somebody would do.

    Attributes:
        action: Such as ``sns:Publish``.
        resource: The ARN that it is done to.
        service: The service that does it, such as ``cloudwatch.amazonaws.com``; empty for a role's own policies.
        context: Condition keys that are known, each with its value.
    """

    action: str
    resource: str
    service: str = ""
    context: Mapping[str, str] = field(default_factory=dict)


def permits(policies: Sequence[Mapping[str, Any]], request: Request) -> Answer:
    """Return what policies say together: an explicit denial wins, and what nobody allows is not allowed."""
    found = {"Allow": Answer.NO, "Deny": Answer.NO}
    for policy in policies:
        for statement in statements_of(policy):
            if _concerns(statement, request):
                effect = statement.get("Effect", "Allow")
                found[effect] = _either(found[effect], _conditions_hold(statement, request.context))
    if found["Deny"] is Answer.YES or found["Allow"] is Answer.NO:
        return Answer.NO
    return Answer.YES if found["Allow"] is Answer.YES and found["Deny"] is Answer.NO else Answer.UNSURE


def _either(one: Answer, other: Answer) -> Answer:
    if Answer.YES in (one, other):
        return Answer.YES
    return Answer.UNSURE if Answer.UNSURE in (one, other) else Answer.NO


def _concerns(statement: Mapping[str, Any], request: Request) -> bool:
    return (
        _names_service(statement, request.service)
        and _element(statement, "Action", request.action, re.IGNORECASE)
        and _element(statement, "Resource", request.resource)
    )


def _names_service(statement: Mapping[str, Any], service: str) -> bool:
    if "NotPrincipal" in statement:
        return not _is_among(statement["NotPrincipal"], service)
    return "Principal" not in statement or _is_among(statement["Principal"], service)


def _is_among(principals: Any, service: str) -> bool:
    if principals == "*":
        return True
    return service in _listed(principals.get("Service")) or "*" in _listed(principals.get("AWS"))


def _element(statement: Mapping[str, Any], name: str, value: str, flags: int = 0) -> bool:
    if f"Not{name}" in statement:
        return not any(_like(pattern, value, flags) for pattern in _listed(statement[f"Not{name}"]))
    # A trust policy has no resource: it is about its own role.
    return name not in statement or any(_like(pattern, value, flags) for pattern in _listed(statement[name]))


def _conditions_hold(statement: Mapping[str, Any], context: Mapping[str, str]) -> Answer:
    known = {key.lower(): value for key, value in context.items()}
    answers = {
        _holds(operator, known.get(key.lower()), [_text(item) for item in _listed(expected)])
        for operator, keys in statement.get("Condition", {}).items()
        for key, expected in keys.items()
    }
    if Answer.NO in answers:
        return Answer.NO
    return Answer.UNSURE if Answer.UNSURE in answers else Answer.YES


def _holds(operator: str, actual: str | None, expected: Sequence[str]) -> Answer:
    base = operator.split(":")[-1].removesuffix("IfExists")
    test = _TESTS.get(base.replace("Not", "", 1))
    if actual is None or test is None:
        return Answer.UNSURE
    return Answer.YES if any(test(item, actual) for item in expected) != ("Not" in base) else Answer.NO


def _like(pattern: str, text: str, flags: int = 0) -> bool:
    parts = {"*": ".*", "?": "."}
    form = "".join(parts.get(character, re.escape(character)) for character in pattern)
    return re.fullmatch(form, text, flags | re.DOTALL) is not None


def _same_ignoring_case(pattern: str, text: str) -> bool:
    return pattern.lower() == text.lower()


_TESTS = {
    "StringEquals": str.__eq__,
    "StringEqualsIgnoreCase": _same_ignoring_case,
    "StringLike": _like,
    "ArnEquals": _like,
    "ArnLike": _like,
    "Bool": _same_ignoring_case,
}


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _text(item: Any) -> str:
    return str(item).lower() if isinstance(item, bool) else str(item)
