"""TestMetricFilter runs the real pattern language; moto 5.2.5 does not have the operation.

Source: CloudWatch Logs API reference, TestMetricFilter; observed on AWS, 2026-09: eventNumber counts from 1 (the
reference's samples count from 0), and extractedValues is empty for JSON patterns.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from embedded_aws.gaps.log_group_lookup import backend_and_parameters
from embedded_aws.gaps.metric_filter_rules import compile_or_refuse
from embedded_aws.overrides import override

if TYPE_CHECKING:
    from embedded_aws.call import Call
    from embedded_aws.world import World


@override("logs", "TestMetricFilter")
def test_metric_filter(_world: World, call: Call) -> dict[str, Any]:
    """Return the messages that a pattern matches, and the fields of a space-delimited one."""
    _first, parameters = backend_and_parameters(call)
    pattern = compile_or_refuse(parameters["filterPattern"])
    extracts = pattern.kind == "delimited"
    return {
        "matches": [
            {
                "eventNumber": event_number,
                "eventMessage": message,
                "extractedValues": pattern.extract(message) if extracts else {},
            }
            for event_number, message in enumerate(parameters["logEventMessages"], 1)
            if pattern.matches(message)
        ]
    }
