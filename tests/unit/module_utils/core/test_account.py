"""Test Account with a client that replays answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from ansible_collections.secmon.aws.plugins.module_utils.core.account import Account
from ansible_collections.secmon.aws.plugins.module_utils.core.errors import (
    AnswerLostError,
    AwsError,
    Subject,
    WritesFailedError,
)
from ansible_collections.secmon.aws.plugins.module_utils.core.plan import Plan, Write
from ansible_collections.secmon.aws.plugins.module_utils.core.retries import Budget
from botocore.exceptions import (
    ClientError,
    ConnectionClosedError,
    EndpointConnectionError,
    IncompleteReadError,
    ResponseStreamingError,
)

Answer = dict[str, Any] | Exception
THROTTLED = ClientError({"Error": {"Code": "ThrottlingException"}}, "x")
EXISTS = ClientError({"Error": {"Code": "ResourceAlreadyExistsException"}}, "x")
LOST = ConnectionClosedError(endpoint_url="https://x")


class Replay:
    """A client of any service that returns these answers, one per call, and records the calls."""

    def __init__(self, *answers: Answer) -> None:
        self.answers = list(answers)
        self.asked: list[tuple[str, dict[str, Any]]] = []

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def call(**parameters: Any) -> Any:
            self.asked.append((name, parameters))
            answer = self.answers.pop(0)
            if isinstance(answer, Exception):
                raise answer
            return answer

        return call


def account(client: Replay, seconds: float = 60) -> Account:
    clock = [0.0]

    def sleep(delay: float) -> None:
        clock[0] += delay

    return Account(lambda _service: client, "eu-west-1", Budget(seconds, now=lambda: clock[0], sleep=sleep))


def write(name: str = "a", **options: Any) -> Write:
    return Write("logs", "CreateLogGroup", {"logGroupName": name}, f"log group {name}", **options)


def plan(*stages: tuple[Write, ...], **options: Any) -> Plan:
    return Plan(before={}, after={"made": True}, stages=stages, **options)


@pytest.mark.parametrize(
    "broken",
    [ResponseStreamingError(error="reset"), IncompleteReadError(actual_bytes=1, expected_bytes=9)],
    ids=["reset", "cut short"],
)
def test_a_call_is_made_again_if_its_stream_breaks(broken: Exception) -> None:
    def read_body(answer: dict[str, Any]) -> Any:
        if isinstance(answer["Body"], Exception):
            raise answer["Body"]
        return answer["Body"]

    client = Replay({"Body": broken}, {"Body": "whole"})
    subject = Subject("s3", "GetObject", "object x")
    assert account(client).read_stream(subject, {}, read_body) == "whole"
    with pytest.raises(AwsError) as failed:
        account(Replay(*[{"Body": broken}] * 99), 1).read_stream(subject, {}, read_body)
    assert "The connection kept failing until timeout_seconds expired" in failed.value.hint


def test_a_throttled_call_is_retried() -> None:
    client = Replay(THROTTLED, THROTTLED, {"logGroups": []})
    assert account(client).read("logs", "DescribeLogGroups", "x") == {"logGroups": []}
    assert len(client.asked) == 3


def test_an_unreachable_endpoint_is_retried_only_a_few_times() -> None:
    client = Replay(*[EndpointConnectionError(endpoint_url="https://x")] * 10)
    with pytest.raises(AwsError, match="EndpointConnectionError"):
        account(client, seconds=10_000).read("logs", "DescribeLogGroups", "x")
    assert len(client.asked) == 3


def test_all_pages_are_read() -> None:
    client = Replay({"items": [1], "nextToken": "t"}, {"items": [], "nextToken": "u"}, {"items": [2]})
    assert account(client).read_all("logs", "DescribeMetricFilters", "x", "items") == [1, 2]
    assert [parameters.get("nextToken") for _name, parameters in client.asked] == [None, "t", "u"]


def test_a_listing_with_an_expired_page_token_starts_again() -> None:
    expired = ClientError({"Error": {"Code": "InvalidNextToken"}}, "x")
    client = Replay({"items": [1], "nextToken": "t"}, expired, {"items": [1], "nextToken": "t"}, {"items": [2]})
    assert account(client).read_all("logs", "DescribeMetricFilters", "x", "items") == [1, 2]


def test_a_listing_whose_page_token_always_expires_fails() -> None:
    expired = ClientError({"Error": {"Code": "InvalidNextToken"}}, "x")
    with pytest.raises(AwsError, match="InvalidNextToken"):
        account(Replay(*[expired] * 50), seconds=20).read_all("logs", "DescribeMetricFilters", "x", "items")


def test_already_exists_after_a_lost_answer_counts_as_success() -> None:
    repeated = write(done_if_repeated=frozenset({"ResourceAlreadyExistsException"}))
    assert account(Replay(LOST, EXISTS)).apply(plan((repeated,))) == [{}]


def test_already_exists_at_the_first_attempt_is_an_error() -> None:
    repeated = write(done_if_repeated=frozenset({"ResourceAlreadyExistsException"}))
    with pytest.raises(WritesFailedError, match="ResourceAlreadyExists"):
        account(Replay(EXISTS)).apply(plan((repeated,)))


def test_an_error_code_in_done_if_counts_as_success() -> None:
    gone = write(done_if=frozenset({"ResourceNotFoundException"}))
    missing = ClientError({"Error": {"Code": "ResourceNotFoundException"}}, "x")
    assert account(Replay(missing)).apply(plan((gone,))) == [{}]


def test_a_call_that_is_not_repeatable_is_made_once() -> None:
    client = Replay(LOST, {})
    with pytest.raises(WritesFailedError) as caught:
        account(client).apply(plan((write(repeatable=False),)))
    assert isinstance(caught.value.error, AnswerLostError)
    assert len(client.asked) == 1


def test_only_the_named_propagation_errors_are_retried() -> None:
    denied = ClientError({"Error": {"Code": "InvalidArn", "Message": "Access denied."}}, "x")
    wrong = ClientError({"Error": {"Code": "InvalidArn", "Message": "Malformed."}}, "x")
    waiting = write(propagating=(("InvalidArn", "Access denied"),))
    assert account(Replay(denied, denied, {})).apply(plan((waiting,))) == [{}]
    with pytest.raises(WritesFailedError, match="Malformed"):
        account(Replay(wrong)).apply(plan((waiting,)))


def test_an_explicit_deny_is_final_though_its_error_may_mean_propagation() -> None:
    text = "User: u is not authorized to perform: kms:CreateGrant with an explicit deny in a service control policy"
    denied = ClientError({"Error": {"Code": "AccessDeniedException", "Message": text}}, "x")
    client = Replay(denied, {})
    with pytest.raises(WritesFailedError, match="explicit deny"):
        account(client).apply(plan((write(propagating=(("AccessDeniedException", ""),)),)))
    assert len(client.asked) == 1


def test_a_failed_plan_lists_the_writes_that_were_and_were_not_made() -> None:
    first, second, third = write("a"), write("b"), write("c")
    client = Replay({}, EXISTS)
    with pytest.raises(WritesFailedError) as caught:
        account(client).apply(plan((first,), (second,), (third,)))
    assert (caught.value.done, caught.value.not_done) == ((first,), (second, third))


def test_a_failure_inside_an_answer_is_an_error() -> None:
    answer = {"Errors": [{"Key": "k", "Code": "AccessDenied", "Message": "locked"}]}
    with pytest.raises(WritesFailedError, match="locked"):
        account(Replay(answer)).apply(plan((write(partial_errors="Errors"),)))


def test_answers_are_returned_in_the_order_of_the_writes() -> None:
    made = account(Replay({"n": 1}, {"n": 2})).apply(plan((write("a"),), (write("b"),)))
    assert made == [{"n": 1}, {"n": 2}]


def test_the_place_is_read_once_or_taken_from_an_arn_or_an_option() -> None:
    client = Replay({"Account": "012345678901", "Arn": "arn:aws-cn:iam::012345678901:root"})
    asking = account(client)
    assert asking.place == asking.place
    assert (asking.place.partition, asking.place.account, len(client.asked)) == ("aws-cn", "012345678901", 1)
    learning = account(Replay())
    learning.learn_place("arn:aws:logs:eu-west-1:012345678901:log-group:a:*")
    assert learning.place.account == "012345678901"
    knowing = account(Replay())
    knowing.know_place("111122223333")
    assert (knowing.place.partition, knowing.place.account) == ("aws", "111122223333")


def test_a_message_describes_the_place_even_if_sts_fails() -> None:
    denied = ClientError({"Error": {"Code": "ExpiredToken"}}, "x")
    assert "region eu-west-1" in account(Replay(denied)).known_place()


def test_a_write_takes_parameters_from_the_answer_of_an_earlier_write() -> None:
    create = write("a")
    name = write("b", from_answers={"kmsKeyId": (create, ("Key", "Id"))})
    client = Replay({"Key": {"Id": "k1"}}, {})
    account(client).apply(plan((create,), (name,)))
    assert client.asked[1] == ("create_log_group", {"logGroupName": "b", "kmsKeyId": "k1"})


@pytest.mark.parametrize(
    ("service", "asked", "answered"), [("iam", "Marker", "Marker"), ("kms", "Marker", "NextMarker")]
)
def test_pages_are_read_with_the_names_that_the_service_gives_their_token(
    service: str, asked: str, answered: str
) -> None:
    client = Replay({"Keys": [1], answered: "next"}, {"Keys": [2]})
    assert account(client).read_all(service, "ListKeys", "keys", "Keys") == [1, 2]
    assert client.asked[1][1] == {asked: "next"}
