"""The module metric_filters tests patterns with TestMetricFilter, here on the embedded AWS."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.secmon.aws.plugins.module_utils.filter_pattern.pattern import compile_pattern

from tests.integration.metric_filters.metric_filter_setup import LOGINS, READ_OWNER, READS, TASK, actions, filters
from tests.support.module_runner import ModuleRunner

ENGINE = "ansible_collections.secmon.aws.plugins.module_utils.logs.sample_messages.compile_pattern"
READ = {"eventSource": "secretsmanager.amazonaws.com", "eventName": "GetSecretValue"}
LOGIN = '{"eventName": "ConsoleLogin", "userIdentity": {"type": "Root"}}'
MESSAGES = [READ, LOGIN, "not JSON"]


@pytest.mark.promise("check")
@pytest.mark.parametrize("check", [True, False])
def test_tests_every_pattern_with_every_message(run_module: ModuleRunner, logs: Any, check: bool) -> None:
    result: dict[str, Any] = {}
    calls = run_module.calls(lambda: result.update(run_module.succeed(check=check, **TASK, test_messages=MESSAGES)))
    assert actions(calls)[:5] == ["DescribeMetricFilters", *READ_OWNER, "TestMetricFilter", "TestMetricFilter"]
    assert [call["access"] for call in calls[5:]] == ([] if check else ["write"] * 3)
    matched = {(test["filter"], test["message"]) for test in result["tests"] if test["aws_matches"]}
    assert matched == {
        (READS["name"], '{"eventSource": "secretsmanager.amazonaws.com", "eventName": "GetSecretValue"}'),
        (LOGINS["name"], LOGIN),
    }
    assert len(result["tests"]) == 6 and result["disagreements"] == []


@pytest.mark.promise("check")
def test_tests_a_filter_with_its_own_messages(run_module: ModuleRunner, logs: Any) -> None:
    filters = [{**READS, "test_messages": [READ]}, LOGINS]
    result = run_module.succeed(log_group_name=TASK["log_group_name"], filters=filters)
    assert [(test["filter"], test["aws_matches"]) for test in result["tests"]] == [(READS["name"], True)]
    assert "test_messages" not in result["filters"][0]


@pytest.mark.promise("check")
def test_warns_if_aws_and_the_engine_disagree(
    run_module: ModuleRunner, logs: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ENGINE, lambda _pattern: compile_pattern("NoMatch"))
    result = run_module.succeed(**TASK, test_messages=MESSAGES)
    assert [(test["filter"], test["aws_matches"], test["engine_matches"]) for test in result["disagreements"]] == [
        (READS["name"], True, False),
        (LOGINS["name"], True, False),
    ]
    for item in (READS, LOGINS):
        assert any(item["name"] in warning and "engine does not match" in warning for warning in result["warnings"])


@pytest.mark.promise("changed")
def test_explains_a_pattern_that_aws_rejects_before_any_write(run_module: ModuleRunner, logs: Any) -> None:
    error = {"error": "InvalidParameterException", "message": "Invalid metric filter pattern"}
    run_module.faults({"service": "logs", "action": "TestMetricFilter", **error})
    message = run_module.fail(**TASK, test_messages=MESSAGES)
    assert "AWS rejects a pattern" in message and READS["name"] in message
    assert filters(logs) == {}


@pytest.mark.promise("calls")
def test_calls_test_metric_filter_only_with_test_messages(run_module: ModuleRunner, logs: Any) -> None:
    assert "TestMetricFilter" not in run_module.actions(**TASK, test_messages=[])
    removal = run_module.calls(lambda: run_module.succeed(**TASK, test_messages=MESSAGES, state="absent"))
    assert "TestMetricFilter" not in actions(removal)
