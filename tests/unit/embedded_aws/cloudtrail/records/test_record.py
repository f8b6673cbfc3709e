"""The CloudTrail record of a call: caller, parameters and result, and never a secret."""

from __future__ import annotations

import contextlib
import json
from typing import Any

import botocore.exceptions
import pytest

from tests.support.in_process import ADMINISTRATOR, GUIDE, PRODUCTION, InProcess, aws

__all__ = ["aws"]

FIELDS = [
    "eventVersion",
    "userIdentity",
    "eventTime",
    "eventSource",
    "eventName",
    "awsRegion",
    "sourceIPAddress",
    "userAgent",
    "requestParameters",
    "responseElements",
    "requestID",
    "eventID",
    "readOnly",
    "eventType",
    "managementEvent",
    "recipientAccountId",
    "eventCategory",
    "tlsDetails",
]


def fail(call: Any, **parameters: Any) -> None:
    with pytest.raises(botocore.exceptions.ClientError):
        call(**parameters)


def test_it_has_cloudtrails_fields_in_cloudtrails_order(aws: InProcess) -> None:
    aws.client("secretsmanager", "eu-west-1").list_secrets(MaxResults=5)
    record = aws.record()
    assert list(record) == FIELDS
    assert record["eventTime"].endswith("Z")
    assert (record["eventSource"], record["eventName"]) == ("secretsmanager.amazonaws.com", "ListSecrets")
    assert (record["awsRegion"], record["recipientAccountId"]) == ("eu-west-1", GUIDE)
    assert record["sourceIPAddress"] == "203.0.113.7"
    assert "Boto3" in record["userAgent"]
    assert record["requestParameters"] == {"maxResults": 5}
    assert record["tlsDetails"]["clientProvidedHostHeader"] == "secretsmanager.eu-west-1.amazonaws.com"


def test_an_unknown_key_is_the_root_user_of_the_account(aws: InProcess) -> None:
    aws.client("secretsmanager").list_secrets()
    assert aws.record()["userIdentity"] == {
        "type": "Root",
        "principalId": GUIDE,
        "arn": f"arn:aws:iam::{GUIDE}:root",
        "accountId": GUIDE,
        "accessKeyId": "tester",
    }


def test_a_user_is_identified_by_its_key(aws: InProcess) -> None:
    aws.client("secretsmanager", aws_access_key_id=ADMINISTRATOR).list_secrets()
    identity = aws.record()["userIdentity"]
    assert (identity["type"], identity["userName"]) == ("IAMUser", "administrator")
    assert identity["arn"] == f"arn:aws:iam::{GUIDE}:user/administrator"
    assert identity["principalId"] == aws.client("iam").get_user(UserName="administrator")["User"]["UserId"]


@pytest.mark.parametrize(
    ("service", "call", "source"),
    [
        ("accessanalyzer", "list_analyzers", "access-analyzer"),
        ("ecr", "describe_repositories", "ecr"),
        ("efs", "describe_file_systems", "elasticfilesystem"),
        ("elb", "describe_load_balancers", "elasticloadbalancing"),
        ("elbv2", "describe_load_balancers", "elasticloadbalancing"),
        ("stepfunctions", "list_state_machines", "states"),
    ],
)
def test_a_service_with_another_signing_name_is_recorded(aws: InProcess, service: str, call: str, source: str) -> None:
    with contextlib.suppress(botocore.exceptions.ClientError):
        getattr(aws.client(service), call)()
    record = aws.record()
    assert (record["eventSource"], record["eventName"]) == (
        f"{source}.amazonaws.com",
        "".join(part.title() for part in call.split("_")),
    )


def test_the_record_of_deleting_the_own_key_names_the_user(aws: InProcess) -> None:
    aws.client("iam", aws_access_key_id=ADMINISTRATOR).delete_access_key(AccessKeyId=ADMINISTRATOR)
    record = aws.record()
    assert record["eventName"] == "DeleteAccessKey"
    assert (record["userIdentity"]["type"], record["userIdentity"].get("userName")) == ("IAMUser", "administrator")


def test_a_session_names_its_role(aws: InProcess) -> None:
    aws.client("secretsmanager", **aws.session("SecurityMonitoringDeployer")).list_secrets()
    record = aws.record()
    identity = record["userIdentity"]
    assert record["recipientAccountId"] == PRODUCTION
    assert identity["type"] == "AssumedRole"
    assert identity["arn"] == f"arn:aws:sts::{PRODUCTION}:assumed-role/SecurityMonitoringDeployer/tester"
    assert identity["principalId"].endswith(":tester")
    issuer = identity["sessionContext"]["sessionIssuer"]
    assert issuer["arn"] == f"arn:aws:iam::{PRODUCTION}:role/SecurityMonitoringDeployer"
    assert (issuer["type"], issuer["userName"]) == ("Role", "SecurityMonitoringDeployer")
    assert identity["sessionContext"]["attributes"]["mfaAuthenticated"] == "false"


def test_a_deleted_key_no_longer_identifies_the_user(aws: InProcess) -> None:
    iam = aws.client("iam")
    iam.create_user(UserName="leaver")
    key = iam.create_access_key(UserName="leaver")["AccessKey"]["AccessKeyId"]
    theirs = aws.client("secretsmanager", aws_access_key_id=key)
    theirs.list_secrets()
    assert aws.record()["userIdentity"]["type"] == "IAMUser"
    iam.delete_access_key(UserName="leaver", AccessKeyId=key)
    theirs.list_secrets()
    assert aws.record()["userIdentity"]["type"] == "Root"


def test_the_value_of_a_secret_is_never_recorded(aws: InProcess) -> None:
    secrets = aws.client("secretsmanager")
    arn = secrets.create_secret(Name="database", Description="of the shop", SecretString="hunter2")["ARN"]
    record = aws.record()
    assert record["requestParameters"]["name"] == "database"
    assert record["requestParameters"]["description"] == "of the shop"
    assert record["responseElements"] == {"arn": arn}
    secrets.update_secret(SecretId="database", SecretString="hunter3")
    secrets.get_secret_value(SecretId="database")
    aws.record()
    text = json.dumps(list(aws.state.cloudtrail.history))
    assert "hunter" not in text
    assert "ecretString" not in text


@pytest.mark.parametrize(
    ("service", "call", "parameters"),
    [
        (
            "elasticache",
            "create_replication_group",
            {"ReplicationGroupId": "g", "ReplicationGroupDescription": "d", "AuthToken": "TOPSECRET-TOPSECRET"},
        ),
        (
            "neptune",
            "create_db_cluster",
            {"DBClusterIdentifier": "c", "Engine": "x", "MasterUserPassword": "TOPSECRET"},
        ),
        (
            "sns",
            "create_platform_application",
            {"Name": "a", "Platform": "GCM", "Attributes": {"PlatformCredential": "TOPSECRET"}},
        ),
        ("ssm", "put_parameter", {"Name": "p", "Value": "TOPSECRET", "Type": "SecureString"}),
        ("ec2", "run_instances", {"MinCount": 1, "MaxCount": 1, "UserData": "TOPSECRET"}),
    ],
)
def test_secrets_that_the_model_does_not_mark_are_not_recorded(
    aws: InProcess, service: str, call: str, parameters: dict[str, Any]
) -> None:
    with contextlib.suppress(botocore.exceptions.ClientError):
        getattr(aws.client(service), call)(**parameters)
    record = aws.record()
    assert record["requestParameters"]
    assert "TOPSECRET" not in json.dumps(record)


def test_the_secret_key_of_a_session_is_never_recorded(aws: InProcess) -> None:
    credentials = aws.session("SecurityMonitoringDeployer")
    record = aws.record()
    assert record["readOnly"] is True
    assert record["responseElements"]["credentials"]["accessKeyId"] == credentials["aws_access_key_id"]
    assert credentials["aws_secret_access_key"] not in json.dumps(record)
    assert record["resources"] == [
        {
            "accountId": PRODUCTION,
            "type": "AWS::IAM::Role",
            "ARN": f"arn:aws:iam::{PRODUCTION}:role/SecurityMonitoringDeployer",
        }
    ]


def test_kms_records_the_key_and_neither_plaintext_nor_ciphertext(aws: InProcess) -> None:
    kms = aws.client("kms")
    key = kms.create_key()["KeyMetadata"]
    sealed = kms.encrypt(KeyId=key["KeyId"], Plaintext=b"hunter2", EncryptionContext={"app": "shop"})["CiphertextBlob"]
    kms.decrypt(CiphertextBlob=sealed, EncryptionContext={"app": "shop"})
    record = aws.record()
    assert (record["eventName"], record["readOnly"], record["responseElements"]) == ("Decrypt", True, None)
    assert record["requestParameters"] == {"encryptionContext": {"app": "shop"}}
    assert record["resources"] == [{"accountId": GUIDE, "type": "AWS::KMS::Key", "ARN": key["Arn"]}]


def test_a_failed_call_has_code_and_message(aws: InProcess) -> None:
    fail(aws.client("secretsmanager").get_secret_value, SecretId="unknown")
    record = aws.record()
    assert record["errorCode"] == "ResourceNotFoundException"
    assert record["errorMessage"] == "Secrets Manager can't find the specified secret."
    assert record["requestParameters"] == {"secretId": "unknown"}


@pytest.mark.parametrize(
    ("service", "operation", "parameters", "code"),
    [
        ("iam", "get_user", {"UserName": "nobody"}, "NoSuchEntityException"),
        ("s3", "get_bucket_acl", {"Bucket": "unknown-bucket"}, "NoSuchBucket"),
        ("logs", "delete_log_group", {"logGroupName": "unknown"}, "ResourceNotFoundException"),
        ("cloudtrail", "start_logging", {"Name": "unknown"}, "TrailNotFoundException"),
    ],
)
def test_errors_of_every_protocol_are_recorded(
    aws: InProcess, service: str, operation: str, parameters: dict[str, str], code: str
) -> None:
    fail(getattr(aws.client(service), operation), **parameters)
    assert aws.record()["errorCode"] == code


def test_response_elements_are_recorded_for_writes_only(aws: InProcess) -> None:
    iam = aws.client("iam")
    iam.create_user(UserName="joiner")
    assert aws.record()["responseElements"]["user"]["userName"] == "joiner"
    iam.get_user(UserName="joiner")
    assert aws.record()["responseElements"] is None


def test_iam_is_recorded_in_us_east_1_from_any_region(aws: InProcess) -> None:
    aws.client("iam", "eu-west-1").list_users()
    assert aws.record()["awsRegion"] == "us-east-1"


def test_cloudwatch_is_called_monitoring(aws: InProcess) -> None:
    aws.client("cloudwatch").describe_alarms()
    assert aws.record()["eventSource"] == "monitoring.amazonaws.com"


def test_data_plane_calls_are_not_management_events(aws: InProcess) -> None:
    aws.client("logs").create_log_group(logGroupName="shop")
    aws.client("logs").create_log_stream(logGroupName="shop", logStreamName="one")
    before = aws.record()
    event = {"timestamp": int(aws.state.clock.now().timestamp() * 1000), "message": "sold"}
    aws.client("logs").put_log_events(logGroupName="shop", logStreamName="one", logEvents=[event])
    aws.client("cloudwatch").put_metric_data(Namespace="Shop", MetricData=[{"MetricName": "sold", "Value": 1}])
    assert aws.record() == before


def test_elements_that_are_too_large_are_left_out(aws: InProcess) -> None:
    fail(aws.client("ssm").put_parameter, Name="x" * 120_000, Value="1", Type="Nonsense")
    assert aws.record()["requestParameters"] is None


def test_an_operation_that_moto_lacks_is_recorded(aws: InProcess) -> None:
    fail(aws.client("cloudtrail").list_imports)
    record = aws.record()
    assert (record["eventName"], record["errorCode"]) == ("ListImports", "NotImplemented")
