"""The promises of docs/modules.md, kept by metric_alarms on the embedded AWS; plain boto3 is the witness."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.module_runner import ModuleRunner, documented_actions, hidden_in

ARN = "arn:aws:cloudwatch:us-east-1:123456789012:alarm:"
TOPIC = "arn:aws:sns:us-east-1:123456789012:SecurityAlarms"
OTHER_TOPIC = "arn:aws:sns:us-east-1:123456789012:Others"
MARK = {"secmon:managed-by": "secmon.aws"}
LEAST = {
    "metric_namespace": "SecurityMetrics",
    "metric_name": "SecretAccessCount",
    "statistic": "Sum",
    "period_seconds": 60,
    "evaluation_periods": 1,
    "threshold": 1,
    "comparison": "GreaterThanOrEqualToThreshold",
}
ALARM = {
    "name": "read",
    **LEAST,
    "description": "Somebody read a secret.",
    "evaluation_periods": 3,
    "datapoints_to_alarm": 2,
    "missing_data": "notBreaching",
    "unit": "Count",
    "dimensions": {"Account": "123456789012"},
    "alarm_actions": [TOPIC],
    "ok_actions": [TOPIC],
    "insufficient_data_actions": [TOPIC],
}
COMPOSITE = {
    "name": "both",
    "rule": "ALARM(read) AND NOT ALARM(quiet)",
    "description": "Somebody read a secret out of hours.",
    "actions_suppressor": "quiet",
    "actions_suppressor_wait_seconds": 60,
    "actions_suppressor_extension_seconds": 120,
    "alarm_actions": [TOPIC],
    "ok_actions": [TOPIC],
    "insufficient_data_actions": [TOPIC],
}
WANTED: dict[str, Any] = {
    "alarms": [ALARM, {"name": "quiet", **LEAST}],
    "composite_alarms": [COMPOSITE],
    "tags": {"team": "security"},
}
GONE: dict[str, Any] = {
    "alarms": [{"name": "read"}, {"name": "quiet"}],
    "composite_alarms": [{"name": "both"}],
    "state": "absent",
}
TWENTY = [{"name": f"alarm-{number:02}", **LEAST} for number in range(20)]
_TIMES = ("AlarmConfigurationUpdatedTimestamp", "StateUpdatedTimestamp", "StateTransitionedTimestamp")
_STATE = (*_TIMES, "StateValue", "StateReason", "StateReasonData")


@pytest.fixture
def cloudwatch(witness: Callable[..., Any]) -> Any:
    return witness("cloudwatch")


def alarms(cloudwatch: Any) -> dict[str, dict[str, Any]]:
    """Return all that can be seen of all alarms but their state, by name."""
    pages = cloudwatch.get_paginator("describe_alarms").paginate(AlarmTypes=["MetricAlarm", "CompositeAlarm"])
    found = [alarm for page in pages for alarm in (*page.get("MetricAlarms", []), *page.get("CompositeAlarms", []))]
    return {
        alarm["AlarmName"]: {key: value for key, value in alarm.items() if key not in _STATE}
        | {"Tags": tags(cloudwatch, alarm["AlarmName"])}
        for alarm in found
    }


def tags(cloudwatch: Any, name: str) -> dict[str, str]:
    found = cloudwatch.list_tags_for_resource(ResourceARN=ARN + name)["Tags"]
    return {tag["Key"]: tag["Value"] for tag in found}


def put_by_hand(cloudwatch: Any, name: str, **settings: Any) -> None:
    """Put a metric alarm as somebody else would; None leaves a setting out."""
    usual = {
        "Namespace": "SecurityMetrics",
        "MetricName": "SecretAccessCount",
        "Statistic": "Sum",
        "Period": 60,
        "EvaluationPeriods": 1,
        "Threshold": 1.0,
        "ComparisonOperator": "GreaterThanOrEqualToThreshold",
    }
    given = {key: value for key, value in {**usual, **settings}.items() if value is not None}
    cloudwatch.put_metric_alarm(AlarmName=name, **given)


def change_by_hand(cloudwatch: Any, name: str, changes: dict[str, Any]) -> None:
    """Change settings of an alarm and keep the others; None takes one away."""
    settings = {**alarms(cloudwatch)[name], **changes}
    given = {key: value for key, value in settings.items() if key not in ("AlarmArn", "Tags") and value is not None}
    put = cloudwatch.put_composite_alarm if "AlarmRule" in given else cloudwatch.put_metric_alarm
    put(**given)


def writes(calls: list[dict[str, Any]]) -> list[str]:
    return [call["action"] for call in calls if call["access"] == "write"]


@pytest.mark.promise("changed")
def test_present_again_absent_again(run_module: ModuleRunner, cloudwatch: Any) -> None:
    assert run_module.succeed(**WANTED)["changed"]
    assert sorted(alarms(cloudwatch)) == ["both", "quiet", "read"]
    assert alarms(cloudwatch)["both"]["Tags"] == {"team": "security", **MARK}
    assert not run_module.succeed(**WANTED)["changed"]
    assert run_module.succeed(**GONE)["changed"]
    assert alarms(cloudwatch) == {}
    assert not run_module.succeed(**GONE)["changed"]


@pytest.mark.promise("changed")
def test_every_setting_reaches_cloudwatch(run_module: ModuleRunner, cloudwatch: Any) -> None:
    run_module.succeed(**WANTED)
    assert alarms(cloudwatch)["read"] == {
        "AlarmName": "read",
        "AlarmArn": f"{ARN}read",
        "AlarmDescription": "Somebody read a secret.",
        "Namespace": "SecurityMetrics",
        "MetricName": "SecretAccessCount",
        "Statistic": "Sum",
        "Period": 60,
        "EvaluationPeriods": 3,
        "DatapointsToAlarm": 2,
        "Threshold": 1.0,
        "ComparisonOperator": "GreaterThanOrEqualToThreshold",
        "TreatMissingData": "notBreaching",
        "Unit": "Count",
        "Dimensions": [{"Name": "Account", "Value": "123456789012"}],
        "AlarmActions": [TOPIC],
        "OKActions": [TOPIC],
        "InsufficientDataActions": [TOPIC],
        "ActionsEnabled": True,
        "Tags": {"team": "security", **MARK},
    }
    assert alarms(cloudwatch)["both"] == {
        "AlarmName": "both",
        "AlarmArn": f"{ARN}both",
        "AlarmRule": "ALARM(read) AND NOT ALARM(quiet)",
        "AlarmDescription": "Somebody read a secret out of hours.",
        "ActionsSuppressor": "quiet",
        "ActionsSuppressorWaitPeriod": 60,
        "ActionsSuppressorExtensionPeriod": 120,
        "AlarmActions": [TOPIC],
        "OKActions": [TOPIC],
        "InsufficientDataActions": [TOPIC],
        "ActionsEnabled": True,
        "Tags": {"team": "security", **MARK},
    }


@pytest.mark.promise("changed")
@pytest.mark.parametrize("statistic", ["p99", "p99.9", "tm90", "IQM", "TM(10%:90%)"])
def test_an_extended_statistic_takes_the_place_of_a_statistic(
    run_module: ModuleRunner, cloudwatch: Any, statistic: str
) -> None:
    run_module.succeed(alarms=[{"name": "read", **LEAST}])
    extended = {"name": "read", **LEAST, "statistic": None, "extended_statistic": statistic}
    assert run_module.succeed(alarms=[extended])["changed"]
    assert (alarms(cloudwatch)["read"]["ExtendedStatistic"], "Statistic" in alarms(cloudwatch)["read"]) == (
        statistic,
        False,
    )
    assert not run_module.succeed(alarms=[extended])["changed"]
    assert run_module.succeed(alarms=[{"name": "read", **LEAST}])["changed"]


def in_metric_alarm(**changes: Any) -> Callable[[Any], Any]:
    return lambda cloudwatch: change_by_hand(cloudwatch, "read", changes)


def in_composite(**changes: Any) -> Callable[[Any], Any]:
    return lambda cloudwatch: change_by_hand(cloudwatch, "both", changes)


_MATH = {
    **dict.fromkeys(("Namespace", "MetricName", "Statistic", "Period", "Dimensions", "Unit")),
    "Metrics": [
        {
            "Id": "m",
            "MetricStat": {
                "Metric": {"Namespace": "SecurityMetrics", "MetricName": "SecretAccessCount"},
                "Period": 60,
                "Stat": "Sum",
            },
        }
    ],
}
_NO_SUPPRESSOR = dict.fromkeys(("ActionsSuppressor", "ActionsSuppressorWaitPeriod", "ActionsSuppressorExtensionPeriod"))
BY_HAND: dict[str, Callable[[Any], Any]] = {
    "description": in_metric_alarm(AlarmDescription="Nothing"),
    "description removed": in_metric_alarm(AlarmDescription=None),
    "metric_namespace": in_metric_alarm(Namespace="Elsewhere"),
    "metric_name": in_metric_alarm(MetricName="Nothing"),
    "statistic": in_metric_alarm(Statistic="Average"),
    "extended_statistic": in_metric_alarm(Statistic=None, ExtendedStatistic="p50"),
    "period_seconds": in_metric_alarm(Period=300),
    "evaluation_periods": in_metric_alarm(EvaluationPeriods=5),
    "datapoints_to_alarm": in_metric_alarm(DatapointsToAlarm=3),
    "datapoints_to_alarm removed": in_metric_alarm(DatapointsToAlarm=None),
    "threshold": in_metric_alarm(Threshold=1e9),
    "comparison": in_metric_alarm(ComparisonOperator="LessThanThreshold"),
    "missing_data": in_metric_alarm(TreatMissingData="ignore"),
    "missing_data removed": in_metric_alarm(TreatMissingData=None),
    "unit": in_metric_alarm(Unit="Percent"),
    "unit removed": in_metric_alarm(Unit=None),
    "dimensions": in_metric_alarm(Dimensions=[{"Name": "Account", "Value": "999999999999"}]),
    "dimensions removed": in_metric_alarm(Dimensions=[]),
    "alarm_actions": in_metric_alarm(AlarmActions=[TOPIC, OTHER_TOPIC]),
    "alarm_actions removed": in_metric_alarm(AlarmActions=[]),
    "ok_actions": in_metric_alarm(OKActions=[OTHER_TOPIC]),
    "insufficient_data_actions": in_metric_alarm(InsufficientDataActions=[]),
    "muted": lambda cloudwatch: cloudwatch.disable_alarm_actions(AlarmNames=["read"]),
    "metric math": in_metric_alarm(**_MATH),
    "low samples": in_metric_alarm(EvaluateLowSampleCountPercentile="ignore"),
    "tag changed": lambda cloudwatch: cloudwatch.tag_resource(
        ResourceARN=f"{ARN}read", Tags=[{"Key": "team", "Value": "sales"}]
    ),
    "tag added": lambda cloudwatch: cloudwatch.tag_resource(
        ResourceARN=f"{ARN}both", Tags=[{"Key": "surplus", "Value": "1"}]
    ),
    "tag removed": lambda cloudwatch: cloudwatch.untag_resource(ResourceARN=f"{ARN}read", TagKeys=["team"]),
    "deleted": lambda cloudwatch: cloudwatch.delete_alarms(AlarmNames=["both"]),
    "rule": in_composite(AlarmRule="FALSE"),
    "description of a composite": in_composite(AlarmDescription="Nothing"),
    "actions of a composite": in_composite(AlarmActions=[]),
    "ok_actions of a composite": in_composite(OKActions=[OTHER_TOPIC]),
    "insufficient_data_actions of a composite": in_composite(InsufficientDataActions=[OTHER_TOPIC]),
    "suppressor": in_composite(ActionsSuppressor="read"),
    "suppressor removed": in_composite(**_NO_SUPPRESSOR),
    "wait": in_composite(ActionsSuppressorWaitPeriod=0),
    "extension": in_composite(ActionsSuppressorExtensionPeriod=0),
    "composite muted": lambda cloudwatch: cloudwatch.disable_alarm_actions(AlarmNames=["both"]),
}


@pytest.mark.promise("drift")
@pytest.mark.parametrize("by_hand", BY_HAND.values(), ids=list(BY_HAND))
def test_what_was_changed_by_hand_is_seen_and_repaired(
    run_module: ModuleRunner, cloudwatch: Any, by_hand: Callable[[Any], Any]
) -> None:
    run_module.succeed(**WANTED)
    right = alarms(cloudwatch)
    by_hand(cloudwatch)
    assert alarms(cloudwatch) != right
    predicted = run_module.succeed(check=True, **WANTED)
    repaired = run_module.succeed(**WANTED)
    assert repaired["changed"] and predicted["changed"]
    assert repaired["diff"] == predicted["diff"]
    assert alarms(cloudwatch) == right
    assert not run_module.succeed(**WANTED)["changed"]


@pytest.mark.promise("drift")
@pytest.mark.parametrize(
    "changes",
    [
        {"Unit": "Percent"},
        {"DatapointsToAlarm": 1},
        {"TreatMissingData": "ignore"},
        {"Dimensions": [{"Name": "Account", "Value": "1"}]},
        {"ActionsEnabled": False},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_what_keeps_an_alarm_from_going_off_is_seen_even_if_the_task_does_not_mention_it(
    run_module: ModuleRunner, cloudwatch: Any, changes: dict[str, Any]
) -> None:
    run_module.succeed(alarms=[{"name": "read", **LEAST}])
    right = alarms(cloudwatch)
    change_by_hand(cloudwatch, "read", changes)
    assert run_module.succeed(alarms=[{"name": "read", **LEAST}])["changed"]
    assert alarms(cloudwatch) == right


@pytest.mark.promise("drift")
def test_the_order_of_actions_is_no_drift(run_module: ModuleRunner, cloudwatch: Any) -> None:
    run_module.succeed(alarms=[{"name": "read", **LEAST, "alarm_actions": [TOPIC, OTHER_TOPIC]}])
    change_by_hand(cloudwatch, "read", {"AlarmActions": [TOPIC, OTHER_TOPIC]})
    assert not run_module.succeed(alarms=[{"name": "read", **LEAST, "alarm_actions": [TOPIC, OTHER_TOPIC]}])["changed"]
    assert not run_module.succeed(alarms=[{"name": "read", **LEAST, "alarm_actions": [OTHER_TOPIC, TOPIC]}])["changed"]


@pytest.mark.promise("silence")
def test_description_actions_and_tags_that_the_task_does_not_mention_stay(
    run_module: ModuleRunner, cloudwatch: Any
) -> None:
    run_module.succeed(**WANTED)
    before = alarms(cloudwatch)
    silent = ("description", "alarm_actions", "ok_actions", "insufficient_data_actions")
    entry = {key: value for key, value in ALARM.items() if key not in silent}
    composite = {key: value for key, value in COMPOSITE.items() if key not in silent}
    assert not run_module.succeed(alarms=[entry], composite_alarms=[composite])["changed"]
    assert run_module.succeed(alarms=[{**entry, "threshold": 2}])["changed"]
    before["read"]["Threshold"] = 2.0
    assert alarms(cloudwatch) == before


@pytest.mark.promise("silence")
def test_what_the_task_clears_is_cleared(run_module: ModuleRunner, cloudwatch: Any) -> None:
    run_module.succeed(**WANTED)
    empty_actions: dict[str, Any] = {"alarm_actions": [], "ok_actions": [], "insufficient_data_actions": []}
    cleared = {"description": "", "unit": "", "dimensions": {}, "datapoints_to_alarm": 0, **empty_actions}
    composite = {**COMPOSITE, "description": "", "actions_suppressor": "", **empty_actions}
    task = {"alarms": [{**ALARM, **cleared}], "composite_alarms": [composite], "tags": {}}
    assert run_module.succeed(**task)["changed"]
    assert not run_module.succeed(**task)["changed"]
    found = alarms(cloudwatch)
    gone = {"AlarmDescription", "Unit", "DatapointsToAlarm", "ActionsSuppressor", "ActionsSuppressorWaitPeriod"}
    assert not gone & (found["read"].keys() | found["both"].keys())
    assert found["read"]["Dimensions"] == found["read"]["AlarmActions"] == found["both"]["OKActions"] == []
    assert found["read"]["Tags"] == MARK


@pytest.mark.promise("silence")
def test_other_tags_stay_if_the_task_says_so_and_aws_own_always(run_module: ModuleRunner, cloudwatch: Any) -> None:
    run_module.succeed(alarms=[{"name": "read", **LEAST, "tags": {"cost": 42}}], tags={"team": "a", "cost": 1})
    assert tags(cloudwatch, "read") == {"team": "a", "cost": "42", **MARK}
    run_module.succeed(alarms=[{"name": "read", **LEAST}], tags={"team": "b"}, purge_tags=False)
    assert tags(cloudwatch, "read") == {"team": "b", "cost": "42", **MARK}


@pytest.mark.promise("check")
@pytest.mark.parametrize("task", [WANTED, GONE], ids=["present", "absent"])
@pytest.mark.parametrize("there", ["nothing", "some", "all"])
def test_check_mode_predicts_the_run_and_writes_nothing(
    run_module: ModuleRunner, there: str, task: dict[str, Any]
) -> None:
    if there == "some":
        run_module.succeed(alarms=[{**ALARM, "threshold": 7}], tags={"old": "yes"})
    elif there == "all":
        run_module.succeed(**WANTED)
    predicted: dict[str, Any] = {}
    calls = run_module.calls(lambda: predicted.update(run_module.succeed(check=True, **task)))
    assert writes(calls) == []
    real = run_module.succeed(**task)
    assert predicted == real
    same = (there, task is GONE) in (("all", False), ("nothing", True))
    assert real["changed"] == (not same) == (real["diff"]["before"] != real["diff"]["after"])


@pytest.mark.promise("check")
def test_check_mode_predicts_a_purge(run_module: ModuleRunner, cloudwatch: Any) -> None:
    run_module.succeed(alarms=TWENTY, tags={"set": "one"})
    task: dict[str, Any] = {"alarms": TWENTY[:5], "purge_prefix": "alarm-"}
    predicted = run_module.succeed(check=True, **task)
    assert len(alarms(cloudwatch)) == 20
    assert predicted == run_module.succeed(**task)
    assert predicted["removed"] == [alarm["name"] for alarm in TWENTY[5:]]
    assert len(alarms(cloudwatch)) == 5


@pytest.mark.promise("diff")
def test_the_difference_shows_before_and_after_of_what_changes(run_module: ModuleRunner) -> None:
    run_module.succeed(alarms=TWENTY)
    changed = [{**TWENTY[0], "threshold": 5}, *TWENTY[1:]]
    diff = run_module.succeed(alarms=changed)["diff"]
    assert diff == {
        "before": {"alarms": {"alarm-00": {"threshold": 1.0}}},
        "after": {"alarms": {"alarm-00": {"threshold": 5.0}}},
    }


@pytest.mark.promise("secrets")
def test_the_secret_key_is_printed_nowhere(run_module: ModuleRunner) -> None:
    canary = 'canary/secret+key"'
    run_module.secret_key = canary
    outputs = [run_module(**WANTED), run_module(alarms=[{"name": "x"}])]
    run_module.faults({"service": "cloudwatch", "action": "DescribeAlarms", "error": "AccessDenied", "message": canary})
    outputs.append(run_module(**WANTED))
    assert [output.get("failed", False) for output in outputs] == [False, True, True]
    assert hidden_in(outputs, canary) == []


FAULTS = {
    "throttled": {"error": "Throttling", "times": 3},
    "unavailable": {"error": "ServiceUnavailable", "status": 503, "times": 2},
    "failed": {"error": "InternalServiceError", "status": 500},
    "reset": {"mode": "reset"},
    "answer lost": {"mode": "kill_after"},
}
PUT_AND_READ = [
    ("cloudwatch", "DescribeAlarms"),
    ("resourcegroupstaggingapi", "GetResources"),
    ("cloudwatch", "PutMetricAlarm"),
    ("cloudwatch", "PutCompositeAlarm"),
    ("cloudwatch", "TagResource"),
    ("cloudwatch", "UntagResource"),
    ("cloudwatch", "ListTagsForResource"),
]


@pytest.mark.promise("retry")
@pytest.mark.parametrize("fault", FAULTS.values(), ids=list(FAULTS))
@pytest.mark.parametrize(("service", "action"), PUT_AND_READ, ids=[action for _service, action in PUT_AND_READ])
def test_what_passes_is_repeated(
    run_module: ModuleRunner, cloudwatch: Any, service: str, action: str, fault: dict[str, Any]
) -> None:
    run_module.succeed(alarms=[{"name": "read", **LEAST}], tags={"old": "1"})
    run_module.faults({"service": service, "action": action, **fault})
    assert run_module.succeed(**WANTED)["changed"]
    found = alarms(cloudwatch)
    assert sorted(found) == ["both", "quiet", "read"]
    assert found["read"]["Tags"] == {"team": "security", **MARK}
    assert not run_module.succeed(**WANTED)["changed"]


@pytest.mark.promise("retry")
@pytest.mark.parametrize("fault", FAULTS.values(), ids=list(FAULTS))
def test_a_deletion_is_repeated(run_module: ModuleRunner, cloudwatch: Any, fault: dict[str, Any]) -> None:
    run_module.succeed(**WANTED)
    run_module.faults({"service": "cloudwatch", "action": "DeleteAlarms", **fault})
    assert run_module.succeed(**GONE)["changed"]
    assert alarms(cloudwatch) == {}


@pytest.mark.promise("retry")
def test_a_listing_whose_page_expired_begins_again(run_module: ModuleRunner, cloudwatch: Any) -> None:
    for number in range(101):
        put_by_hand(cloudwatch, f"alarm-{number:03}")
    run_module.faults(
        {"service": "cloudwatch", "action": "DescribeAlarms", "delay": 0.001},
        {"service": "cloudwatch", "action": "DescribeAlarms", "error": "InvalidNextToken"},
    )
    task: dict[str, Any] = {"alarms": [{"name": "alarm-100", **LEAST}], "purge_prefix": "alarm-", "adopt": True}
    calls = run_module.calls(lambda: run_module.succeed(**task))
    assert [call["action"] for call in calls].count("DescribeAlarms") == 4
    assert tags(cloudwatch, "alarm-100") == MARK
    assert len(alarms(cloudwatch)) == 101


@pytest.mark.promise("retry")
def test_tags_whose_page_expired_are_listed_again(run_module: ModuleRunner) -> None:
    run_module.succeed(**WANTED)
    run_module.faults(
        {
            "service": "resourcegroupstaggingapi",
            "action": "GetResources",
            "error": "PaginationTokenExpiredException",
            "status": 400,
        }
    )
    assert not run_module.succeed(**WANTED)["changed"]


@pytest.mark.promise("budget")
def test_a_service_that_never_recovers_is_given_up_in_time(run_module: ModuleRunner) -> None:
    run_module.faults({"service": "cloudwatch", "action": "PutMetricAlarm", "error": "Throttling", "times": 500})
    message = run_module.fail(**WANTED, timeout_seconds=60)
    assert "Throttling" in message and "timeout_seconds" in message


DENIED = [*PUT_AND_READ, ("cloudwatch", "DeleteAlarms")]


@pytest.mark.promise("denied")
@pytest.mark.parametrize(("service", "action"), DENIED, ids=[action for _service, action in DENIED])
def test_a_denial_says_what_to_allow_and_where(
    run_module: ModuleRunner, cloudwatch: Any, service: str, action: str
) -> None:
    run_module.succeed(alarms=[{"name": "read", **LEAST}, {"name": "old", **LEAST}], tags={"old": "1"})
    run_module.faults({"service": service, "action": action, "error": "AccessDenied", "status": 403})
    message = run_module.fail(**WANTED, purge_prefix="old")
    prefix = "tag" if action == "GetResources" else "cloudwatch"
    for word in (f"Allow {prefix}:{action} on", "alarm", "account 123456789012", "region us-east-1"):
        assert word in message


@pytest.mark.promise("denied")
def test_a_denial_of_the_tags_in_a_creation_names_their_own_action(run_module: ModuleRunner) -> None:
    who, what = "arn:aws:iam::123456789012:user/x", f"{ARN}read"
    refusal = f"User: {who} is not authorized to perform: cloudwatch:TagResource on resource: {what}"
    fault = {"service": "cloudwatch", "action": "PutMetricAlarm", "error": "AccessDenied", "message": refusal}
    run_module.faults(fault)
    message = run_module.fail(alarms=[ALARM])
    assert f"Allow cloudwatch:TagResource on {what} to {who}." in message


@pytest.mark.promise("prerequisite")
@pytest.mark.parametrize("missing", [{"rule": "ALARM(nobody)"}, {"rule": "TRUE", "actions_suppressor": "nobody"}])
def test_an_alarm_that_a_composite_alarm_names_and_that_does_not_exist_is_explained(
    run_module: ModuleRunner, missing: dict[str, Any]
) -> None:
    task = {"composite_alarms": [{**COMPOSITE, **missing}]}
    predicted = run_module.succeed(check=True, **task)
    message = run_module.fail(**task)
    for told in (message, " ".join(predicted["warnings"])):
        assert "nobody" in told and "an earlier task of secmon.aws.metric_alarms" in told


@pytest.mark.promise("prerequisite")
def test_an_alarm_that_a_foreign_composite_alarm_needs_is_not_removed_and_told_why(
    run_module: ModuleRunner, cloudwatch: Any
) -> None:
    run_module.succeed(alarms=[ALARM])
    cloudwatch.put_composite_alarm(AlarmName="theirs", AlarmRule="ALARM(read)")
    message = run_module.fail(alarms=[{"name": "read"}], state="absent")
    assert "theirs" in message and "change or remove that one first" in message
    assert "read" in alarms(cloudwatch)


@pytest.mark.promise("prerequisite")
def test_a_full_account_is_explained(run_module: ModuleRunner) -> None:
    run_module.faults({"service": "cloudwatch", "action": "PutMetricAlarm", "error": "LimitExceeded"})
    assert "Service Quotas" in run_module.fail(alarms=[ALARM])


@pytest.mark.promise("calls")
def test_twenty_alarms_take_a_listing_and_a_write_each_and_then_two_listings(run_module: ModuleRunner) -> None:
    def actions(**more: Any) -> list[str]:
        task = {"alarms": TWENTY, "tags": {"team": "security"}, **more}
        return [call["action"] for call in run_module.calls(lambda: run_module.succeed(**task))]

    assert actions(check=True) == ["DescribeAlarms"]
    assert actions() == ["DescribeAlarms", *["PutMetricAlarm"] * 20]
    assert actions() == ["DescribeAlarms", "GetResources"]
    assert actions(purge_prefix="alarm-") == ["DescribeAlarms", "GetResources"]
    assert actions(purge_prefix="other-") == ["DescribeAlarms", "DescribeAlarms", "GetResources"]
    assert actions(purge_tag={"team": "security"}) == ["GetResources", "DescribeAlarms"]
    assert actions(state="absent") == ["DescribeAlarms", "GetResources", "DeleteAlarms"]


@pytest.mark.promise("calls")
def test_writes_stay_below_the_published_three_per_second(run_module: ModuleRunner) -> None:
    from ansible_collections.secmon.aws.plugins.module_utils.aws.rates import calls_per_second

    for operation in ("PutMetricAlarm", "PutCompositeAlarm", "DeleteAlarms"):
        assert calls_per_second("cloudwatch", operation) < 3


@pytest.mark.promise("calls")
def test_tags_that_the_listing_does_not_show_yet_are_read_from_the_alarm(
    run_module: ModuleRunner, cloudwatch: Any
) -> None:
    put_by_hand(cloudwatch, "alarm-00", Threshold=7.0)
    task: dict[str, Any] = {"alarms": TWENTY, "adopt": True}
    calls = [call["action"] for call in run_module.calls(lambda: run_module.succeed(**task))]
    assert calls.count("ListTagsForResource") == 1
    assert (calls.count("DescribeAlarms"), calls.count("GetResources"), calls.count("TagResource")) == (1, 1, 1)
    assert calls.count("PutMetricAlarm") == 20


@pytest.mark.promise("ownership")
@pytest.mark.parametrize("state", ["present", "absent"])
def test_somebody_elses_alarm_is_refused_unless_adopted(run_module: ModuleRunner, cloudwatch: Any, state: str) -> None:
    put_by_hand(cloudwatch, "read", Tags=[{"Key": "owner", "Value": "somebody"}], Threshold=7.0)
    before = alarms(cloudwatch)
    task: dict[str, Any] = {"alarms": [{"name": "read", **LEAST}, {"name": "new", **LEAST}], "state": state}
    said: list[str] = []
    assert writes(run_module.calls(lambda: said.append(run_module.fail(**task)))) == []
    assert "metric alarm read exists already" in said[0] and "account 123456789012, region us-east-1" in said[0]
    assert alarms(cloudwatch) == before
    assert run_module.succeed(**task, adopt=True)["changed"]
    assert alarms(cloudwatch).get("read", {}).get("Tags") == (
        {"owner": "somebody", **MARK} if state == "present" else None
    )
    assert not run_module.succeed(**task)["changed"]


@pytest.mark.promise("ownership")
@pytest.mark.parametrize("state", ["present", "absent"])
def test_an_alarm_of_another_type_is_refused_even_if_adopted(
    run_module: ModuleRunner, cloudwatch: Any, state: str
) -> None:
    run_module.succeed(alarms=[ALARM], composite_alarms=[{"name": "both", "rule": "ALARM(read)"}])
    before = alarms(cloudwatch)
    message = run_module.fail(
        alarms=[{**ALARM, "name": "both"}],
        composite_alarms=[{**COMPOSITE, "name": "read", "rule": "TRUE"}],
        adopt=True,
        state=state,
    )
    assert "both is a composite alarm" in message and "read is a metric alarm" in message
    assert alarms(cloudwatch) == before


@pytest.mark.promise("ownership")
def test_a_purge_leaves_other_peoples_alarms_and_says_so(run_module: ModuleRunner, cloudwatch: Any) -> None:
    run_module.succeed(alarms=TWENTY, tags={"set": "one"})
    put_by_hand(cloudwatch, "alarm-theirs", Tags=[{"Key": "set", "Value": "one"}])
    result = run_module.succeed(alarms=TWENTY[:1], purge_prefix="alarm-", adopt=True)
    assert sorted(alarms(cloudwatch)) == ["alarm-00", "alarm-theirs"]
    assert "alarm-theirs" in " ".join(result["warnings"])
    run_module.succeed(state="absent", purge_tag={"set": "one"})
    assert sorted(alarms(cloudwatch)) == ["alarm-theirs"]


@pytest.mark.promise("changed")
def test_a_purge_removes_composite_alarms_before_what_they_name(run_module: ModuleRunner, cloudwatch: Any) -> None:
    run_module.succeed(**WANTED)
    run_module.succeed(
        composite_alarms=[{"name": f"both-{number}", "rule": "ALARM(both) OR ALARM(read)"} for number in range(3)],
        tags={"team": "security"},
    )
    result = run_module.succeed(alarms=[ALARM], purge_tag={"team": "security"})
    assert result["removed"] == ["both", "both-0", "both-1", "both-2", "quiet"]
    assert sorted(alarms(cloudwatch)) == ["read"]


@pytest.mark.promise("changed")
def test_composite_alarms_in_a_circle_are_removed(run_module: ModuleRunner, cloudwatch: Any) -> None:
    rules = {"inner": "ALARM(read)", "outer": "ALARM(inner)"}
    composites = [{"name": name, "rule": rule} for name, rule in rules.items()]
    run_module.succeed(alarms=[ALARM], composite_alarms=composites)
    cloudwatch.put_composite_alarm(AlarmName="inner", AlarmRule="ALARM(outer)")
    run_module.succeed(alarms=[ALARM], composite_alarms=composites, state="absent")
    assert alarms(cloudwatch) == {}


@pytest.mark.promise("resume")
@pytest.mark.parametrize("mode", [{"mode": "kill_after"}, {"error": "AccessDenied", "status": 403}])
@pytest.mark.parametrize("killed_at", range(5))
def test_what_a_killed_run_left_is_finished(
    run_module: ModuleRunner, cloudwatch: Any, mode: dict[str, Any], killed_at: int
) -> None:
    def prepare() -> None:
        run_module.succeed(alarms=[{"name": "read", **LEAST}, {"name": "old", **LEAST}], tags={"old": "1"})

    task = {**WANTED, "purge_prefix": "old"}
    prepare()
    run_module.succeed(**task)
    right = alarms(cloudwatch)
    run_module.succeed(**GONE)
    prepare()
    action = ["PutMetricAlarm", "TagResource", "UntagResource", "PutCompositeAlarm", "DeleteAlarms"][killed_at]
    run_module.faults({"service": "cloudwatch", "action": action, **mode})
    run_module.fail(**task, timeout_seconds=0)
    run_module.succeed(**task)
    assert alarms(cloudwatch) == right
    assert not run_module.succeed(**task)["changed"]


@pytest.mark.promise("partition")
@pytest.mark.parametrize(
    ("region", "partition"), [("eu-west-1", "aws"), ("cn-north-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov")]
)
def test_alarms_tell_topics_of_the_regions_partition(
    run_module: ModuleRunner, witness: Callable[..., Any], region: str, partition: str
) -> None:
    run_module.region = region
    topic = f"arn:{partition}:sns:{region}:123456789012:SecurityAlarms"
    task = {"alarms": [{"name": "read", **LEAST, "alarm_actions": [topic]}], "tags": {"team": "security"}}
    assert run_module.succeed(**task)["changed"]
    (found,) = witness("cloudwatch", region).describe_alarms()["MetricAlarms"]
    assert found["AlarmArn"] == f"arn:{partition}:cloudwatch:{region}:123456789012:alarm:read"
    assert not run_module.succeed(**task)["changed"]
    assert run_module.succeed(**task, purge_tag={"team": "security"})["changed"] is False


@pytest.mark.promise("partition")
@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"alarms": [{**ALARM, "period_seconds": 7}]}, "period_seconds is 7"),
        ({"alarms": [{**ALARM, "name": "x" * 256}]}, "1 to 255"),
        ({"alarms": [{**ALARM, "alarm_actions": [TOPIC.replace("arn:aws", "arn:aws-cn")]}]}, "partition aws"),
        ({"alarms": [ALARM, ALARM]}, "2 times"),
        ({"alarms": []}, None),
        ({"composite_alarms": [{**COMPOSITE, "rule": "ALARM(both)"}]}, "in a circle"),
        ({"alarms": [ALARM], "tags": {"aws:mine": "x"}}, "aws:"),
        ({}, "names no alarms"),
    ],
)
def test_what_aws_would_refuse_is_refused_before_the_first_call(
    run_module: ModuleRunner, wrong: dict[str, Any], says: str | None
) -> None:
    result: dict[str, Any] = {}
    calls = run_module.calls(lambda: result.update(run_module(**wrong)))
    assert calls == []
    assert says in result["msg"] if says else not result["changed"]


@pytest.mark.promise("iam")
def test_the_documented_actions_are_those_that_are_called(run_module: ModuleRunner, cloudwatch: Any) -> None:
    put_by_hand(cloudwatch, "read")

    def everything() -> None:
        run_module.succeed(**WANTED, adopt=True)
        run_module.succeed(**{**WANTED, "tags": {}})
        run_module.succeed(**GONE)
        run_module.faults({"service": "cloudwatch", "action": "PutMetricAlarm", "error": "LimitExceeded"})
        run_module.fail(**WANTED)

    assert run_module.iam_actions(everything) == documented_actions("metric_alarms")


@pytest.mark.promise("upstream")
def test_upstream_takes_a_muted_alarm_for_a_working_one(run_module: ModuleRunner, cloudwatch: Any) -> None:
    upstream = {
        "name": "read",
        "metric_name": "SecretAccessCount",
        "namespace": "SecurityMetrics",
        "statistic": "Sum",
        "period": 60,
        "evaluation_periods": 1,
        "threshold": 1,
        "comparison": "GreaterThanOrEqualToThreshold",
        "unit": "Count",
        "description": "Somebody read a secret.",
        "treat_missing_data": "notBreaching",
        "alarm_actions": [TOPIC],
    }
    assert run_module.upstream("amazon.aws.cloudwatch_metric_alarm", **upstream)["changed"]
    cloudwatch.disable_alarm_actions(AlarmNames=["read"])
    assert not run_module.upstream("amazon.aws.cloudwatch_metric_alarm", **upstream)["changed"]
    assert not alarms(cloudwatch)["read"]["ActionsEnabled"]


@pytest.mark.promise("upstream")
def test_upstream_knows_no_tags(run_module: ModuleRunner) -> None:
    result = run_module.upstream("amazon.aws.cloudwatch_metric_alarm", name="read", tags={"a": "b"})
    assert "Unsupported parameters" in result["msg"] and "tags" in result["msg"]
