"""PutEvents: deliver to topics, queues and buses as AWS does, and refuse what moto 5.2.5 takes.

Sources: EventBridge user guide, "Event bus targets"; EventBridge API reference, PutEvents; recorded answers of AWS
(2024).
"""

from __future__ import annotations

import copy
import json
import re
import uuid
from datetime import UTC, datetime
from typing import Any

from moto.events.models import Rule, events_backends
from moto.events.utils import EventTemplateParser

from embedded_aws.core.call import Call
from embedded_aws.core.errors import AwsError
from embedded_aws.core.overrides import override, patch
from embedded_aws.core.state import State
from embedded_aws.events.bus_event import event_of_entry
from embedded_aws.events.input_transformer import target_input
from embedded_aws.events.rules import EventBridge, enqueue

_MOST_ENTRIES = 10
_MOST_BYTES = 262_144
_BYTES_OF_A_TIME = 14
_OWN_TARGETS = re.compile("arn:[^:]+:(sns|sqs|events:[^:]+:[^:]+:event-bus/)")
_MOTO_SENDS = Rule.send_to_targets

# moto's event for other targets has no account.
patch(EventTemplateParser, "DEFAULT_EVENT_INPUT_TEMPLATE")(
    '{"version": "0", "id": "<id>", "detail-type": "<detail-type>", "source": "<source>", "account": "<account>", '
    '"time": <time>, "region": "<region>", "resources": <resources>, "detail": <detail>}'
)


@patch(Rule, "send_to_targets")
def _send_to_other_targets(rule: Rule, original_event: Any, transform_input: bool = True) -> None:
    """Deliver to queues, and let moto deliver to all other targets except topics and buses."""
    if rule.state == "DISABLED" or not rule.event_pattern.matches_event(original_event):
        return
    for target in rule.targets:
        if target["Arn"].split(":")[2] == "sqs":
            enqueue(target, target_input(target, _with_time(original_event), rule.name, rule.arn))
    reduced = copy.copy(rule)
    reduced.targets = [target for target in rule.targets if not _OWN_TARGETS.match(target["Arn"])]
    _MOTO_SENDS(reduced, original_event, transform_input)


def _with_time(event: Any) -> dict[str, Any]:
    """Return moto's event in the form of AWS."""
    at = event["time"]
    text = at if isinstance(at, str) else datetime.fromtimestamp(float(at), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    names = ("version", "id", "detail-type", "source", "account", "time", "region", "resources", "detail")
    return {name: text if name == "time" else event[name] for name in names if name in event}


@override("events", "PutEvents")
def put_events(state: State, call: Call) -> dict[str, Any] | None:
    """Answer as moto does, and deliver to topics and buses."""
    entries = call.parameters.get("Entries", [])
    if not 1 <= len(entries) <= _MOST_ENTRIES:
        return None
    if sum(map(_size, entries)) > _MOST_BYTES:
        raise AwsError("ValidationException", "Total size of the entries in the request is over the limit.", 400)
    backend = events_backends[call.account][call.region]
    results = [_put(state, call, backend, entry) for entry in entries]
    return {"FailedEntryCount": sum("ErrorCode" in result for result in results), "Entries": results}


def _put(state: State, call: Call, backend: Any, entry: dict[str, Any]) -> dict[str, Any]:
    if all(entry.get(name) for name in ("Source", "DetailType", "Detail")) and not _is_object(entry["Detail"]):
        return {"ErrorCode": "MalformedDetail", "ErrorMessage": "Detail is malformed."}
    bus = backend._normalize_event_bus_arn(entry.get("EventBusName"))
    if bus not in backend.event_buses and all(entry.get(name) for name in ("Source", "DetailType", "Detail")):
        # A recorded answer of AWS (2024): the event is taken, and reaches no rule.
        return {"EventId": str(uuid.uuid4())}
    (result,) = backend.put_events([_for_moto(entry)])
    if "EventId" in result:
        event = event_of_entry(entry, result["EventId"], call.account, call.region, json.loads(entry["Detail"]))
        EventBridge(state).put(event, bus)
    return dict(result)


def _is_object(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except ValueError:
        return False


def _size(entry: dict[str, Any]) -> int:
    """Return the bytes that count; EventBridge user guide, "Calculating PutEvents event entry size"."""
    texts = [*(entry.get(name, "") for name in ("Source", "DetailType", "Detail")), *entry.get("Resources", [])]
    return sum(len(text.encode()) for text in texts) + (_BYTES_OF_A_TIME if "Time" in entry else 0)


def _for_moto(entry: dict[str, Any]) -> dict[str, Any]:
    """Return an entry with a numeric time, as moto expects."""
    at = entry.get("Time")
    return {**entry, "Time": at.timestamp()} if isinstance(at, datetime) else entry
