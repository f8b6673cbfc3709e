"""With --iam a call needs what IAM asks for: actions on resources, under conditions, also those without a call."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import botocore.exceptions
import pytest

from embedded_aws.iam.permissions import enforce_iam
from tests.support.in_process import ADMINISTRATOR, GUIDE, InProcess, aws

__all__ = ["aws"]

Client = Callable[..., Any]
Policy = Callable[..., Client]
ROLE = f"arn:aws:iam::{GUIDE}:role/logs"
KEYS = f"arn:aws:kms:us-east-1:{GUIDE}:key/*"
TAGS = [{"Key": "team", "Value": "security"}]
SECRETS = f"arn:aws:secretsmanager:us-east-1:{GUIDE}:secret"


def allow(actions: str, resource: Any = "*", **condition: Any) -> dict[str, Any]:
    statement: dict[str, Any] = {"Effect": "Allow", "Action": actions.split(), "Resource": resource}
    return statement | ({"Condition": condition} if condition else {})


def document(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


@pytest.fixture
def administrator(aws: InProcess) -> Iterator[Client]:
    enforce_iam(True)
    yield lambda service: aws.client(service, aws_access_key_id=ADMINISTRATOR)
    enforce_iam(False)


@pytest.fixture
def permitted(aws: InProcess, administrator: Client) -> Policy:
    """Return a function that gives a user these statements, and returns clients with its key."""
    administrator("iam").create_user(UserName="limited")
    key = administrator("iam").create_access_key(UserName="limited")["AccessKey"]
    keys = {"aws_access_key_id": key["AccessKeyId"], "aws_secret_access_key": key["SecretAccessKey"]}

    def clients(*statements: dict[str, Any]) -> Client:
        administrator("iam").put_user_policy(
            UserName="limited", PolicyName="only", PolicyDocument=document(*statements)
        )
        return lambda service, *region: aws.client(service, *region, **keys)

    return clients


def denied(call: Callable[..., Any], **parameters: Any) -> str:
    """Return the code and the message of a rejection."""
    with pytest.raises(botocore.exceptions.ClientError) as caught:
        call(**parameters)
    error = caught.value.response["Error"]
    return f"{error['Code']}: {error['Message']}"


def test_an_action_is_allowed_on_the_resources_of_the_statement(permitted: Policy) -> None:
    limited = permitted(allow("sns:CreateTopic", f"arn:aws:sns:*:{GUIDE}:Alarms"))
    limited("sns").create_topic(Name="Alarms")
    assert denied(limited("sns").create_topic, Name="Other") == (
        f"AuthorizationError: User: arn:aws:iam::{GUIDE}:user/limited is not authorized to perform: sns:CreateTopic"
        f" on resource: arn:aws:sns:us-east-1:{GUIDE}:Other"
        " because no identity-based policy allows the sns:CreateTopic action"
    )


def test_an_action_on_no_resource_needs_every_resource(permitted: Policy) -> None:
    limited = permitted(allow("cloudtrail:DescribeTrails kms:CreateKey", f"arn:aws:cloudtrail:*:{GUIDE}:trail/x"))
    assert "kms:CreateKey because no identity-based policy" in denied(limited("kms").create_key)
    assert "cloudtrail:DescribeTrails because" in denied(limited("cloudtrail").describe_trails)
    permitted(allow("cloudtrail:DescribeTrails"))("cloudtrail").describe_trails()


def test_conditions_are_judged(permitted: Policy) -> None:
    limited = permitted(
        allow("sns:CreateTopic", StringEquals={"aws:RequestedRegion": "us-east-1"}),
        allow("sns:TagResource", **{"ForAllValues:StringEquals": {"aws:TagKeys": ["team"]}}),
        allow("sns:DeleteTopic", StringEquals={"aws:ResourceTag/team": "security"}),
    )
    mine = limited("sns").create_topic(Name="mine", Tags=TAGS)["TopicArn"]
    other = limited("sns").create_topic(Name="other")["TopicArn"]
    more = [*TAGS, {"Key": "cost", "Value": "1"}]
    assert "sns:TagResource" in denied(limited("sns").create_topic, Name="third", Tags=more)
    assert "sns:DeleteTopic" in denied(limited("sns").delete_topic, TopicArn=other)
    limited("sns").delete_topic(TopicArn=mine)


def test_an_explicit_deny_wins(permitted: Policy) -> None:
    refused = allow("sns:DeleteTopic") | {"Effect": "Deny"}
    limited = permitted(allow("sns:*"), refused)
    topic = limited("sns").create_topic(Name="mine")["TopicArn"]
    assert "with an explicit deny in an identity-based policy" in denied(limited("sns").delete_topic, TopicArn=topic)


def test_the_policy_of_a_resource_can_allow_or_deny_the_caller(permitted: Policy, administrator: Client) -> None:
    topic = administrator("sns").create_topic(Name="mine")["TopicArn"]
    principal = {"Principal": {"AWS": f"arn:aws:iam::{GUIDE}:user/limited"}}
    policy = document(
        allow("sns:GetTopicAttributes", topic) | principal,
        allow("sns:DeleteTopic", topic) | principal | {"Effect": "Deny"},
    )
    administrator("sns").set_topic_attributes(TopicArn=topic, AttributeName="Policy", AttributeValue=policy)
    limited = permitted(allow("sns:DeleteTopic"))
    limited("sns").get_topic_attributes(TopicArn=topic)
    assert "explicit deny in a resource-based policy" in denied(limited("sns").delete_topic, TopicArn=topic)


def test_a_secret_is_compared_by_its_whole_arn_and_a_missing_one_by_its_name(permitted: Policy) -> None:
    limited = permitted(allow("secretsmanager:CreateSecret secretsmanager:DescribeSecret", f"{SECRETS}:mine-??????"))
    limited("secretsmanager").create_secret(Name="mine")
    limited("secretsmanager").describe_secret(SecretId="mine")
    assert f"{SECRETS}:mine-too-" in denied(limited("secretsmanager").create_secret, Name="mine-too")
    assert " on resource: missing because" in denied(limited("secretsmanager").describe_secret, SecretId="missing")


def test_log_groups_are_compared_with_and_tags_without_a_stream(permitted: Policy) -> None:
    group = f"arn:aws:logs:us-east-1:{GUIDE}:log-group:/trail"
    limited = permitted(allow("logs:*", group))
    assert f"logs:CreateLogGroup on resource: {group}:log-stream:" in denied(
        limited("logs").create_log_group, logGroupName="/trail"
    )
    limited = permitted(allow("logs:CreateLogGroup", f"{group}:*"), allow("logs:ListTagsForResource", group))
    limited("logs").create_log_group(logGroupName="/trail")
    limited("logs").list_tags_for_resource(resourceArn=group)


def test_no_session_has_more_than_its_boundary_and_its_own_policy(aws: InProcess, administrator: Client) -> None:
    iam = administrator("iam")
    boundary = iam.create_policy(PolicyName="edge", PolicyDocument=document(allow("sns:*")))["Policy"]["Arn"]
    trust = {"Effect": "Allow", "Principal": {"AWS": GUIDE}, "Action": "sts:AssumeRole"}
    arn = iam.create_role(RoleName="bound", AssumeRolePolicyDocument=document(trust), PermissionsBoundary=boundary)[
        "Role"
    ]["Arn"]
    iam.put_role_policy(RoleName="bound", PolicyName="all", PolicyDocument=document(allow("*")))

    def session(**policy: str) -> Client:
        made = administrator("sts").assume_role(RoleArn=arn, RoleSessionName="tester", **policy)["Credentials"]
        names = {
            "AccessKeyId": "access_key_id",
            "SecretAccessKey": "secret_access_key",
            "SessionToken": "session_token",
        }
        keys = {f"aws_{name}": made[key] for key, name in names.items()}
        return lambda service: aws.client(service, **keys)

    session()("sns").list_topics()
    assert "no permissions boundary allows the iam:ListRoles" in denied(session()("iam").list_roles)
    narrow = session(Policy=document(allow("sns:ListTopics")))
    narrow("sns").list_topics()
    assert "no session policy allows the sns:CreateTopic" in denied(narrow("sns").create_topic, Name="x")


@pytest.mark.parametrize(("principal", "allowed"), [("role/bound", False), ("assumed-role/bound/tester", True)])
def test_a_boundary_limits_what_the_policy_of_a_resource_gives_a_role_but_not_its_session(
    aws: InProcess, administrator: Client, principal: str, allowed: bool
) -> None:
    iam, sns = administrator("iam"), administrator("sns")
    boundary = iam.create_policy(PolicyName="edge", PolicyDocument=document(allow("s3:*")))["Policy"]["Arn"]
    trust = {"Effect": "Allow", "Principal": {"AWS": GUIDE}, "Action": "sts:AssumeRole"}
    iam.create_role(RoleName="bound", AssumeRolePolicyDocument=document(trust), PermissionsBoundary=boundary)
    topic = sns.create_topic(Name="mine")["TopicArn"]
    service = "sts" if principal.startswith("assumed") else "iam"
    named = {"Principal": {"AWS": f"arn:aws:{service}::{GUIDE}:{principal}"}}
    policy = document(allow("sns:GetTopicAttributes", topic) | named)
    sns.set_topic_attributes(TopicArn=topic, AttributeName="Policy", AttributeValue=policy)
    role = f"arn:aws:iam::{GUIDE}:role/bound"
    made = administrator("sts").assume_role(RoleArn=role, RoleSessionName="tester")["Credentials"]
    session = aws.client(
        "sns",
        aws_access_key_id=made["AccessKeyId"],
        aws_secret_access_key=made["SecretAccessKey"],
        aws_session_token=made["SessionToken"],
    )
    if allowed:
        session.get_topic_attributes(TopicArn=topic)
    else:
        assert "no permissions boundary allows" in denied(session.get_topic_attributes, TopicArn=topic)


def test_the_policy_of_a_key_decides_before_iam(permitted: Policy, administrator: Client) -> None:
    own = {"Principal": {"AWS": f"arn:aws:iam::{GUIDE}:user/administrator"}}
    key = administrator("kms").create_key(Policy=document(allow("kms:*") | own))["KeyMetadata"]["KeyId"]
    limited = permitted(allow("kms:*"))
    assert "no resource-based policy allows the kms:DescribeKey" in denied(limited("kms").describe_key, KeyId=key)
    shared = limited("kms").create_key()["KeyMetadata"]["KeyId"]
    limited("kms").describe_key(KeyId=shared)


# What AWS asks for without a call of that name.


def test_tags_in_a_creating_request_need_the_permission_to_tag(permitted: Policy) -> None:
    calls = {
        "cloudtrail:AddTags": ("cloudtrail", "create_trail", {"Name": "own", "S3BucketName": "b", "TagsList": TAGS}),
        "iam:TagRole": ("iam", "create_role", {"RoleName": "r", "AssumeRolePolicyDocument": "{}", "Tags": TAGS}),
        "kms:TagResource": ("kms", "create_key", {"Tags": [{"TagKey": "team", "TagValue": "security"}]}),
        "logs:TagResource": ("logs", "create_log_group", {"logGroupName": "g", "tags": {"team": "security"}}),
        "secretsmanager:TagResource": ("secretsmanager", "create_secret", {"Name": "s", "Tags": TAGS}),
        "sns:TagResource": ("sns", "create_topic", {"Name": "t", "Tags": TAGS}),
    }
    names = "cloudtrail:CreateTrail iam:CreateRole kms:CreateKey logs:CreateLogGroup secretsmanager:CreateSecret"
    limited = permitted(allow(f"{names} sns:CreateTopic"))
    for action, (service, call, parameters) in calls.items():
        assert action in denied(getattr(limited(service), call), **parameters), action


def test_an_alarm_with_tags_needs_the_permission_to_tag(permitted: Policy) -> None:
    alarm = {"AlarmName": "a", "MetricName": "m", "Namespace": "n", "Statistic": "Sum", "Period": 60, "Threshold": 1}
    alarm |= {"EvaluationPeriods": 1, "ComparisonOperator": "GreaterThanThreshold"}
    limited = permitted(allow("cloudwatch:PutMetricAlarm"))
    limited("cloudwatch").put_metric_alarm(**alarm)
    assert "cloudwatch:TagResource" in denied(limited("cloudwatch").put_metric_alarm, **alarm, Tags=TAGS)


def test_a_new_key_is_tagged_without_naming_a_key(permitted: Policy) -> None:
    """A condition on a tag of the key cannot hold yet; one on the tags of the request can."""
    tags = [{"TagKey": "team", "TagValue": "security"}]
    on_keys = allow("kms:TagResource", KEYS)
    assert "kms:TagResource because" in denied(permitted(allow("kms:CreateKey"), on_keys)("kms").create_key, Tags=tags)
    of_keys = allow("kms:TagResource", StringEquals={"aws:ResourceTag/team": "security"})
    assert "kms:TagResource because" in denied(permitted(allow("kms:CreateKey"), of_keys)("kms").create_key, Tags=tags)
    requested = allow("kms:CreateKey kms:TagResource", StringEquals={"aws:RequestTag/team": "security"})
    permitted(requested)("kms").create_key(Tags=tags)


def test_a_key_policy_that_locks_its_caller_out_is_refused(permitted: Policy) -> None:
    account = {"Principal": {"AWS": f"arn:aws:iam::{GUIDE}:root"}}
    policy = document(allow("kms:*") | account)
    limited = permitted(allow("kms:CreateKey"))
    refused = "MalformedPolicyDocumentException: The new key policy will not allow you to update the key policy"
    assert refused in denied(limited("kms").create_key, Policy=policy)
    limited("kms").create_key(Policy=policy, BypassPolicyLockoutSafetyCheck=True)
    key = permitted(allow("kms:CreateKey kms:PutKeyPolicy"))("kms").create_key(Policy=policy)["KeyMetadata"]["KeyId"]
    only_read = document(allow("kms:Describe*") | account)
    assert refused in denied(limited("kms").put_key_policy, KeyId=key, Policy=only_read)


def test_a_trail_needs_to_pass_the_role_to_cloudtrail(permitted: Policy) -> None:
    group = f"arn:aws:logs:us-east-1:{GUIDE}:log-group:g:*"
    trail = {"Name": "own", "S3BucketName": "b", "CloudWatchLogsLogGroupArn": group, "CloudWatchLogsRoleArn": ROLE}
    to_lambda = {"iam:PassedToService": "lambda.amazonaws.com"}
    for passing in ([], [allow("iam:PassRole", f"{ROLE}x")], [allow("iam:PassRole", ROLE, StringEquals=to_lambda)]):
        limited = permitted(allow("cloudtrail:CreateTrail"), *passing)
        assert f"iam:PassRole on resource: {ROLE} " in denied(limited("cloudtrail").create_trail, **trail)
    to_cloudtrail = {"iam:PassedToService": "cloudtrail.amazonaws.com"}
    limited = permitted(allow("cloudtrail:CreateTrail"), allow("iam:PassRole", ROLE, StringEquals=to_cloudtrail))
    assert "S3BucketDoesNotExist" in denied(limited("cloudtrail").create_trail, **trail)


def test_headers_of_create_bucket_need_their_own_permissions(permitted: Policy) -> None:
    limited = permitted(allow("s3:CreateBucket"))
    headers = {"ObjectOwnership": "BucketOwnerEnforced"}
    assert "s3:PutBucketOwnershipControls" in denied(limited("s3").create_bucket, Bucket="own-1", **headers)
    assert "s3:PutBucketAcl" in denied(limited("s3").create_bucket, Bucket="own-1", ACL="private")
    locked = {"ObjectLockEnabledForBucket": True}
    assert "s3:PutBucketObjectLockConfiguration" in denied(limited("s3").create_bucket, Bucket="own-1", **locked)
    tags = {"Tags": TAGS}
    assert "s3:TagResource" in denied(limited("s3").create_bucket, Bucket="own-1", CreateBucketConfiguration=tags)
    limited("s3").create_bucket(Bucket="own-1")


def test_a_reader_and_a_writer_of_encrypted_objects_need_the_key(permitted: Policy, administrator: Client) -> None:
    key = administrator("kms").create_key()["KeyMetadata"]["Arn"]
    administrator("s3").create_bucket(Bucket="sealed")
    encrypted = {"Bucket": "sealed", "Key": "a", "ServerSideEncryption": "aws:kms", "SSEKMSKeyId": key}
    administrator("s3").put_object(**encrypted)
    limited = permitted(allow("s3:GetObject s3:PutObject", "arn:aws:s3:::sealed/*"))
    assert f"kms:Decrypt on resource: {key} " in denied(limited("s3").get_object, Bucket="sealed", Key="a")
    assert f"kms:GenerateDataKey on resource: {key} " in denied(limited("s3").put_object, **encrypted)
    elsewhere = {"kms:ViaService": "secretsmanager.us-east-1.amazonaws.com"}
    limited = permitted(allow("s3:GetObject"), allow("kms:Decrypt", KEYS, StringEquals=elsewhere))
    assert "kms:Decrypt" in denied(limited("s3").get_object, Bucket="sealed", Key="a")
    here = {"kms:ViaService": "s3.us-east-1.amazonaws.com"}
    limited = permitted(allow("s3:GetObject"), allow("kms:Decrypt", KEYS, StringEquals=here))
    limited("s3").get_object(Bucket="sealed", Key="a")
    limited("s3", "eu-west-1").get_object(Bucket="sealed", Key="a")


def test_a_secret_with_a_key_needs_the_key(permitted: Policy, administrator: Client) -> None:
    key = administrator("kms").create_key()["KeyMetadata"]["Arn"]
    administrator("secretsmanager").create_secret(Name="s", SecretString="x", KmsKeyId=key)
    limited = permitted(allow("secretsmanager:*"))
    refused = "AccessDeniedException: Access to KMS is not allowed"
    assert denied(limited("secretsmanager").get_secret_value, SecretId="s") == refused
    assert denied(limited("secretsmanager").put_secret_value, SecretId="s", SecretString="y") == refused
    permitted(allow("secretsmanager:*"), allow("kms:Decrypt", key))("secretsmanager").get_secret_value(SecretId="s")


def test_replicas_rotation_and_batches_of_secrets_need_more_than_their_call(permitted: Policy) -> None:
    limited = permitted(allow("secretsmanager:CreateSecret secretsmanager:RotateSecret secretsmanager:Batch*"))
    secrets = limited("secretsmanager")
    replicas = [{"Region": "eu-west-1"}]
    assert "ReplicateSecretToRegions" in denied(secrets.create_secret, Name="s", AddReplicaRegions=replicas)
    secrets.create_secret(Name="s", SecretString="x")
    function = f"arn:aws:lambda:us-east-1:{GUIDE}:function:rotate"
    assert f"lambda:InvokeFunction on resource: {function} " in denied(
        secrets.rotate_secret, SecretId="s", RotationLambdaARN=function
    )
    assert "secretsmanager:GetSecretValue" in denied(secrets.batch_get_secret_value, SecretIdList=["s"])


def test_a_publisher_to_an_encrypted_topic_needs_the_key(permitted: Policy, administrator: Client) -> None:
    key = administrator("kms").create_key()["KeyMetadata"]["Arn"]
    topic = administrator("sns").create_topic(Name="t", Attributes={"KmsMasterKeyId": key})["TopicArn"]
    limited = permitted(allow("sns:Publish"))
    assert "KMSAccessDenied" in denied(limited("sns").publish, TopicArn=topic, Message="x")
    limited = permitted(allow("sns:Publish"), allow("kms:GenerateDataKey kms:Decrypt", key))
    limited("sns").publish(TopicArn=topic, Message="x")
