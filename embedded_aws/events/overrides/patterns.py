"""Event patterns: PutRule and TestEventPattern refuse and match by the collection's engine; moto 5.2.5 knows a part.

Source: EventBridge API reference, PutRule and TestEventPattern; recorded answers of AWS (2024 to 2026).
"""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

from ansible_collections.secmon.aws.plugins.module_utils.event_pattern.pattern import (
    EventPattern,
    PatternError,
    compile_pattern,
)
from moto.events.models import EventPattern as MotoEventPattern

from embedded_aws.core.call import Call
from embedded_aws.core.errors import AwsError
from embedded_aws.core.overrides import override, patch
from embedded_aws.core.state import State

_PATTERNS_KEPT = 1_000
_REQUIRED = {"id", "account", "source", "time", "region", "detail-type"}


@lru_cache(maxsize=_PATTERNS_KEPT)
def _compiled(pattern: str) -> EventPattern:
    return compile_pattern(pattern)


def _checked(pattern: str) -> EventPattern:
    try:
        return _compiled(pattern)
    except PatternError as error:
        text = f"Event pattern is not valid. Reason: {error}"
        raise AwsError("InvalidEventPatternException", text, 400) from None


@override("events", "PutRule")
def put_rule(_state: State, call: Call) -> None:
    """Refuse an invalid pattern; moto stores the rule."""
    pattern = call.parameters.get("EventPattern")
    if pattern:
        _checked(pattern)


@override("events", "TestEventPattern")
def test_event_pattern(_state: State, call: Call) -> dict[str, Any]:
    """Match an event, which must have the fields of every event."""
    pattern = _checked(call.parameters["EventPattern"])
    try:
        event = json.loads(call.parameters["Event"])
    except ValueError:
        event = None
    if not isinstance(event, dict) or not event.keys() >= _REQUIRED:
        raise AwsError("ValidationException", "Parameter Event is not valid.", 400)
    return {"Result": pattern.matches(event)}


@patch(MotoEventPattern, "matches_event")
def _matches_event(pattern: MotoEventPattern, event: dict[str, Any]) -> bool:
    """Match by the collection's engine; a rule without a pattern matches all, as moto expects of archives."""
    given = pattern.get_pattern()
    return not given or _compiled(json.dumps(given)).matches(event)
