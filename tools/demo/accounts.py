"""The accounts of inventory/embedded, read with boto3: what AWS lists, independent of the playbooks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import boto3

KEY, SECRET = "AKIAEMBEDDEDGUIDE001", "embedded"


@dataclass(frozen=True)
class Account:
    """One host of the inventory."""

    name: str
    id: str
    region: str
    secret: str
    alarm: str
    role: str = ""

    def client(self, endpoint: str, service: str) -> Any:
        """Return a boto3 client in this account."""
        keys = {"aws_access_key_id": KEY, "aws_secret_access_key": SECRET}
        options = {"endpoint_url": endpoint, "region_name": self.region}
        if self.role:
            arn = f"arn:aws:iam::{self.id}:role/{self.role}"
            sts = boto3.client("sts", **options, **keys)
            session = sts.assume_role(RoleArn=arn, RoleSessionName="demo")["Credentials"]
            keys = {"aws_access_key_id": session["AccessKeyId"], "aws_secret_access_key": session["SecretAccessKey"]}
            keys["aws_session_token"] = session["SessionToken"]
        return boto3.client(service, **options, **keys)


GUIDE = Account("guide", "123456789012", "us-east-1", "MySampleSecret", "SecretIsAccessed")
PRODUCTION = Account(
    "production", "222222222222", "eu-central-1", "orders/database", "SecretIsAccessed", "SecurityMonitoringDeployer"
)
SANDBOX = Account(
    "sandbox", "333333333333", "us-east-1", "SandboxSecret", "SandboxSecretIsAccessed", "OrganizationAccountAccessRole"
)
ACCOUNTS = (GUIDE, PRODUCTION, SANDBOX)


def listed(endpoint: str, account: Account) -> Iterator[tuple[str, str]]:
    """Yield the kind and the name, with a detail, of every resource of the system in an account."""
    for secret in account.client(endpoint, "secretsmanager").list_secrets()["SecretList"]:
        yield "secret", secret["Name"]
    yield from _topics(account.client(endpoint, "sns"))
    logs = account.client(endpoint, "logs")
    for group in logs.describe_log_groups()["logGroups"]:
        yield "log group", f"{group['logGroupName']} (kept {group.get('retentionInDays', 'without limit')} days)"
    for role in account.client(endpoint, "iam").list_roles()["Roles"]:
        if role["RoleName"] not in ("OrganizationAccountAccessRole", "SecurityMonitoringDeployer"):
            yield "role", role["RoleName"]
    for bucket in account.client(endpoint, "s3").list_buckets()["Buckets"]:
        yield "bucket", bucket["Name"]
    yield from _trails(account.client(endpoint, "cloudtrail"))
    yield from _counted("metric filter", [found["filterName"] for found in _filters(logs)])
    rules = account.client(endpoint, "events").list_rules()["Rules"]
    yield from _counted("event rule", [rule["Name"] for rule in rules])
    yield from _counted("alarm", [found["AlarmName"] for found in _alarms(account.client(endpoint, "cloudwatch"))])


def _topics(sns: Any) -> Iterator[tuple[str, str]]:
    for topic in sns.list_topics()["Topics"]:
        yield "topic", topic["TopicArn"].split(":")[-1]
    for subscription in sns.list_subscriptions()["Subscriptions"]:
        pending = subscription["SubscriptionArn"] == "PendingConfirmation"
        yield "e-mail", f"{subscription['Endpoint']}{' (pending)' if pending else ''}"


def _trails(cloudtrail: Any) -> Iterator[tuple[str, str]]:
    for trail in cloudtrail.describe_trails()["trailList"]:
        logging = cloudtrail.get_trail_status(Name=trail["TrailARN"])["IsLogging"]
        reach = "every region" if trail["IsMultiRegionTrail"] else trail["HomeRegion"]
        yield "trail", f"{trail['Name']} ({reach}, {'logging' if logging else 'stopped'})"


def _filters(logs: Any) -> list[dict[str, Any]]:
    return [
        found for page in logs.get_paginator("describe_metric_filters").paginate() for found in page["metricFilters"]
    ]


def _alarms(cloudwatch: Any) -> list[dict[str, Any]]:
    pages = cloudwatch.get_paginator("describe_alarms").paginate()
    return [found for page in pages for found in page["MetricAlarms"]]


def _counted(kind: str, names: list[str]) -> Iterator[tuple[str, str]]:
    if len(names) > 2:
        yield f"{len(names)} {kind}s", f"{', '.join(sorted(names)[:2])}, ..."
    else:
        yield from ((kind, name) for name in sorted(names))
