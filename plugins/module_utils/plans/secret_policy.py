# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Whether two resource policies say the same, however they are written.

Source: IAM user guide, "Grammar of the IAM JSON policy language" and "AWS JSON policy elements: Principal".
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

_ROOT = re.compile(r"arn:aws[a-z-]*:iam::([0-9]{12}):root")
_ACTIONS = ("Action", "NotAction")
_PRINCIPALS = ("Principal", "NotPrincipal")


def same_policy(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two policy documents mean the same; order, case of actions and single items in lists do not matter."""
    return _canonical(one) == _canonical(other)


def _canonical(policy: Mapping[str, Any]) -> dict[str, Any]:
    if not policy:
        return {}
    statements = sorted({json.dumps(_statement(item), sort_keys=True) for item in _listed(policy.get("Statement"))})
    return {**policy, "Version": policy.get("Version", "2008-10-17"), "Statement": statements}


def _statement(statement: Mapping[str, Any]) -> dict[str, Any]:
    return {element: _element(element, content) for element, content in statement.items()}


def _element(element: str, content: Any) -> Any:
    if element in _PRINCIPALS:
        by_kind = {"AWS": content} if isinstance(content, str) else content
        return {kind: sorted({_ROOT.sub(r"\1", name) for name in _texts(names)}) for kind, names in by_kind.items()}
    if element == "Condition":
        return {
            operator: {key.lower(): sorted(set(_texts(values))) for key, values in keys.items()}
            for operator, keys in content.items()
        }
    if element in _ACTIONS:
        return sorted({name.lower() for name in _texts(content)})
    return sorted(set(_texts(content))) if element in ("Resource", "NotResource") else content


def _texts(content: Any) -> list[str]:
    """Return what may be one item or a list of them as texts; JSON's true and 1 mean "true" and "1"."""
    return [item if isinstance(item, str) else json.dumps(item) for item in _listed(content)]


def _listed(content: Any) -> list[Any]:
    return content if isinstance(content, list) else [] if content is None else [content]
