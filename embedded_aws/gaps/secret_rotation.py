"""A rotation's schedule is kept, its function is checked before anything changes, and RotateImmediately is heeded.

moto 5.2.5 forgets ScheduleExpression and Duration, changes the secret before it finds the function missing, and leaves
AWSPENDING behind although nothing rotates yet. Here the function is never run: a rotation that begins at once stays
under way, its version without a value, until a test moves the stages.
Source: Secrets Manager API reference, RotateSecret, RotationRulesType and DescribeSecret.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from moto.awslambda.models import lambda_backends
from moto.secretsmanager.models import FakeSecret, secretsmanager_backends

from embedded_aws.errors import MOTO_ERRORS, AwsError
from embedded_aws.overrides import override

if TYPE_CHECKING:
    from embedded_aws.call import Call
    from embedded_aws.world import World

_NO_FUNCTION = "Resource not found for ARN '{}'."
_UNDER_WAY = "A previous rotation isn't complete. That rotation will be reattempted."
_NOT_CONFIGURED = "No Lambda rotation function ARN is associated with this secret."

_to_dict = FakeSecret.to_dict


@override("secretsmanager", "RotateSecret")
def rotate_secret(_world: World, call: Call) -> dict[str, Any] | None:
    """Keep the rules of a rotation, and begin it unless it is to wait for its date."""
    parameters = call.parameters
    secret = secretsmanager_backends[call.account][call.region].secrets.get(parameters.get("SecretId", ""))
    if not isinstance(secret, FakeSecret) or secret.is_deleted():
        return None
    function = parameters.get("RotationLambdaARN") or secret.rotation_lambda_arn
    _check(call, secret, function)
    secret.rotation_requested = secret.rotation_enabled = True
    secret.rotation_lambda_arn = function
    if parameters.get("RotationRules"):
        secret.rotation_rules = parameters["RotationRules"]  # type: ignore[attr-defined] # moto has the days only
    answer = {"ARN": secret.arn, "Name": secret.name}
    if not parameters.get("RotateImmediately", True):
        return answer
    version = parameters.get("ClientRequestToken") or str(uuid.uuid4())
    created = int(call.at.timestamp())
    secret.versions[version] = {"version_id": version, "version_stages": ["AWSPENDING"], "createdate": created}
    return {**answer, "VersionId": version}


def _check(call: Call, secret: FakeSecret, function: str) -> None:
    if not function:
        raise AwsError("InvalidRequestException", _NOT_CONFIGURED)
    stages = [version["version_stages"] for version in secret.versions.values()]
    if any("AWSPENDING" in names and "AWSCURRENT" not in names for names in stages):
        raise AwsError("InvalidRequestException", _UNDER_WAY)
    try:
        lambda_backends[call.account][call.region].get_function(function)
    except MOTO_ERRORS as missing:
        raise AwsError("ResourceNotFoundException", _NO_FUNCTION.format(function)) from missing


def _described(secret: FakeSecret) -> dict[str, Any]:
    described = _to_dict(secret)
    rules = getattr(secret, "rotation_rules", None)
    return described if rules is None else {**described, "RotationRules": rules}


def close() -> None:
    """Replace moto's description."""
    FakeSecret.to_dict = _described  # type: ignore[assignment, method-assign]
