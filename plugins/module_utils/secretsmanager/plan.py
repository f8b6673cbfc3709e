# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Plan the changes that bring one secret to the requested state."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..core.plan import Plan
from ..core.problems import require
from ..core.tags import require_ownership
from .checks import name_warnings
from .state import NO_ROTATION, Found, desired_state
from .value import ValueChange, current_version, plan_value, reject_during_rotation
from .writes import Target, creation, deletion, updates

_NEW_REPLICA = "InProgress"
_FAILED_REPLICA = "Failed"


def plan_present(params: Mapping[str, Any], found: Found | None, region: str) -> Plan:
    """Plan the creation, restoration or update of a secret.

    Args:
        params: The module's parameters.
        found: The existing secret, or None.
        region: The region of the secret.
    """
    if found is None:
        return _plan_creation(params, region)
    _require_control(params, found, region)
    state = found.state
    after, value = desired_state(params, state), plan_value(params, found.versions)
    _check_rotation(params["name"], state, after, found)
    target = Target(params["name"], region, found.described["ARN"], is_new=bool(found.deleted_date))
    value_before, value_after = _value_diff(value)
    return Plan(
        before={**state, **value_before},
        after={**after, **value_after},
        stages=updates(target, state, after, value),
        results={"secret": _result(after, found.described["ARN"], value.version_id, found.described)},
        warnings=(*name_warnings(params["name"]), *_warnings(params, found, state, after)),
    )


def plan_absent(params: Mapping[str, Any], found: Found | None, region: str) -> Plan:
    """Plan the deletion of a secret, with the arguments of `plan_present`."""
    days = params["recovery_window_days"]
    if found is None:
        return Plan(before={}, after={}, results={"secret": {}})
    state, arn = found.state, found.described["ARN"]
    result = _result(state, arn, current_version(found.versions), found.described)
    if found.deleted_date and days:
        return Plan(before=state, after=state, results={"secret": {**result, "deleted_date": found.deleted_date}})
    _require_control(params, found, region)
    after = {**state, "replicas": {}, "deletion": f"after {days} days"} if days else {}
    return Plan(
        before=state,
        after=after,
        stages=deletion(Target(params["name"], region, arn), state["replicas"], days),
        results={"secret": {**result, "replicas": []} if days else {}},
    )


def _plan_creation(params: Mapping[str, Any], region: str) -> Plan:
    name = params["name"]
    nothing: dict[str, Any] = {
        "name": name,
        "description": "",
        "kms_key_id": "",
        "replicas": {},
        "rotation": NO_ROTATION,
        "tags": {},
        "deletion": "",
    }
    after, value = desired_state(params, nothing), plan_value(params, {})
    _require_complete_rotation(name, after["rotation"])
    return Plan(
        before={},
        after={**after, **_value_diff(value)[1]},
        stages=creation(Target(name, region, is_new=True), after, value),
        results={"secret": _result(after, "", value.version_id, {})},
        warnings=name_warnings(name),
    )


def _require_control(params: Mapping[str, Any], found: Found, region: str) -> None:
    name, described = params["name"], found.described
    primary, service = described.get("PrimaryRegion", region), described.get("OwningService")
    if primary != region:
        require([f"Secret {name} in {region} is a replica. Nothing was changed. Run the task in {primary}."])
    if service:
        require([f"Secret {name} is managed by {service}. Nothing was changed. Change it in {service}."])
    require_ownership(f"secret {name}", found.tags, adopt=params["adopt"])


def _check_rotation(name: str, before: Mapping[str, Any], after: Mapping[str, Any], found: Found) -> None:
    if before["rotation"] != after["rotation"]:
        _require_complete_rotation(name, after["rotation"])
        reject_during_rotation(name, found.versions)


def _require_complete_rotation(name: str, rotation: Mapping[str, Any]) -> None:
    if rotation["enabled"] and not (rotation["lambda_arn"] and (rotation["days"] or rotation["schedule"])):
        require(
            [f"The rotation of secret {name} requires lambda_arn and either days or schedule. Nothing was changed."]
        )


def _value_diff(value: ValueChange) -> tuple[dict[str, str], dict[str, str]]:
    if not value.operation:
        return {}, {}
    before, after = value.diff
    return {"value": before}, {"value": after}


def _warnings(
    params: Mapping[str, Any], found: Found, before: Mapping[str, Any], after: Mapping[str, Any]
) -> Iterator[str]:
    name = params["name"]
    if params["update_value"] == "always" and params.get("value") is not None and after["rotation"]["enabled"]:
        yield f"Secret {name} is rotated, and update_value: always undoes each rotation. Use update_value: on_create."
    for replica in found.described.get("ReplicationStatus", []):
        if replica.get("Status") == _FAILED_REPLICA and replica["Region"] in after["replicas"]:
            message = str(replica.get("StatusMessage", "")).rstrip(".")
            yield (
                f"The replica of secret {name} in {replica['Region']} failed: {message}. Fix the cause in that region,"
                " such as an existing secret of the same name."
            )
    for region, key in after["replicas"].items():
        if before["replicas"].get(region, key) != key:
            yield f"The replica of secret {name} in {region} will be recreated, because its key cannot be changed."


def _result(state: Mapping[str, Any], arn: str, version: str, described: Mapping[str, Any]) -> dict[str, Any]:
    statuses = {replica["Region"]: replica for replica in described.get("ReplicationStatus", [])}
    replicas = [
        {"region": region, "kms_key_id": key, "status": statuses.get(region, {}).get("Status", _NEW_REPLICA)}
        for region, key in state["replicas"].items()
    ]
    fields = ("name", "description", "kms_key_id", "rotation", "tags")
    return {
        **{field: state[field] for field in fields},
        "arn": arn,
        "version_id": version,
        "replicas": replicas,
        "deleted_date": "",
    }
