# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Translate the errors of AWS and botocore into one exception, with a hint for the user.

Sources: the common errors of each service's API reference; IAM user guide, "Troubleshooting access denied error
messages".
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .iam_actions import iam_action
from .plan import Write
from .problems import sentence

try:
    from botocore.exceptions import (
        BotoCoreError,
        ClientError,
        CredentialRetrievalError,
        EndpointConnectionError,
        HTTPClientError,
        IncompleteReadError,
        NoCredentialsError,
        ParamValidationError,
        PartialCredentialsError,
        SSLError,
    )
    from botocore.exceptions import (
        ConnectionError as BotocoreConnectionError,
    )
except ImportError:  # AnsibleAWSModule reports it when the module runs
    pass

_THROTTLED = re.compile(r"Throttl|TooManyRequests|RequestLimitExceeded|SlowDown|BandwidthLimitExceeded|PriorRequestNot")
# Another change is in progress, or the service has an internal error: the same call may succeed later.
_PASSING = re.compile(
    r"InternalFailure|InternalError|InternalServer|InternalService|ServiceUnavailable|ServiceFailure|RequestTimeout"
    r"|OperationAborted|ConcurrentModification|^ConflictException$|^ConcurrentAccess|^StaleTag|^409$"
)
# UnauthorizedOperation comes from EC2, AuthorizationError from SNS.
_DENIED = re.compile(r"AccessDenied|UnauthorizedOperation|AuthorizationError|NotAuthorized")
_BAD_CREDENTIALS = re.compile(
    r"ExpiredToken|InvalidClientTokenId|UnrecognizedClient|InvalidAccessKeyId|SignatureDoesNotMatch|InvalidToken"
    r"|IncompleteSignature|MissingAuthenticationToken|OptInRequired"
)
_EXPIRED_PAGE = re.compile(r"InvalidNextToken|ExpiredNextToken|PaginationTokenExpired|InvalidPaginationToken")
_WHO_AND_WHAT = re.compile(
    r"User: (?P<who>\S+) is not authorized to perform: (?P<action>[\w-]+:\w+)(?: on resource: (?P<what>\S+))?"
)
# IAM user guide, "Troubleshoot access denied (403) error messages". The ARN of the policy may follow.
_REASON = re.compile(
    r"(?P<reason>with an explicit deny in an?|because no) (?P<policy>[\w -]+? policy|permissions boundary)\b"
    r"(?:: (?P<arn>arn:\S+))?"
)
_SIGNED = "The Canonical String for this request"
# Only an administrator of the organization can change these.
_OF_ORGANIZATIONS = ("service control policy", "resource control policy")


@dataclass(frozen=True)
class Subject:
    """The call that an error message is about.

    Attributes:
        service: The boto3 name of the service.
        operation: The name of the API operation.
        resource: The resource in words, such as ``topic Alarms``.
        resource_arn: Its ARN, if known.
        remedies: Instructions for the user by error code. A space and a part of the message may follow the code.
        of_version: Whether the call names a version of an S3 object.
    """

    service: str
    operation: str
    resource: str
    resource_arn: str = "*"
    remedies: Mapping[str, str] | None = None
    of_version: bool = False

    @property
    def iam_action(self) -> str:
        """The IAM action that a policy must allow for this call."""
        return iam_action(self.service, self.operation, of_version=self.of_version)


class AwsError(Exception):
    """A call failed permanently.

    Attributes:
        code: The error code of AWS, or the class name of a botocore error.
        subject: The call.
        message: The message of AWS.
        hint: An instruction for the user; empty if there is none.
    """

    def __init__(self, code: str, message: str, subject: Subject, hint: str = "") -> None:
        """Store the parts; the runner adds account and region to the message."""
        self.code = code
        self.subject = subject
        self.message = message
        self.hint = hint
        super().__init__(f"{subject.operation} for the {subject.resource}: {code}: {message}")

    def described(self, place: str) -> str:
        """Return what failed, where, and what to do."""
        message = f"{self.subject.operation} failed for the {self.subject.resource} in {place}: {self.code}"
        message += f": {self.message}" if self.message else ""
        return f"{sentence(message)} {self.hint}".rstrip()

    @property
    def is_denial(self) -> bool:
        """Whether the caller lacks a permission."""
        # S3 answers HEAD requests without a body, so only the status is known.
        return bool(_DENIED.search(self.code)) or self.code == "403"


class AnswerLostError(AwsError):
    """The answer to a call that must not be repeated was lost: read the state before another attempt."""


class OutdatedError(AwsError):
    """Something changed after the module had read it, so that the call no longer fits: read the state again."""


class WritesFailedError(Exception):
    """A write of a plan failed permanently.

    Attributes:
        error: The failure.
        done: The writes that succeeded, in the plan's order.
        not_done: The writes that failed or were not attempted.
    """

    def __init__(self, error: AwsError, done: tuple[Write, ...], not_done: tuple[Write, ...]) -> None:
        """Store the outcome of each write."""
        self.error = error
        self.done = done
        self.not_done = not_done
        super().__init__(str(error))


def error_code(error: Exception) -> str:
    """Return the error code of AWS, or the class name of a botocore error."""
    if isinstance(error, ClientError):
        return str(error.response.get("Error", {}).get("Code", "Unknown"))
    return type(error).__name__


def error_message(error: Exception) -> str:
    """Return the message of AWS.

    Leave out what can quote a secret: botocore's message about an invalid parameter, and the signed headers in a
    SignatureDoesNotMatch of STS and IAM, among which is the session token.
    """
    if isinstance(error, ClientError):
        return str(error.response.get("Error", {}).get("Message", "")).partition(_SIGNED)[0].rstrip()
    if isinstance(error, ParamValidationError):
        return "botocore rejected the parameters of this call"
    return str(error)


def _status(error: Exception) -> int:
    response: Mapping[str, Any] = getattr(error, "response", {})
    return int(response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))


def is_lost_answer(error: Exception) -> bool:
    """Return whether AWS may have executed the call although no answer arrived."""
    if isinstance(error, ClientError):
        return _status(error) >= 500
    return isinstance(error, (HTTPClientError, BotocoreConnectionError)) and not isinstance(
        error, EndpointConnectionError
    )


def is_unreachable(error: Exception) -> bool:
    """Return whether the endpoint refused the connection, more likely because of a wrong address than an outage."""
    return isinstance(error, EndpointConnectionError)


def is_passing(error: Exception) -> bool:
    """Return whether the error is transient, so that the same call may succeed later."""
    if isinstance(error, ClientError):
        code = error_code(error)
        return bool(_THROTTLED.search(code) or _PASSING.search(code)) or _status(error) >= 500
    # A stream that ends early is an IncompleteReadError, one that breaks an HTTPClientError.
    broken = (HTTPClientError, BotocoreConnectionError, IncompleteReadError)
    return isinstance(error, broken) and not isinstance(error, SSLError)


def is_expired_page(error: Exception) -> bool:
    """Return whether the page token of a listing expired."""
    if not isinstance(error, ClientError):
        return False
    code, message = error_code(error), error_message(error)
    # SNS and CloudWatch Logs have no separate error code for it.
    bad_parameter = code in ("InvalidParameter", "InvalidParameterException") and "nexttoken" in message.lower()
    return bad_parameter or bool(_EXPIRED_PAGE.search(code))


def is_propagating(error: Exception, expected: Sequence[tuple[str, str]]) -> bool:
    """Return whether the error is one of those expected, as codes with a part of the message, while AWS propagates.

    Only a change of the policy ends an explicit deny.
    """
    code, message = error_code(error), error_message(error)
    return "with an explicit deny" not in message and any(code == known and part in message for known, part in expected)


def translate(error: Exception, subject: Subject, kind: type[AwsError] = AwsError) -> AwsError:
    """Return the AwsError for an error of botocore."""
    message = error_message(error)
    hint = _remedy(error, subject) or _hint(error, subject)
    return kind(error_code(error), message, subject, _hint_of_policy(message, subject) or hint)


def _remedy(error: Exception, subject: Subject) -> str:
    for key, remedy in (subject.remedies or {}).items():
        code, _blank, part = key.partition(" ")
        if code == error_code(error) and part in error_message(error):
            return remedy
    return ""


def partial_failure(failures: Sequence[Mapping[str, Any]], subject: Subject) -> AwsError:
    """Return the error for an answer that lists failures, such as objects that DeleteObjects could not delete."""
    first = failures[0]
    code = first.get("Code") or first.get("ErrorCode", "Unknown")
    text, what = first.get("Message") or first.get("ErrorMessage", ""), first.get("Key") or first.get("TargetId", "")
    return AwsError(str(code), f"{text} ({what}, the first of {len(failures)} failures)", subject)


def _hint(error: Exception, subject: Subject) -> str:
    code = error_code(error)
    if isinstance(error, ClientError):
        if _DENIED.search(code):
            return _denial_hint(error_message(error), subject)
        if _BAD_CREDENTIALS.search(code):
            # In a region that an account has not enabled, its sessions are unknown (recorded in public issues).
            known = "Expired" in code
            elsewhere = "" if known else ", or the account has not enabled this region"
            enable = "" if known else ", or enable the region"
            return f"AWS rejected the credentials{elsewhere}. Renew them, or use others (profile, access_key){enable}."
        if is_passing(error):
            return "AWS kept rejecting the call until timeout_seconds expired. Rerun; completed changes are kept."
        return ""
    if isinstance(error, (NoCredentialsError, PartialCredentialsError, CredentialRetrievalError)):
        return "Set credentials by profile, by access_key and secret_key, or in the environment."
    if is_unreachable(error):
        return "The endpoint cannot be reached. Check region, endpoint_url and the network."
    if isinstance(error, BotoCoreError) and is_passing(error):
        return "The connection kept failing until timeout_seconds expired. Rerun; completed changes are kept."
    return ""


def _denial_hint(message: str, subject: Subject) -> str:
    return f"Allow {_permission(message, subject)}."


def _permission(message: str, subject: Subject) -> str:
    """Return the action, the resource and the caller that a denial is about."""
    found = _WHO_AND_WHAT.search(message)
    who = found["who"] if found else "the caller"
    what = (found["what"] if found else None) or subject.resource_arn
    # Tags in a request that creates a resource need a separate action, which the message names.
    action = found["action"] if found else subject.iam_action
    return f"{action} on {what} to {who}"


def _hint_of_policy(message: str, subject: Subject) -> str:
    """Return what to do about a denial that an allow in the account's policies does not end, or an empty string."""
    found = _REASON.search(message)
    if not found:
        return ""
    policy, denied, asked = found["policy"], "explicit" in found["reason"], _permission(message, subject)
    if policy in _OF_ORGANIZATIONS:
        refused = f"A {policy} of AWS Organizations denies" if denied else f"No {policy} of AWS Organizations allows"
        owner = f"Ask an administrator of the organization to change {found['arn'] or f'the {policy}'}."
        return f"{refused} {asked}, and no policy of the account can allow it. {owner}"
    if not denied:
        return ""
    kind = f"{'an' if policy[0] in 'ai' else 'a'} {policy}{' (' + found['arn'] + ')' if found['arn'] else ''}"
    return f"An explicit deny in {kind} forbids {asked}, and no allow overrides it. Remove or limit the deny."
