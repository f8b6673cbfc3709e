# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Compare policy documents, and merge managed statements into a policy that contains others.

Source: IAM user guide, "Grammar of the IAM JSON policy language" and "AWS JSON policy elements: Principal".
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from typing import Any

from .aws_names import ACCOUNT_ID, arn_pattern

_ROOT = re.compile(arn_pattern("iam", "root", region="", account=f"({ACCOUNT_ID})"))
_ACTIONS = ("Action", "NotAction")
_PRINCIPALS = ("Principal", "NotPrincipal")
_RESOURCES = ("Resource", "NotResource")


def same_policy(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Return whether two policies are equivalent, regardless of order, the case of actions, and lists of one item."""
    return _canonical(one) == _canonical(other)


def same_statement(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Return whether two statements are equivalent."""
    return _statement(one) == _statement(other)


def statements_of(policy: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the statements of a policy; a single statement may stand without a list."""
    return list(_listed(policy.get("Statement")))


def with_statements(
    policy: Mapping[str, Any], managed: Mapping[str, Mapping[str, Any]], dropped: Collection[str] = ()
) -> dict[str, Any]:
    """Return a policy with the managed statements in it. Other statements keep their order and form.

    Args:
        policy: The current document, empty if there is none.
        managed: The managed statements by Sid.
        dropped: Sids of managed statements to remove.
    """
    missing = dict(managed)
    statements: list[Any] = []
    for statement in statements_of(policy):
        sid = statement.get("Sid", "")
        desired = missing.pop(sid, None)
        if desired is not None:
            statements.append(statement if same_statement(statement, desired) else dict(desired))
        elif sid not in dropped and sid not in managed:
            statements.append(statement)
    statements += [dict(statement) for statement in missing.values()]
    if statements == statements_of(policy):
        return dict(policy)
    return {"Version": "2012-10-17", **policy, "Statement": statements}


def _canonical(policy: Mapping[str, Any]) -> dict[str, Any]:
    if not policy:
        return {}
    statements = sorted({json.dumps(_statement(item), sort_keys=True) for item in statements_of(policy)})
    return {**policy, "Version": policy.get("Version", "2008-10-17"), "Statement": statements}


def _statement(statement: Mapping[str, Any]) -> dict[str, Any]:
    return {element: _element(element, content) for element, content in statement.items() if content not in ({}, [])}


def _element(element: str, content: Any) -> Any:
    if element in _PRINCIPALS:
        by_kind = {"AWS": content} if isinstance(content, str) else content
        return {kind: sorted({_ROOT.sub(r"\1", name) for name in _texts(names)}) for kind, names in by_kind.items()}
    if element == "Condition":
        # IAM ignores the case of condition operators and of condition keys.
        return {
            operator.lower(): {key.lower(): sorted(set(_texts(values))) for key, values in keys.items()}
            for operator, keys in content.items()
        }
    if element in _ACTIONS:
        return sorted({name.lower() for name in _texts(content)})
    return sorted(set(_texts(content))) if element in _RESOURCES else content


def _texts(content: Any) -> list[str]:
    """Return one item or a list of items as strings; IAM treats true and 1 in JSON like "true" and "1"."""
    return [item if isinstance(item, str) else json.dumps(item) for item in _listed(content)]


def _listed(content: Any) -> list[Any]:
    return content if isinstance(content, list) else [] if content is None else [content]
