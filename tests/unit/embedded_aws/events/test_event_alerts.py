"""The rules that event_alerts writes mail what happened, also the loss of each part of the other path."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from ansible_collections.secmon.aws.plugins.module_utils.event_alerts.rules import event_alert, target
from ansible_collections.secmon.aws.plugins.module_utils.event_alerts.text import Style
from ansible_collections.secmon.aws.plugins.module_utils.rules.parameters import fill_pattern
from ansible_collections.secmon.aws.plugins.module_utils.rules.runbook import fill_runbook
from botocore.exceptions import ClientError

from embedded_aws.iam.permissions import enforce_iam
from tests.support.custom_notification import problems
from tests.support.embedded_control import link_in
from tests.support.in_process import ADMINISTRATOR, GUIDE, InProcess, aws
from tests.support.shipped_rules import shipped_rules
from tests.support.trail_setup import make_trail

__all__ = ["aws"]

MAILBOX = "ops@example.com"
GROUP = "trail-events"


def deploy(aws: InProcess, *rule_ids: str, chat: bool = False, **values: str) -> None:
    """Deploy detections to EventBridge, with a topic and a confirmed subscription of their own."""
    sns, events = aws.client("sns"), aws.client("events")
    topic = sns.create_topic(Name="secmon-events")["TopicArn"]
    service = {"Service": "events.amazonaws.com"}
    allow = {"Effect": "Allow", "Principal": service, "Action": "sns:Publish", "Resource": topic}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [allow]})
    sns.set_topic_attributes(TopicArn=topic, AttributeName="Policy", AttributeValue=policy)
    subscribe(aws, topic)
    for rule in shipped_rules():
        if rule.id not in rule_ids:
            continue
        given = {parameter.name: (values[parameter.name],) for parameter in rule.parameters if parameter.name in values}
        filled = replace(rule, pattern=str(fill_pattern(rule, given)), runbook=fill_runbook(rule, "Alarm", {}))
        alert = event_alert(filled, Style("guide", "aws", chat))
        assert alert.rules, alert.reasons
        for each in alert.rules:
            events.put_rule(Name=each.name, EventPattern=each.pattern, State=each.state, Description=each.description)
            answer = events.put_targets(Rule=each.name, Targets=[target(each, "mail", topic)])
            assert answer["FailedEntryCount"] == 0


def subscribe(aws: InProcess, topic: str) -> None:
    aws.client("sns").subscribe(TopicArn=topic, Protocol="email", Endpoint=MAILBOX)
    token = parse_qs(urlsplit(link_in(mails(aws)[-1], "ConfirmSubscription")).query)["Token"][0]
    aws.client("sns").confirm_subscription(TopicArn=topic, Token=token)


def mails(aws: InProcess) -> list[Any]:
    assert aws.pipeline.drain() == []
    return list(aws.state.mailbox.messages(to=MAILBOX))


def first_lines(aws: InProcess) -> list[str]:
    """Return the first line of each event alert, without its quotation marks."""
    alerts = [mail for mail in mails(aws) if mail["subject"] == "AWS Notification Message"]
    return [mail["body"].splitlines()[0].strip('"') for mail in alerts]


def test_a_read_by_a_role_a_denied_read_and_a_stopped_trail_are_mailed(aws: InProcess) -> None:
    make_trail(aws.client, "trail")
    deploy(aws, "secret_access", "trail_stopped")
    secret = aws.client("secretsmanager").create_secret(Name="db", SecretString="x")["ARN"]
    trust = {"Effect": "Allow", "Principal": {"AWS": GUIDE}, "Action": "sts:AssumeRole"}
    trusted = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    iam = aws.client("iam")
    for name, effect in (("app", "Allow"), ("intruder", "Deny")):
        iam.create_role(RoleName=name, AssumeRolePolicyDocument=trusted)
        read = {"Effect": effect, "Action": "secretsmanager:GetSecretValue", "Resource": secret}
        document = json.dumps({"Version": "2012-10-17", "Statement": [read]})
        iam.put_role_policy(RoleName=name, PolicyName="read", PolicyDocument=document)

    app, intruder = (aws.client("secretsmanager", **aws.session(name, GUIDE)) for name in ("app", "intruder"))
    app.get_secret_value(SecretId="db")
    enforce_iam(True)
    try:
        with pytest.raises(ClientError, match="AccessDenied"):
            intruder.get_secret_value(SecretId="db")
    finally:
        enforce_iam(False)
    aws.client("cloudtrail", aws_access_key_id=ADMINISTRATOR).stop_logging(Name="trail")

    read_line, denied, stopped = first_lines(aws)
    title, call = "HIGH: A secret value was read.", "GetSecretValue of secretsmanager.amazonaws.com"
    session = f"AssumedRole arn:aws:sts::{GUIDE}:assumed-role"
    assert read_line.startswith(f"{title} {session}/app/tester called {call} on secret db from 203.0.113.7 at ")
    assert denied.startswith(f"{title} {session}/intruder/tester tried {call} without success (AccessD")
    assert f" IAMUser arn:aws:iam::{GUIDE}:user/" in stopped
    assert " called StopLogging of cloudtrail.amazonaws.com from" in stopped
    assert stopped.endswith(f" in account guide ({GUIDE}), region us-east-1.")


def test_a_sign_in_of_root_and_a_failed_one_are_mailed(aws: InProcess) -> None:
    make_trail(aws.client, "trail")
    deploy(aws, "root_usage", "console_login_failed")
    for more in ({}, {"user": "alice", "success": False}):
        aws.app.control.sign_in({}, {"account": GUIDE, **more})

    root, failed = (line for line in first_lines(aws) if "ConsoleLogin" in line)
    place = f"in account guide ({GUIDE}), region us-east-1."
    called = f"Root arn:aws:iam::{GUIDE}:root called ConsoleLogin of signin.amazonaws.com from 203.0.113.200 at "
    assert root.startswith(f"HIGH: The root user was used. {called}")
    assert f" IAMUser({GUIDE}) tried ConsoleLogin of signin.amazonaws.com without success (Failure) from " in failed
    assert root.endswith(place) and failed.endswith(place)


def test_a_card_for_chat_has_the_schema_of_custom_notifications(aws: InProcess) -> None:
    make_trail(aws.client, "trail")
    deploy(aws, "trail_stopped", chat=True)
    aws.client("cloudtrail", aws_access_key_id=ADMINISTRATOR).stop_logging(Name="trail")

    (sent,) = (mail["body"] for mail in mails(aws) if mail["subject"] == "AWS Notification Message")
    card = json.loads(sent.partition("\n\n--\n")[0])
    assert problems(card) == []
    assert card["content"]["title"].startswith("CRITICAL: A trail ")
    assert " called StopLogging of cloudtrail.amazonaws.com from 203.0.113.7 at " in card["content"]["description"]


def test_the_loss_of_each_part_of_the_other_path_is_mailed(aws: InProcess) -> None:
    make_trail(aws.client, "trail")
    sns = aws.client("sns")
    topic = sns.create_topic(Name="secmon-alarms")["TopicArn"]
    queue = sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=f"arn:aws:sqs:us-east-1:{GUIDE}:alarms")
    guards = ("metric_filter_deleted", "log_group_deleted", "alarm_silenced", "alert_subscription_removed")
    deploy(aws, *guards, log_group_name=GROUP, topic_arn=topic)
    logs, cloudwatch = aws.client("logs"), aws.client("cloudwatch")
    logs.create_log_group(logGroupName=GROUP)
    metric = {"metricName": "m", "metricNamespace": "n", "metricValue": "1"}
    logs.put_metric_filter(logGroupName=GROUP, filterName="f", filterPattern="", metricTransformations=[metric])
    condition = {"Threshold": 1, "ComparisonOperator": "GreaterThanThreshold", "Period": 60, "EvaluationPeriods": 1}
    watched = {"Namespace": "n", "MetricName": "m", "Statistic": "Sum"}
    cloudwatch.put_metric_alarm(AlarmName="alarm", **watched, **condition)
    assert first_lines(aws) == []

    logs.delete_metric_filter(logGroupName=GROUP, filterName="f")
    logs.delete_log_group(logGroupName=GROUP)
    cloudwatch.delete_alarms(AlarmNames=["alarm"])
    sns.unsubscribe(SubscriptionArn=queue["SubscriptionArn"])
    sns.delete_topic(TopicArn=topic)

    lines = first_lines(aws)
    assert {line.split(":")[0] for line in lines} == {"CRITICAL"}
    calls = ("DeleteMetricFilter", "DeleteLogGroup", "DeleteAlarms", "Unsubscribe", "DeleteTopic")
    assert [f"{call} of" in line for call, line in zip(calls, lines, strict=True)] == [True] * len(calls)


def alarm_on(aws: InProcess, topic: str, *rule_ids: str) -> None:
    """Deploy detections as metric filters and alarms."""
    for rule in shipped_rules():
        if rule.id not in rule_ids:
            continue
        metric = {"metricName": rule.metric.name, "metricNamespace": rule.metric.namespace, "metricValue": "1"}
        aws.client("logs").put_metric_filter(
            logGroupName=GROUP,
            filterName=rule.filter_name,
            filterPattern=str(fill_pattern(rule, {})),
            metricTransformations=[metric],
        )
        condition = {"Threshold": 1, "ComparisonOperator": "GreaterThanOrEqualToThreshold", "Statistic": "Sum"}
        watched = {"Namespace": rule.metric.namespace, "MetricName": rule.metric.name, "Period": 60}
        aws.client("cloudwatch").put_metric_alarm(
            AlarmName=rule.id,
            EvaluationPeriods=1,
            TreatMissingData="notBreaching",
            AlarmActions=[topic],
            **condition,
            **watched,
        )


def alarmed(aws: InProcess) -> list[str]:
    """Return the alarms that were mailed in the last minutes, after all of them are quiet again."""
    aws.advance(120)
    assert aws.pipeline.drain() == []
    found = [mail["subject"].split('"')[1] for mail in mails(aws) if mail["subject"].startswith("ALARM")]
    aws.advance(600)
    aws.state.mailbox.clear()
    return found


def test_the_loss_of_each_part_of_the_event_alerts_is_mailed_by_an_alarm(aws: InProcess) -> None:
    make_trail(aws.client, GROUP, logs=True)
    sns, events = aws.client("sns"), aws.client("events")
    alarms = sns.create_topic(Name="secmon-alarms")["TopicArn"]
    subscribe(aws, alarms)
    deploy(aws, "trail_stopped")
    alarm_on(aws, alarms, "event_alert_silenced", "alert_topic_changed", "alert_subscription_removed")
    alarmed(aws)

    topic = next(each["TopicArn"] for each in sns.list_topics()["Topics"] if each["TopicArn"].endswith("events"))
    (subscription,) = sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
    done, failed = "secmon-trail_stopped-done", "secmon-trail_stopped-failed"
    losses: list[tuple[str, Callable[[], Any]]] = [
        ("event_alert_silenced", lambda: events.remove_targets(Rule=done, Ids=["mail"])),
        ("event_alert_silenced", lambda: events.delete_rule(Name=done)),
        ("event_alert_silenced", lambda: events.disable_rule(Name=failed)),
        ("alert_topic_changed", lambda: sns.set_topic_attributes(TopicArn=topic, AttributeName="DisplayName")),
        ("alert_subscription_removed", lambda: sns.unsubscribe(SubscriptionArn=subscription["SubscriptionArn"])),
        ("alert_subscription_removed", lambda: sns.delete_topic(TopicArn=topic)),
    ]
    for alarm, lose in losses:
        lose()
        assert alarmed(aws) == [alarm]
