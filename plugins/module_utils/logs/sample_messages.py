# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Compare the results of TestMetricFilter with those of the collection's engine.

Source: CloudWatch Logs API reference, TestMetricFilter; observed, us-east-1, 2026-09: eventNumber counts from 1
although the reference's samples count from 0, and JSON patterns have no extractedValues. So messages are identified by
their text, and values are compared only for space-delimited patterns.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from ..core.plan import Plan
from ..filter_pattern.pattern import compile_pattern


def messages_of(item: Mapping[str, Any], params: Mapping[str, Any]) -> list[str]:
    """Return the test messages of one filter; a mapping becomes JSON, as CloudTrail delivers it."""
    messages = [*(params.get("test_messages") or ()), *(item.get("test_messages") or ())]
    return [message if isinstance(message, str) else json.dumps(message, ensure_ascii=False) for message in messages]


def compared(
    name: str, pattern: str, messages: Sequence[str], matches: Iterable[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """Return the results of AWS and of the engine for each message.

    Args:
        name: The filter's name.
        pattern: Its pattern.
        messages: The tested messages.
        matches: The matches of TestMetricFilter.
    """
    compiled = compile_pattern(pattern)
    by_aws = {match["eventMessage"]: dict(match.get("extractedValues") or {}) for match in matches}
    extracts = compiled.kind == "delimited"
    return [
        {
            "filter": name,
            "message": message,
            "aws_matches": message in by_aws,
            "engine_matches": compiled.matches(message),
            "aws_values": by_aws.get(message, {}) if extracts else {},
            "engine_values": compiled.extract(message) if extracts else {},
        }
        for message in messages
    ]


def disagree(test: Mapping[str, Any]) -> bool:
    """Return whether AWS and the engine have different results for a message."""
    return bool(test["aws_matches"] != test["engine_matches"] or test["aws_values"] != test["engine_values"])


def with_tests(plan: Plan, tests: Sequence[Mapping[str, Any]]) -> Plan:
    """Add test results to a plan, with a warning for each disagreement."""
    disagreements = [test for test in tests if disagree(test)]
    warnings = [_warning(test) for test in disagreements]
    results = {**plan.results, "tests": list(tests), "disagreements": disagreements}
    return replace(plan, results=results, warnings=(*plan.warnings, *warnings))


def _warning(test: Mapping[str, Any]) -> str:
    aws, engine = (_result(test, source) for source in ("aws", "engine"))
    return (
        f"Metric filter {test['filter']}: AWS {aws} the message {test['message'][:200]!r}, the collection's engine"
        f" {engine} it. AWS decides; report the pattern and the message to this collection."
    )


def _result(test: Mapping[str, Any], source: str) -> str:
    if not test[f"{source}_matches"]:
        return "does not match"
    values = test[f"{source}_values"]
    return f"matches (with {values})" if values else "matches"
