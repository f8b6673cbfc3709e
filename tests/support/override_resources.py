"""The resources for the requests of override_cases.py."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import boto3

from tests.integration.secret.secret_setup import FUNCTION, make_function
from tests.support.alarm_setup import Client, make_group, make_logs_key, put_alarm, put_filter, put_messages, put_value
from tests.support.embedded_control import link_in, mails, now_of
from tests.support.raw_call import protocols_of
from tests.support.trail_setup import SERVICE, document, make_bucket, make_trail

MATH: list[dict[str, Any]] = [
    {"Id": "m", "MetricStat": {"Metric": {"Namespace": "Test", "MetricName": "kept"}, "Period": 60, "Stat": "p90"}},
    {"Id": "e", "Expression": "m * 2", "ReturnData": True},
]


def make_resources(endpoint: str, client: Client) -> dict[str, Any]:
    """Create the resources, and return the values of the placeholders in the parameters."""
    now = now_of(endpoint)
    _make_trails(client)
    _make_logs_and_alarms(endpoint, client)
    return {
        "hour_ago": now - timedelta(hours=1),
        "soon": now + timedelta(minutes=2),
        "now_ms": int(now.timestamp() * 1000),
        "other_region_trail": _make_trail_in_another_region(endpoint, client),
        **_make_subscriptions(endpoint, client),
        **_make_keys(client),
        **_make_secrets(client),
        "root": _make_account_tags(client),
    }


def _make_trails(client: Client) -> None:
    for name in ("kept", "stopped", "deleted"):
        make_trail(client, name)
    make_bucket(client, "created", "created")
    client("s3").create_bucket(Bucket="bare")
    client("cloudtrail").put_insight_selectors(
        TrailName="kept", InsightSelectors=[{"InsightType": "ApiCallRateInsight"}]
    )
    client("cloudtrail").register_organization_delegated_admin(MemberAccountId="333333333333")


def _make_account_tags(client: Client) -> str:
    organizations = client("organizations")
    organizations.tag_resource(ResourceId="222222222222", Tags=[{"Key": "owner", "Value": "secmon"}])
    return str(organizations.list_roots()["Roots"][0]["Id"])


def _make_trail_in_another_region(endpoint: str, client: Client) -> str:
    s3 = client("s3")
    s3.create_bucket(Bucket="other-region")
    allow = {"Effect": "Allow", "Principal": SERVICE, "Action": "s3:*", "Resource": "*"}
    s3.put_bucket_policy(Bucket="other-region", Policy=document(allow))
    keys = {"aws_access_key_id": "tester", "aws_secret_access_key": "tester"}
    cloudtrail = boto3.client("cloudtrail", endpoint_url=endpoint, region_name="eu-west-1", **keys)
    trail = cloudtrail.create_trail(Name="other-region", S3BucketName="other-region", IsMultiRegionTrail=True)
    return str(trail["TrailARN"])


def _make_logs_and_alarms(endpoint: str, client: Client) -> None:
    for name in ("kept", "deleted", "protected"):
        make_group(client, name)
    client("logs").put_log_group_deletion_protection(logGroupIdentifier="protected", deletionProtectionEnabled=True)
    put_filter(client, "kept", "kept", "[letter]", metricName="kept", defaultValue=0.5, unit="Count")
    put_filter(client, "kept", "deleted")
    cloudwatch = client("cloudwatch")
    for name in ("kept", "set", *(f"deleted-{protocol}" for protocol in protocols_of("cloudwatch"))):
        put_alarm(client, name, AlarmDescription="text", DatapointsToAlarm=1, TreatMissingData="ignore")
    plain = dict.fromkeys(("Namespace", "MetricName", "Statistic", "Period"))
    put_alarm(client, "math", **plain, Metrics=[MATH[0] | {"ReturnData": False}, MATH[1]])
    query = 'SELECT SUM(kept) FROM SCHEMA("Test", account) GROUP BY account ORDER BY SUM() DESC'
    put_alarm(client, "grouped", **plain, Metrics=[{"Id": "m", "Expression": query, "Period": 60}])
    put_value(client, endpoint, "kept", 1, Dimensions=[{"Name": "account", "Value": "111111111111"}])
    cloudwatch.put_composite_alarm(AlarmName="above", AlarmRule="ALARM(kept)")
    data = json.dumps({"reason": "test"})
    for state in ("OK", "ALARM"):
        cloudwatch.set_alarm_state(AlarmName="kept", StateValue=state, StateReason="test", StateReasonData=data)
    put_messages(client, endpoint, "kept", "a")


def _make_subscriptions(endpoint: str, client: Client) -> dict[str, str]:
    sns = client("sns")
    topic = sns.create_topic(Name="kept", Tags=[{"Key": "owner", "Value": "secmon"}])["TopicArn"]
    tokens = {}
    for address in ("confirming@example.com", "leaving@example.com", "pending@example.com"):
        sns.subscribe(TopicArn=topic, Protocol="email", Endpoint=address)
        (mail,) = mails(endpoint, address)
        tokens[address] = link_in(mail, "ConfirmSubscription").partition("Token=")[2].partition("&")[0]
    left = sns.confirm_subscription(TopicArn=topic, Token=tokens["leaving@example.com"])["SubscriptionArn"]
    return {"topic": topic, "token": tokens["confirming@example.com"], "subscription": left}


def _make_keys(client: Client) -> dict[str, str]:
    kms = client("kms")
    names = ("key", "enabled_key", "pending_key", "other_pending_key")
    arns = {name: make_logs_key(client) for name in names}
    for name in ("pending_key", "other_pending_key"):
        kms.schedule_key_deletion(KeyId=arns[name])
    return arns


def _make_secrets(client: Client) -> dict[str, str]:
    secrets = client("secretsmanager")
    kept = secrets.create_secret(Name="kept", SecretString="s")
    secrets.create_secret(Name="deleted", SecretString="s")
    secrets.delete_secret(SecretId="deleted")
    secrets.create_secret(Name="rotated", SecretString="s")
    make_function(client)
    return {"version": kept["VersionId"], "function": FUNCTION}
