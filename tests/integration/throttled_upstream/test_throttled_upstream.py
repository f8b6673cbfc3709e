"""Test that upstream's modules, with the connection of the roles, do not give up after a few throttled calls."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support.module_runner import ModuleRunner

MODULES: dict[str, tuple[str, str, dict[str, Any]]] = {
    "amazon.aws.kms_key_info": ("kms", "ListKeys", {"alias": "alias/none"}),
    "amazon.aws.cloudwatchlogs_log_group_info": ("logs", "DescribeLogGroups", {"log_group_name": "none"}),
    "amazon.aws.iam_role_info": ("iam", "GetRole", {"name": "none"}),
    "amazon.aws.s3_bucket_info": ("s3", "ListBuckets", {}),
    "community.aws.sns_topic_info": ("sns", "ListTopics", {}),
}


@pytest.fixture
def connection(repository: Path) -> dict[str, Any]:
    """Return the options of the roles' connection that concern retries."""
    internal = yaml.safe_load((repository / "roles/common/vars/main.yml").read_text())
    return {"aws_config": internal["__common_aws_config"]}


@pytest.mark.parametrize("module", MODULES)
@pytest.mark.parametrize("error", ["ThrottlingException", "Throttling"])
def test_seven_throttled_calls_are_survived(
    run_module: ModuleRunner, connection: dict[str, Any], monkeypatch: pytest.MonkeyPatch, module: str, error: str
) -> None:
    monkeypatch.setattr("time.sleep", lambda _seconds: None)
    service, action, arguments = MODULES[module]
    run_module.faults({"service": service, "action": action, "error": error, "status": 400, "times": 7})

    result = run_module.upstream(module, **arguments, **connection)

    assert not result.get("failed"), result["msg"]


def test_upstream_alone_gives_up(run_module: ModuleRunner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.sleep", lambda _seconds: None)
    fault = {"service": "logs", "action": "DescribeLogGroups", "error": "ThrottlingException", "status": 400}
    run_module.faults(fault | {"times": 5})

    result = run_module.upstream("amazon.aws.cloudwatchlogs_log_group_info", log_group_name="none")

    assert result["failed"] and "reached max retries" in result["msg"]


def test_the_modules_of_this_collection_keep_their_own_retries(
    run_module: ModuleRunner, connection: dict[str, Any]
) -> None:
    run_module.faults({"service": "sts", "action": "*", "error": "Throttling", "times": 3})

    _result, calls = ModuleRunner(run_module.endpoint, "account_credentials").recorded(**connection)

    assert len(calls) == 4
