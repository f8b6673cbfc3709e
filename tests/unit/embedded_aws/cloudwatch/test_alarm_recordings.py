"""Alarms get the states, reasons and reason data that AWS recorded: each evaluation alone, and all in one story."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml

from embedded_aws.cloudwatch.alarms.evaluation import Alarms
from embedded_aws.cloudwatch.alarms.reason import aws_time
from embedded_aws.cloudwatch.metrics import TEN_SECONDS
from embedded_aws.cloudwatch.overrides.alarms import put_alarm
from embedded_aws.cloudwatch.state import CloudWatchState

RECORDED = yaml.safe_load((Path(__file__).parent / "data/alarm_evaluation.yml").read_text())
CASES = {case["name"]: case for case in RECORDED["cases"]}
PLACE = ("111111111111", "us-east-1")
COMMON = {"Namespace": "Probe", "Period": 10, "ComparisonOperator": "GreaterThanThreshold"}
ACTIONS: dict[str, Any] = {name: [] for name in ("OKActions", "AlarmActions", "InsufficientDataActions")}
UNCHANGED = "percentile-ignore-99-retains-prior"


def moment(time: str) -> datetime:
    return datetime.fromisoformat(f"2026-09-14T{time}+00:00")


class Evaluated:
    """Alarms and metrics of one account, and their clock."""

    def __init__(self) -> None:
        self.state: Any = SimpleNamespace(cloudwatch=CloudWatchState(), clock=self)
        self.at = moment("05:40:00")
        self.alarms: dict[str, Any] = {}

    def put(self, name: str, state: str, first: datetime) -> None:
        """Put an alarm in this state, whose first evaluation is at `first`."""
        configuration = COMMON | ACTIONS | RECORDED["alarms"][name] | {"AlarmName": name, "ActionsEnabled": True}
        alarm = self.alarms[name] = put_alarm(PLACE, configuration, first)
        alarm.state_value, alarm.state_reason_data = state, ""
        self.state.cloudwatch.registry.watch(PLACE, alarm, configuration, first - timedelta(seconds=TEN_SECONDS))

    def publish(self, name: str) -> None:
        publication = RECORDED["publications"][name]
        key = (*PLACE, "Probe", publication["metric"], ())
        for time, value, count in publication["datums"]:
            at = moment(time).timestamp()
            unit = publication["unit"] or "None"
            self.state.cloudwatch.metrics.bucket(key, unit, at, TEN_SECONDS).add(float(value), float(count))

    def now(self) -> datetime:
        return self.at

    def tick(self, at: datetime) -> None:
        self.at = at
        Alarms(self.state).tick(at)


def expected(case: dict[str, Any]) -> tuple[Any, ...]:
    """Return state, reason and reason data of a case; an alarm whose state stays has no new reason."""
    if case["name"] == UNCHANGED:
        return (case["state"],)
    alarm = RECORDED["alarms"][case["how"]["alarm"]]
    data = {
        "version": "1.0",
        "queryDate": aws_time(moment(case["how"]["at"]))[:19],
        "startDate": aws_time(moment(case["start"])) if case["start"] else None,
        "unit": alarm.get("Unit"),
        "statistic": alarm.get("Statistic") or alarm["ExtendedStatistic"],
        "period": 10,
        "recentDatapoints": case["recent"],
        "threshold": alarm["Threshold"],
        "evaluatedDatapoints": [
            {"timestamp": aws_time(moment(point[0]))} | dict(zip(("sampleCount", "value"), point[1:], strict=False))
            for point in case["evaluated"]
        ],
    }
    return case["state"], case["reason"], {name: value for name, value in data.items() if value is not None}


def found(evaluated: Evaluated, case: dict[str, Any]) -> tuple[Any, ...]:
    alarm = evaluated.alarms[case["how"]["alarm"]]
    if case["name"] == UNCHANGED:
        return (alarm.state_value,)
    data = json.loads(alarm.state_reason_data)
    # AWS evaluates an alarm every ten seconds, to some milliseconds.
    return alarm.state_value, alarm.state_reason, data | {"queryDate": data["queryDate"][:19]}


@pytest.mark.parametrize("name", CASES)
def test_one_evaluation_decides_as_aws_did(name: str) -> None:
    how = CASES[name]["how"]
    evaluated = Evaluated()
    evaluated.put(how["alarm"], how["prior"], moment(how["at"]))
    for publication in how["publications"]:
        evaluated.publish(publication)
    evaluated.tick(moment(how["at"]))
    assert found(evaluated, CASES[name]) == expected(CASES[name])


def test_the_whole_story_is_the_one_that_aws_told() -> None:
    """The alarms are evaluated every ten seconds, and each change comes at the moment at which it came on AWS."""
    evaluated = Evaluated()
    for name in RECORDED["alarms"]:
        phase = next(moment(case["how"]["at"]) for case in CASES.values() if case["how"]["alarm"] == name)
        start = moment("05:40:00")
        evaluated.put(name, "INSUFFICIENT_DATA", start + (phase - start) % timedelta(seconds=TEN_SECONDS))
    wrong = {}
    for at, name in sorted(happenings()):
        evaluated.tick(at + timedelta(milliseconds=5 if name in CASES else 0))
        if name in CASES and found(evaluated, CASES[name]) != expected(CASES[name]):
            wrong[name] = found(evaluated, CASES[name])
        elif name not in CASES:
            evaluated.publish(name)
    assert wrong == {}


def happenings() -> Iterator[tuple[datetime, str]]:
    """Yield the time and the name of each publication and case."""
    for name, publication in RECORDED["publications"].items():
        yield moment(publication["sent"]), name
    for name, case in CASES.items():
        yield moment(case["how"]["at"]), name
