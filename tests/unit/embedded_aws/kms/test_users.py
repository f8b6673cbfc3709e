"""The calls of other services fail while the key that they need is not enabled."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.support.alarm_setup import make_logs_key

Client = Callable[[str], Any]
CHANGES = {"disabled": "disable_key", "pending": "schedule_key_deletion"}


@pytest.fixture(params=sorted(CHANGES))
def lock(request: pytest.FixtureRequest, aws_client: Client) -> Callable[[str], str]:
    """Return a function that disables a key, or schedules its deletion, and returns the state."""

    def change(arn: str) -> str:
        getattr(aws_client("kms"), CHANGES[request.param])(KeyId=arn)
        return str(request.param)

    return change


@pytest.fixture
def key_arn(aws_client: Client) -> str:
    return make_logs_key(aws_client)


def code_of(call: Callable[..., Any], **parameters: Any) -> str:
    with pytest.raises(ClientError) as error:
        call(**parameters)
    return str(error.value.response["Error"]["Code"])


def test_secrets_manager_neither_encrypts_nor_decrypts(
    aws_client: Client, key_arn: str, lock: Callable[[str], str]
) -> None:
    secrets, name = aws_client("secretsmanager"), str(uuid.uuid4())
    secrets.create_secret(Name=name, SecretString="v", KmsKeyId=key_arn)
    lock(key_arn)
    assert code_of(secrets.get_secret_value, SecretId=name) == "DecryptionFailure"
    assert code_of(secrets.put_secret_value, SecretId=name, SecretString="w") == "EncryptionFailure"
    assert code_of(secrets.create_secret, Name=f"{name}2", SecretString="v", KmsKeyId=key_arn) == "EncryptionFailure"
    secrets.update_secret(SecretId=name, Description="the key is not needed")


def test_a_missing_key_does_not_encrypt_a_secret(aws_client: Client) -> None:
    secrets = aws_client("secretsmanager")
    assert code_of(secrets.create_secret, Name="n", SecretString="v", KmsKeyId="alias/none") == "EncryptionFailure"


def test_a_log_group_takes_and_returns_no_events(aws_client: Client, key_arn: str, lock: Callable[[str], str]) -> None:
    logs, name = aws_client("logs"), str(uuid.uuid4())
    logs.create_log_group(logGroupName=name, kmsKeyId=key_arn)
    logs.create_log_stream(logGroupName=name, logStreamName="s")
    lock(key_arn)
    assert code_of(logs.filter_log_events, logGroupName=name) == "AccessDeniedException"
    events = {"logStreamName": "s", "logEvents": [{"timestamp": 1, "message": "m"}]}
    assert code_of(logs.put_log_events, logGroupName=name, **events) == "AccessDeniedException"


def test_a_topic_takes_no_message(aws_client: Client, key_arn: str, lock: Callable[[str], str]) -> None:
    sns = aws_client("sns")
    topic = sns.create_topic(Name=str(uuid.uuid4()), Attributes={"KmsMasterKeyId": key_arn})["TopicArn"]
    sns.publish(TopicArn=topic, Message="m")
    expected = {"disabled": "KMSDisabled", "pending": "KMSInvalidState"}[lock(key_arn)]
    assert code_of(sns.publish, TopicArn=topic, Message="m") == expected


def test_an_object_cannot_be_read(aws_client: Client, key_arn: str, lock: Callable[[str], str]) -> None:
    s3, bucket = aws_client("s3"), str(uuid.uuid4())
    s3.create_bucket(Bucket=bucket)
    s3.put_object(Bucket=bucket, Key="k", Body=b"b", ServerSideEncryption="aws:kms", SSEKMSKeyId=key_arn)
    assert s3.get_object(Bucket=bucket, Key="k")["Body"].read() == b"b"
    expected = {"disabled": "KMS.DisabledException", "pending": "KMS.KMSInvalidStateException"}[lock(key_arn)]
    assert code_of(s3.get_object, Bucket=bucket, Key="k") == expected


def test_moto_still_needs_the_overrides(moto_client: Client) -> None:
    key = moto_client("kms").create_key()["KeyMetadata"]["KeyId"]
    moto_client("kms").disable_key(KeyId=key)
    moto_client("secretsmanager").create_secret(Name="n", SecretString="v", KmsKeyId=key)
    topic = moto_client("sns").create_topic(Name="t", Attributes={"KmsMasterKeyId": key})["TopicArn"]
    moto_client("sns").publish(TopicArn=topic, Message="m")
