from __future__ import annotations

from dataclasses import replace

import pytest
from ansible_collections.secmon.aws.plugins.module_utils.core.errors import (
    Subject,
    is_expired_page,
    is_lost_answer,
    is_passing,
    is_unreachable,
    translate,
)
from botocore.exceptions import (
    ClientError,
    ConnectionClosedError,
    EndpointConnectionError,
    NoCredentialsError,
    ParamValidationError,
    ReadTimeoutError,
)

SUBJECT = Subject("logs", "PutMetricFilter", "metric filter a", "arn:aws:logs:r:1:log-group:g")


def answer(code: str, message: str = "m", status: int = 400) -> ClientError:
    response = {"Error": {"Code": code, "Message": message}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(response, "PutMetricFilter")


@pytest.mark.parametrize(
    "error",
    [
        answer("ThrottlingException"),
        answer("Throttling"),
        answer("Throttled", status=429),
        answer("TooManyRequestsException"),
        answer("OperationAbortedException"),
        answer("ConcurrentAccess"),
        answer("StaleTag"),
        answer("ConflictException"),
        answer("Anything", status=503),
        ConnectionClosedError(endpoint_url="https://x"),
        ReadTimeoutError(endpoint_url="https://x"),
    ],
)
def test_transient_errors_are_recognized(error: Exception) -> None:
    assert is_passing(error)


@pytest.mark.parametrize(
    "error",
    [
        answer("AccessDeniedException"),
        answer("LimitExceededException"),
        answer("ValidationException"),
        NoCredentialsError(),
    ],
)
def test_permanent_errors_are_not_retried(error: Exception) -> None:
    assert not is_passing(error)


def test_an_answer_is_lost_if_aws_may_have_executed_the_call() -> None:
    assert is_lost_answer(answer("InternalFailure", status=500))
    assert is_lost_answer(ConnectionClosedError(endpoint_url="https://x"))
    assert not is_lost_answer(answer("ThrottlingException"))
    assert not is_lost_answer(EndpointConnectionError(endpoint_url="https://x"))
    assert is_unreachable(EndpointConnectionError(endpoint_url="https://x"))


@pytest.mark.parametrize("code", ["InvalidNextToken", "InvalidNextTokenException", "PaginationTokenExpiredException"])
def test_an_expired_page_token_is_recognized(code: str) -> None:
    assert is_expired_page(answer(code))


def test_an_expired_page_token_of_sns_and_logs_is_recognized_by_its_message() -> None:
    assert is_expired_page(answer("InvalidParameter", "Invalid parameter: NextToken"))
    assert is_expired_page(answer("InvalidParameterException", "The specified nextToken is invalid."))
    assert not is_expired_page(answer("InvalidParameterException", "The specified log group name is invalid."))
    assert not is_expired_page(answer("InvalidParameter", "Invalid parameter: TopicArn"))


def test_a_denial_names_the_caller_the_action_and_the_resource() -> None:
    message = (
        "User: arn:aws:sts::1:assumed-role/r/s is not authorized to perform: logs:PutMetricFilter on resource: arn:x"
    )
    hint = translate(answer("AccessDeniedException", message), SUBJECT).hint
    assert hint == "Allow logs:PutMetricFilter on arn:x to arn:aws:sts::1:assumed-role/r/s."


def test_a_denial_without_details_names_the_action_and_resource_of_the_call() -> None:
    hint = translate(answer("AuthorizationError", "no"), SUBJECT).hint
    assert hint == "Allow logs:PutMetricFilter on arn:aws:logs:r:1:log-group:g to the caller."


@pytest.mark.parametrize(
    ("reason", "hint"),
    [
        (
            "with an explicit deny in a service control policy",
            "A service control policy of AWS Organizations denies logs:PutMetricFilter on arn:x to arn:u, and no policy"
            " of the account can allow it. Ask an administrator of the organization to change the service control"
            " policy.",
        ),
        (
            "with an explicit deny in a service control policy: arn:aws:organizations::1:policy/o-a/p-1",
            "Ask an administrator of the organization to change arn:aws:organizations::1:policy/o-a/p-1.",
        ),
        (
            "because no service control policy allows the logs:PutMetricFilter action",
            "No service control policy of AWS Organizations allows logs:PutMetricFilter",
        ),
        ("with an explicit deny in a resource control policy", "change the resource control policy."),
        (
            "with an explicit deny in an identity-based policy",
            "An explicit deny in an identity-based policy forbids logs:PutMetricFilter on arn:x to arn:u, and no allow"
            " overrides it. Remove or limit the deny.",
        ),
        (
            "because no permissions boundary allows the logs:PutMetricFilter action",
            "Allow logs:PutMetricFilter on arn:x",
        ),
    ],
)
def test_a_denial_says_which_kind_of_policy_denies_and_who_can_change_it(reason: str, hint: str) -> None:
    message = f"User: arn:u is not authorized to perform: logs:PutMetricFilter on resource: arn:x {reason}"
    subject = replace(SUBJECT, remedies={} if "boundary" in reason else {"AccessDenied": "Allow it."})
    assert hint in translate(answer("AccessDenied", message), subject).hint


def test_a_remedy_of_the_call_replaces_the_hint() -> None:
    subject = Subject("logs", "PutMetricFilter", "x", remedies={"AccessDeniedException": "Ask Anna."})
    assert translate(answer("AccessDeniedException"), subject).hint == "Ask Anna."


def test_the_message_about_an_invalid_parameter_omits_its_value() -> None:
    error = translate(ParamValidationError(report="Invalid type for SecretString, value: hunter2"), SUBJECT)
    assert "hunter2" not in str(error)


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (NoCredentialsError(), "Set credentials"),
        (answer("ExpiredTokenException"), "Renew them"),
        (EndpointConnectionError(endpoint_url="https://x"), "cannot be reached"),
        (answer("ThrottlingException"), "timeout_seconds"),
    ],
)
def test_each_kind_of_error_has_a_hint(error: Exception, says: str) -> None:
    assert says in translate(error, SUBJECT).hint
