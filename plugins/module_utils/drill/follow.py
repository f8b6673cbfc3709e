# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Read the secret once and follow that very event, hop by hop, until a notification or the end of the time."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from ..core.account import Account
from ..core.errors import AwsError
from .alarm_findings import confirmed_endpoints, missed_by, stays_in_alarm
from .facts import Facts
from .log_files import LogFiles
from .reads import denial, read_alarm
from .record import EVENT_NAME, EVENT_SOURCE, dimensions_of
from .timeline import HOPS, PREDECESSORS, Finding, Reached, not_seen

_FIRST_PAUSE_SECONDS = 1.0
_MINUTE = timedelta(minutes=1)


class BrokenHopError(Exception):
    """The drill has come to its end at a hop that is broken."""

    def __init__(self, finding: Finding) -> None:
        """Keep why."""
        self.finding = finding
        super().__init__(finding.cause)


@dataclass
class Pursuit:
    """One event on its way.

    Attributes:
        account: The account.
        params: The module's parameters.
        facts: What the inspection read.
        findings: What it found.
        reached: The hops that were seen to work so far.
        called_at: When the secret was read, by AWS's clock.
    """

    account: Account
    params: Mapping[str, Any]
    facts: Facts
    findings: list[Finding]
    reached: dict[str, Reached] = field(default_factory=dict)
    called_at: datetime | None = None
    _began: float = 0.0
    _request_id: str = ""
    _record: dict[str, Any] | None = None
    _logged_at: datetime | None = None
    _log_files: LogFiles | None = None

    def run(self) -> None:
        """Make the event and follow it.

        Raises:
            BrokenHopError: A hop broke, or was not reached in time.
        """
        self._wait_for_quiet_alarm()
        self._guarded("call", self._call)
        pause = _FIRST_PAUSE_SECONDS
        while True:
            self._look_everywhere()
            missing = next((hop for hop in HOPS if hop not in self.reached), None)
            if missing is None:
                return
            if not self.account.budget.pause(pause):
                raise BrokenHopError(not_seen(missing, self.findings, self.params["timeout_seconds"]))
            pause = min(pause * 2, float(self.params["poll_seconds"]))

    def _wait_for_quiet_alarm(self) -> None:
        name, alarm = self.params["alarm_name"], self.facts.alarm
        while alarm and alarm["StateValue"] == "ALARM":
            if not self.account.budget.pause(self.params["poll_seconds"]):
                raise BrokenHopError(stays_in_alarm(name))
            alarm = read_alarm(self.account, name)

    def _call(self) -> str:
        secret = self.params["secret_id"]
        self._began = self.account.budget.now()
        answer = self.account.read(
            "secretsmanager", EVENT_NAME, f"secret {secret}", {"SecretId": secret}, resource_arn=self._secret_arn()
        )
        # Of the answer only its number and its time are kept; the value is gone with this function.
        meta = answer["ResponseMetadata"]
        self._request_id = meta["RequestId"]
        self.called_at = parsedate_to_datetime(meta["HTTPHeaders"]["date"])
        self._log_files = LogFiles(self.account, self.facts, self.called_at, self._request_id)
        return f"{EVENT_NAME} of {secret}, request {self._request_id}"

    def _secret_arn(self) -> str:
        return str((self.facts.secret or {}).get("ARN", "*"))

    def _look_everywhere(self) -> None:
        looks: Mapping[str, Callable[[], str]] = {
            "event_history": self._event_history,
            "log_file": self._log_file,
            "log_group": self._log_group,
            "metric": self._metric,
            "alarm": self._alarm,
            "notification": self._notification,
        }
        for hop, look in looks.items():
            if hop == "metric":
                self._require_match()
            if hop not in self.reached and PREDECESSORS[hop] in self.reached:
                self._guarded(hop, look)

    def _require_match(self) -> None:
        """Give up as soon as the record itself shows that the filter does not count it."""
        missed = missed_by(self.params, self.facts, self._record) if self._record else None
        if missed:
            raise BrokenHopError(missed)

    def _guarded(self, hop: str, look: Callable[[], str]) -> None:
        """Look for a hop, which is reached if there is something to tell of it."""
        try:
            detail = look()
        except AwsError as error:
            if error.is_denial:
                raise BrokenHopError(denial(hop, error)) from error
            cause = f"{error.subject.operation} failed for the {error.subject.resource}: {error.code}: {error.message}"
            raise BrokenHopError(Finding(hop, "call_failed", cause, error.hint)) from error
        if detail:
            self.reached[hop] = Reached(round(self._elapsed(), 1), detail)

    def _elapsed(self) -> float:
        return self.account.budget.now() - self._began

    def _called_at(self) -> datetime:
        if self.called_at is None:
            raise AssertionError("the secret is read before anything is looked for")
        return self.called_at

    def _event_history(self) -> str:
        parameters = {
            "LookupAttributes": [{"AttributeKey": "EventSource", "AttributeValue": EVENT_SOURCE}],
            "StartTime": self._called_at() - _MINUTE,
        }
        events = self.account.read_all("cloudtrail", "LookupEvents", "event history", "Events", parameters)
        for event in events:
            record = json.loads(event["CloudTrailEvent"])
            if record.get("requestID") == self._request_id:
                self._record = record
                return f"event {record['eventID']}"
        return ""

    def _log_file(self) -> str:
        if self._log_files is None:
            raise AssertionError("the secret is read before anything is looked for")
        return self._log_files.find()

    def _log_group(self) -> str:
        name = self.params["log_group_name"]
        parameters = {
            "logGroupName": name,
            "startTime": int((self._called_at() - _MINUTE).timestamp() * 1000),
            "filterPattern": f'{{ $.requestID = "{self._request_id}" }}',
        }
        events = self.account.read_all("logs", "FilterLogEvents", f"log group {name}", "events", parameters)
        if not events:
            return ""
        self._logged_at = datetime.fromtimestamp(events[0]["timestamp"] / 1000, self._called_at().tzinfo)
        self._record = json.loads(events[0]["message"])
        return f"{name}, stream {events[0]['logStreamName']}"

    def _metric(self) -> str:
        if self._logged_at is None or self._record is None:
            raise AssertionError("the event is in the log group before its metric is looked for")
        counted = self.facts.transformation
        minute = self._logged_at.replace(second=0, microsecond=0)
        metric = {"Namespace": counted["metricNamespace"], "MetricName": counted["metricName"]}
        pattern = (self.facts.metric_filter or {}).get("filterPattern", "")
        parameters = {
            **metric,
            "Dimensions": dimensions_of(pattern, counted.get("dimensions") or {}, self._record),
            "StartTime": minute,
            "EndTime": minute + _MINUTE,
            "Period": 60,
            "Statistics": ["Sum"],
        }
        name = "/".join(metric.values())
        answer = self.account.read("cloudwatch", "GetMetricStatistics", f"metric {name}", parameters)
        total = sum(point["Sum"] for point in answer["Datapoints"])
        return f"{name} is {total:g} at {minute:%H:%M} UTC" if total else ""

    def _alarm(self) -> str:
        for item in self._history("StateUpdate"):
            state = json.loads(item["HistoryData"]).get("newState", {})
            if state.get("stateValue") == "ALARM":
                return f"{self.params['alarm_name']} went to ALARM"
        return ""

    def _notification(self) -> str:
        topic = self.params["topic_arn"]
        for item in self._history("Action"):
            if topic not in item["HistorySummary"]:
                continue
            if not item["HistorySummary"].startswith("Successfully"):
                remedy = "Mend the topic's policy and key with secmon.aws.alert_topic (role sns_email)."
                raise BrokenHopError(Finding("notification", "action_failed", item["HistorySummary"], remedy))
            return f"{topic.rsplit(':', 1)[-1]} to {', '.join(confirmed_endpoints(self.facts))}"
        return ""

    def _history(self, kind: str) -> list[dict[str, Any]]:
        """Return what the alarm's history tells since the call."""
        name = self.params["alarm_name"]
        parameters = {"AlarmName": name, "HistoryItemType": kind, "StartDate": self._called_at()}
        return self.account.read_all(
            "cloudwatch", "DescribeAlarmHistory", f"alarm {name}", "AlarmHistoryItems", parameters
        )
