"""Events of other regions are forwarded to the event alerts, and mailed once."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest
from ansible_collections.secmon.aws.plugins.module_utils.event_alerts.forwarding import forwarding_rules
from botocore.exceptions import ClientError

from tests.support.in_process import ADMINISTRATOR, GUIDE, InProcess, aws
from tests.support.trail_setup import make_trail
from tests.unit.embedded_aws.events.test_event_alerts import deploy, first_lines

__all__ = ["aws"]

HOME = "us-east-1"
BUS = f"arn:aws:events:{HOME}:{GUIDE}:event-bus/default"
ROLE = f"arn:aws:iam::{GUIDE}:role/forwarder"


def make_role(aws: InProcess, principal: str = "events.amazonaws.com", resource: str = BUS) -> None:
    trust = {"Effect": "Allow", "Principal": {"Service": principal}, "Action": "sts:AssumeRole"}
    allow = {"Effect": "Allow", "Action": "events:PutEvents", "Resource": resource}
    iam = aws.client("iam")
    iam.create_role(RoleName="forwarder", AssumeRolePolicyDocument=_document(trust))
    iam.put_role_policy(RoleName="forwarder", PolicyName="forward", PolicyDocument=_document(allow))


def _document(statement: Mapping[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def forward(aws: InProcess, region: str) -> None:
    """Forward the events of a region, with the rule that the event alerts need."""
    deployed = [
        {"pattern": rule["EventPattern"], "rule_state": rule["State"]}
        for rule in aws.client("events").list_rules()["Rules"]
    ]
    (rule,) = forwarding_rules(deployed, HOME, BUS, ROLE)
    events = aws.client("events", region)
    events.put_rule(Name=rule["name"], EventPattern=rule["pattern"], State=rule["rule_state"])
    target = {"Id": "secmon", "Arn": rule["target_arn"], "RoleArn": rule["target_role_arn"]}
    assert events.put_targets(Rule=rule["name"], Targets=[target])["FailedEntryCount"] == 0


def test_a_call_in_another_region_is_mailed_once_with_its_region_and_not_without_forwarding(aws: InProcess) -> None:
    make_trail(aws.client, "trail", IsMultiRegionTrail=True)
    deploy(aws, "secret_access", "trail_stopped")
    secret = aws.client("secretsmanager", "eu-west-1").create_secret(Name="db", SecretString="x")["ARN"]
    as_user = aws.client("secretsmanager", "eu-west-1", aws_access_key_id=ADMINISTRATOR)

    as_user.get_secret_value(SecretId=secret)
    assert first_lines(aws) == []

    make_role(aws)
    forward(aws, "eu-west-1")
    as_user.get_secret_value(SecretId=secret)
    aws.client("secretsmanager", aws_access_key_id=ADMINISTRATOR).create_secret(Name="home", SecretString="x")
    aws.client("secretsmanager", aws_access_key_id=ADMINISTRATOR).get_secret_value(SecretId="home")

    there, here = first_lines(aws)
    assert "called GetSecretValue" in there and there.endswith(f" in account guide ({GUIDE}), region eu-west-1.")
    assert here.endswith(f" in account guide ({GUIDE}), region us-east-1.")


def test_a_global_event_is_mailed_once(aws: InProcess) -> None:
    make_trail(aws.client, "trail", IsMultiRegionTrail=True)
    deploy(aws, "iam_user_created")
    make_role(aws)
    forward(aws, "eu-west-1")

    for region in (HOME, "eu-west-1"):
        aws.client("iam", region, aws_access_key_id=ADMINISTRATOR).create_user(UserName=f"from-{region}")

    first, second = first_lines(aws)
    assert (first.endswith("region us-east-1."), second.endswith("region us-east-1.")) == (True, True)
    assert "on user from-us-east-1" in first and "on user from-eu-west-1" in second


def test_an_event_is_not_sent_on_to_a_third_bus(aws: InProcess) -> None:
    make_trail(aws.client, "trail", IsMultiRegionTrail=True)
    deploy(aws, "secret_access")
    make_role(aws, resource="*")
    for region in ("eu-west-1", "eu-west-2"):
        forward(aws, region)
    there = BUS.replace(HOME, "eu-west-2")
    aws.client("events", "eu-west-1").put_targets(
        Rule=f"secmon-forward-to-{HOME}", Targets=[{"Id": "secmon", "Arn": there, "RoleArn": ROLE}]
    )
    aws.client("secretsmanager", "eu-west-1").create_secret(Name="db", SecretString="x")
    aws.client("secretsmanager", "eu-west-1").get_secret_value(SecretId="db")

    assert first_lines(aws) == []


@pytest.mark.parametrize(("bus", "metric"), [(BUS, "SuccessfulInvocationAttempts"), (f"{BUS}-2", "FailedInvocations")])
def test_an_event_of_put_events_is_forwarded_by_the_role_with_its_region(aws: InProcess, bus: str, metric: str) -> None:
    make_role(aws, resource=bus)
    deploy(aws, "secret_access")
    (topic,) = aws.client("sns").list_topics()["Topics"]
    targets = {"eu-west-1": {"Arn": BUS, "RoleArn": ROLE}, HOME: {"Arn": topic["TopicArn"]}}
    for region, target in targets.items():
        events = aws.client("events", region)
        events.put_rule(Name="drill", EventPattern='{"source": ["drill"], "region": ["eu-west-1"]}')
        events.put_targets(Rule="drill", Targets=[{"Id": "1", **target}])
    aws.client("events", "eu-west-1").put_events(Entries=[{"Source": "drill", "DetailType": "x", "Detail": "{}"}])

    counted = aws.client("cloudwatch", "eu-west-1").list_metrics(Namespace="AWS/Events")["Metrics"]
    assert {each["MetricName"] for each in counted} == {"InvocationAttempts", metric}
    assert len(first_lines(aws)) == (bus == BUS)


def test_a_role_without_permission_for_the_bus_forwards_nothing(aws: InProcess) -> None:
    make_trail(aws.client, "trail", IsMultiRegionTrail=True)
    deploy(aws, "secret_access")
    make_role(aws, resource=BUS.replace(HOME, "eu-west-2"))
    forward(aws, "eu-west-1")
    aws.client("secretsmanager", "eu-west-1").create_secret(Name="db", SecretString="x")
    aws.client("secretsmanager", "eu-west-1").get_secret_value(SecretId="db")

    assert first_lines(aws) == []


@pytest.mark.parametrize(
    ("role", "text"),
    [
        ("", f"RoleArn is required for target {BUS}."),
        (ROLE, f"Provided role '{ROLE}' cannot be assumed by principal 'events.amazonaws.com'."),
    ],
)
def test_a_bus_in_another_region_needs_a_role_that_eventbridge_may_assume(aws: InProcess, role: str, text: str) -> None:
    make_role(aws, principal="lambda.amazonaws.com")
    events = aws.client("events", "eu-west-1")
    events.put_rule(Name="rule", EventPattern='{"source": ["aws.iam"]}')
    with pytest.raises(ClientError) as error:
        events.put_targets(Rule="rule", Targets=[{"Id": "1", "Arn": BUS, **({"RoleArn": role} if role else {})}])

    assert error.value.response["Error"] == {"Code": "ValidationException", "Message": text}
