"""Test the timeline of a drill: the status and the text of each stage."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from ansible_collections.secmon.aws.plugins.module_utils.core.aws_names import Place
from ansible_collections.secmon.aws.plugins.module_utils.drill.timeline import (
    PREDECESSORS,
    STAGES,
    Drill,
    Finding,
    Reached,
    Weight,
    drill_results,
    failure_message,
    first_certain,
    in_order,
    not_seen,
)

PLACE = Place("aws", "us-east-1", "123456789012")
CALLED = datetime(2026, 9, 13, 10, 0, 0, tzinfo=UTC)
ALL = {stage: Reached(float(10 * position), f"reached {stage}") for position, stage in enumerate(STAGES)}


def finding(stage: str, weight: Weight = Weight.CERTAIN) -> Finding:
    return Finding(stage, f"{stage}_code", f"{stage} cause.", f"{stage} remedy.", weight)


def drill(reached: dict[str, Reached], *findings: Finding, broken: Finding | None = None) -> Drill:
    return Drill("MySampleSecret", PLACE, CALLED, reached, findings, broken)


def test_every_reached_stage_is_ok_with_its_times() -> None:
    results = drill_results(drill(ALL))
    assert [(step["hop"], step["status"]) for step in results["timeline"]] == [(stage, "ok") for stage in STAGES]
    log_group, metric = results["timeline"][3:5]
    assert (log_group["seconds"], log_group["hop_seconds"]) == (30.0, 30.0)
    assert (metric["seconds"], metric["hop_seconds"], metric["at"]) == (40.0, 10.0, "2026-09-13T10:00:40Z")
    assert results["total_seconds"] == 60.0 and results["broken_hop"] == "" and results["problems"] == []


def test_reports_cause_and_remedy_of_a_broken_stage() -> None:
    reached = {stage: ALL[stage] for stage in ("call", "event_history", "log_file", "log_group")}
    broken = drill(reached, broken=finding("metric"))
    results = drill_results(broken)
    assert [step["status"] for step in results["timeline"]] == ["ok"] * 4 + ["broken"] + ["not_reached"] * 2
    assert (results["broken_hop"], results["cause"], results["remedy"]) == ("metric", "metric cause.", "metric remedy.")
    message = failure_message(broken)
    for words in ("stage metric", "account 123456789012, region us-east-1", "metric cause. metric remedy."):
        assert words in message


def test_a_risk_is_a_warning_if_the_stage_worked_and_a_doubt_is_ignored() -> None:
    results = drill_results(drill(ALL, finding("alarm", Weight.RISK), finding("log_file", Weight.DOUBT)))
    states = {step["hop"]: step["status"] for step in results["timeline"]}
    assert states == dict.fromkeys(STAGES, "ok") | {"alarm": "warning"}
    assert [problem["hop"] for problem in results["problems"]] == ["alarm"]
    assert [line for line in results["lines"] if "alarm cause." in line] == ["Warning: alarm cause. alarm remedy."]


def test_each_stage_has_one_aligned_line() -> None:
    lines = drill_results(drill(ALL))["lines"]
    assert lines[0] == "Detection drill: secret MySampleSecret, account 123456789012, region us-east-1"
    assert [line.split()[0] for line in lines[1:8]] == ["ok"] * 7
    assert len({line.index("reached ") for line in lines[1:8]}) == 1
    assert "60.0 seconds" in lines[8]


def test_an_inspection_calls_what_fits_ok_and_says_that_the_secret_was_not_read() -> None:
    results = drill_results(Drill("MySampleSecret", PLACE, findings=[finding("alarm", Weight.RISK)]))
    states = {step["hop"]: step["status"] for step in results["timeline"]}
    assert states == dict.fromkeys(STAGES, "ok") | {"alarm": "warning"}
    fits, warning = results["lines"][-2:]
    assert fits.startswith("The inspection found nothing that breaks the chain.") and "was not read" in fits
    assert warning == "Warning: alarm cause. alarm remedy."


def test_each_cause_is_in_one_line_beside_what_else_is_broken() -> None:
    findings = [finding("metric"), finding("alarm"), finding("notification", Weight.RISK)]
    lines = drill_results(Drill("MySampleSecret", PLACE, findings=findings, broken=findings[0]))["lines"]
    assert [line.split()[0] for line in lines[1:8]] == ["ok"] * 4 + ["BROKEN", "-", "WARNING"]
    assert lines[8:] == [
        "Cause:   metric cause.",
        "Remedy:  metric remedy.",
        "Also: alarm cause. alarm remedy.",
        "Warning: notification cause. notification remedy.",
        "The secret was not read.",
    ]


def test_the_first_certain_finding_in_the_order_of_the_stages_counts() -> None:
    findings = [finding("notification"), finding("call", Weight.DOUBT), finding("metric")]
    assert [each.stage for each in in_order(findings)] == ["call", "metric", "notification"]
    first = first_certain(findings)
    assert first and first.stage == "metric"
    assert first_certain([finding("call", Weight.RISK)]) is None


@pytest.mark.parametrize("stage", PREDECESSORS)
def test_explains_a_stage_that_was_not_reached_in_time(stage: str) -> None:
    suspected = finding(stage, Weight.DOUBT)
    assert not_seen(stage, [finding("call"), suspected], 900) is suspected
    unexplained = not_seen(stage, [], 900)
    assert unexplained.stage == stage and "900 seconds" in unexplained.cause and "timeout_seconds" in unexplained.remedy
