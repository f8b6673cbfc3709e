"""A monitored account as others build it: with names of their own, by boto3 alone, with keys and the filters of CIS."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

from ansible_collections.secmon.aws.plugins.module_utils.core.account import Account
from ansible_collections.secmon.aws.plugins.module_utils.core.retries import Budget
from ansible_collections.secmon.aws.plugins.module_utils.posture.filters import FILTERS
from ansible_collections.secmon.aws.plugins.module_utils.posture.judgement import judge, outcomes
from ansible_collections.secmon.aws.plugins.module_utils.posture.reads import read_snapshot

from tests.conftest import shared_client
from tests.support.embedded_control import advance, drain, link_in, mails, now_of
from tests.support.in_process import GUIDE as ACCOUNT
from tests.support.trail_setup import bucket_policy, make_bucket

REGION = "us-east-1"
TRAIL, BUCKET, GROUP, ROLE = "tf-audit", "tf-audit-logs", "tf/audit", "tf-audit-delivery"
TRAIL_ARN = f"arn:aws:cloudtrail:{REGION}:{ACCOUNT}:trail/{TRAIL}"
GROUP_ARN = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{GROUP}"
TOPIC = f"arn:aws:sns:{REGION}:{ACCOUNT}:tf-alerts"
MAIL = "soc@example.com"
CHOSEN = {"drill_days": 90, "strict": False}

Client = Callable[[str], Any]


class Stack:
    """The account, its clients, and what the checks find in it."""

    def __init__(self, endpoint: str) -> None:
        self.endpoint = endpoint
        self.keys: dict[str, str] = {}
        self.removed: list[str] = []
        self.objects: list[bytes] = []
        self.account = Account(self.client, REGION, Budget(10))

    def client(self, service: str) -> Any:
        return shared_client(self.endpoint, service, REGION)

    def judge(self, **options: Any) -> list[dict[str, Any]]:
        """Drain, and return the controls."""
        drain(self.endpoint)
        return judge(read_snapshot(self.account, options), **CHOSEN)

    def red(self) -> dict[str, str]:
        """Drain, and return why each check fails or could not decide."""
        drain(self.endpoint)
        found = outcomes(read_snapshot(self.account, {}), **CHOSEN)
        return {name: each.why for name, each in found.items() if each.status in ("fail", "unread")}

    def advance(self, seconds: float) -> None:
        advance(self.endpoint, seconds)

    def now(self) -> datetime:
        return now_of(self.endpoint)

    def build(self) -> None:
        for service in ("cloudtrail", "logs", "cloudwatch"):
            self.keys[service] = self._make_key(service)
        self._make_trail()
        self._make_topic()
        for number, control in enumerate(FILTERS):
            self.put_filter(number, control.pattern)
            self.put_alarm(number)
        logs = self.client("logs")
        logs.create_log_stream(logGroupName=GROUP, logStreamName="secmon-drill")
        self.advance(3 * 3600)
        self.client("iam").list_roles()
        self.advance(3600)

    def _make_key(self, service: str) -> str:
        principal = {"logs": f"logs.{REGION}.amazonaws.com"}.get(service, f"{service}.amazonaws.com")
        kms = self.client("kms")
        key: str = kms.create_key(Policy=key_policy(principal))["KeyMetadata"]["Arn"]
        kms.enable_key_rotation(KeyId=key)
        return key

    def _make_trail(self) -> None:
        make_bucket(self.client, BUCKET, TRAIL)
        self.block_public_access()
        self.client("s3").put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
        logs = self.client("logs")
        logs.create_log_group(logGroupName=GROUP, kmsKeyId=self.keys["logs"])
        logs.put_retention_policy(logGroupName=GROUP, retentionInDays=365)
        iam = self.client("iam")
        trust = {"Effect": "Allow", "Principal": {"Service": "cloudtrail.amazonaws.com"}, "Action": "sts:AssumeRole"}
        iam.create_role(RoleName=ROLE, AssumeRolePolicyDocument=document(trust))
        self.put_role_policy()
        self.client("cloudtrail").create_trail(**trail_settings(self.keys["cloudtrail"]), TagsList=[TAG])
        self.client("cloudtrail").start_logging(Name=TRAIL)

    def block_public_access(self) -> None:
        names = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
        block = dict.fromkeys(names, True)
        self.client("s3").put_public_access_block(Bucket=BUCKET, PublicAccessBlockConfiguration=block)

    def put_role_policy(self, group: str = GROUP) -> None:
        streams = f"{GROUP_ARN.replace(GROUP, group)}:log-stream:{ACCOUNT}_CloudTrail_{REGION}*"
        allow = {"Effect": "Allow", "Action": ["logs:CreateLogStream", "logs:PutLogEvents"], "Resource": streams}
        self.client("iam").put_role_policy(RoleName=ROLE, PolicyName="deliver", PolicyDocument=document(allow))

    def _make_topic(self) -> None:
        sns = self.client("sns")
        sns.create_topic(Name="tf-alerts", Attributes={"KmsMasterKeyId": self.keys["cloudwatch"]})
        self.put_topic_policy()
        self.subscribe()

    def put_topic_policy(self, service: str = "cloudwatch.amazonaws.com") -> None:
        allow = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sns:Publish", "Resource": TOPIC}
        self.client("sns").set_topic_attributes(TopicArn=TOPIC, AttributeName="Policy", AttributeValue=document(allow))

    def subscribe(self) -> None:
        self.client("sns").subscribe(TopicArn=TOPIC, Protocol="email", Endpoint=MAIL)
        mail = mails(self.endpoint, MAIL)[-1]
        token = parse_qs(urlsplit(link_in(mail, "ConfirmSubscription")).query)["Token"][0]
        self.client("sns").confirm_subscription(TopicArn=TOPIC, Token=token, AuthenticateOnUnsubscribe="true")

    def unsubscribe(self) -> None:
        sns = self.client("sns")
        for each in sns.list_subscriptions_by_topic(TopicArn=TOPIC)["Subscriptions"]:
            if each["SubscriptionArn"].startswith("arn:"):
                sns.unsubscribe(SubscriptionArn=each["SubscriptionArn"])

    def put_filter(self, number: int, pattern: str) -> None:
        metric = {"metricName": f"m{number}", "metricNamespace": "Terraform", "metricValue": "1", "defaultValue": 0}
        self.client("logs").put_metric_filter(
            logGroupName=GROUP, filterName=f"tf-{number}", filterPattern=pattern, metricTransformations=[metric]
        )

    def put_alarm(self, number: int, **changes: Any) -> None:
        settings = {
            "AlarmName": f"tf-{number}",
            "Namespace": "Terraform",
            "MetricName": f"m{number}",
            "Statistic": "Sum",
            "Period": 300,
            "EvaluationPeriods": 1,
            "Threshold": 1.0,
            "ComparisonOperator": "GreaterThanOrEqualToThreshold",
            "AlarmActions": [TOPIC],
        }
        self.client("cloudwatch").put_metric_alarm(**settings | changes)


TAG = {"Key": "team", "Value": "soc"}


def trail_settings(key: str) -> dict[str, Any]:
    """Return the parameters of CreateTrail and UpdateTrail."""
    return {
        "Name": TRAIL,
        "S3BucketName": BUCKET,
        "IsMultiRegionTrail": True,
        "EnableLogFileValidation": True,
        "CloudWatchLogsLogGroupArn": f"{GROUP_ARN}:*",
        "CloudWatchLogsRoleArn": f"arn:aws:iam::{ACCOUNT}:role/{ROLE}",
        "KmsKeyId": key,
    }


def key_policy(*services: str) -> str:
    account = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, "Action": "kms:*"}
    use = {"Effect": "Allow", "Principal": {"Service": list(services)}, "Action": "kms:*"}
    return document(*(each | {"Resource": "*"} for each in ([account, use] if services else [account])))


def document(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


def wider_bucket_policy(statement: dict[str, Any]) -> str:
    policy = bucket_policy(BUCKET, TRAIL)
    return json.dumps(policy | {"Statement": [*policy["Statement"], statement]})
