# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Evaluate filter patterns on the CloudTrail record of the drill's read, before and after it is written."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ..core.aws_names import Place
from ..filter_pattern.pattern import CompiledPattern, PatternError, compile_pattern
from ..filter_pattern.tree import FieldName, Name, Selector, tree_leaves

EVENT_SOURCE = "secretsmanager.amazonaws.com"
EVENT_NAME = "GetSecretValue"


def expected_record(secret_id: str, caller_arn: str, place: Place) -> dict[str, Any]:
    """Return the fields of the record that are known before the call; the others depend on client and network."""
    return {
        "userIdentity": {"arn": caller_arn, "accountId": place.account},
        "eventSource": EVENT_SOURCE,
        "eventName": EVENT_NAME,
        "awsRegion": place.region,
        "requestParameters": {"secretId": secret_id},
        "responseElements": None,
        "readOnly": True,
        "eventType": "AwsApiCall",
        "managementEvent": True,
        "recipientAccountId": place.account,
        "eventCategory": "Management",
    }


# The error fields are known to be absent from the record of a successful read.
_KNOWN_PATHS = frozenset(
    {
        *(("userIdentity", name) for name in ("arn", "accountId")),
        *((name,) for name in ("eventSource", "eventName", "awsRegion", "readOnly", "eventType", "errorCode")),
        *((name,) for name in ("managementEvent", "recipientAccountId", "eventCategory", "errorMessage")),
        ("requestParameters", "secretId"),
    }
)


def pattern_matches(pattern: str, record: Mapping[str, Any]) -> bool:
    """Return whether a filter pattern matches a record. Raise PatternError if the pattern is invalid."""
    return compile_pattern(pattern).matches(json.dumps(record))


def certainly_missed(pattern: str, record: Mapping[str, Any]) -> bool:
    """Return whether a pattern cannot match the record for any value of the unknown fields."""
    try:
        compiled = compile_pattern(pattern)
    except PatternError:
        return False
    return _uses_known_fields_only(compiled) and not compiled.matches(json.dumps(record))


def _uses_known_fields_only(compiled: CompiledPattern) -> bool:
    return compiled.kind == "json" and all(_path(leaf.selector) in _KNOWN_PATHS for leaf in tree_leaves(compiled.tree))


def _path(selector: Selector | FieldName) -> tuple[str, ...]:
    steps = selector.steps if isinstance(selector, Selector) else ()
    return tuple(step.name if isinstance(step, Name) else "*" for step in steps)


def dimensions_of(pattern: str, dimensions: Mapping[str, str], record: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return the dimensions under which a filter publishes a record, in the form of CloudWatch's API."""
    compiled, text = compile_pattern(pattern), json.dumps(record)
    return [{"Name": name, "Value": compiled.value(text, selector) or ""} for name, selector in dimensions.items()]
