# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""One error for everything that a call can meet, in words that a user can act on.

Sources: the common errors of each service's API reference; IAM user guide, "Troubleshooting access denied error
messages".
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .iam_actions import iam_action

try:
    from botocore.exceptions import (
        BotoCoreError,
        ClientError,
        CredentialRetrievalError,
        EndpointConnectionError,
        HTTPClientError,
        NoCredentialsError,
        ParamValidationError,
        PartialCredentialsError,
        SSLError,
    )
    from botocore.exceptions import (
        ConnectionError as BotocoreConnectionError,
    )
except ImportError:  # the module says so when it is run
    pass

_THROTTLED = re.compile(r"Throttl|TooManyRequests|RequestLimitExceeded|SlowDown|BandwidthLimitExceeded|PriorRequestNot")
# Somebody else's change is under way, or the service is not well: the same call works a little later.
_PASSING = re.compile(
    r"InternalFailure|InternalError|InternalServer|InternalService|ServiceUnavailable|ServiceFailure|RequestTimeout"
    r"|OperationAborted|ConcurrentModification|^ConflictException$|^ConcurrentAccess|^StaleTag|^409$"
)
# UnauthorizedOperation is EC2's word, AuthorizationError SNS's.
_DENIED = re.compile(r"AccessDenied|UnauthorizedOperation|AuthorizationError|NotAuthorized")
_BAD_CREDENTIALS = re.compile(
    r"ExpiredToken|InvalidClientTokenId|UnrecognizedClient|InvalidAccessKeyId|SignatureDoesNotMatch|InvalidToken"
    r"|IncompleteSignature|MissingAuthenticationToken|OptInRequired"
)
_EXPIRED_PAGE = re.compile(r"InvalidNextToken|ExpiredNextToken|PaginationTokenExpired|InvalidPaginationToken")
_WHO_AND_WHAT = re.compile(
    r"User: (?P<who>\S+) is not authorized to perform: (?P<action>[\w-]+:\w+)(?: on resource: (?P<what>\S+))?"
)


@dataclass(frozen=True)
class Subject:
    """What a call is about, for the message.

    Attributes:
        service: boto3's name of the service.
        operation: The API's name of the call.
        resource: What it is made for, in words.
        resource_arn: Its ARN if known.
        remedies: Error codes, each with what the user can do. A blank and a part of the message may follow a code.
        of_version: Whether it names a version of an S3 object.
    """

    service: str
    operation: str
    resource: str
    resource_arn: str = "*"
    remedies: Mapping[str, str] | None = None
    of_version: bool = False

    @property
    def iam_action(self) -> str:
        """The action that a policy has to allow for this call."""
        return iam_action(self.service, self.operation, of_version=self.of_version)


class AwsError(Exception):
    """A call failed for good.

    Attributes:
        code: AWS's error code, or botocore's name of the error if no answer came.
        subject: What the call was about.
        message: AWS's own message.
        hint: What the user can do; empty if that is unknown.
    """

    def __init__(self, code: str, message: str, subject: Subject, hint: str = "") -> None:
        """Say what happened; where it happened is added at the edge, which knows the account."""
        self.code = code
        self.subject = subject
        self.message = message
        self.hint = hint
        super().__init__(f"{subject.operation} for the {subject.resource}: {code}: {message}")

    @property
    def is_denial(self) -> bool:
        """Whether the caller lacks a permission."""
        # S3 answers to HEAD without a body, so that only the status is left.
        return bool(_DENIED.search(self.code)) or self.code == "403"


class AnswerLostError(AwsError):
    """Nobody knows whether a call was carried out that must not be made twice: look before you repeat it."""


def error_code(error: Exception) -> str:
    """Return AWS's error code, or the name of botocore's error."""
    if isinstance(error, ClientError):
        return str(error.response.get("Error", {}).get("Code", "Unknown"))
    return type(error).__name__


def error_message(error: Exception) -> str:
    """Return AWS's message. botocore's complaint about a parameter quotes the value, so it is not repeated."""
    if isinstance(error, ClientError):
        return str(error.response.get("Error", {}).get("Message", ""))
    if isinstance(error, ParamValidationError):
        return "botocore refuses the parameters of this call"
    return str(error)


def _status(error: Exception) -> int:
    response: Mapping[str, Any] = getattr(error, "response", {})
    return int(response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))


def is_lost_answer(error: Exception) -> bool:
    """Whether the call may have been carried out although we saw no answer."""
    if isinstance(error, ClientError):
        return _status(error) >= 500
    return isinstance(error, (HTTPClientError, BotocoreConnectionError)) and not isinstance(
        error, EndpointConnectionError
    )


def is_unreachable(error: Exception) -> bool:
    """Whether nobody listens there; more likely a wrong address than a passing fault."""
    return isinstance(error, EndpointConnectionError)


def is_passing(error: Exception) -> bool:
    """Whether the same call may well succeed later."""
    if isinstance(error, ClientError):
        code = error_code(error)
        return bool(_THROTTLED.search(code) or _PASSING.search(code)) or _status(error) >= 500
    return isinstance(error, (HTTPClientError, BotocoreConnectionError)) and not isinstance(error, SSLError)


def is_expired_page(error: Exception) -> bool:
    """Whether a listing has to begin again."""
    if not isinstance(error, ClientError):
        return False
    code, message = error_code(error), error_message(error)
    # SNS and CloudWatch Logs have no code of their own for that.
    bad_parameter = code in ("InvalidParameter", "InvalidParameterException") and "nexttoken" in message.lower()
    return bad_parameter or bool(_EXPIRED_PAGE.search(code))


def translate(error: Exception, subject: Subject, kind: type[AwsError] = AwsError) -> AwsError:
    """Make the error that the user sees out of botocore's."""
    message = error_message(error)
    return kind(error_code(error), message, subject, _remedy(error, subject) or _hint(error, subject))


def _remedy(error: Exception, subject: Subject) -> str:
    for key, remedy in (subject.remedies or {}).items():
        code, _blank, part = key.partition(" ")
        if code == error_code(error) and part in error_message(error):
            return remedy
    return ""


def partial_failure(failures: Sequence[Mapping[str, Any]], subject: Subject) -> AwsError:
    """Make an error out of what an answer lists as failed, such as the objects that DeleteObjects could not delete."""
    first = failures[0]
    message = f"{first.get('Message', '')} ({first.get('Key', '')}, the first of {len(failures)} that failed)"
    return AwsError(str(first.get("Code", "Unknown")), message, subject)


def _hint(error: Exception, subject: Subject) -> str:
    code = error_code(error)
    if isinstance(error, ClientError):
        if _DENIED.search(code):
            return _denial_hint(error_message(error), subject)
        if _BAD_CREDENTIALS.search(code):
            return "AWS does not accept these credentials. Renew them, or choose others (profile, access_key)."
        if is_passing(error):
            return "AWS went on refusing until timeout_seconds was over. Run it again: what is done stays done."
        return ""
    if isinstance(error, (NoCredentialsError, PartialCredentialsError, CredentialRetrievalError)):
        return "Give credentials by profile, by access_key and secret_key, or by the environment."
    if is_unreachable(error):
        return "Nobody answers at that address. Check region, endpoint_url and the network."
    if isinstance(error, BotoCoreError) and is_passing(error):
        return "The connection went on failing until timeout_seconds was over. Run it again: what is done stays done."
    return ""


def _denial_hint(message: str, subject: Subject) -> str:
    found = _WHO_AND_WHAT.search(message)
    who = found["who"] if found else "the caller"
    what = (found["what"] if found else None) or subject.resource_arn
    # Tags given in the creating call are denied by their own action.
    action = found["action"] if found else subject.iam_action
    return f"Allow {action} on {what} to {who}."
