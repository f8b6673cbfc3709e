"""Overrides of Secrets Manager."""

from __future__ import annotations

import json
import re
from typing import Any

from moto.awslambda.models import lambda_backends
from moto.core.exceptions import JsonRESTError
from moto.secretsmanager.exceptions import SecretsManagerClientError
from moto.secretsmanager.models import FakeSecret, ReplicaSecret, SecretsManagerBackend, secretsmanager_backends

from embedded_aws.core.call import Call
from embedded_aws.core.errors import MOTO_ERRORS, AwsError
from embedded_aws.core.overrides import override, patch
from embedded_aws.core.state import State
from embedded_aws.secretsmanager.versions import last_access

# Every error is HTTP 400 with the member `Message`; in moto 5.2.5 some are 404, and the member is `message`.
#
# Source: recorded answers of AWS; Secrets Manager API reference, "Errors" of each operation.


@patch(SecretsManagerClientError, "__init__")
def _client_error(error: SecretsManagerClientError, error_type: str, message: str, *rest: str, **named: Any) -> None:
    JsonRESTError.__init__(error, error_type, message, *rest, **named)
    error.code = 400
    error.description = json.dumps({"__type": error_type, "Message": message})


# A request needs a ClientRequestToken, and every name is checked; moto 5.2.5 checks neither.
#
# The SDKs add the token to every request, so only a client of the bare protocol sees this error. The error code of
# RotateSecret differs from the others. Source: recorded answers of AWS, 2022-2026.

_NO_TOKEN = "You must provide a ClientRequestToken value. We recommend a UUID-type value."
_NAME = re.compile(r"[A-Za-z0-9/_+=.@!-]+")
_BAD_NAME = "Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!"


@override(
    "secretsmanager",
    *("CreateSecret", "DescribeSecret", "DeleteSecret", "RestoreSecret", "ListSecretVersionIds"),
    *("GetSecretValue", "PutSecretValue", "UpdateSecret", "UpdateSecretVersionStage"),
    *("GetResourcePolicy", "PutResourcePolicy", "DeleteResourcePolicy", "ValidateResourcePolicy"),
    *("TagResource", "UntagResource", "RotateSecret", "CancelRotateSecret"),
)
def check_name(_state: State, call: Call) -> None:
    """Reject a name with other characters than AWS allows."""
    name = call.parameters.get("Name") or call.parameters.get("SecretId") or "a"
    if not name.startswith("arn:") and not _NAME.fullmatch(name):
        raise AwsError("ValidationException", _BAD_NAME)


@override("secretsmanager", "CreateSecret", "PutSecretValue", "UpdateSecret", "RotateSecret")
def check_token(_state: State, call: Call) -> None:
    """Reject a request without a token."""
    if not call.parameters.get("ClientRequestToken"):
        code = "InvalidParameterException" if call.action == "RotateSecret" else "InvalidRequestException"
        raise AwsError(code, _NO_TOKEN)


# A secret scheduled for deletion keeps its name and can be neither read nor written; versions are immutable.
#
# moto 5.2.5 allows new versions of such a secret, raises ResourceExistsException for its name, and lets a token be
# used again for another value while the version is AWSPENDING. Source: Secrets Manager API reference, CreateSecret,
# PutSecretValue and GetSecretValue; InvalidRequestException of the others.

MARKED = "You can't perform this operation on the secret because it was marked for deletion."
NAME_TAKEN = "You can't create this secret because a secret with this name is already scheduled for deletion."


def _secret(call: Call, name: str) -> FakeSecret | ReplicaSecret | None:
    found: FakeSecret | ReplicaSecret | None = secretsmanager_backends[call.account][call.region].secrets.get(name)
    return found


@override("secretsmanager", "CreateSecret")
def create_secret(_state: State, call: Call) -> None:
    """Reject the name of a secret that is scheduled for deletion."""
    secret = _secret(call, call.parameters.get("Name", ""))
    if secret and secret.is_deleted():
        raise AwsError("InvalidRequestException", NAME_TAKEN)


@override(
    "secretsmanager",
    *("GetSecretValue", "PutSecretValue", "UpdateSecret", "UpdateSecretVersionStage"),
    *("GetResourcePolicy", "PutResourcePolicy", "DeleteResourcePolicy", "TagResource", "UntagResource"),
    *("ReplicateSecretToRegions", "RemoveRegionsFromReplication", "RotateSecret", "CancelRotateSecret"),
)
def use_secret(_state: State, call: Call) -> None:
    """Reject calls on a secret that is scheduled for deletion."""
    secret = _secret(call, call.parameters.get("SecretId", ""))
    if secret and secret.is_deleted():
        raise AwsError("InvalidRequestException", MARKED)


@override("secretsmanager", "PutSecretValue")
def put_secret_value(_state: State, call: Call) -> None:
    """Reject another value for an existing version; moto answers for the same value."""
    parameters = call.parameters
    secret = _secret(call, parameters.get("SecretId", ""))
    token = str(parameters.get("ClientRequestToken"))
    version = secret.versions.get(token, {}) if isinstance(secret, FakeSecret) else {}
    if "secret_string" in version and version["secret_string"] != parameters.get("SecretString"):
        reason = f"that value is already in use for a version of secret {secret.arn if secret else ''}."
        raise AwsError("ResourceExistsException", f"You can't use ClientRequestToken {token} because {reason}")


# PutResourcePolicy with BlockPublicPolicy rejects a public policy; moto 5.2.5 ignores the parameter.
#
# AWS uses automated reasoning; here a statement is public if it allows every principal without a condition.
# Source: Secrets Manager API reference, PutResourcePolicy.

_PUBLIC = "You can't attach a resource policy to the secret because it grants public access."
_MALFORMED = "This resource policy contains a syntax error."


@override("secretsmanager", "PutResourcePolicy")
def put_resource_policy(_state: State, call: Call) -> None:
    """Reject an invalid policy, and with BlockPublicPolicy a public one."""
    listed = _statements(call)
    if call.parameters.get("BlockPublicPolicy") and any(_is_public(statement) for statement in listed):
        raise AwsError("PublicPolicyException", _PUBLIC)


@override("secretsmanager", "ValidateResourcePolicy")
def validate_resource_policy(_state: State, call: Call) -> dict[str, Any]:
    """Return whether a policy is not public; moto does not have the operation."""
    passed = not any(_is_public(statement) for statement in _statements(call))
    errors = [] if passed else [{"CheckName": "PublicPolicyCheck", "ErrorMessage": _PUBLIC}]
    return {"PolicyValidationPassed": passed, "ValidationErrors": errors}


def _statements(call: Call) -> list[dict[str, Any]]:
    try:
        statements = json.loads(call.parameters.get("ResourcePolicy", ""))["Statement"]
    except (ValueError, TypeError, KeyError):
        raise AwsError("MalformedPolicyDocumentException", _MALFORMED) from None
    return statements if isinstance(statements, list) else [statements]


def _is_public(statement: dict[str, Any]) -> bool:
    principal = statement.get("Principal")
    named = principal.get("AWS") if isinstance(principal, dict) else principal
    everybody = "*" in (named if isinstance(named, list) else [named])
    return everybody and statement.get("Effect") == "Allow" and not statement.get("Condition")


# Replication returns the ARN of the secret; moto 5.2.5 returns the caller's SecretId.
#
# Source: Secrets Manager API reference, ReplicateSecretToRegions and RemoveRegionsFromReplication (ARN).

_moto_replicates = SecretsManagerBackend.replicate_secret_to_regions
_moto_removes = SecretsManagerBackend.remove_regions_from_replication


@patch(SecretsManagerBackend, "replicate_secret_to_regions")
def _replicate_to_regions(backend: SecretsManagerBackend, secret_id: str, *rest: Any, **named: Any) -> Any:
    _named, statuses = _moto_replicates(backend, secret_id, *rest, **named)
    return backend.describe_secret(secret_id).arn, statuses


@patch(SecretsManagerBackend, "remove_regions_from_replication")
def _remove_regions(backend: SecretsManagerBackend, secret_id: str, *rest: Any, **named: Any) -> Any:
    _named, statuses = _moto_removes(backend, secret_id, *rest, **named)
    return backend.describe_secret(secret_id).arn, statuses


# RotateSecret stores the schedule, checks the function before any change, and supports RotateImmediately.
#
# moto 5.2.5 drops ScheduleExpression and Duration, changes the secret before it checks the function, and
# leaves AWSPENDING behind although nothing rotates yet. Here the function is never run: a rotation that starts at once
# stays in progress, its version without a value, until a test moves the labels. Sources: Secrets Manager API reference,
# RotateSecret, RotationRulesType and DescribeSecret; the answer for a missing function is a recorded one of AWS.

_NO_FUNCTION = (
    "Secrets Manager cannot invoke the specified Lambda function. Ensure that the function policy grants access to the"
    " principal secretsmanager.amazonaws.com."
)
_UNDER_WAY = "A previous rotation isn't complete. That rotation will be reattempted."
_NOT_CONFIGURED = "No Lambda rotation function ARN is associated with this secret."


@override("secretsmanager", "RotateSecret")
def rotate_secret(_state: State, call: Call) -> dict[str, Any] | None:
    """Store the rules of a rotation, and start it unless RotateImmediately is false."""
    parameters = call.parameters
    secret = secretsmanager_backends[call.account][call.region].secrets.get(parameters.get("SecretId", ""))
    if not isinstance(secret, FakeSecret) or secret.is_deleted():
        return None
    function = parameters.get("RotationLambdaARN") or secret.rotation_lambda_arn
    _check_rotation(call, secret, function)
    secret.rotation_requested = secret.rotation_enabled = True
    secret.rotation_lambda_arn = function
    if parameters.get("RotationRules"):
        secret.rotation_rules = parameters["RotationRules"]  # type: ignore[attr-defined] # moto has the days only
    answer = {"ARN": secret.arn, "Name": secret.name}
    if not parameters.get("RotateImmediately", True):
        return answer
    version = parameters["ClientRequestToken"]
    created = int(call.at.timestamp())
    secret.versions[version] = {"version_id": version, "version_stages": ["AWSPENDING"], "createdate": created}
    return {**answer, "VersionId": version}


def _check_rotation(call: Call, secret: FakeSecret, function: str) -> None:
    if not function:
        raise AwsError("InvalidRequestException", _NOT_CONFIGURED)
    stages = [version["version_stages"] for version in secret.versions.values()]
    if any("AWSPENDING" in names and "AWSCURRENT" not in names for names in stages):
        raise AwsError("InvalidRequestException", _UNDER_WAY)
    try:
        lambda_backends[call.account][call.region].get_function(function)
    except MOTO_ERRORS as missing:
        raise AwsError("AccessDeniedException", _NO_FUNCTION) from missing


_to_dict = FakeSecret.to_dict


@patch(FakeSecret, "to_dict")
def _described(secret: FakeSecret) -> dict[str, Any]:
    described = _to_dict(secret) | {"LastAccessedDate": last_access(secret)}
    rules = getattr(secret, "rotation_rules", None)
    return described if rules is None else {**described, "RotationRules": rules}


# UpdateSecret accepts an empty description, and a replica keeps its key.
#
# moto 5.2.5 ignores an empty description, and describes every replica with the key aws/secretsmanager.
# Source: Secrets Manager API reference, UpdateSecret and ReplicateSecretToRegions.

_create_replicas = FakeSecret.create_replicas


@override("secretsmanager", "UpdateSecret")
def update_secret(_state: State, call: Call) -> None:
    """Clear the description if it is empty; moto does the rest."""
    secret = secretsmanager_backends[call.account][call.region].secrets.get(call.parameters.get("SecretId", ""))
    if isinstance(secret, FakeSecret) and not secret.is_deleted() and call.parameters.get("Description") == "":
        secret.description = None


@patch(FakeSecret, "create_replicas")
def _with_keys(
    secret: FakeSecret, replica_regions: list[dict[str, str]], *force: bool, **named: bool
) -> list[ReplicaSecret]:
    replicas = _create_replicas(secret, replica_regions, *force, **named)
    keys: dict[str, Any] = {asked["Region"]: asked.get("KmsKeyId") for asked in replica_regions}
    for replica in replicas:
        replica.config["KmsKeyId"] = keys[replica.region] or replica.config["KmsKeyId"]
    return replicas
