# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Find configuration errors between the call and the log group: the secret, the trail, its bucket and its role.

Sources: CloudTrail user guide, "Filtering management events", "Role policy document for CloudTrail to use CloudWatch
Logs for monitoring"; CloudTrail API reference, GetTrailStatus and AdvancedFieldSelector.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ..core.problems import sentence
from ..core.service_requests import too_narrow, untrusting
from .facts import Facts
from .record import EVENT_NAME, EVENT_SOURCE
from .timeline import Finding, Weight

_TRAIL_TASK = "secmon.aws.trail (site.yml --tags trail)"
_GROUP_TASK = "secmon.aws.log_group (site.yml --tags logs)"


def secret_findings(params: Mapping[str, Any], facts: Facts) -> Iterator[Finding]:
    """Yield why the secret cannot be read."""
    name = params["secret_id"]
    if facts.secret is None:
        yield Finding(
            "call",
            "secret_missing",
            f"The secret {name} does not exist in account {facts.place.account}, region {facts.place.region}.",
            "Create it with secmon.aws.secret (site.yml --tags secret), or correct secret_id (secmon_secret_name).",
        )
    elif facts.secret.get("DeletedDate"):
        yield Finding(
            "call",
            "secret_pending_deletion",
            f"The secret {name} is scheduled for deletion ({facts.secret['DeletedDate']:%Y-%m-%d}), and cannot"
            " be read.",
            f"Restore it: site.yml --tags secret, or `aws secretsmanager restore-secret --secret-id {name}`.",
        )


def trail_findings(params: Mapping[str, Any], facts: Facts) -> Iterator[Finding]:
    """Yield why the trail would not write the event to a log file."""
    trail = facts.trail
    if trail is None:
        yield _no_trail(params["trail_name"], facts)
        return
    name = trail["Name"]
    if trail.get("HomeRegion", facts.place.region) != facts.place.region:
        yield _other_region(name, trail["HomeRegion"], bool(trail.get("IsMultiRegionTrail")), facts)
    elif not trail.get("IsMultiRegionTrail"):
        yield Finding(
            "log_file",
            "not_multi_region",
            f"The trail {name} only records region {facts.place.region}: a read of a secret in another region is not"
            " recorded.",
            f"Set multi_region: true in {_TRAIL_TASK}.",
            Weight.RISK,
        )
    yield from _bucket_findings(params, trail, facts)


def _no_trail(name: str, facts: Facts) -> Finding:
    elsewhere = facts.trail_elsewhere
    if elsewhere:
        return _other_region(name, elsewhere["HomeRegion"], bool(elsewhere.get("IsMultiRegionTrail")), facts)
    cause = f"The trail {name} does not exist in {facts.where}."
    return Finding("log_file", "trail_missing", cause, f"Create it with {_TRAIL_TASK}, or correct trail_name.")


def _other_region(name: str, home: str, multi_region: bool, facts: Facts) -> Finding:
    if multi_region:
        cause = f"The trail {name} has home region {home}: its log group, filter and alarm are there."
        return Finding("log_file", "other_home_region", cause, f"Run the drill in {home}.")
    cause = (
        f"The trail {name} is in {home} and is not a multi-region trail, so it does not record {facts.place.region}."
    )
    remedy = f"Set multi_region: true in {_TRAIL_TASK}, or create a trail in {facts.place.region}."
    return Finding("log_file", "not_multi_region", cause, remedy)


def _bucket_findings(params: Mapping[str, Any], trail: Mapping[str, Any], facts: Facts) -> Iterator[Finding]:
    name, bucket, prefix = trail["Name"], trail["S3BucketName"], trail.get("S3KeyPrefix", "")
    for option, actual in (("bucket_name", bucket), ("key_prefix", prefix)):
        if params.get(option) is not None and params[option] != actual:
            cause = f"The trail {name} writes to {option} {actual!r}, not to {params[option]!r}."
            yield Finding(
                "log_file", "other_bucket", cause, f"Correct {option}, or correct the trail with {_TRAIL_TASK}."
            )
    if not facts.bucket_exists:
        cause = f"The bucket {bucket}, to which the trail {name} writes, does not exist."
        remedy = "Create it with secmon.aws.log_bucket (site.yml --tags trail)."
        yield Finding("log_file", "bucket_missing", cause, remedy)


def status_findings(params: Mapping[str, Any], facts: Facts) -> Iterator[Finding]:
    """Yield findings from the trail's status: that it is stopped, and errors of its last deliveries."""
    if facts.trail is None:
        return
    name = facts.trail["Name"]
    if not facts.status.get("IsLogging", False):
        cause = f"The trail {name} is stopped: it does not record events."
        remedy = f"Start it: logging: true in {_TRAIL_TASK}, or `aws cloudtrail start-logging --name {name}`."
        yield Finding("log_file", "trail_stopped", cause, remedy)
    error = facts.status.get("LatestDeliveryError")
    if error:
        cause = f"The last log file could not be written to the bucket {facts.trail['S3BucketName']}: {sentence(error)}"
        remedy = "Repair the bucket's policy and key with secmon.aws.log_bucket (site.yml --tags trail)."
        yield Finding("log_file", "bucket_denied", cause, remedy, Weight.DOUBT)
    error = facts.status.get("LatestCloudWatchLogsDeliveryError")
    if error:
        cause = f"The last events could not be delivered to the log group: {sentence(error)}"
        remedy = "Repair the log group, its key and the role: site.yml --tags logs,trail."
        yield Finding("log_group", "delivery_failed", cause, remedy, Weight.DOUBT)


def selector_findings(params: Mapping[str, Any], facts: Facts) -> Iterator[Finding]:
    """Yield that the trail's event selectors exclude reads of secrets."""
    if facts.trail is None or _selects_event(facts.selectors):
        return
    cause = (
        f"The event selectors of the trail {facts.trail['Name']} exclude {EVENT_NAME}, a read-only management event."
    )
    remedy = f"Set management_events: all in {_TRAIL_TASK} (secmon_management_events)."
    yield Finding("log_file", "selectors_exclude", cause, remedy)


def _selects_event(selectors: Mapping[str, Any]) -> bool:
    basic, advanced = selectors.get("EventSelectors") or [], selectors.get("AdvancedEventSelectors") or []
    return any(_basic_selects(selector) for selector in basic) or any(
        all(_field_selects(field) for field in selector.get("FieldSelectors", [])) for selector in advanced
    )


def _basic_selects(selector: Mapping[str, Any]) -> bool:
    return (
        selector.get("IncludeManagementEvents", True)
        and selector.get("ReadWriteType", "All") in ("All", "ReadOnly")
        and EVENT_SOURCE not in selector.get("ExcludeManagementEventSources", [])
    )


_FIELDS = {
    "eventCategory": "Management",
    "readOnly": "true",
    "eventSource": EVENT_SOURCE,
    "eventName": EVENT_NAME,
    "eventType": "AwsApiCall",
}


def _field_selects(selector: Mapping[str, Any]) -> bool:
    """Return whether a field selector includes the event. A selector on the caller counts as a match."""
    value = _FIELDS.get(selector["Field"])
    if value is None:
        return not selector["Field"].startswith("resources.")
    tests: dict[str, Callable[[str, str], bool]] = {
        "Equals": str.__eq__,
        "StartsWith": str.startswith,
        "EndsWith": str.endswith,
    }
    for operator, test in tests.items():
        included, excluded = selector.get(operator), selector.get(f"Not{operator}")
        if included and not any(test(value, item) for item in included):
            return False
        if excluded and any(test(value, item) for item in excluded):
            return False
    return True


def log_group_findings(params: Mapping[str, Any], facts: Facts) -> Iterator[Finding]:
    """Yield why events would not reach the log group, according to the group and the trail."""
    name, group = params["log_group_name"], facts.log_group
    if group is None:
        cause = f"The log group {name} does not exist in {facts.where}."
        yield Finding(
            "log_group", "log_group_missing", cause, f"Create it with {_GROUP_TASK}, or correct log_group_name."
        )
    if facts.trail is None:
        return
    trail, target = facts.trail["Name"], facts.trail.get("CloudWatchLogsLogGroupArn", "")
    if not target:
        cause = f"The trail {trail} does not deliver to CloudWatch Logs."
        yield Finding(
            "log_group", "not_delivering", cause, f"Set log_group_arn and log_group_role_arn in {_TRAIL_TASK}."
        )
    elif target.removesuffix(":*").split(":log-group:")[-1] != name:
        cause = f"The trail {trail} delivers to another log group: {target}."
        yield Finding(
            "log_group", "other_log_group", cause, f"Correct log_group_arn in {_TRAIL_TASK}, or log_group_name."
        )


def role_findings(params: Mapping[str, Any], facts: Facts) -> Iterator[Finding]:
    """Yield why the trail's role would not let CloudTrail write to the log group."""
    arn = facts.trail.get("CloudWatchLogsRoleArn", "") if facts.trail else ""
    if not facts.trail or not arn:
        return
    remedy = "Repair it: site.yml --tags logs."
    if facts.role is None:
        cause = f"The role {arn}, which CloudTrail uses to write to the log group, does not exist."
        yield Finding("log_group", "role_missing", cause, remedy)
        return
    problems = [*untrusting(facts.role, facts.trail, facts.center)]
    if "role_policies" not in facts.unread:
        problems += too_narrow(arn, facts.role_policies, params["log_group_name"], facts.center)
    yield from (Finding("log_group", "role_denied", problem, remedy) for problem in problems)
