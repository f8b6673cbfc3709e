# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Read the secret once and track that event stage by stage to the notification, or until the timeout."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from ..core.account import Account
from ..core.errors import AwsError
from .alarm_findings import filter_mismatch
from .broken_stage import BrokenStageError, breaking
from .busy_alarm import wait_until_not_in_alarm
from .central import central_account
from .facts import Facts
from .log_files import LogFiles
from .reads import denial
from .record import EVENT_NAME, EVENT_SOURCE, dimensions_of
from .timeline import EVIDENCE, NOT_SEEN, PREDECESSORS, STAGES, Drill, Finding, Reached, Weight, not_seen
from .topic_findings import confirmed_endpoints

_FIRST_PAUSE_SECONDS = 1.0
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Call:
    """The call that reads the secret.

    Attributes:
        began: The time before the call by the budget's clock, in seconds.
        at: The time of the call by AWS's clock.
        request_id: Its request ID.
    """

    began: float
    at: datetime
    request_id: str


def track_event(account: Account, params: Mapping[str, Any], facts: Facts, findings: list[Finding]) -> Drill:
    """Read the secret and track that event.

    Args:
        account: The account.
        params: The module's parameters.
        facts: The configuration of the chain.
        findings: The findings of the inspection.
    """
    tracker: EventTracker | None = None
    broken: Finding | None = None
    try:
        wait_until_not_in_alarm(account, params, facts)
        tracker = EventTracker(account, params, facts, _read_secret(account, params, facts))
        findings = [*findings, *tracker.run(findings)]
    except BrokenStageError as error:
        broken = error.finding
    if tracker is None:
        return Drill(params["secret_id"], facts.place, findings=findings, broken=broken)
    return Drill(params["secret_id"], facts.place, tracker.call.at, tracker.reached, findings, broken)


def _read_secret(account: Account, params: Mapping[str, Any], facts: Facts) -> Call:
    secret, began = params["secret_id"], account.budget.now()
    arn = str((facts.secret or {}).get("ARN", "*"))
    with breaking("call"):
        answer = account.read("secretsmanager", EVENT_NAME, f"secret {secret}", {"SecretId": secret}, resource_arn=arn)
    # Only the request ID and the time are kept; the value is discarded with the answer.
    meta = answer["ResponseMetadata"]
    return Call(began, parsedate_to_datetime(meta["HTTPHeaders"]["date"]), meta["RequestId"])


def _utc(at: datetime) -> str:
    return f"{at.astimezone(UTC):%H:%M:%S}"


@dataclass
class EventTracker:
    """Tracks one event through the stages.

    Attributes:
        account: The account of the secret.
        params: The module's parameters.
        facts: The configuration of the chain.
        call: The call that caused the event.
        reached: The stages that the event has reached.
        unread: The denials of reads of evidence, by stage.
    """

    account: Account
    params: Mapping[str, Any]
    facts: Facts
    call: Call
    reached: dict[str, Reached] = field(default_factory=dict)
    unread: dict[str, Finding] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Start after the first stage, the call itself."""
        owner = self.params["bucket_owner"]
        self._center = central_account(self.account, self.params)
        self._log_files = LogFiles(self._center, self.facts, self.call.at, self.call.request_id, owner)
        self._record: dict[str, Any] = {}
        self._logged_at = self.call.at
        self._reach("call", f"{EVENT_NAME} of {self.params['secret_id']}, request {self.call.request_id}")

    def run(self, findings: list[Finding]) -> list[Finding]:
        """Check the stages until all are reached, or until the time is over.

        Args:
            findings: The findings of the inspection, which explain a stage that is not reached.

        Returns:
            The evidence that could not be read, or was late for an unknown reason, although the alarm fired.

        Raises:
            BrokenStageError: A stage failed, or was not reached in time.
        """
        pause = _FIRST_PAUSE_SECONDS
        while True:
            self._check_all()
            missing = [stage for stage in STAGES if stage not in self.reached and stage not in self.unread]
            if not missing:
                return self._unread(findings)
            if not self.account.budget.pause(pause):
                return [*self._unread(findings), *self._late(missing, findings)]
            pause = min(pause * 2, float(self.params["poll_seconds"]))

    def _unread(self, findings: list[Finding]) -> list[Finding]:
        """Return the denials of reads of evidence that the inspection did not find."""
        known = {(finding.stage, finding.code) for finding in findings}
        return [found for found in self.unread.values() if (found.stage, found.code) not in known]

    def _late(self, missing: list[str], findings: list[Finding]) -> list[Finding]:
        """Return the findings about the missing stages; raise BrokenStageError unless they are warnings."""
        late = [not_seen(stage, findings, self.params["timeout_seconds"]) for stage in missing]
        fired = STAGES[-1] in self.reached
        for finding in late:
            if not fired or finding.code != NOT_SEEN:
                raise BrokenStageError(finding)
        return [replace(finding, weight=Weight.RISK) for finding in late]

    def _check_all(self) -> None:
        checks: Mapping[str, Callable[[], str]] = {
            "event_history": self._event_history,
            "log_file": self._log_files.find,
            "log_group": self._log_group,
            "metric": self._metric,
            "alarm": self._alarm,
            "notification": self._notification,
        }
        for stage, check in checks.items():
            if stage == "metric":
                self._require_match()
            if stage not in self.reached and stage not in self.unread and PREDECESSORS[stage] in self.reached:
                with breaking(stage), self._evidence(stage):
                    if detail := check():
                        self._reach(stage, detail)

    @contextmanager
    def _evidence(self, stage: str) -> Iterator[None]:
        """Keep the denial of a read of evidence as a warning, since the alarm is the proof."""
        try:
            yield
        except AwsError as error:
            if stage not in EVIDENCE or not error.is_denial:
                raise
            self.unread[stage] = denial(stage, error, Weight.RISK)

    def _reach(self, stage: str, detail: str) -> None:
        self.reached[stage] = Reached(round(self.account.budget.now() - self.call.began, 1), detail)

    def _require_match(self) -> None:
        """Stop as soon as the record shows that the filter does not match it."""
        mismatch = filter_mismatch(self.params, self.facts, self._record) if self._record else None
        if mismatch:
            raise BrokenStageError(mismatch)

    def _event_history(self) -> str:
        parameters = {
            "LookupAttributes": [{"AttributeKey": "EventSource", "AttributeValue": EVENT_SOURCE}],
            "StartTime": self.call.at - _MINUTE,
        }
        events = self.account.read_all("cloudtrail", "LookupEvents", "event history", "Events", parameters)
        for event in events:
            record = json.loads(event["CloudTrailEvent"])
            if record.get("requestID") == self.call.request_id:
                self._record = record
                return f"event {record['eventID']}"
        return ""

    def _log_group(self) -> str:
        name = self.params["log_group_name"]
        parameters = {
            "logGroupName": name,
            "startTime": int((self.call.at - _MINUTE).timestamp() * 1000),
            "filterPattern": f'{{ $.requestID = "{self.call.request_id}" }}',
        }
        events = self._center.read_all("logs", "FilterLogEvents", f"log group {name}", "events", parameters)
        if not events:
            return ""
        self._logged_at = datetime.fromtimestamp(events[0]["timestamp"] / 1000, self.call.at.tzinfo)
        self._record = json.loads(events[0]["message"])
        return f"{name}, stream {events[0]['logStreamName']}"

    def _metric(self) -> str:
        transformation = self.facts.transformation
        minute = self._logged_at.replace(second=0, microsecond=0)
        metric = {"Namespace": transformation["metricNamespace"], "MetricName": transformation["metricName"]}
        pattern = (self.facts.metric_filter or {}).get("filterPattern", "")
        parameters = {
            **metric,
            "Dimensions": dimensions_of(pattern, transformation.get("dimensions") or {}, self._record),
            "StartTime": minute,
            "EndTime": minute + _MINUTE,
            "Period": 60,
            "Statistics": ["Sum"],
        }
        name = "/".join(metric.values())
        answer = self._center.read("cloudwatch", "GetMetricStatistics", f"metric {name}", parameters)
        total = sum(point["Sum"] for point in answer["Datapoints"])
        return f"{name} is {total:g} at {minute:%H:%M} UTC" if total else ""

    def _alarm(self) -> str:
        for item in self._history("StateUpdate"):
            state = json.loads(item["HistoryData"]).get("newState", {})
            if state.get("stateValue") == "ALARM":
                # The e-mail of this drill shows the same second as its Timestamp.
                return f"{self.params['alarm_name']} went to ALARM at {_utc(item['Timestamp'])} UTC"
        return ""

    def _notification(self) -> str:
        topic = self.params["topic_arn"]
        for item in self._history("Action"):
            if topic not in item["HistorySummary"]:
                continue
            if not item["HistorySummary"].startswith("Successfully"):
                remedy = "Repair the topic's policy and key with secmon.aws.alert_topic (role sns_email)."
                raise BrokenStageError(Finding("notification", "action_failed", item["HistorySummary"], remedy))
            return f"{topic.rsplit(':', 1)[-1]} to {', '.join(confirmed_endpoints(self.facts))}"
        return ""

    def _history(self, kind: str) -> list[dict[str, Any]]:
        """Return the items of the alarm's history since the call, for an alarm on each account those of this one."""
        name, grouped = self.params["alarm_name"], bool((self.facts.alarm or {}).get("group_by"))
        kind = f"AlarmContributor{kind}" if grouped else kind
        parameters = {"AlarmName": name, "HistoryItemType": kind, "StartDate": self.call.at}
        found = self._center.read_all(
            "cloudwatch", "DescribeAlarmHistory", f"alarm {name}", "AlarmHistoryItems", parameters
        )
        own = self.facts.place.account
        return [item for item in found if not grouped or own in item["AlarmContributorAttributes"].values()]
