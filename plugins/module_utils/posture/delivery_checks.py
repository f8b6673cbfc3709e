# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Checks of the deliveries behind a trail: keys, files, digests, events, and the last drill."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from functools import partial
from typing import Any

from ..core.policy_evaluation import Caller, Request, evaluate
from ..core.problems import sentence
from ..core.service_requests import CLOUDWATCH, request_of_alarm, too_narrow, untrusting
from .chain import of_chain, without_chain
from .outcome import FAIL, Check, Outcome, failed, not_applicable, passed
from .snapshot import Snapshot, Trail, known

_YEAR_DAYS = 365


def _retention(_snapshot: Snapshot, trail: Trail) -> Iterator[str]:
    group = known(trail.group)
    if group is None:
        yield f"The log group {trail.group_name} does not exist."
    elif group.get("retentionInDays", _YEAR_DAYS) < _YEAR_DAYS:
        yield f"The log group {trail.group_name} keeps events for {group['retentionInDays']} day(s)."


def _unusable_keys(snapshot: Snapshot, trail: Trail) -> Iterator[str]:
    place = snapshot.place
    if trail.described.get("KmsKeyId"):
        context = {"aws:SourceArn": trail.described["TrailARN"], "aws:SourceAccount": trail.owner}
        context["kms:EncryptionContext:aws:cloudtrail:arn"] = trail.described["TrailARN"]
        caller = Caller("cloudtrail.amazonaws.com")
        yield from _key_problem(snapshot, f"trail {trail.name}", trail.described["KmsKeyId"], caller, context)
    group = known(trail.group) or {}
    if group.get("kmsKeyId"):
        context = {"kms:EncryptionContext:aws:logs:arn": group["arn"].removesuffix(":*")}
        caller = Caller(f"logs.{place.region}.amazonaws.com")
        yield from _key_problem(snapshot, f"log group {trail.group_name}", group["kmsKeyId"], caller, context)
    for topic in snapshot.watching_topics:
        name = (known(topic.attributes) or {}).get("KmsMasterKeyId")
        if name:
            request = request_of_alarm("", "", snapshot.watching[0]["AlarmName"], snapshot.place)
            yield from _key_problem(snapshot, f"topic {topic.arn}", name, request.caller, request.context)


def _key_problem(snapshot: Snapshot, user: str, name: str, caller: Caller, context: Mapping[str, Any]) -> Iterator[str]:
    key, service = known(snapshot.keys[name]), caller.service or ""
    if key.described is None:
        yield f"The key {name} of the {user} does not exist."
    elif key.is_of_aws:
        if service == CLOUDWATCH:
            yield f"The {user} has the AWS managed key {name}, which alarms cannot use."
    elif not key.described.get("Enabled", True):
        yield f"The key {name} of the {user} is {key.described.get('KeyState', 'Disabled')}."
    else:
        request = Request("kms:GenerateDataKey", key.described["Arn"], caller, context, whole_context=False)
        # The service principals of China may have the suffix amazonaws.com.cn (CloudWatch Logs user guide).
        callers = [caller, Caller(f"{service}.cn")]
        if all(evaluate([known(key.policy)], _by(request, each)).refuses for each in callers):
            yield f"The policy of the key {name} does not allow {service} to encrypt for the {user}."


def _by(request: Request, caller: Caller) -> Request:
    return Request(request.action, request.resource, caller, request.context, whole_context=False)


def _unrotated(snapshot: Snapshot) -> Outcome:
    keys = {name: key for name in sorted(snapshot.keys) if not (key := known(snapshot.keys[name])).is_of_aws}
    if not keys:
        return not_applicable("Trail, log group and topic have no key of their own.")
    problems = [
        f"The key {name} is not rotated." for name, key in keys.items() if key.described and not known(key.rotates)
    ]
    return failed(problems, "Run site.yml, which rotates the keys of secmon_encrypt.", "KMS rotates each key.")


def _delivery(name: str, error: str, what: str, snapshot: Snapshot, trail: Trail) -> Iterator[str]:
    """Yield why a kind of delivery does not work now, by members of GetTrailStatus."""
    status = known(trail.status)
    if not status.get("IsLogging"):
        yield f"The trail {trail.name} does not log."
    if status.get(error):
        yield f"The last delivery of {what} failed: {sentence(status[error])}"
    last, began = status.get(name), status.get("StartLoggingTime")
    late = snapshot.now - timedelta(days=1)
    if not status.get(error) and (last or began or snapshot.now) < late:
        yield f"No {what} were delivered since {last or began:%Y-%m-%dT%H:%M:%SZ}."


def _role(snapshot: Snapshot, trail: Trail) -> Iterator[str]:
    arn = str(trail.described.get("CloudWatchLogsRoleArn") or "")
    role = known(trail.role)
    if role is None:
        yield f"The role {arn}, with which CloudTrail writes to the log group, does not exist."
        return
    yield from untrusting(role, trail.described, snapshot.place)
    yield from too_narrow(arn, known(trail.role_policies), trail.group_name, snapshot.place)


def drill_check(days: int) -> Check:
    """Return the check that the last drill is younger than some days."""
    title = f"The last drill is younger than {days} days"
    return Check("drill", title, partial(_drill, days))


def _drill(days: int, snapshot: Snapshot) -> Outcome:
    trail = snapshot.chain
    if days == 0:
        return not_applicable("No age is required (secmon_posture_drill_days).")
    if trail is None:
        return without_chain(snapshot)
    last = known(trail.drilled)
    if last is None:
        return Outcome(FAIL, "No drill has run.", "Run drill.yml.")
    if last < snapshot.now - timedelta(days=days):
        return Outcome(FAIL, f"The last drill ran on {last:%Y-%m-%d}.", "Run drill.yml.")
    return passed(f"The last drill ran on {last:%Y-%m-%d}.")


_FILES = partial(_delivery, "LatestDeliveryTime", "LatestDeliveryError", "log files")
_EVENTS = partial(
    _delivery, "LatestCloudWatchLogsDeliveryTime", "LatestCloudWatchLogsDeliveryError", "events to the log group"
)
DELIVERY_CHECKS = (
    Check(
        "retention",
        "The log group keeps events for a year",
        of_chain(_retention, "Set secmon_retention_days: 365; run site.yml --tags logs.", "It keeps them long enough."),
    ),
    Check(
        "keys-usable",
        "The keys of trail, log group and topics can be used",
        of_chain(
            _unusable_keys,
            "Enable the key (aws kms enable-key), or run site.yml, which writes its policy again.",
            "Each key can be used, or there is none.",
        ),
    ),
    Check("key-rotation", "The keys of trail, log group and topics are rotated", _unrotated),
    Check(
        "files-delivered",
        "Log files arrive in the bucket",
        of_chain(
            _FILES, "Run site.yml --tags trail, which repairs bucket policy and key.", "The last delivery worked."
        ),
    ),
    Check(
        "events-delivered",
        "Events arrive in the log group",
        of_chain(_EVENTS, "Run site.yml --tags logs,trail.", "The last delivery worked."),
    ),
    Check(
        "log-role",
        "CloudTrail's role may write to the log group",
        of_chain(_role, "Run site.yml --tags logs.", "The role allows it."),
    ),
)
