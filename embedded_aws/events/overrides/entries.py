"""Override of PutEvents: deliver to topics, which moto 5.2.5 does not implement, and skip disabled rules.

Source: EventBridge user guide, "Event bus targets".
"""

from __future__ import annotations

import copy
import json
from datetime import datetime
from typing import Any

from moto.events.models import Rule, events_backends

from embedded_aws.core.call import Call
from embedded_aws.core.overrides import override, patch
from embedded_aws.core.state import State
from embedded_aws.events.bus_event import event_of_entry
from embedded_aws.events.rules import EventBridge

_MOST_ENTRIES = 10
_MOTO_SENDS = Rule.send_to_targets


@patch(Rule, "send_to_targets")
def _send_to_other_targets(rule: Rule, original_event: Any, transform_input: bool = True) -> None:
    """Let moto deliver to all targets except topics."""
    if rule.state == "DISABLED":
        return
    reduced = copy.copy(rule)
    reduced.targets = [target for target in rule.targets if target["Arn"].split(":")[2] != "sns"]
    _MOTO_SENDS(reduced, original_event, transform_input)


@override("events", "PutEvents")
def put_events(state: State, call: Call) -> dict[str, Any] | None:
    """Answer as moto does, and deliver to topics."""
    entries = call.parameters.get("Entries", [])
    if not 1 <= len(entries) <= _MOST_ENTRIES:
        return None
    backend = events_backends[call.account][call.region]
    results = backend.put_events([_for_moto(entry) for entry in entries])
    for entry, result in zip(entries, results, strict=True):
        if "EventId" in result:
            bus = backend._normalize_event_bus_arn(entry.get("EventBusName"))
            detail = json.loads(entry["Detail"])
            event = event_of_entry(entry, result["EventId"], call.account, call.region, detail)
            EventBridge(state).send_to_topics(event, bus)
    return {"FailedEntryCount": sum("ErrorCode" in result for result in results), "Entries": results}


def _for_moto(entry: dict[str, Any]) -> dict[str, Any]:
    """Return an entry with a numeric time, as moto expects."""
    at = entry.get("Time")
    return {**entry, "Time": at.timestamp()} if isinstance(at, datetime) else entry
