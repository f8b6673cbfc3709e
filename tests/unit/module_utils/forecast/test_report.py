"""The forecast as data and text."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

import pytest
from ansible_collections.secmon.aws.plugins.module_utils.forecast.costs import (
    Activity,
    Deployed,
    monthly_costs,
    scans_of,
)
from ansible_collections.secmon.aws.plugins.module_utils.forecast.days import day_problems, days_between
from ansible_collections.secmon.aws.plugins.module_utils.forecast.report import forecasts, lines, seen_days, summary
from ansible_collections.secmon.aws.plugins.module_utils.forecast.scan import Scan, Selection
from ansible_collections.secmon.aws.plugins.module_utils.forecast.tally import Tally, minute_of
from ansible_collections.secmon.aws.plugins.module_utils.log_alarms.deployment import log_alarms
from ansible_collections.secmon.aws.plugins.module_utils.rules.deployment import detections

from tools.generate_docs.costs import rules_of_packs

RULES = rules_of_packs()["cis"]
CIS = detections(RULES, {}, [])
ROLE = "arn:aws:iam::111122223333:role/deployer"


def scan() -> Scan:
    first = minute_of("2026-05-01T10:00:00Z")
    root = Tally(Counter({first: 2, first + 10: 1}), Counter({ROLE: 2, "root of 1": 1}))
    return Scan(
        {"root_usage": root}, records=1000, size=1_500_000, first="2026-05-01T10:00:00Z", last="2026-05-03T10:00:00Z"
    )


def test_the_rule_with_the_most_alarms_comes_first_with_its_rate_and_callers() -> None:
    found = forecasts(CIS.rules, CIS.filters, CIS.alarms, scan(), days=2.0)
    first = found[0]
    assert (first.rule, first.matches, first.alarms, first.alarms_a_day) == ("root_usage", 3, 2, 1.0)
    assert (first.worst_day, first.worst, dict(first.callers)) == ("2026-05-01", 2, {ROLE: 2, "root of 1": 1})
    text = "\n".join(lines(summary(scan(), found, Deployed(15, 15), 2.0, ["root_usage"]), found))
    assert "role/deployer 66 %, root of 1 33 %" in text
    assert "Event alerts: 3 messages, 1.5 a day." in text
    assert "No match (14): " in text and "unauthorized_api_calls" in text


@pytest.mark.parametrize(
    ("first_day", "last_day", "days"), [("", "", 2.0), ("2026-04-30", "", 3.4), ("2026-05-01", "2026-05-10", 10.0)]
)
def test_a_rate_refers_to_the_days_that_were_asked_for_or_else_to_those_of_the_records(
    first_day: str, last_day: str, days: float
) -> None:
    assert seen_days(scan(), Selection(first_day, last_day)) == pytest.approx(days, abs=0.05)


def test_costs_are_those_of_rules_and_events() -> None:
    costs = monthly_costs(
        Deployed(metrics=15, alarms=15, keys=4, scans=Decimal("2.8")),
        Activity(records=1_000_000, size=2_000_000_000, days=30.4, notifications=3000),
    )
    assert costs == {
        "metrics": "4.50",
        "alarms": "1.50",
        "secret": "0.40",
        "keys": "4.00",
        "events": "1.01",
        "storage": "0.06",
        "log alarms": "0.03",
        "e-mails": "0.06",
        "total": "11.56",
    }


def test_a_log_alarm_scans_each_event_more_than_once() -> None:
    account = dict.fromkeys(("log_group_name", "topic_arn", "partition", "account_id"), "x")
    roles = {"query": "query", "lines": "lines"}
    found = log_alarms(RULES, ["root_usage", "console_authentication_failures"], {}, account, roles).alarms

    assert [each["schedule"] for each in found] == ["rate(5 minutes)"] * 2
    assert scans_of(found) == Decimal("2.8")


@pytest.mark.parametrize(
    ("first", "last", "problem"),
    [
        ("2026-5-1", "", "first_day '2026-5-1'"),
        ("2026-02-30", "tomorrow", "first_day '2026-02-30' and last_day 'tomorrow'"),
        ("2026-05-02", "2026-05-01", "last_day 2026-05-01 is earlier"),
    ],
)
def test_wrong_days_are_named(first: str, last: str, problem: str) -> None:
    assert problem in " ".join(day_problems(first, last))
    assert not list(day_problems("", "2026-05-01"))


def test_a_range_of_days_has_both_ends() -> None:
    assert [f"{day}" for day in days_between("2026-02-28", "2026-03-01")] == ["2026-02-28", "2026-03-01"]
