"""The module metric_filters on the embedded AWS, checked with plain boto3."""

from __future__ import annotations

from typing import Any

import pytest

from tests.integration.metric_filters.metric_filter_setup import (
    CENTRAL,
    GROUP,
    LOGINS,
    NAMES,
    NAMESPACE,
    READS,
    REQUIRED,
    TASK,
    Change,
    change,
    filters,
    put,
)
from tests.support.module_runner import ModuleRunner


@pytest.mark.promise("changed")
@pytest.mark.parametrize("removed", [[READS, LOGINS], NAMES], ids=["whole filters", "names only"])
def test_present_and_absent_are_idempotent(run_module: ModuleRunner, logs: Any, removed: list[dict[str, Any]]) -> None:
    assert run_module.succeed(**TASK)["changed"]
    reads, logins = (filters(logs)[item["name"]] for item in (READS, LOGINS))
    assert reads["filterPattern"] == READS["pattern"]
    assert reads["metricTransformations"] == [
        {
            "metricNamespace": NAMESPACE,
            "metricName": "SecretAccessCount",
            "metricValue": "1",
            "defaultValue": 0,
            "unit": "Count",
        }
    ]
    assert logins["metricTransformations"][0]["dimensions"] == {"UserType": "$.userIdentity.type"}
    again = run_module.succeed(**TASK)
    assert not again["changed"] and again["diff"] == {"before": {}, "after": {}}
    assert run_module.succeed(log_group_name=GROUP, filters=removed, state="absent")["changed"]
    assert filters(logs) == {}
    assert not run_module.succeed(log_group_name=GROUP, filters=removed, state="absent")["changed"]


@pytest.mark.promise("changed")
def test_matches_names_exactly(run_module: ModuleRunner, logs: Any) -> None:
    run_module.succeed(log_group_name=GROUP, filters=[{**READS, "name": "RootChanges"}, {**READS, "name": "root"}])
    assert run_module.succeed(log_group_name=GROUP, filters=[{**READS, "name": "Root"}])["created"] == ["Root"]
    assert set(filters(logs)) == {"Root", "RootChanges", "root"}
    run_module.succeed(log_group_name=GROUP, filters=[{"name": "Root"}], state="absent")
    assert set(filters(logs)) == {"RootChanges", "root"}


@pytest.mark.promise("changed")
def test_absent_without_a_log_group_changes_nothing(run_module: ModuleRunner) -> None:
    result = run_module.succeed(log_group_name="/missing", filters=NAMES, state="absent")
    assert not result["changed"] and result["removed"] == []


def _metric(**values: Any) -> Change:
    return lambda request: request["metricTransformations"][0].update(values)


MANUAL_CHANGES: dict[str, tuple[dict[str, Any], str, Change]] = {
    "pattern": (READS, "pattern", lambda request: request.update(filterPattern='{ $.eventName = "Other" }')),
    "spaces of the pattern": (
        READS,
        "pattern",
        lambda request: request.update(filterPattern=READS["pattern"].replace(" ", "")),
    ),
    "metric_name": (READS, "metric_name", _metric(metricName="Other")),
    "metric_namespace": (READS, "metric_namespace", _metric(metricNamespace="Other")),
    "metric_value": (READS, "metric_value", _metric(metricValue="0")),
    "default_value": (READS, "default_value", _metric(defaultValue=1)),
    "default_value removed": (
        READS,
        "default_value",
        lambda request: request["metricTransformations"][0].pop("defaultValue"),
    ),
    "unit": (READS, "unit", _metric(unit="Bytes")),
    "unit removed": (READS, "unit", lambda request: request["metricTransformations"][0].pop("unit")),
    "dimension": (LOGINS, "dimensions", _metric(dimensions={"UserType": "$.eventName"})),
    "dimension added": (
        LOGINS,
        "dimensions",
        _metric(dimensions={"UserType": "$.userIdentity.type", "Name": "$.eventName"}),
    ),
    "dimensions removed": (LOGINS, "dimensions", lambda request: request["metricTransformations"][0].pop("dimensions")),
    "transformed logs": (
        READS,
        "apply_on_transformed_logs",
        lambda request: request.update(applyOnTransformedLogs=True),
    ),
}


@pytest.mark.promise("drift")
@pytest.mark.parametrize(("item", "field", "change_manually"), MANUAL_CHANGES.values(), ids=list(MANUAL_CHANGES))
def test_detects_and_repairs_a_manual_change(
    run_module: ModuleRunner, logs: Any, item: dict[str, Any], field: str, change_manually: Change
) -> None:
    run_module.succeed(**TASK)
    expected = filters(logs)
    change(logs, item["name"], change_manually)
    assert filters(logs) != expected
    predicted = run_module.succeed(check=True, **TASK)
    repaired = run_module.succeed(**TASK)
    assert repaired["changed"] and predicted["changed"]
    assert repaired["diff"] == predicted["diff"]
    before, after = (repaired["diff"][when] for when in ("before", "after"))
    assert set(before) == set(after) == {item["name"]}
    differing = {key for key in before[item["name"]] if before[item["name"]][key] != after[item["name"]].get(key)}
    assert differing == {field}
    assert filters(logs) == expected
    assert not run_module.succeed(**TASK)["changed"]


BLINDED: dict[str, Change] = {
    "field_selection_criteria": lambda request: request.update(fieldSelectionCriteria='@aws.region = "eu-west-9"'),
    "emit_system_field_dimensions": lambda request: request.update(emitSystemFieldDimensions=["@aws.account"]),
}


@pytest.mark.promise("drift")
@pytest.mark.parametrize(("field", "change_manually"), BLINDED.items())
def test_repairs_system_fields_that_the_task_sets(
    run_module: ModuleRunner, logs: Any, field: str, change_manually: Change
) -> None:
    task = {"log_group_name": GROUP, "filters": [{**READS, field: "" if "criteria" in field else []}]}
    run_module.succeed(**task)
    expected = filters(logs)
    change(logs, READS["name"], change_manually)
    predicted = run_module.succeed(check=True, **task)
    repaired = run_module.succeed(**task)
    assert repaired["changed"] and repaired["diff"] == predicted["diff"]
    before, after = (repaired["diff"][when][READS["name"]] for when in ("before", "after"))
    assert {key for key in before if before[key] != after[key]} == {field}
    assert filters(logs) == expected


@pytest.mark.promise("drift")
def test_recreates_a_deleted_filter(run_module: ModuleRunner, logs: Any) -> None:
    run_module.succeed(**TASK)
    expected = filters(logs)
    logs.delete_metric_filter(logGroupName=GROUP, filterName=READS["name"])
    assert run_module.succeed(**TASK)["created"] == [READS["name"]]
    assert filters(logs) == expected


@pytest.mark.promise("unset_options")
def test_keeps_omitted_settings(run_module: ModuleRunner, logs: Any) -> None:
    put(logs, "Unmentioned")
    run_module.succeed(**TASK)
    expected = filters(logs)
    minimal = [{key: item[key] for key in REQUIRED} for item in (READS, LOGINS)]
    assert not run_module.succeed(log_group_name=GROUP, filters=minimal)["changed"]
    minimal[0]["metric_name"] = "Renamed"
    assert run_module.succeed(log_group_name=GROUP, filters=minimal)["changed"]
    _metric(metricName="Renamed")(expected[READS["name"]])
    assert filters(logs) == expected


@pytest.mark.promise("unset_options")
@pytest.mark.parametrize(
    ("item", "cleared", "setting"),
    [
        (READS, {"default_value": ""}, "defaultValue"),
        (READS, {"unit": ""}, "unit"),
        (READS, {"unit": "None"}, "unit"),
        (LOGINS, {"dimensions": {}}, "dimensions"),
    ],
)
def test_clears_settings(
    run_module: ModuleRunner, logs: Any, item: dict[str, Any], cleared: dict[str, Any], setting: str
) -> None:
    run_module.succeed(**TASK)
    task = {"log_group_name": GROUP, "filters": [{**item, **cleared}]}
    assert run_module.succeed(**task)["changed"]
    assert setting not in filters(logs)[item["name"]]["metricTransformations"][0]
    assert not run_module.succeed(**task)["changed"]


@pytest.mark.promise("unset_options")
def test_sets_keeps_and_clears_system_fields(run_module: ModuleRunner, logs: Any) -> None:
    central = {"log_group_name": GROUP, "filters": [CENTRAL]}
    predicted = run_module.succeed(check=True, **central)
    assert run_module.succeed(**central)["diff"] == predicted["diff"]
    found = filters(logs)
    own = found[CENTRAL["name"]]
    assert own["fieldSelectionCriteria"] == CENTRAL["field_selection_criteria"]
    assert sorted(own["emitSystemFieldDimensions"]) == ["@aws.account", "@aws.region"]
    reordered = {**CENTRAL, "emit_system_field_dimensions": ["@aws.account", "@aws.region"]}
    minimal = {key: CENTRAL[key] for key in REQUIRED}
    for same in (CENTRAL, reordered, minimal):
        assert not run_module.succeed(log_group_name=GROUP, filters=[same])["changed"]
    assert run_module.succeed(log_group_name=GROUP, filters=[{**minimal, "unit": "Count"}])["changed"]
    found[CENTRAL["name"]]["metricTransformations"][0]["unit"] = "Count"
    assert filters(logs) == found
    cleared = {**minimal, "field_selection_criteria": "", "emit_system_field_dimensions": []}
    assert run_module.succeed(log_group_name=GROUP, filters=[cleared])["changed"]
    assert not {"fieldSelectionCriteria", "emitSystemFieldDimensions"} & set(filters(logs)[CENTRAL["name"]])
    assert not run_module.succeed(log_group_name=GROUP, filters=[cleared])["changed"]


@pytest.mark.promise("upstream")
def test_upstream_does_not_find_a_filter_whose_name_is_a_prefix_of_another(run_module: ModuleRunner, logs: Any) -> None:
    put(logs, "Root")
    put(logs, "RootChanges")
    upstream = {"log_group_name": GROUP, "filter_name": "Root"}
    result = run_module.upstream("amazon.aws.cloudwatchlogs_log_group_metric_filter", **upstream, state="absent")
    assert not result["changed"] and set(filters(logs)) == {"Root", "RootChanges"}


@pytest.mark.promise("upstream")
def test_upstream_never_creates_a_filter_whose_name_is_a_prefix_of_another(run_module: ModuleRunner, logs: Any) -> None:
    put(logs, "RootChanges")
    task = {
        "log_group_name": GROUP,
        "filter_name": "Root",
        "filter_pattern": "ERROR",
        "metric_transformation": {"metric_namespace": NAMESPACE, "metric_name": "Manual", "metric_value": "1"},
        "state": "present",
    }
    for _attempt in range(2):
        result = run_module.upstream("amazon.aws.cloudwatchlogs_log_group_metric_filter", **task)
        assert not result.get("failed"), result
    assert "Root" not in filters(logs), result
