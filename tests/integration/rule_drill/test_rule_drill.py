"""Test the drill of all rules of an account at once: what fires, what is silent, and what is left behind."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from ansible_collections.secmon.aws.plugins.module_utils.drill.batch import drill as batch_drill
from ansible_collections.secmon.aws.plugins.module_utils.drill.marks import STREAM, is_drill

from tests.integration.rule_drill.account import (
    GROUP,
    RECEIVER,
    TOPIC_ARN,
    client,
    deployment,
    rule_of,
    statuses,
    task,
)
from tests.support import guide_chain as chain
from tests.support.embedded_control import advance, drain, mails
from tests.support.module_runner import ModuleRunner, skip_waiting, writes
from tools.generate_docs.modules import documented_actions

ALL = {rule["id"] for rule in deployment().rules}


def subjects(drill: ModuleRunner) -> list[str]:
    """Return the subjects of the mails, without that of the alarm that goes off by itself."""
    found = [mail["subject"] for mail in mails(drill.endpoint, RECEIVER)][1:]
    return [subject for subject in found if "NoHeartbeat" not in subject]


def test_every_rule_fires_and_none_on_its_near_miss(drill: ModuleRunner) -> None:
    near, calls = drill.recorded(**task("near_misses", notices=["begin"]))
    assert statuses(near) == dict.fromkeys(ALL, "silent")
    assert subjects(drill) == ["Drill of security alarms begins: account 123456789012"]
    assert writes(calls) == ["Publish", "PutLogEvents", "CreateLogStream", "PutLogEvents"]

    found, calls = drill.recorded(**task(run=near["run"], notices=["end"]))

    assert statuses(found) == dict.fromkeys(ALL, "fired") | {"no_heartbeat": "no_event"}
    assert found["in_alarm"] == []
    assert writes(calls) == ["PutLogEvents", "Publish"]
    # A look at all rules takes two calls.
    assert Counter(call["action"] for call in calls)["GetMetricData"] <= 4
    assert subjects(drill)[-1] == "Drill of security alarms has ended: account 123456789012"
    assert len(subjects(drill)) == len(ALL) - 1 + 2


def test_its_events_can_be_told_from_real_ones(drill: ModuleRunner) -> None:
    found = drill.succeed(**task(only=("secret_access", "many_denied")))
    events = client(drill, "logs").filter_log_events(logGroupName=GROUP)["events"]
    assert {event["logStreamName"] for event in events} == {STREAM}
    records = [json.loads(event["message"]) for event in events]
    assert all(is_drill(record) and found["run"] in record["userAgent"] for record in records)
    # Three events in each of two periods.
    assert rule_of(found, "many_denied")["events"] == 6
    assert len({event["timestamp"] for event in events}) == 2
    (secret,) = [record for record in records if record.get("eventName") == "GetSecretValue"]
    assert secret["eventTime"].removesuffix("Z") in found["began"] or secret["eventTime"] >= found["began"]


def sabotage(drill: ModuleRunner) -> None:
    """Break seven rules, each in its own way."""
    logs, cloudwatch = client(drill, "logs"), client(drill, "cloudwatch")
    filters = {each["name"]: each for each in deployment().filters}

    def put_alarm(name: str, **changed: Any) -> None:
        (alarm,) = cloudwatch.describe_alarms(AlarmNames=[name])["MetricAlarms"]
        wanted = ("AlarmName", "Namespace", "MetricName", "Statistic", "Period", "EvaluationPeriods", "Threshold")
        more = ("ComparisonOperator", "TreatMissingData", "AlarmActions")
        cloudwatch.put_metric_alarm(**{name: alarm[name] for name in (*wanted, *more)} | changed)

    def put_filter(name: str, pattern: str) -> None:
        own = filters[name]
        metric = {"metricNamespace": own["metric_namespace"], "metricName": own["metric_name"], "metricValue": "1"}
        logs.put_metric_filter(
            logGroupName=GROUP,
            filterName=name,
            filterPattern=pattern,
            metricTransformations=[metric | {"defaultValue": 0}],
        )

    logs.delete_metric_filter(logGroupName=GROUP, filterName="NetworkRouteChanged")
    cloudwatch.disable_alarm_actions(AlarmNames=["VpcChanged"])
    put_alarm("RootActivity", Threshold=5)
    put_alarm("ConfigRecordingChanged", MetricName="Other")
    put_alarm("ConsoleLoginFailed", AlarmActions=[])
    cloudwatch.delete_alarms(AlarmNames=["OrganizationChanged"])
    put_filter("DeniedCalls", '{ $.errorCode = "Other" }')
    put_filter("KmsKeyMadeUnusable", '{ $.eventSource = "kms.amazonaws.com" }')


def test_a_sabotaged_rule_gives_its_cause_and_disturbs_no_other(drill: ModuleRunner) -> None:
    sabotage(drill)
    broken = {
        "network_route_changed": "filter_missing",
        "vpc_changed": "alarm_muted",
        "root_activity": "threshold",
        "config_recording_changed": "other_metric",
        "console_login_failed": "no_action",
        "organization_changed": "alarm_missing",
        "denied_calls": "pattern_mismatch",
    }
    near = drill(**task("near_misses"))
    assert near["failed"]
    expected = {"network_route_changed": "filter_missing", "kms_key_made_unusable": "pattern_too_wide"}
    assert statuses(near) == dict.fromkeys(ALL, "silent") | expected
    inspected, calls = drill.recorded(check=True, **task())
    assert writes(calls) == []
    found = drill(**task())
    assert statuses(found) == dict.fromkeys(ALL, "fired") | broken | {"no_heartbeat": "no_event"}
    assert {name: code for name, code in statuses(inspected).items() if code in broken.values()} == broken
    assert rule_of(found, "vpc_changed")["seconds"].keys() == {"log_group", "metric", "alarm"}
    muted = rule_of(found, "vpc_changed")
    assert muted["cause"].startswith("The alarm VpcChanged is muted") and "site.yml --tags alarms" in muted["remedy"]
    assert found["failed"] and "account 123456789012, region us-east-1" in found["msg"]


def test_a_subscription_that_is_not_confirmed_breaks_every_rule(drill: ModuleRunner) -> None:
    sns = client(drill, "sns")
    (confirmed,) = sns.list_subscriptions_by_topic(TopicArn=TOPIC_ARN)["Subscriptions"]
    sns.unsubscribe(SubscriptionArn=confirmed["SubscriptionArn"])
    sns.subscribe(TopicArn=TOPIC_ARN, Protocol="email", Endpoint="new@example.com")
    found = drill(**task(only=("secret_access", "vpc_changed")))
    assert statuses(found) == dict.fromkeys(("secret_access", "vpc_changed"), "subscription_pending")
    assert "new@example.com" in rule_of(found, "vpc_changed")["cause"]


FIRST_DRILL = {"eventName": "CreateLogStream", "requestParameters": {"logStreamName": STREAM}}


@pytest.mark.parametrize(
    ("stream", "more", "code"),
    [("real", {}, "real_events"), (STREAM, {}, "counted_more"), ("real", FIRST_DRILL, "silent")],
)
def test_a_count_that_the_near_misses_do_not_explain_is_explained_by_real_events_or_reported(
    drill: ModuleRunner, monkeypatch: pytest.MonkeyPatch, stream: str, more: dict[str, Any], code: str
) -> None:
    put, logs = batch_drill.put_events, client(drill, "logs")

    def put_more(account: Any, group: str, messages: Any, at: Any) -> None:
        put(account, group, messages, at)
        if stream != STREAM:
            logs.create_log_stream(logGroupName=GROUP, logStreamName=stream)
        event = {"timestamp": int(at.timestamp() * 1000), "message": json.dumps({"errorCode": "AccessDenied", **more})}
        logs.put_log_events(logGroupName=GROUP, logStreamName=stream, logEvents=[event])
        drain(drill.endpoint)

    monkeypatch.setattr(batch_drill, "put_events", put_more)
    found = drill(**task("near_misses", only=("denied_calls", "vpc_changed")))
    assert statuses(found) == {"denied_calls": code, "vpc_changed": "silent"}
    assert bool(found.get("failed")) is (code == "counted_more")


def test_a_scenario_tells_which_rules_its_records_raise(drill: ModuleRunner) -> None:
    names = ("GetCallerIdentity", "GetSecretValue", "CreateVpc")
    sources = ("sts", "secretsmanager", "ec2")
    events = [
        {
            "name": f"attack.json:{number}",
            "text": json.dumps({"eventSource": f"{source}.amazonaws.com", "eventName": name}),
        }
        for number, (source, name) in enumerate(zip(sources, names, strict=True), 1)
    ]
    found = drill.succeed(**task("scenario") | {"events": events})
    fired = {each["id"]: each["first_event"] for each in found["rules"] if each["status"] == "fired"}
    assert fired == {"secret_access": "attack.json:2", "vpc_changed": "attack.json:3"}
    assert {each["status"] for each in found["rules"]} == {"fired", "silent"}


def test_live_reads_a_secret_and_makes_a_denied_call(
    run_module: ModuleRunner, aws_client: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    chain.build_by_steps(run_module.endpoint, chain.with_boto3)
    skip_waiting(monkeypatch, lambda seconds: advance(run_module.endpoint, seconds))
    logs = aws_client("logs")
    logs.create_log_stream(logGroupName=chain.GROUP, logStreamName=STREAM)
    (own,) = [each for each in deployment().filters if each["name"] == "DeniedCalls"]
    metric = {"metricNamespace": "SecurityMetrics", "metricName": "DeniedCalls", "metricValue": "1"}
    logs.put_metric_filter(
        logGroupName=chain.GROUP, filterName="Denied", filterPattern=own["pattern"], metricTransformations=[metric]
    )
    alarm = chain.chain_steps()
    put = next(step.parameters for step in alarm if step.operation == "PutMetricAlarm")
    aws_client("cloudwatch").put_metric_alarm(**put | {"AlarmName": "Denied", "MetricName": "DeniedCalls"})
    named = {"secret_access": chain.SECRET_ALARM, "denied_calls": "Denied"}
    rules = [{"id": name, "filter_name": alarm, "alarm_name": alarm} for name, alarm in named.items()]
    task = {"mode": "live", "log_group_name": chain.GROUP, "topic_arn": chain.TOPIC_ARN, "rules": rules}

    found, calls = run_module.recorded(**task, secret_id=chain.SECRET)

    assert statuses(found) == {"secret_access": "fired", "denied_calls": "fired"}, found["msg"]
    assert "AssumeRole, request" in rule_of(found, "denied_calls")["first_event"]
    assert writes(calls) == ["Publish", "CreateLogStream", "Publish"]


def test_the_documented_permissions_are_those_of_its_calls(drill: ModuleRunner) -> None:
    sns = client(drill, "sns")
    key = client(drill, "kms").create_key()["KeyMetadata"]["KeyId"]
    sns.set_topic_attributes(TopicArn=TOPIC_ARN, AttributeName="KmsMasterKeyId", AttributeValue=key)
    used = drill.iam_actions(lambda: drill(**task(only=("vpc_changed",))))
    near = documented_actions("rule_drill") - used
    assert used <= documented_actions("rule_drill")
    assert near == {"logs:FilterLogEvents", "secretsmanager:GetSecretValue", "kms:GenerateDataKey", "kms:Decrypt"}
