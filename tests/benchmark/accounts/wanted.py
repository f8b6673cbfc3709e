"""Read what site.yml has built in an account, so that the other ways build the same."""

from __future__ import annotations

import json
from typing import Any

import boto3

from tests.benchmark.accounts.organization import EMAIL, REGION, SECRET, access_key

# What describes the state of a resource, not how to make it.
_OF_ALARMS = (
    "AlarmName",
    "AlarmDescription",
    "MetricName",
    "Namespace",
    "Statistic",
    "Period",
    "EvaluationPeriods",
    "Threshold",
    "ComparisonOperator",
    "TreatMissingData",
    "AlarmActions",
)


def read_wanted(endpoint: str, account: str) -> dict[str, Any]:
    """Return the resources of an account, as arguments of the calls that create them."""
    session = boto3.Session(access_key(account), SECRET, region_name=REGION)

    def client(service: str) -> Any:
        return session.client(service, endpoint_url=endpoint)

    trail = client("cloudtrail").describe_trails()["trailList"][0]
    group = trail["CloudWatchLogsLogGroupArn"].split(":")[6]
    role = trail["CloudWatchLogsRoleArn"].rpartition("/")[2]
    policy = client("iam").list_role_policies(RoleName=role)["PolicyNames"][0]
    alarms = client("cloudwatch").describe_alarms()["MetricAlarms"]
    topic = alarms[0]["AlarmActions"][0]
    filters = client("logs").describe_metric_filters(logGroupName=group)["metricFilters"]
    of_filters = ("filterName", "filterPattern", "metricTransformations", "logGroupName")
    return {
        "account": account,
        "email": EMAIL,
        "secret": client("secretsmanager").list_secrets()["SecretList"][0]["Name"],
        "topic_arn": topic,
        "topic_policy": client("sns").get_topic_attributes(TopicArn=topic)["Attributes"]["Policy"],
        "group": group,
        "retention": client("logs").describe_log_groups(logGroupNamePrefix=group)["logGroups"][0]["retentionInDays"],
        "role": role,
        "trust": json.dumps(client("iam").get_role(RoleName=role)["Role"]["AssumeRolePolicyDocument"]),
        "policy": policy,
        "permissions": json.dumps(client("iam").get_role_policy(RoleName=role, PolicyName=policy)["PolicyDocument"]),
        "bucket": trail["S3BucketName"],
        "bucket_policy": client("s3").get_bucket_policy(Bucket=trail["S3BucketName"])["Policy"],
        "trail": trail["Name"],
        "filters": [{name: one[name] for name in of_filters} for one in filters],
        "alarms": [{name: one[name] for name in _OF_ALARMS if name in one} for one in alarms],
    }
