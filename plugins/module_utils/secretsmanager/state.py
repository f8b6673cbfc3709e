# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""A secret as AWS describes it, in the module's terms, and what of it the task wants otherwise.

Sources: Secrets Manager API reference, DescribeSecret, RotationRulesType and ReplicationStatusType.
"""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ..core.policy_documents import same_policy
from ..core.tags import as_mapping, own_tags, tag_change
from .value import Versions

OWN_KEY = ""
"""What stands for the key that AWS keeps for the secrets of an account, ``aws/secretsmanager``."""

_KEY_TAIL = re.compile(r"(?:arn:[^:]+:kms:[^:]*:[^:]*:)?(?:key/)?(?P<key>.*)")
_OWN_KEY_ALIAS = "alias/aws/secretsmanager"
_RATE_IN_DAYS = re.compile(r"rate\(\s*([0-9]+)\s+days?\s*\)")
NO_ROTATION = {"enabled": False, "lambda_arn": "", "days": 0, "schedule": ""}


@dataclass(frozen=True)
class Found:
    """A secret that exists, which may be scheduled for deletion.

    Attributes:
        described: DescribeSecret's answer.
        policy: The resource policy's JSON text; empty if there is none; None if it was not asked for.
        deprecated: The ids of versions without a stage, as far as they were asked for.
    """

    described: Mapping[str, Any]
    policy: str | None = None
    deprecated: frozenset[str] = frozenset()

    @property
    def tags(self) -> dict[str, str]:
        """All tags."""
        return as_mapping(self.described.get("Tags", []))

    @property
    def versions(self) -> Versions:
        """The stages of each version."""
        staged: Versions = self.described.get("VersionIdsToStages") or {}
        return {**dict.fromkeys(self.deprecated, ()), **staged}

    @property
    def deleted_date(self) -> str:
        """When it will be deleted, as ISO 8601; empty if it will not."""
        date = self.described.get("DeletedDate")
        return iso_date(date) if date else ""

    @property
    def is_unfinished(self) -> bool:
        """Whether it is what a run that was killed leaves behind: no value ever, no tag."""
        return not self.versions and not own_tags(self.tags)

    @property
    def state(self) -> dict[str, Any]:
        """The secret in the module's terms, without its value."""
        described = self.described
        state: dict[str, Any] = {
            "name": described["Name"],
            "description": described.get("Description") or "",
            "kms_key_id": _key(described.get("KmsKeyId")),
            "replicas": {
                replica["Region"]: _key(replica.get("KmsKeyId")) for replica in described.get("ReplicationStatus", [])
            },
            "rotation": _rotation(described),
            "tags": own_tags(self.tags),
            "deletion": f"scheduled for {self.deleted_date}" if self.deleted_date else "",
        }
        if self.policy is not None:
            state["resource_policy"] = json.loads(self.policy or "{}")
        return state


def iso_date(date: datetime.datetime) -> str:
    """Return a time as ISO 8601 in UTC, whatever the time zone of this machine."""
    return date.astimezone(datetime.UTC).isoformat()


def _key(key: str | None) -> str:
    return OWN_KEY if not key or _tail(key) == _OWN_KEY_ALIAS else key


def _tail(key: str) -> str:
    found = _KEY_TAIL.fullmatch(key)
    return found["key"] if found else key


def same_key(one: str, other: str) -> bool:
    """Whether two names of a key are the same: an ARN and the id or alias in it are."""
    return _tail(_key(one)) == _tail(_key(other))


def _rotation(described: Mapping[str, Any]) -> dict[str, Any]:
    rules = described.get("RotationRules") or {}
    schedule = rules.get("ScheduleExpression")
    # With a schedule, AutomaticallyAfterDays is not set but calculated, and again after every rotation.
    timing = rotation_timing(schedule, None if schedule else rules.get("AutomaticallyAfterDays"))
    return {
        "enabled": bool(described.get("RotationEnabled")),
        "lambda_arn": described.get("RotationLambdaARN") or "",
        **timing,
    }


def rotation_timing(schedule: str | None, days: int | None) -> dict[str, Any]:
    """Return how often a secret is rotated, a rate in days always as days."""
    rate = _RATE_IN_DAYS.fullmatch(schedule or "")
    if rate:
        return {"days": int(rate[1]), "schedule": ""}
    return {"days": days or 0, "schedule": schedule or ""}


def wanted_state(params: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    """Return the secret as the task wants it: what it does not mention as it is, the rest without needless changes."""
    change = tag_change(before["tags"], params.get("tags"), params["purge_tags"])
    return {**before, **dict(_mentioned(params, before)), "tags": dict(change.after), "deletion": ""}


def _mentioned(params: Mapping[str, Any], before: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    if params.get("description") is not None:
        yield "description", params["description"]
    if params.get("kms_key_id") is not None:
        yield "kms_key_id", _same_or_other_key(params["kms_key_id"], before["kms_key_id"])
    if params.get("resource_policy") is not None:
        policy, found = wanted_policy(params), before.get("resource_policy")
        yield "resource_policy", found if found is not None and same_policy(policy, found) else policy
    if params.get("replica_regions") is not None:
        yield "replicas", _replicas(params["replica_regions"], before["replicas"])
    if params.get("rotation") is not None:
        yield "rotation", _wanted_rotation(params["rotation"], before["rotation"])


def _same_or_other_key(wanted: str, found: str) -> str:
    return found if same_key(wanted, found) else _key(wanted)


def wanted_policy(params: Mapping[str, Any]) -> Any:
    """Return the task's policy, parsed; an empty one stands for none. ValueError if it is no JSON."""
    return json.loads(params["resource_policy"] or "{}")


def replica_entry(entry: Any) -> dict[str, Any]:
    """Return an entry of `replica_regions`, which may be a region's name only, as a mapping."""
    return dict(entry) if isinstance(entry, Mapping) else {"region": entry}


def _replicas(entries: list[Any], found: Mapping[str, str]) -> dict[str, str]:
    """Return the key of each region's replica; a key that the task does not mention stays what it is."""
    replicas = {}
    for entry in map(replica_entry, entries):
        region, key = entry["region"], entry.get("kms_key_id")
        current = found.get(region, OWN_KEY)
        replicas[region] = current if key is None else _same_or_other_key(key, current)
    return {region: replicas[region] for region in sorted(replicas)}


def _wanted_rotation(rotation: Mapping[str, Any], found: Mapping[str, Any]) -> dict[str, Any]:
    if not rotation["enabled"]:
        return {**found, "enabled": False}
    wanted = {**found, "enabled": True}
    if rotation.get("lambda_arn"):
        wanted["lambda_arn"] = rotation["lambda_arn"]
    if rotation.get("days") or rotation.get("schedule"):
        wanted.update(rotation_timing(rotation.get("schedule"), rotation.get("days")))
    return wanted
