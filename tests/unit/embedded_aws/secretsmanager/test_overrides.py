"""Errors, deletion, policies, rotation and replicas of secrets are as on AWS."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.integration.secret.secret_setup import FUNCTION, make_function
from tests.support.raw_call import raw_call

Client = Callable[[str], Any]
NOT_FOUND = "Secrets Manager can't find the specified secret."
NO_TOKEN = "You must provide a ClientRequestToken value. We recommend a UUID-type value."


@pytest.fixture
def name(aws_client: Client) -> str:
    made = str(uuid.uuid4())
    aws_client("secretsmanager").create_secret(Name=made, SecretString="v", ClientRequestToken=made)
    return made


@pytest.mark.parametrize(
    "action", ["DescribeSecret", "GetSecretValue", "DeleteSecret", "ListSecretVersionIds", "GetResourcePolicy"]
)
def test_a_missing_secret_is_a_bad_request_with_the_member_message(embedded_aws: str, action: str) -> None:
    answer = raw_call(embedded_aws, "secretsmanager", action, {"SecretId": "none"}, "json")
    assert (answer.status, answer.code) == (400, "ResourceNotFoundException")
    assert json.loads(answer.body)["Message"] == NOT_FOUND


@pytest.mark.parametrize(
    ("asked", "code", "message"),
    [
        ({"VersionStage": "AWSPENDING"}, "ResourceNotFoundException", "value for staging label: AWSPENDING"),
        ({"VersionId": "v" * 32}, "ResourceNotFoundException", f"value for VersionId: {'v' * 32}"),
        (
            {"VersionId": "<name>", "VersionStage": "AWSPREVIOUS"},
            "InvalidRequestException",
            "You provided a VersionStage that is not associated to the provided VersionId.",
        ),
    ],
    ids=["missing stage", "missing version", "stage of another version"],
)
def test_a_missing_version_is_named(
    aws_client: Client, name: str, asked: dict[str, str], code: str, message: str
) -> None:
    options = {member: value.replace("<name>", name) for member, value in asked.items()}
    with pytest.raises(ClientError) as error:
        aws_client("secretsmanager").get_secret_value(SecretId=name, **options)
    answer = error.value.response
    assert (answer["Error"]["Code"], answer["ResponseMetadata"]["HTTPStatusCode"]) == (code, 400)
    assert answer["Error"]["Message"].endswith(message)


@pytest.mark.parametrize("invalid", ["Inv Name", " Name", "Inv*Name", "Name?", "Name\\"])
def test_a_name_with_other_characters_is_rejected(aws_client: Client, invalid: str) -> None:
    with pytest.raises(ClientError, match=r"ValidationException.*Invalid name\. Must be a valid name containing"):
        aws_client("secretsmanager").create_secret(Name=invalid, SecretString="v")


@pytest.mark.parametrize("action", ["DescribeSecret", "GetSecretValue", "DeleteSecret", "ValidateResourcePolicy"])
def test_a_secret_is_not_looked_up_by_an_invalid_name(embedded_aws: str, action: str) -> None:
    parameters = {"SecretId": "Inv Name"} | ({"ResourcePolicy": "{}"} if action.startswith("Validate") else {})
    answer = raw_call(embedded_aws, "secretsmanager", action, parameters, "json")
    assert (answer.status, answer.code) == (400, "ValidationException")
    assert answer.message.startswith("Invalid name. Must be a valid name")


@pytest.mark.parametrize("action", ["CreateSecret", "PutSecretValue", "UpdateSecret", "RotateSecret"])
def test_a_request_without_a_token_is_rejected(embedded_aws: str, action: str) -> None:
    parameters = {"Name" if action == "CreateSecret" else "SecretId": "none"}
    answer = raw_call(embedded_aws, "secretsmanager", action, parameters, "json")
    code = "InvalidParameterException" if action == "RotateSecret" else "InvalidRequestException"
    assert (answer.status, answer.code, answer.message) == (400, code, NO_TOKEN)


def test_moto_still_needs_the_errors(moto_client: Client) -> None:
    client = moto_client("secretsmanager")
    client.create_secret(Name="Inv Name", SecretString="v")
    with pytest.raises(ClientError) as error:
        client.get_secret_value(SecretId="Inv Name", VersionStage="AWSPENDING")
    assert error.value.response["ResponseMetadata"]["HTTPStatusCode"] == 404


@pytest.fixture
def unused() -> str:
    return f"secret-{uuid.uuid4()}"


def token() -> str:
    return str(uuid.uuid4())


@pytest.mark.parametrize(
    "use",
    [
        lambda client, name: client.get_secret_value(SecretId=name),
        lambda client, name: client.put_secret_value(SecretId=name, SecretString="new"),
        lambda client, name: client.update_secret(SecretId=name, SecretString="new"),
    ],
    ids=["GetSecretValue", "PutSecretValue", "UpdateSecret"],
)
def test_a_secret_scheduled_for_deletion_cannot_be_read_or_written(
    aws_client: Client, unused: str, use: Callable[..., Any]
) -> None:
    client = aws_client("secretsmanager")
    client.create_secret(Name=unused, SecretString="old")
    client.delete_secret(SecretId=unused)

    with pytest.raises(client.exceptions.InvalidRequestException, match="because it was marked for deletion"):
        use(client, unused)
    client.restore_secret(SecretId=unused)
    assert client.get_secret_value(SecretId=unused)["SecretString"] == "old"


def test_the_name_of_a_secret_scheduled_for_deletion_is_taken(aws_client: Client, unused: str) -> None:
    client = aws_client("secretsmanager")
    client.create_secret(Name=unused, SecretString="old")
    client.delete_secret(SecretId=unused)

    with pytest.raises(client.exceptions.InvalidRequestException, match="already scheduled for deletion"):
        client.create_secret(Name=unused, SecretString="new")


def test_the_same_token_with_the_same_value_does_nothing(aws_client: Client, unused: str) -> None:
    client, first = aws_client("secretsmanager"), token()
    client.create_secret(Name=unused, SecretString="a", ClientRequestToken=first)
    client.put_secret_value(SecretId=unused, SecretString="b")

    answer = client.put_secret_value(SecretId=unused, SecretString="a", ClientRequestToken=first)

    assert (answer["VersionId"], answer["VersionStages"]) == (first, ["AWSPREVIOUS"])
    assert client.get_secret_value(SecretId=unused)["SecretString"] == "b"


@pytest.mark.parametrize("stage", ["AWSCURRENT", "AWSPENDING"])
def test_the_same_token_with_another_value_is_rejected(aws_client: Client, unused: str, stage: str) -> None:
    client, second = aws_client("secretsmanager"), token()
    client.create_secret(Name=unused, SecretString="a")
    client.put_secret_value(SecretId=unused, SecretString="b", ClientRequestToken=second, VersionStages=[stage])

    with pytest.raises(client.exceptions.ResourceExistsException):
        client.put_secret_value(SecretId=unused, SecretString="c", ClientRequestToken=second, VersionStages=[stage])
    assert client.get_secret_value(SecretId=unused, VersionStage=stage)["SecretString"] == "b"


def test_moto_still_needs_the_checks_of_deleted_secrets_and_tokens(moto_client: Client, unused: str) -> None:
    client, first = moto_client("secretsmanager"), token()
    client.create_secret(Name=unused, SecretString="a")
    client.put_secret_value(SecretId=unused, SecretString="b", ClientRequestToken=first, VersionStages=["AWSPENDING"])
    client.put_secret_value(SecretId=unused, SecretString="c", ClientRequestToken=first, VersionStages=["AWSPENDING"])
    client.delete_secret(SecretId=unused)
    client.put_secret_value(SecretId=unused, SecretString="new")
    with pytest.raises(ClientError, match="ResourceExistsException"):
        client.create_secret(Name=unused, SecretString="new")


def updated(client: Any) -> dict[str, Any]:
    """Describe a secret whose description was cleared and whose replica was given a key."""
    name = str(uuid.uuid4())
    replica = {"Region": "eu-west-1", "KmsKeyId": "alias/replica"}
    client.create_secret(Name=name, SecretString="v", Description="old", AddReplicaRegions=[replica])
    client.update_secret(SecretId=name, Description="")
    described: dict[str, Any] = client.describe_secret(SecretId=name)
    return described


def test_an_empty_description_clears_it(aws_client: Client) -> None:
    assert not updated(aws_client("secretsmanager")).get("Description")


def test_a_replica_keeps_its_key(aws_client: Client) -> None:
    (replica,) = updated(aws_client("secretsmanager"))["ReplicationStatus"]
    assert replica["KmsKeyId"] == "alias/replica"


def test_moto_still_keeps_an_empty_description(moto_client: Client) -> None:
    assert updated(moto_client("secretsmanager"))["Description"] == "old"


def test_the_response_has_the_arn_of_the_secret(aws_client: Client) -> None:
    client = aws_client("secretsmanager")
    arn = client.create_secret(Name="copied", SecretString="s")["ARN"]
    added = client.replicate_secret_to_regions(SecretId="copied", AddReplicaRegions=[{"Region": "eu-west-1"}])
    removed = client.remove_regions_from_replication(SecretId="copied", RemoveReplicaRegions=["eu-west-1"])
    assert added["ARN"] == removed["ARN"] == arn


def test_moto_still_returns_no_arn_of_replicas(moto_client: Client) -> None:
    client = moto_client("secretsmanager")
    client.create_secret(Name="copied", SecretString="s")
    added = client.replicate_secret_to_regions(SecretId="copied", AddReplicaRegions=[{"Region": "eu-west-1"}])
    assert added["ARN"] == "copied"


PUBLIC = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "secretsmanager:*", "Resource": "*"}


def put(client: Any, statement: dict[str, Any], **options: Any) -> None:
    name = str(uuid.uuid4())
    client.create_secret(Name=name, SecretString="v")
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    client.put_resource_policy(SecretId=name, ResourcePolicy=document, **options)


@pytest.mark.parametrize("principal", ["*", {"AWS": "*"}, {"AWS": ["*"]}])
def test_rejects_a_public_policy(aws_client: Client, principal: Any) -> None:
    client = aws_client("secretsmanager")
    with pytest.raises(client.exceptions.PublicPolicyException):
        put(client, {**PUBLIC, "Principal": principal}, BlockPublicPolicy=True)


@pytest.mark.parametrize(
    ("statement", "options"),
    [
        (PUBLIC, {}),
        ({**PUBLIC, "Effect": "Deny"}, {"BlockPublicPolicy": True}),
        ({**PUBLIC, "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}}, {"BlockPublicPolicy": True}),
    ],
)
def test_accepts_other_policies_and_calls_without_block_public_policy(
    aws_client: Client, statement: dict[str, Any], options: dict[str, Any]
) -> None:
    put(aws_client("secretsmanager"), statement, **options)


@pytest.mark.parametrize(
    ("condition", "passed"), [({}, False), ({"StringEquals": {"aws:PrincipalOrgID": "o-1"}}, True)]
)
def test_a_validation_finds_a_public_policy(aws_client: Client, condition: dict[str, Any], passed: bool) -> None:
    document = json.dumps({"Version": "2012-10-17", "Statement": [PUBLIC | {"Condition": condition}]})
    answer = aws_client("secretsmanager").validate_resource_policy(ResourcePolicy=document)
    assert (answer["PolicyValidationPassed"], len(answer["ValidationErrors"])) == (passed, 0 if passed else 1)


def test_moto_still_accepts_public_policies(moto_client: Client) -> None:
    put(moto_client("secretsmanager"), PUBLIC, BlockPublicPolicy=True)


RULES = {"ScheduleExpression": "cron(0 8 1 * ? *)", "Duration": "3h"}


@pytest.fixture(scope="module")
def function(aws_client: Client) -> str:
    make_function(aws_client)
    return FUNCTION


def test_the_schedule_is_stored_and_no_rotation_starts_before_its_date(
    aws_client: Client, name: str, function: str
) -> None:
    client = aws_client("secretsmanager")
    client.rotate_secret(SecretId=name, RotationLambdaARN=function, RotationRules=RULES, RotateImmediately=False)
    described = client.describe_secret(SecretId=name)
    assert (described["RotationEnabled"], described["RotationRules"]) == (True, RULES)
    assert list(described["VersionIdsToStages"].values()) == [["AWSCURRENT"]]


def test_rejects_a_rotation_while_another_is_in_progress(aws_client: Client, name: str, function: str) -> None:
    client = aws_client("secretsmanager")
    client.rotate_secret(SecretId=name, RotationLambdaARN=function, RotationRules=RULES)
    with pytest.raises(client.exceptions.InvalidRequestException, match="isn't complete"):
        client.rotate_secret(SecretId=name)


def test_a_function_that_does_not_exist_changes_nothing(aws_client: Client, name: str) -> None:
    client = aws_client("secretsmanager")
    with pytest.raises(ClientError, match=r"AccessDeniedException.*Ensure that the function policy grants access"):
        client.rotate_secret(SecretId=name, RotationLambdaARN=f"{FUNCTION}-none", RotationRules=RULES)
    assert "RotationRules" not in client.describe_secret(SecretId=name)


def test_moto_still_stores_a_rotation_without_a_function(moto_client: Client) -> None:
    client = moto_client("secretsmanager")
    client.create_secret(Name="s", SecretString="v")
    with pytest.raises(client.exceptions.ResourceNotFoundException):
        client.rotate_secret(SecretId="s", RotationLambdaARN=f"{FUNCTION}-none", RotationRules=RULES)
    assert client.describe_secret(SecretId="s")["RotationRules"] == {"AutomaticallyAfterDays": 0}
