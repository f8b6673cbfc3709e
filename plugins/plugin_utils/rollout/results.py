# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What the result of a task says about the resources of an account."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

Result = Mapping[str, Any]

OWN = "secmon.aws."
CREATED, CHANGED, UNCHANGED, REMOVED = "created", "changed", "unchanged", "removed"
TO_BE_REMOVED = "to be removed"

# The words for the resources of each module, and where its result describes them.
_ONE = {
    "alert_topic": ("topic", "topic"),
    "encryption_key": ("key", "encryption_key"),
    "log_bucket": ("log bucket", "log_bucket"),
    "log_group": ("log group", "log_group"),
    "secret": ("secret", "secret"),
    "trail": ("trail", "trail"),
    "trail_role": ("role", "trail_role"),
}
_MANY = {
    "event_rules": ("event rule", "rules"),
    "log_alarms": ("alarm", "alarms"),
    "metric_alarms": ("alarm", "alarms"),
    "metric_filters": ("metric filter", "filters"),
}
_LONG_KINDS = ("event rule", "log bucket", "log group", "metric filter")


def results_of(result: Result) -> list[Result]:
    """Return the results of a loop, or the one result of another task."""
    results = result.get("results")
    return list(results) if isinstance(results, (list, tuple)) else [result]


def resource_states(action: str, result: Result) -> dict[str, str]:
    """Return what a task found or did, by resource such as ``topic SecurityAlarms``."""
    module = action.removeprefix(OWN)
    if action == module:
        return {}
    if module in _ONE:
        return dict(_one(*_ONE[module], result))
    return dict(_many(*_MANY[module], result)) if module in _MANY else {}


def alarms_of(action: str, result: Result) -> int:
    """Return how many alarms exist after a task."""
    word, key = _MANY.get(action.removeprefix(OWN), ("", ""))
    return len(result.get(key) or ()) if word == "alarm" else 0


def pending_of(result: Result) -> Iterator[str]:
    """Yield the subscriptions that wait for their confirmation."""
    for subscription in result.get("subscriptions") or ():
        if isinstance(subscription, Mapping) and subscription.get("state") == "pending":
            yield f"{subscription.get('protocol')} {subscription.get('endpoint')}"


def kind_of(resource: str) -> str:
    """Return the kind of a resource such as ``log bucket name``."""
    first, _blank, rest = resource.partition(" ")
    return next((kind for kind in _LONG_KINDS if resource.startswith(f"{kind} ")), first if rest else resource)


def named(resources: Iterable[Mapping[str, Any]]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield the resources of secmon.aws.leftovers with their names."""
    for resource in resources:
        yield f"{resource.get('type')} {resource.get('name')}", resource


def _difference(result: Result) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    diff = result.get("diff")
    found = diff if isinstance(diff, Mapping) else {}
    return found.get("before") or {}, found.get("after") or {}


def _one(word: str, key: str, result: Result) -> Iterator[tuple[str, str]]:
    before, after = _difference(result)
    state = next((each for each in (after, before, result.get(key)) if each), None)
    name = (state.get("name") or state.get("alias")) if isinstance(state, Mapping) else None
    if not name:
        return
    if not result.get("changed"):
        kept = UNCHANGED if result.get(key) else ""
    elif not before:
        kept = CREATED
    else:
        # A secret or key is deleted later.
        gone = not after or (after.get("deletion") and not before.get("deletion"))
        kept = REMOVED if gone else CHANGED
    if kept:
        yield f"{word} {name}", kept


def _many(word: str, key: str, result: Result) -> Iterator[tuple[str, str]]:
    before, after = (state.get(key, state) for state in _difference(result))
    # A check of the filters names those that a later task will write.
    later = {*result.get("created", ()), *result.get("updated", ())} if not result.get("changed") else set()
    for resource in result.get(key) or ():
        name = resource.get("name")
        if name not in later:
            is_new = CREATED if name not in before else CHANGED
            yield f"{word} {name}", is_new if name in after and before.get(name) != after[name] else UNCHANGED
    if result.get("changed"):
        for name in result.get("removed") or ():
            yield f"{word} {name}", REMOVED
