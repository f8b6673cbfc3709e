"""The module metric_filters: check mode, diff, secrets, API calls, partitions, validation and IAM actions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.integration.metric_filters.metric_filter_setup import (
    CENTRAL,
    GROUP,
    LOGINS,
    NAMESPACE,
    READ_OWNER,
    READS,
    TASK,
    actions,
    filters,
    make_alarm,
    make_filters,
    make_group,
    put,
)
from tests.support.module_runner import ModuleRunner, hidden_in
from tools.generate_docs.modules import documented_actions

SITUATIONS: dict[str, tuple[list[dict[str, Any]], dict[str, Any]]] = {
    "create": ([], TASK),
    "update": ([{**READS, "metric_value": "2"}, LOGINS], TASK),
    "purge": ([{**READS, "name": "Old"}], {**TASK, "purge_namespace": NAMESPACE}),
    "delete": ([READS, LOGINS], {**TASK, "state": "absent"}),
    "no change": ([READS, LOGINS], TASK),
    "nothing to delete": ([], {**TASK, "state": "absent"}),
}


@pytest.mark.promise("check")
@pytest.mark.parametrize(("existing", "task"), SITUATIONS.values(), ids=list(SITUATIONS))
def test_validation_alone_returns_what_the_run_would_do_and_writes_nothing(
    run_module: ModuleRunner, logs: Any, existing: list[dict[str, Any]], task: dict[str, Any]
) -> None:
    run_module.succeed(log_group_name=GROUP, filters=existing)
    before = filters(logs)
    validated = run_module.succeed(**task, validate_only=True)
    assert not validated["changed"] and validated["diff"] == {"before": {}, "after": {}}
    assert filters(logs) == before
    real = run_module.succeed(**task)
    for key in ("filters", "created", "updated", "removed"):
        assert validated[key] == real[key]


@pytest.mark.promise("check")
def test_validation_alone_finds_what_stops_the_run(run_module: ModuleRunner, logs: Any) -> None:
    run_module.succeed(log_group_name=GROUP, filters=make_filters(99))
    message = run_module.fail(**TASK, validate_only=True)
    for words in (GROUP, "101 metric filters; AWS allows 100", "account 123456789012, region us-east-1"):
        assert words in message
    put(logs, READS["name"])
    assert "was not made by this collection" in run_module.fail(
        log_group_name=GROUP, filters=[READS], validate_only=True
    )


@pytest.mark.promise("check")
def test_validation_alone_expects_the_log_group_to_be_created_later(run_module: ModuleRunner) -> None:
    result = run_module.succeed(**TASK, validate_only=True)
    assert result["created"] == [READS["name"], LOGINS["name"]] and not result.get("warnings")


@pytest.mark.promise("check")
def test_check_mode_in_an_empty_account_predicts_the_filters_and_warns(
    run_module: ModuleRunner, aws_client: Callable[..., Any]
) -> None:
    predicted, calls = run_module.recorded(check=True, **TASK)
    assert actions(calls) == ["DescribeMetricFilters"]
    assert "secmon.aws.log_group" in " ".join(predicted["warnings"])
    assert "deprecations" not in predicted
    make_group(aws_client("logs"))
    real = run_module.succeed(**TASK)
    assert (predicted["diff"], predicted["filters"]) == (real["diff"], real["filters"])


@pytest.mark.promise("diff")
def test_the_diff_shows_only_changed_filters(run_module: ModuleRunner, logs: Any) -> None:
    run_module.succeed(**TASK)
    changed = [{**READS, "metric_value": "2"}, LOGINS]
    diff = run_module.succeed(log_group_name=GROUP, filters=changed)["diff"]
    unset = {"dimensions": {}, "field_selection_criteria": "", "emit_system_field_dimensions": []}
    assert diff["before"] == {READS["name"]: {**READS, **unset}}
    assert diff["after"] == {READS["name"]: {**READS, **unset, "metric_value": "2"}}


@pytest.mark.promise("secrets")
def test_the_secret_key_is_not_in_a_traceback(
    run_module: ModuleRunner, logs: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_module.secret_key = canary = "canary/secret+key"

    def fail(*_arguments: Any) -> None:
        raise RuntimeError(f"something with {canary}")

    monkeypatch.setattr("ansible_collections.secmon.aws.plugins.modules.metric_filters.list_metric_filters", fail)
    output = run_module(**TASK)
    assert output["failed"] and hidden_in(output, canary) == []


@pytest.mark.promise("calls")
def test_makes_one_listing_and_one_write_for_each_changed_filter(run_module: ModuleRunner, logs: Any) -> None:
    task = {"log_group_name": GROUP, "filters": make_filters(20)}
    reads = ["DescribeMetricFilters", *READ_OWNER]
    assert run_module.actions(**task, check=True) == reads
    assert run_module.actions(**task) == [*reads, "TagResource"] + ["PutMetricFilter"] * 20
    assert run_module.actions(**task) == ["DescribeMetricFilters"]
    assert run_module.actions(**task, state="absent") == [*reads] + ["DeleteMetricFilter"] * 20 + ["TagResource"]


@pytest.mark.promise("calls")
def test_lists_a_hundred_filters_in_two_pages(run_module: ModuleRunner, logs: Any) -> None:
    task = {"log_group_name": GROUP, "filters": make_filters(100)}
    run_module.succeed(**task)
    assert run_module.actions(**task) == ["DescribeMetricFilters"] * 2


INVALID: dict[str, tuple[dict[str, Any], str]] = {
    "syntax": ({"filters": [{**READS, "pattern": "{ $.a = "}]}, "Invalid filter pattern at position"),
    "length": ({"filters": [{**READS, "pattern": f'"{"x" * 1023}"'}]}, "1024"),
    "no pattern": ({"filters": [{"name": "A"}]}, "pattern and metric_namespace and metric_name must be set"),
    "name": ({"filters": [{**READS, "name": "a:b"}]}, "is not a valid metric filter name"),
    "long name": ({"filters": [{**READS, "name": "x" * 513}]}, "is not a valid metric filter name"),
    "same name": ({"filters": [READS, READS]}, "is listed 2 times"),
    "group": ({"log_group_name": "with space"}, "is not a valid log group name"),
    "reserved": ({"filters": [{**READS, "metric_namespace": "AWS/Custom"}]}, "starts with AWS/"),
    "reserved purge": ({"purge_namespace": "AWS/Logs"}, "starts with AWS/"),
    "colon": ({"filters": [{**READS, "metric_namespace": ":a"}]}, "is not a valid namespace"),
    "namespace": ({"filters": [{**READS, "metric_namespace": "a$b"}]}, "is not a valid namespace"),
    "metric name": ({"filters": [{**READS, "metric_name": "a*"}]}, "metric_name"),
    "value": ({"filters": [{**READS, "metric_value": "one"}]}, "neither a number nor a selector"),
    "wildcard value": ({"filters": [{**READS, "metric_value": "$.a[*]"}]}, "several values"),
    "long value": ({"filters": [{**READS, "metric_value": "1" * 101}]}, "101 characters"),
    "default value": ({"filters": [{**READS, "default_value": "much"}]}, "use a number"),
    "unit": ({"filters": [{**READS, "unit": "Counts"}]}, 'Did you mean "Count"?'),
    "both": ({"filters": [{**LOGINS, "default_value": 0}]}, "mutually exclusive"),
    "no selector": ({"filters": [{**LOGINS, "dimensions": {"A": "fixed"}}]}, "dimension 'A'"),
    "four dimensions": ({"filters": [{**LOGINS, "dimensions": dict.fromkeys("ABCD", "$.eventName")}]}, "AWS allows 3"),
    "system field": ({"filters": [{**READS, "emit_system_field_dimensions": ["@aws.acount"]}]}, "@aws.account"),
    "system fields": (
        {"filters": [{**CENTRAL, "dimensions": dict.fromkeys("AB", "$.eventName"), "pattern": "{ $.eventName = * }"}]},
        "together are 4",
    ),
    "condition": ({"filters": [{**CENTRAL, "field_selection_criteria": "x" * 2001}]}, "2001 characters"),
    "too many filters": ({"filters": make_filters(101)}, "101 metric filters; AWS allows 100"),
    "regexes": ({"filters": make_filters(6, pattern="%a+%")}, "6 metric filters with a regular expression"),
    "messages": ({"test_messages": ["x"] * 51}, "51 test_messages"),
    "empty message": ({"test_messages": [""]}, "contains an empty message"),
}


@pytest.mark.promise("partition")
@pytest.mark.parametrize(("invalid", "expected"), INVALID.values(), ids=list(INVALID))
def test_rejects_invalid_options_before_the_first_call(
    run_module: ModuleRunner, invalid: dict[str, Any], expected: str
) -> None:
    assert expected in run_module.fail_before_calls(**{**TASK, **invalid})


@pytest.mark.promise("partition")
def test_reports_all_invalid_options_together(run_module: ModuleRunner) -> None:
    invalid = [{**READS, "pattern": "{"}, {**LOGINS, "unit": "Counts", "metric_namespace": "AWS/Custom"}]
    message = run_module.fail(log_group_name="with space", filters=invalid)
    for words in ("with space", "Invalid filter pattern", "Counts", "AWS/Custom"):
        assert words in message


@pytest.mark.promise("partition")
def test_quotas_include_unmanaged_filters(run_module: ModuleRunner, logs: Any) -> None:
    for index in range(99):
        put(logs, f"OtherTeam{index}", namespace="OtherTeam", pattern="%a+%" if index < 5 else "ERROR")
    assert "would have 101 metric filters; AWS allows 100" in run_module.fail_before_writes(**TASK)
    with_regex = {"log_group_name": GROUP, "filters": [{**READS, "pattern": "%b+%"}]}
    assert "would have 6 metric filters with a regular expression" in run_module.fail_before_writes(**with_regex)
    assert run_module.succeed(log_group_name=GROUP, filters=[LOGINS])["changed"]


@pytest.mark.promise("iam")
def test_documents_every_iam_action(run_module: ModuleRunner, logs: Any, aws_client: Callable[..., Any]) -> None:
    put(logs, READS["name"])

    def use_every_action() -> None:
        run_module.succeed(**TASK, test_messages=["x"])
        run_module.succeed(**TASK, state="absent")

    make_alarm(aws_client("cloudwatch"), READS)
    assert run_module.iam_actions(use_every_action) == documented_actions("metric_filters")
