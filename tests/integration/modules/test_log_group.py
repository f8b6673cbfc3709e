"""The promises of docs/modules.md, kept by log_group on the embedded AWS; plain boto3 is the witness."""

from __future__ import annotations

from typing import Any

import boto3
import pytest

from tests.module_runner import ModuleRunner

NAME = "/aws/cloudtrail/logs"


@pytest.fixture
def logs(run_module: ModuleRunner) -> Any:
    return boto3.client(
        "logs",
        endpoint_url=run_module.endpoint,
        region_name=run_module.region,
        aws_access_key_id="witness",
        aws_secret_access_key="witness",
    )


def groups(logs: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = logs.describe_log_groups()["logGroups"]
    return found


@pytest.mark.promise("changed")
def test_present_again_absent_again(run_module: ModuleRunner, logs: Any) -> None:
    wanted = {"name": NAME, "retention_days": 2192, "tags": {"team": "security"}}
    assert run_module.succeed(**wanted)["changed"]
    (group,) = groups(logs)
    assert (group["logGroupName"], group["retentionInDays"]) == (NAME, 2192)
    assert not run_module.succeed(**wanted)["changed"]
    assert run_module.succeed(name=NAME, state="absent")["changed"]
    assert groups(logs) == []
    assert not run_module.succeed(name=NAME, state="absent")["changed"]
