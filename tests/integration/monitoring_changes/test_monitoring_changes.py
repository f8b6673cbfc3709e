"""Who changed the monitoring is listed from the event history, without what is in the calls."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from tests.support.embedded_control import drain
from tests.support.module_runner import ModuleRunner
from tests.support.trail_setup import make_trail
from tools.generate_docs.modules import documented_actions

PERIOD = {"start_time": "2020-01-01T00:00:00Z", "end_time": "2100-01-01T00:00:00Z"}


def test_lists_changes_of_the_monitoring_and_of_named_resources_alone(
    run_module: ModuleRunner, aws_client: Callable[..., Any]
) -> None:
    make_trail(aws_client, "audit", logs=True)
    for group in ("audit", "another"):
        if group == "another":
            aws_client("logs").create_log_group(logGroupName=group)
        aws_client("logs").put_retention_policy(logGroupName=group, retentionInDays=365)
    aws_client("cloudtrail").stop_logging(Name="audit")
    drain(run_module.endpoint)
    changes = run_module.succeed(names=["audit"], **PERIOD)["changes"]
    events = [change["event"] for change in changes]
    # Their times have whole seconds.
    assert sorted(events) == [
        "CreateTrail",
        "PutBucketPolicy",
        "PutRetentionPolicy",
        "PutRolePolicy",
        "StartLogging",
        "StopLogging",
    ]
    assert {*changes[-1]} == {"time", "event", "region", "who", "source_ip", "user_agent", "error", "event_id"}
    assert "retentionInDays" not in json.dumps(changes)


def test_documents_every_iam_action(run_module: ModuleRunner) -> None:
    assert run_module.iam_actions(lambda: run_module.succeed(**PERIOD)) == documented_actions("monitoring_changes")


def test_a_period_that_is_not_one_is_refused_before_any_call(run_module: ModuleRunner) -> None:
    assert "end_time is not after start_time" in run_module.fail_before_calls(
        start_time="2026-11-30", end_time="2026-11-01"
    )
    assert "'today' is not a valid time" in run_module.fail_before_calls(start_time="today", end_time="2026-11-01")
