# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The resources of a deployment: those that the task names, and those that exist."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ..core.aws_names import KEY_ID, Arn, arn_pattern
from ..core.event_forwarding import RULES
from ..core.problems import require

TRAIL = "trail"
BUCKET = "log bucket"
LOG_GROUP = "log group"
FILTER = "metric filter"
ALARM = "alarm"
LOG_ALARM = "log alarm"
TOPIC = "topic"
SUBSCRIPTION = "subscription"
SECRET = "secret"
ROLE = "role"
KEY = "key"
OBJECTS = "other objects"
EVENT_RULE = "event rule"

# What each part of a teardown removes; the parts are the tags of teardown.yml.
PARTS: Mapping[str, frozenset[str]] = {
    "events": frozenset({EVENT_RULE, TOPIC, SUBSCRIPTION, KEY, ROLE}),
    "alarms": frozenset({ALARM, LOG_ALARM, FILTER}),
    "trail": frozenset({TRAIL, BUCKET, OBJECTS, KEY}),
    "logs": frozenset({LOG_GROUP, FILTER, ROLE, KEY}),
    "notify": frozenset({TOPIC, SUBSCRIPTION, KEY}),
    "secret": frozenset({SECRET}),
}
TYPES = frozenset().union(*PARTS.values())

# What the search is for: the two last find only what no variable names.
TEARDOWN = "teardown"
PRUNE = "prune"
REPORT = "report"

# The group of each pattern is the name.
_ARNS = {
    TRAIL: re.compile(arn_pattern("cloudtrail", "trail/(.+)")),
    BUCKET: re.compile(arn_pattern("s3", "([^/]+)", region="", account="")),
    LOG_GROUP: re.compile(arn_pattern("logs", r"log-group:([^:]+)(?::\*)?")),
    ALARM: re.compile(arn_pattern("cloudwatch", "alarm:(.+)")),
    TOPIC: re.compile(arn_pattern("sns", "([^:]+)")),
    # Secrets Manager adds a hyphen and six characters to the name.
    SECRET: re.compile(arn_pattern("secretsmanager", "secret:(.+)-.{6}")),
    ROLE: re.compile(arn_pattern("iam", "role/(?:.*/)?([^/]+)", region="")),
    KEY: re.compile(arn_pattern("kms", f"key/({KEY_ID})")),
    EVENT_RULE: re.compile(arn_pattern("events", "rule/([^/]+)")),
}
_NAME_OPTIONS = {
    TRAIL: "trail_name",
    BUCKET: "bucket_name",
    LOG_GROUP: "log_group_name",
    TOPIC: "topic_name",
    SECRET: "secret_name",
    ROLE: "role_name",
}
_LIST_OPTIONS = {
    ALARM: "alarm_names",
    LOG_ALARM: "log_alarm_names",
    FILTER: "filter_names",
    KEY: "key_aliases",
    EVENT_RULE: "event_rule_names",
}
_EXISTING_NAMES = {
    BUCKET: "existing_bucket_name",
    LOG_GROUP: "existing_log_group_name",
    SECRET: "existing_secret_name",
}
_EXISTING_ARNS = {ROLE: "existing_role_arn", TOPIC: "existing_topic_arn", KEY: "existing_key_arn"}


@dataclass(frozen=True)
class Deployment:
    """The deployment that the task describes.

    Attributes:
        named: The names of the resources that a teardown removes, by type.
        existing: The names of the existing resources that the deployment only uses, by type.
        namespaces: The metric namespaces that identify managed metric filters, which have no tags.
        other_filters: The names of the metric filters of rules that are not selected.
        keep_bucket: Whether a teardown keeps the log bucket.
        bucket_key: The alias of the key that decrypts the log files; empty if no key was created for them.
        dry_run: Whether the teardown has not run yet.
        bucket_owner: The other account that owns the existing log bucket; empty if it is the same account.
        log_folders: What the keys of log files begin with; empty if other objects are not searched for.
        purge_others: Whether a teardown deletes a bucket with other objects.
        parts: The parts that a teardown removes; empty if it removes the whole system.
        orphans: Whether only managed resources that the task does not name are searched for.
        kept: The ARNs of managed resources of other playbooks, which are left alone.
        purge_keys: Whether keys that the task does not name are removed too.
        event_regions: The regions whose events are forwarded.
        event_role: The role that forwards them, whose description names former regions; empty without a name.
    """

    named: Mapping[str, frozenset[str]]
    existing: Mapping[str, frozenset[str]]
    namespaces: frozenset[str]
    other_filters: frozenset[str]
    keep_bucket: bool
    dry_run: bool
    bucket_key: str = ""
    bucket_owner: str = ""
    log_folders: tuple[str, ...] = ()
    purge_others: bool = False
    parts: frozenset[str] = frozenset()
    orphans: bool = False
    kept: frozenset[str] = frozenset()
    purge_keys: bool = False
    event_regions: frozenset[str] = frozenset()
    event_role: str = ""

    @property
    def types(self) -> frozenset[str]:
        """The types of the parts."""
        return frozenset().union(*(PARTS[part] for part in self.parts)) if self.parts else TYPES

    def includes(self, resource: Resource) -> bool:
        """Return whether a resource belongs to the parts; only the log group takes the filters of others along."""
        along = resource.type == FILTER and bool(resource.container) and bool(self.parts)
        return resource.type in self.types and (not along or "logs" in self.parts)

    def names(self, kind: str) -> frozenset[str]:
        """Return all names of a type in the task."""
        return self.named.get(kind, frozenset()) | self.existing.get(kind, frozenset())

    @property
    def keeps_log_files(self) -> bool:
        """Whether a teardown keeps the log files: those of an existing bucket always."""
        return self.keep_bucket or bool(self.existing.get(BUCKET))


@dataclass(frozen=True)
class Resource:
    """An existing resource.

    Attributes:
        type: Its type, such as ``trail``.
        name: Its name; for a key an alias or the ID.
        arn: Its ARN; for a metric filter, which has none, the ARN of its log group.
        managed: Whether it is managed by this collection.
        until: The time at which AWS deletes it, if it is scheduled for deletion.
        expected: Another reason why it is expected to exist, or an empty string.
        obstacle: What prevents its deletion.
        container: What it is deleted with, although it is not managed; otherwise empty.
        alias: The alias that a key was made for, if it is one too many for a key of that alias.
        doubles: For a trail, the log group that another trail of this deployment delivers to as well.
    """

    type: str
    name: str
    arn: str
    managed: bool
    until: datetime | None = None
    expected: str = ""
    obstacle: str = ""
    container: str = ""
    alias: str = ""
    doubles: str = ""


def deployment_of(params: Mapping[str, Any]) -> Deployment:
    """Return the deployment that the module's parameters describe. Raise RequestError for invalid ARNs."""
    require(_problems(params))
    named = {kind: {params[option]} for kind, option in _NAME_OPTIONS.items()}
    named[TOPIC].add(params["event_topic_name"])
    named |= {kind: set(params[option] or ()) for kind, option in _LIST_OPTIONS.items()}
    named[ROLE] = _role_names(params)
    if params["purpose"] != TEARDOWN and not params["event_regions"]:
        named[EVENT_RULE] = {name for name in named[EVENT_RULE] if not name.startswith(RULES)}
    existing = {kind: {params[option]} for kind, option in _EXISTING_NAMES.items()}
    existing |= {kind: {_name_in(kind, params[option])} for kind, option in _EXISTING_ARNS.items()}
    if "logs" not in _parts(params):
        existing[ROLE] = set()
    return Deployment(
        named=_without_empty(named),
        existing=_without_empty(existing),
        namespaces=frozenset(params["metric_namespaces"] or ()),
        other_filters=frozenset(params["other_filter_names"] or ()),
        keep_bucket=params["keep_bucket"],
        dry_run=params["dry_run"] or params["purpose"] == REPORT,
        bucket_key=params["bucket_key_alias"] or "",
        bucket_owner=params["existing_bucket_owner"] or "",
        log_folders=tuple(params["log_folders"] or ()),
        purge_others=params["purge_others"],
        parts=frozenset(params.get("parts") or ()),
        orphans=params["purpose"] != TEARDOWN,
        kept=frozenset(params["kept_arns"] or ()),
        purge_keys=params["purge_keys"],
        event_regions=frozenset(params["event_regions"] or ()),
        event_role=params["event_role_name"] or "",
    )


def _parts(params: Mapping[str, Any]) -> Collection[str]:
    return params.get("parts") or PARTS


def _role_names(params: Mapping[str, Any]) -> set[str | None]:
    """Return the names of the roles of the parts: a part removes the roles of no other one."""
    of_parts = {
        "logs": [params["role_name"]],
        "alarms": params["log_alarm_role_names"] or [],
        # Without regions the role is one that a teardown removes, and that prune finds.
        "events": [params["event_role_name"]] if params["event_regions"] or params["purpose"] == TEARDOWN else [],
    }
    return {name for part, names in of_parts.items() if part in _parts(params) for name in names}


def _problems(params: Mapping[str, Any]) -> Iterator[str]:
    for kind, option in _EXISTING_ARNS.items():
        if params[option] and not _ARNS[kind].fullmatch(params[option]):
            yield f"{option} is {params[option]!r}, which is not the ARN of a {kind}. Nothing was read."


def _name_in(kind: str, arn: str | None) -> str:
    match = _ARNS[kind].fullmatch(arn or "")
    return match[1] if match else ""


def _without_empty(names: Mapping[str, Collection[str | None]]) -> dict[str, frozenset[str]]:
    return {kind: frozenset(name for name in some if name) for kind, some in names.items()}


def resource_of(arn: str) -> tuple[str, str]:
    """Return the type and name in an ARN; for a type that a deployment does not have, the service and the ARN."""
    for kind, pattern in _ARNS.items():
        match = pattern.fullmatch(arn)
        if match:
            return kind, match[1]
    return f"resource of {Arn.parse(arn).service}", arn
