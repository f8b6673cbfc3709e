"""An event is read from the event history, and becomes a test of a rule without the identifiers of its account."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ansible_collections.secmon.aws.plugins.module_utils.rules.recording.replacement import replace_identifiers

from tests.support.embedded_control import drain
from tests.support.module_runner import ModuleRunner
from tools.generate_docs.modules import documented_actions


def test_reads_the_newest_event_of_a_call_or_the_one_with_an_id(
    run_module: ModuleRunner, aws_client: Callable[..., Any]
) -> None:
    for group in ("first", "second"):
        aws_client("logs").create_log_group(logGroupName=group)
    drain(run_module.endpoint)
    found: list[dict[str, Any]] = []
    options = {"event_name": "CreateLogGroup", "account_id": aws_client("sts").get_caller_identity()["Account"]}
    asked = run_module.iam_actions(lambda: found.append(run_module.succeed(**options)["event"]))
    assert asked | {"sts:GetCallerIdentity"} == documented_actions("recorded_event")
    (newest,) = found
    assert newest["requestParameters"] == {"logGroupName": "second"}
    assert run_module.succeed(event_id=newest["eventID"], event_name="DeleteTrail")["event"] == newest
    account = newest["recipientAccountId"]
    assert account in str(newest)
    assert account not in str(replace_identifiers(newest, {}))


def test_says_where_it_looked_for_an_event_that_is_missing(run_module: ModuleRunner) -> None:
    message = run_module.fail(event_name="DeleteQueue")
    assert "region us-east-1 has no event with the EventName DeleteQueue" in message
    assert "Set event_id or event_name" in run_module.fail_before_calls()
