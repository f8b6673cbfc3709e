"""Calls of other services fail if the key that they need is disabled, pending deletion or missing.

moto 5.2.5 never asks for the key. CloudTrail's deliveries and alarms are checked where they are made, since no client
calls for them.
"""

from __future__ import annotations

from typing import Any

from moto.kms.models import Key
from moto.logs.models import logs_backends
from moto.s3.exceptions import S3ClientError
from moto.s3.models import FakeKey
from moto.s3.responses import S3Response
from moto.secretsmanager.models import FakeSecret, secretsmanager_backends
from moto.sns.exceptions import SNSException
from moto.sns.models import SNSBackend

from embedded_aws.core.call import Call
from embedded_aws.core.errors import AwsError
from embedded_aws.core.overrides import override, patch
from embedded_aws.core.state import State
from embedded_aws.kms.keys import PENDING_DELETION, find_key_for_service, is_own_key, is_usable, state_error
from embedded_aws.logs.overrides.log_groups import NO_KEY
from embedded_aws.sns.permissions import topic_key

# Secrets Manager cannot encrypt or decrypt a value.
#
# Source: Secrets Manager API reference, EncryptionFailure ("Check that the KMS key is available, enabled, and not in an
# invalid state") and DecryptionFailure. Which of the states AWS answers so is our reading.

_CANNOT_ENCRYPT = (
    "Secrets Manager can't encrypt the protected secret text using the provided KMS key. Check that the KMS key is"
    " available, enabled, and not in an invalid state."
)
_CANNOT_DECRYPT = "Secrets Manager can't decrypt the protected secret text using the provided KMS key."


@override("secretsmanager", "CreateSecret", "PutSecretValue", "UpdateSecret")
def check_encryption(_state: State, call: Call) -> None:
    """Reject a new value, or another key, if the key is not usable."""
    parameters = call.parameters
    secret = _secret(call, parameters.get("SecretId", ""))
    name = parameters.get("KmsKeyId") or getattr(secret, "kms_key_id", None)
    uses = {"SecretString", "SecretBinary", "KmsKeyId"} & parameters.keys()
    if uses and not is_usable(call.account, call.region, name):
        raise AwsError("EncryptionFailure", _CANNOT_ENCRYPT)


@override("secretsmanager", "GetSecretValue")
def check_decryption(_state: State, call: Call) -> None:
    """Reject the read of a value if its key is not usable."""
    secret = _secret(call, call.parameters["SecretId"])
    if secret and not secret.is_deleted() and not is_usable(call.account, call.region, secret.kms_key_id):
        raise AwsError("DecryptionFailure", _CANNOT_DECRYPT)


def _secret(call: Call, name: str) -> FakeSecret | None:
    found = secretsmanager_backends[call.account][call.region].secrets.get(name)
    return found if isinstance(found, FakeSecret) else None


# CloudWatch Logs needs the key of a group for new events, and whenever it returns events.
#
# Sources: CloudWatch Logs API reference, AssociateKmsKey and DisassociateKmsKey; the text is that of AWS for a key that
# it may not use (terraform-provider-aws issue 29282). That a disabled key is answered so at once is our reading: AWS
# may still hold a data key for some minutes.


@override("logs", "PutLogEvents", "FilterLogEvents")
def check_group_key(_state: State, call: Call) -> None:
    """Reject the write and the read of events whose key is not usable."""
    parameters = call.parameters
    name = (
        parameters.get("logGroupName")
        or str(parameters.get("logGroupIdentifier", "")).rsplit(":log-group:", maxsplit=1)[-1]
    )
    group = logs_backends[call.account][call.region].groups.get(name)
    if group and not is_usable(call.account, call.region, group.kms_key_id):
        raise AwsError("AccessDeniedException", NO_KEY.format(group.arn))


# SNS refuses a message for a topic whose key is not usable.
#
# Source: SNS API reference, errors of Publish: KMSDisabled, KMSInvalidState, KMSNotFound.

_publish_by_moto = SNSBackend.publish


@patch(SNSBackend, "publish")
def _publish(backend: SNSBackend, message: str, arn: str | None, *rest: Any, **named: Any) -> str:
    topic = backend.topics.get(arn or "")
    if topic and topic.kms_master_key_id and not is_own_key(topic.kms_master_key_id):
        error = _error(topic_key(topic), "KMSNotFound", "KMSInvalidState", "KMSDisabled")
        if error:
            raise SNSException(*error)
    answer: str = _publish_by_moto(backend, message, arn, *rest, **named)
    return answer


# S3 cannot decrypt an object.
#
# Source: S3 API reference, "List of error codes": KMS.DisabledException, KMS.KMSInvalidStateException and
# KMS.NotFoundException.

_get_by_moto = S3Response.get_object


@patch(S3Response, "get_object")
def _get_object(response: S3Response) -> Any:
    found: FakeKey = response._get_key()[0]
    name = found.kms_key_id if found.encryption == "aws:kms" else None
    if name and not is_own_key(name):
        key = find_key_for_service(found.account_id, response.region, name)
        error = _error(key, "KMS.NotFoundException", "KMS.KMSInvalidStateException", "KMS.DisabledException")
        if error:
            raise S3ClientError(*error)
    return _get_by_moto(response)


def _error(key: Key | None, missing: str, pending: str, disabled: str) -> tuple[str, str] | None:
    """Return code and message for a key that is not usable, by the codes of the calling service."""
    if key is None:
        return missing, "The specified key does not exist."
    error = state_error(key)
    if error is None:
        return None
    return pending if key.key_state == PENDING_DELETION else disabled, error[1]
