"""The requests of override_cases for EventBridge."""

from __future__ import annotations

from typing import Any

ENTRY = {"Source": "test", "DetailType": "test", "Detail": "{}", "EventBusName": "default"}

ACCEPTED: list[tuple[str, dict[str, Any]]] = [
    ("PutEvents", {"Entries": [ENTRY]}),
    ("PutEvents", {"Entries": [ENTRY, {"Source": "test"}]}),
]

REJECTED: list[tuple[str, dict[str, Any], str]] = [
    ("PutEvents", {"Entries": [ENTRY] * 11}, "ValidationException"),
]
