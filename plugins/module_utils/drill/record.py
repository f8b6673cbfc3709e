# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The record that CloudTrail writes of the drill's read, and what can be told of it before it is written."""

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
    """Return the part of the record that is known before the call; its other fields depend on client and network."""
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


# An error code is not among the fields of the expected record, and it is certain that a read that works has none.
_KNOWN_PATHS = frozenset(
    {
        *(("userIdentity", name) for name in ("arn", "accountId")),
        *((name,) for name in ("eventSource", "eventName", "awsRegion", "readOnly", "eventType", "errorCode")),
        *((name,) for name in ("managementEvent", "recipientAccountId", "eventCategory", "errorMessage")),
        ("requestParameters", "secretId"),
    }
)


def pattern_takes(pattern: str, record: Mapping[str, Any]) -> bool:
    """Whether a filter pattern matches a record. PatternError if our engine does not understand the pattern."""
    return compile_pattern(pattern).matches(json.dumps(record))


def surely_missed(pattern: str, record: Mapping[str, Any]) -> bool:
    """Whether a pattern cannot match the read, whatever the fields hold that are not known before the call."""
    try:
        compiled = compile_pattern(pattern)
    except PatternError:
        return False
    return _asks_known_fields_only(compiled) and not compiled.matches(json.dumps(record))


def _asks_known_fields_only(compiled: CompiledPattern) -> bool:
    return compiled.kind == "json" and all(_path(leaf.selector) in _KNOWN_PATHS for leaf in tree_leaves(compiled.tree))


def _path(selector: Selector | FieldName) -> tuple[str, ...]:
    steps = selector.steps if isinstance(selector, Selector) else ()
    return tuple(step.name if isinstance(step, Name) else "*" for step in steps)


def dimensions_of(pattern: str, dimensions: Mapping[str, str], record: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return the dimensions of the metric that a filter counts a record in, as CloudWatch takes them."""
    compiled, text = compile_pattern(pattern), json.dumps(record)
    return [{"Name": name, "Value": compiled.value(text, selector) or ""} for name, selector in dimensions.items()]
