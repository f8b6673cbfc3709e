"""The trail of an organization: who may make it, and that it counts each event of a member once."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.support.alarm_setup import put_filter
from tests.support.embedded_control import drain, now_of, reset
from tests.support.member_account import member_client
from tests.support.trail_setup import SERVICE, document, make_trail

Client = Callable[[str], Any]
GUIDE, PRODUCTION = "123456789012", "222222222222"
PRINCIPAL = "cloudtrail.amazonaws.com"
MEMBER = "333333333333"
NAME = "organization"
PATTERN = '{ ($.eventName = "CreateUser") && ($.recipientAccountId = *) }'


@pytest.fixture
def guide(embedded_aws: str, aws_client: Client) -> Client:
    """Return clients of the management account, which has an open bucket."""
    reset(embedded_aws)
    aws_client("organizations").enable_aws_service_access(ServicePrincipal=PRINCIPAL)
    allow = {"Effect": "Allow", "Principal": SERVICE, "Action": "s3:*", "Resource": "*"}
    aws_client("s3").create_bucket(Bucket=NAME)
    aws_client("s3").put_bucket_policy(Bucket=NAME, Policy=document(allow))
    return aws_client


def destination(client: Any, account: str) -> dict[str, str]:
    """Create a log group, and a role for it, and return them as parameters of CreateTrail."""
    client("logs").create_log_group(logGroupName=NAME)
    trust = {"Effect": "Allow", "Principal": SERVICE, "Action": "sts:AssumeRole"}
    role = client("iam").create_role(RoleName=NAME, AssumeRolePolicyDocument=document(trust))["Role"]["Arn"]
    allow = {"Effect": "Allow", "Action": "logs:*", "Resource": "*"}
    client("iam").put_role_policy(RoleName=NAME, PolicyName="deliver", PolicyDocument=document(allow))
    group = f"arn:aws:logs:us-east-1:{account}:log-group:{NAME}:*"
    return {"CloudWatchLogsLogGroupArn": group, "CloudWatchLogsRoleArn": role}


def test_the_management_account_owns_the_trail_of_a_delegated_administrator(guide: Client, embedded_aws: str) -> None:
    client = partial(member_client, embedded_aws, PRODUCTION)
    settings = {"S3BucketName": NAME, "IsOrganizationTrail": True, "IsMultiRegionTrail": True}
    settings |= destination(client, PRODUCTION)
    with pytest.raises(ClientError, match="NotOrganizationMasterAccount"):
        client("cloudtrail").create_trail(Name=NAME, **settings)
    guide("cloudtrail").register_organization_delegated_admin(MemberAccountId=PRODUCTION)
    arn = client("cloudtrail").create_trail(Name=NAME, **settings)["TrailARN"]
    assert arn == f"arn:aws:cloudtrail:us-east-1:{GUIDE}:trail/{NAME}"
    client("cloudtrail").update_trail(Name=arn, EnableLogFileValidation=True)
    client("cloudtrail").start_logging(Name=arn)
    (trail,) = client("cloudtrail").describe_trails(trailNameList=[arn])["trailList"]
    assert trail["LogFileValidationEnabled"]
    member_client(embedded_aws, MEMBER, "iam").create_user(UserName="alice")
    drain(embedded_aws)
    created = '{ $.eventName = "CreateUser" }'
    events = client("logs").filter_log_events(logGroupName=NAME, filterPattern=created)["events"]
    assert [json.loads(event["message"])["recipientAccountId"] for event in events] == [MEMBER]
    client("cloudtrail").delete_trail(Name=arn)
    assert guide("cloudtrail").describe_trails()["trailList"] == []


def test_a_global_event_is_counted_once_for_its_account(guide: Client, embedded_aws: str) -> None:
    """Neither the regions of the trail nor another trail with a log group of its own count it again."""
    settings = destination(guide, GUIDE)
    settings |= {"S3BucketName": NAME, "IsOrganizationTrail": True, "IsMultiRegionTrail": True}
    arn = guide("cloudtrail").create_trail(Name=NAME, **settings)["TrailARN"]
    guide("cloudtrail").start_logging(Name=arn)
    make_trail(guide, "former", logs=True, IsMultiRegionTrail=True)
    put_filter(guide, NAME, NAME, PATTERN, metricName=NAME, dimensions={"account": "$.recipientAccountId"})
    member_client(embedded_aws, MEMBER, "iam").create_user(UserName="alice")
    guide("iam").create_user(UserName="bob")
    drain(embedded_aws)
    now = now_of(embedded_aws)
    span = {"StartTime": now - timedelta(hours=1), "EndTime": now + timedelta(hours=1), "Period": 3600}
    for account in (GUIDE, MEMBER):
        dimensions = [{"Name": "account", "Value": account}]
        metric = {"Namespace": "Test", "MetricName": NAME, "Dimensions": dimensions, "Statistics": ["Sum"]}
        points = guide("cloudwatch").get_metric_statistics(**metric, **span)["Datapoints"]
        assert sum(point["Sum"] for point in points) == 1
