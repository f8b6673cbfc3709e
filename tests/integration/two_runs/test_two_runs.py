"""Test that two runs on one account, which both read before either writes, end in the same state without an error."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from ansible_collections.secmon.aws.plugins.module_utils.core import runner

from tests.support.module_runner import ModuleRunner

REGION = "eu-west-1"
BUCKET = "trail-logs-two-runs"
TRAIL = f"arn:aws:cloudtrail:{REGION}:123456789012:trail/audit"
TASKS: dict[str, tuple[str, dict[str, Any]]] = {
    "secret": ("CreateSecret", {"name": "orders", "value": "p4ssw0rd"}),
    "log_group": ("CreateLogGroup", {"name": "/audit", "retention_days": 30}),
    "log_bucket": ("CreateBucket", {"name": BUCKET, "trail_arns": [TRAIL]}),
    "trail": ("CreateTrail", {"name": "audit", "s3_bucket_name": BUCKET}),
    "alert_topic": ("CreateTopic", {"name": "Alarms"}),
}


def other_run_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let another run make its writes between what a module reads and what it writes."""
    apply = runner._apply

    def both(account: Any, plan: Any, decide: Callable[[], Any], done: list[Any]) -> Any:
        apply(account, plan, decide, [])
        return apply(account, plan, decide, done)

    monkeypatch.setattr(runner, "_apply", both)


@pytest.mark.promise("resume")
@pytest.mark.parametrize("module", TASKS)
def test_what_another_run_created_meanwhile_is_found_and_kept(
    run_module: ModuleRunner, monkeypatch: pytest.MonkeyPatch, module: str
) -> None:
    created, task = TASKS[module]
    if module == "trail":
        ModuleRunner(run_module.endpoint, "log_bucket", region=REGION).succeed(**TASKS["log_bucket"][1])
    ours = ModuleRunner(run_module.endpoint, module, region=REGION)

    with monkeypatch.context() as patched:
        other_run_first(patched)
        result, calls = ours.recorded(**task)

    assert not result.get("failed"), result["msg"]
    assert any(call["action"] == created for call in calls)
    assert not ours.succeed(**task)["changed"]


@pytest.mark.promise("ownership")
def test_what_somebody_else_created_meanwhile_is_refused(
    run_module: ModuleRunner, aws_client: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    apply = runner._apply

    def after_another_tool(account: Any, plan: Any, decide: Callable[[], Any], done: list[Any]) -> Any:
        aws_client("logs").create_log_group(logGroupName="/audit", tags={"owner": "another tool"})
        return apply(account, plan, decide, done)

    monkeypatch.setattr(runner, "_apply", after_another_tool)

    message = ModuleRunner(run_module.endpoint, "log_group").fail(name="/audit", retention_days=30)

    assert "is not managed by this collection" in message
