"""Questions about alarms that only time answers; the answers are recorded in the transcript.

On AWS each takes up to ten minutes. Cost: an alarm and a custom metric each, by the hour: less than 0.01 USD in all.
Clean-up: each test deletes its alarm; the metric ends by itself, as AWS has no call for it.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.contract.transcript import record_answer

Client = Callable[[str], Any]
Wait = Callable[[float], None]
Now = Callable[[], datetime]

NAMESPACE = "SecmonContract"

pytestmark = pytest.mark.xdist_group("contract")


@pytest.fixture
def alarm(client: Client, name: str, cleanup: contextlib.ExitStack) -> Callable[..., None]:
    """Return a function that creates the alarm of the test, on a metric of the same name."""
    cloudwatch = client("cloudwatch")

    def create(**members: Any) -> None:
        cloudwatch.put_metric_alarm(
            AlarmName=name,
            Namespace=NAMESPACE,
            MetricName=name,
            Statistic="Sum",
            Threshold=1,
            ComparisonOperator="GreaterThanOrEqualToThreshold",
            **members,
        )
        cleanup.callback(cloudwatch.delete_alarms, AlarmNames=[name])

    return create


def publish(client: Client, name: str, at: datetime, **members: Any) -> None:
    datum = {"MetricName": name, "Timestamp": at, "Value": 1.0, **members}
    client("cloudwatch").put_metric_data(Namespace=NAMESPACE, MetricData=[datum])


def state_of(client: Client, name: str) -> dict[str, Any]:
    (found,) = client("cloudwatch").describe_alarms(AlarmNames=[name])["MetricAlarms"]
    data = json.loads(found.get("StateReasonData", "{}"))
    return {"state": found["StateValue"], "evaluated_at": data.get("queryDate"), "reason": found.get("StateReason")}


def changes(client: Client, name: str, wait: Wait, until: str, seconds: int) -> list[dict[str, Any]]:
    """Return the states that an alarm has, until one of them or for so long."""
    seen = [state_of(client, name)]
    for _round in range(seconds // 10):
        if seen[-1]["state"] == until:
            break
        wait(10)
        current = state_of(client, name)
        if current["state"] != seen[-1]["state"]:
            seen.append(current)
    return seen


@pytest.mark.parametrize(("period", "periods"), [(10, 1), (10, 2), (10, 3), (10, 5), (30, 1), (30, 2)])
def test_how_long_a_short_alarm_keeps_its_last_datapoint(
    client: Client, alarm: Callable[..., None], name: str, target: str, wait: Wait, now: Now, period: int, periods: int
) -> None:
    """The evaluation range is recorded for 3 periods of 10 seconds only: 9 periods, the newest 20 seconds old."""
    alarm(Period=period, EvaluationPeriods=periods, DatapointsToAlarm=1, TreatMissingData="missing")
    published = now()
    publish(client, name, published, StorageResolution=1)

    seen = changes(client, name, wait, "ALARM", 100) + changes(client, name, wait, "INSUFFICIENT_DATA", 300)[1:]

    question = f"how long {periods} periods of {period} seconds keep a datapoint"
    record_answer(target, question, {"published_at": published, "states": seen})
    assert "ALARM" in [item["state"] for item in seen]


@pytest.mark.parametrize("minutes_late", [1, 2, 3, 5, 10])
def test_whether_an_alarm_on_one_minute_judges_a_minute_that_is_published_late(
    client: Client, alarm: Callable[..., None], name: str, target: str, wait: Wait, now: Now, minutes_late: int
) -> None:
    """CloudTrail's records arrive minutes late, and rules of this collection alarm on 1 of 1 minute."""
    alarm(Period=60, EvaluationPeriods=1, DatapointsToAlarm=1, TreatMissingData="notBreaching")
    wait(90)
    publish(client, name, now() - timedelta(minutes=minutes_late))

    seen = changes(client, name, wait, "ALARM", 300)

    record_answer(target, f"whether 1 of 1 minute judges what is {minutes_late} minutes late", seen)
