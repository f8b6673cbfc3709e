"""Whether the record of a call that ends the delivery of a trail is still delivered to the log group.

Rules on UpdateTrail and DeleteTrail rely on it. On AWS each test waits 20 minutes. Cost: the events of a further trail,
2 USD per 100,000, and a few S3 requests: less than 0.05 USD in a quiet account. Clean-up: each test deletes its trail,
bucket with files, role and log group. An account has at most five trails in a region. In a monitored account the calls
raise alarms.
"""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.contract.transcript import record_answer

Client = Callable[[str], Any]
Wait = Callable[[float], None]

MINUTES = 20
_PROPAGATION = ("InvalidCloudWatchLogsRoleArnException", "InvalidCloudWatchLogsLogGroupArnException")

pytestmark = pytest.mark.xdist_group("contract")


def _policy(**statement: Any) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **statement}]})


@pytest.fixture
def bucket(client: Client, name: str, cleanup: contextlib.ExitStack) -> str:
    s3 = client("s3")
    region = s3.meta.region_name
    place = {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}
    s3.create_bucket(Bucket=name, **place)
    cleanup.callback(empty_and_delete, s3, name)
    partition = client("sts").get_caller_identity()["Arn"].split(":")[1]
    arn = f"arn:{partition}:s3:::{name}"
    principal = {"Service": "cloudtrail.amazonaws.com"}
    actions = ["s3:GetBucketAcl", "s3:PutObject"]
    s3.put_bucket_policy(Bucket=name, Policy=_policy(Principal=principal, Action=actions, Resource=[arn, f"{arn}/*"]))
    return name


def empty_and_delete(s3: Any, bucket: str) -> None:
    """Delete a bucket, to which CloudTrail may still write."""
    for attempt in range(10):
        with contextlib.suppress(ClientError):
            for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket):
                for item in page.get("Contents", []):
                    s3.delete_object(Bucket=bucket, Key=item["Key"])
            s3.delete_bucket(Bucket=bucket)
            return
        time.sleep(attempt)
    raise AssertionError(f"bucket {bucket} is not deleted: empty and delete it yourself")


@pytest.fixture
def role(client: Client, name: str, cleanup: contextlib.ExitStack) -> str:
    iam, principal = client("iam"), {"Service": "cloudtrail.amazonaws.com"}
    created = iam.create_role(
        RoleName=name, AssumeRolePolicyDocument=_policy(Principal=principal, Action="sts:AssumeRole")
    )
    cleanup.callback(iam.delete_role, RoleName=name)
    actions = ["logs:CreateLogStream", "logs:PutLogEvents"]
    iam.put_role_policy(RoleName=name, PolicyName=name, PolicyDocument=_policy(Action=actions, Resource="*"))
    cleanup.callback(iam.delete_role_policy, RoleName=name, PolicyName=name)
    return str(created["Role"]["Arn"])


@pytest.fixture
def trail(client: Client, name: str, bucket: str, role: str, wait: Wait, cleanup: contextlib.ExitStack) -> str:
    """Return the name of a trail that logs to a log group of the same name."""
    logs, cloudtrail = client("logs"), client("cloudtrail")
    logs.create_log_group(logGroupName=name)
    cleanup.callback(logs.delete_log_group, logGroupName=name)
    (group,) = logs.describe_log_groups(logGroupNamePrefix=name)["logGroups"]
    for attempt in range(12):
        try:
            cloudtrail.create_trail(
                Name=name,
                S3BucketName=bucket,
                CloudWatchLogsLogGroupArn=group["arn"],
                CloudWatchLogsRoleArn=role,
            )
            break
        except ClientError as error:
            if attempt == 11 or error.response["Error"]["Code"] not in _PROPAGATION:
                raise
            wait(10)
    cleanup.callback(delete_trail, cloudtrail, name)
    cloudtrail.start_logging(Name=name)
    return name


def delete_trail(cloudtrail: Any, name: str) -> None:
    with contextlib.suppress(cloudtrail.exceptions.TrailNotFoundException):
        cloudtrail.delete_trail(Name=name)


@pytest.mark.parametrize("call", ["UpdateTrail", "DeleteTrail"])
def test_whether_the_last_record_of_a_trail_reaches_its_log_group(
    client: Client, trail: str, target: str, wait: Wait, call: str
) -> None:
    logs, cloudtrail = client("logs"), client("cloudtrail")
    wait(60)
    if call == "UpdateTrail":
        cloudtrail.update_trail(Name=trail, CloudWatchLogsLogGroupArn="", CloudWatchLogsRoleArn="")
    else:
        cloudtrail.delete_trail(Name=trail)

    found, minutes = [], 0
    while not found and minutes < MINUTES:
        wait(60)
        minutes += 1
        pattern = f'{{ ($.eventName = "{call}") && ($.requestParameters.name = "{trail}") }}'
        found = logs.filter_log_events(logGroupName=trail, filterPattern=pattern)["events"]
    record_answer(target, f"{call}'s own record", {"delivered": bool(found), "minutes": minutes})
