"""The task of the tests of the drill, and changes that break the guide's chain."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.support import guide_chain as chain
from tests.support.trail_setup import document

STAGES = ["call", "event_history", "log_file", "log_group", "metric", "alarm", "notification"]
TASK = {
    "secret_id": chain.SECRET,
    "trail_name": chain.TRAIL,
    "log_group_name": chain.GROUP,
    "filter_name": chain.SECRET_ALARM,
    "alarm_name": chain.SECRET_ALARM,
    "topic_arn": chain.TOPIC_ARN,
}
Aws = Callable[..., Any]


def statuses(result: dict[str, Any]) -> dict[str, str]:
    return {step["hop"]: step["status"] for step in result["timeline"]}


def reads(calls: list[dict[str, Any]]) -> int:
    return sum(call["action"] == "GetSecretValue" for call in calls)


def parameters(operation: str) -> dict[str, Any]:
    """Return the parameters of the guide's call that creates the metric filter or the alarm of the secret."""
    return next(step.parameters for step in chain.chain_steps() if step.operation == operation)


def put_alarm(**changed: Any) -> Callable[[Aws], None]:
    """Return a function that changes settings of the guide's alarm."""

    def change(aws: Aws) -> None:
        aws("cloudwatch").put_metric_alarm(**parameters("PutMetricAlarm") | changed)

    return change


def put_filter(pattern: str) -> Callable[[Aws], None]:
    """Return a function that changes the pattern of the guide's filter."""

    def change(aws: Aws) -> None:
        aws("logs").put_metric_filter(**parameters("PutMetricFilter") | {"filterPattern": pattern})

    return change


def select(**selectors: Any) -> Callable[[Aws], None]:
    return lambda aws: aws("cloudtrail").put_event_selectors(TrailName=chain.TRAIL, **selectors)


def update_trail(**changed: Any) -> Callable[[Aws], None]:
    return lambda aws: aws("cloudtrail").update_trail(Name=chain.TRAIL, **changed)


def delete_role(aws: Aws) -> None:
    aws("iam").delete_role_policy(RoleName=chain.ROLE, PolicyName="Write")
    aws("iam").delete_role(RoleName=chain.ROLE)


def trust_only_ec2(aws: Aws) -> None:
    statement = {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
    aws("iam").update_assume_role_policy(RoleName=chain.ROLE, PolicyDocument=document(statement))


def allow_one_stream(aws: Aws) -> None:
    stream = f"arn:aws:logs:*:*:log-group:{chain.GROUP}:log-stream:{chain.ACCOUNT}_CloudTrail_{chain.REGION}"
    statement = {"Effect": "Allow", "Action": "logs:*", "Resource": stream}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    aws("iam").put_role_policy(RoleName=chain.ROLE, PolicyName="Write", PolicyDocument=document)


def deliver_to_another_log_group(aws: Aws) -> None:
    aws("logs").create_log_group(logGroupName="other")
    streams = f"arn:aws:logs:*:*:log-group:other:log-stream:{chain.ACCOUNT}_CloudTrail_{chain.REGION}*"
    statement = {"Effect": "Allow", "Action": "logs:*", "Resource": streams}
    aws("iam").put_role_policy(RoleName=chain.ROLE, PolicyName="Other", PolicyDocument=document(statement))
    update_trail(
        CloudWatchLogsLogGroupArn=f"arn:aws:logs:{chain.REGION}:{chain.ACCOUNT}:log-group:other:*",
        CloudWatchLogsRoleArn=f"arn:aws:iam::{chain.ACCOUNT}:role/{chain.ROLE}",
    )(aws)


def delete_bucket(aws: Aws) -> None:
    s3 = aws("s3")
    for item in s3.list_objects_v2(Bucket=chain.BUCKET)["Contents"]:
        s3.delete_object(Bucket=chain.BUCKET, Key=item["Key"])
    s3.delete_bucket(Bucket=chain.BUCKET)


def recreate_trail_in_another_region(aws: Aws) -> None:
    aws("cloudtrail").delete_trail(Name=chain.TRAIL)
    other_arn = f"arn:aws:cloudtrail:eu-west-1:{chain.ACCOUNT}:trail/{chain.TRAIL}"
    policy = json.loads(aws("s3").get_bucket_policy(Bucket=chain.BUCKET)["Policy"])
    for statement in policy["Statement"]:
        statement["Condition"]["StringEquals"]["aws:SourceArn"] = other_arn
    aws("s3").put_bucket_policy(Bucket=chain.BUCKET, Policy=json.dumps(policy))
    aws("cloudtrail", "eu-west-1").create_trail(Name=chain.TRAIL, S3BucketName=chain.BUCKET)


def mute(aws: Aws, hours: int = -1, alarm: str = chain.SECRET_ALARM) -> datetime:
    """Make a rule that mutes an alarm for a day, from an hour ago or from some hours later; return its start."""
    start = datetime.now(UTC).replace(second=0, microsecond=0) + timedelta(hours=hours)
    schedule = {"Expression": f"at({start:%Y-%m-%dT%H:%M})", "Duration": "P1D"}
    aws("cloudwatch").put_alarm_mute_rule(
        Name="night", Rule={"Schedule": schedule}, MuteTargets={"AlarmNames": [alarm]}
    )
    return start


def set_topic(name: str, value: str) -> Callable[[Aws], None]:
    return lambda aws: aws("sns").set_topic_attributes(
        TopicArn=chain.TOPIC_ARN, AttributeName=name, AttributeValue=value
    )


def encrypt_topic(key: str) -> Callable[[Aws], None]:
    return set_topic("KmsMasterKeyId", key)


def encrypt_topic_for_iam_only(aws: Aws) -> None:
    root = {"AWS": f"arn:aws:iam::{chain.ACCOUNT}:root"}
    statement = {"Effect": "Allow", "Principal": root, "Action": "kms:*", "Resource": "*"}
    encrypt_topic(aws("kms").create_key(Policy=document(statement))["KeyMetadata"]["KeyId"])(aws)


def deny_cloudwatch(aws: Aws) -> None:
    owner = {"AWS": f"arn:aws:iam::{chain.ACCOUNT}:root"}
    statement = {"Effect": "Allow", "Principal": owner, "Action": "sns:*", "Resource": chain.TOPIC_ARN}
    set_topic("Policy", document(statement))(aws)


def unsubscribe(aws: Aws) -> None:
    for subscription in aws("sns").list_subscriptions_by_topic(TopicArn=chain.TOPIC_ARN)["Subscriptions"]:
        aws("sns").unsubscribe(SubscriptionArn=subscription["SubscriptionArn"])


def leave_pending(aws: Aws) -> None:
    unsubscribe(aws)
    aws("sns").subscribe(TopicArn=chain.TOPIC_ARN, Protocol="email", Endpoint="new@example.com")


def delete_bucket_policy(aws: Aws) -> None:
    aws("s3").delete_bucket_policy(Bucket=chain.BUCKET)


def deny_by_condition(aws: Aws) -> None:
    undetermined = {"StringNotEquals": {"aws:PrincipalOrgID": "o-example"}}
    statement = {"Effect": "Deny", "Action": "logs:PutLogEvents", "Resource": "*", "Condition": undetermined}
    aws("iam").put_role_policy(RoleName=chain.ROLE, PolicyName="Deny", PolicyDocument=document(statement))


def add_optional_resources(aws: Aws) -> None:
    """Attach a managed policy to the role and encrypt the topic, so that the inspection reads them."""
    statement = {"Effect": "Allow", "Action": ["logs:CreateLogStream", "logs:PutLogEvents"], "Resource": "*"}
    arn = aws("iam").create_policy(PolicyName="Logs", PolicyDocument=document(statement))["Policy"]["Arn"]
    aws("iam").attach_role_policy(RoleName=chain.ROLE, PolicyArn=arn)
    principals = {"Service": "cloudwatch.amazonaws.com", "AWS": f"arn:aws:iam::{chain.ACCOUNT}:root"}
    key_statement = {"Effect": "Allow", "Principal": principals, "Action": "kms:*", "Resource": "*"}
    encrypt_topic(aws("kms").create_key(Policy=document(key_statement))["KeyMetadata"]["Arn"])(aws)
