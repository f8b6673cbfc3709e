"""Log events are accepted by the embedded clock, and filtered by patterns, in pages."""

from __future__ import annotations

import time
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.support.alarm_setup import Client, make_group, put_messages
from tests.support.embedded_control import advance, now_of


def found(client: Client, group: str, pattern: str, **more: Any) -> list[str]:
    events = client("logs").filter_log_events(logGroupName=group, filterPattern=pattern, **more)["events"]
    return [event["message"] for event in events]


def put(client: Client, group: str, stream: str, *events: tuple[int, str]) -> dict[str, Any]:
    entries = [{"timestamp": at, "message": message} for at, message in events]
    return dict(client("logs").put_log_events(logGroupName=group, logStreamName=stream, logEvents=entries))


def now_ms(endpoint: str) -> int:
    return int(now_of(endpoint).timestamp() * 1000)


def test_json_patterns_are_evaluated(embedded_aws: str, aws_client: Client) -> None:
    group = make_group(aws_client, "patterns")
    put_messages(aws_client, embedded_aws, group, '{"a": 1}', '{"a": 2}', "a 1")
    assert found(aws_client, group, "{ $.a = 1 }") == ['{"a": 1}']
    assert found(aws_client, group, "{ $.b NOT EXISTS }") == ['{"a": 1}', '{"a": 2}']
    assert found(aws_client, group, "[letter, number]") == ['{"a": 1}', '{"a": 2}', "a 1"]
    assert found(aws_client, group, '"a 1"') == ["a 1"]


def test_rejects_an_invalid_pattern(aws_client: Client) -> None:
    group = make_group(aws_client, "bad-pattern")
    with pytest.raises(ClientError) as caught:
        found(aws_client, group, "{ $.a == 1 }")
    assert caught.value.response["Error"]["Message"] == "Invalid filter pattern"


def test_events_of_all_streams_are_sorted_and_limited_by_time(embedded_aws: str, aws_client: Client) -> None:
    group = make_group(aws_client, "streams")
    aws_client("logs").create_log_stream(logGroupName=group, logStreamName="other")
    start = now_ms(embedded_aws)
    put(aws_client, group, "stream", (start, "1"), (start + 20, "3"))
    put(aws_client, group, "other", (start + 10, "2"), (start + 30, "4"))
    assert found(aws_client, group, "") == ["1", "2", "3", "4"]
    assert found(aws_client, group, "", startTime=start, startFromHead=False) == ["4", "3", "2", "1"]
    assert found(aws_client, group, "", startTime=start + 10, endTime=start + 20) == ["2", "3"]
    assert found(aws_client, group, "", logStreamNames=["other"]) == ["2", "4"]
    assert found(aws_client, group, "", logStreamNamePrefix="oth") == ["2", "4"]
    with pytest.raises(aws_client("logs").exceptions.ResourceNotFoundException):
        found(aws_client, group, "", logStreamNames=["unknown"])


@pytest.mark.parametrize("from_head", [True, False])
def test_pages_hold_every_event_once(embedded_aws: str, aws_client: Client, from_head: bool) -> None:
    group = make_group(aws_client, f"pages-{from_head}".lower())
    at = now_ms(embedded_aws)
    put(aws_client, group, "stream", *[(at, f"event {number}") for number in range(25)])
    pages = aws_client("logs").get_paginator("filter_log_events")
    read = [
        [event["message"] for event in page["events"]]
        for page in pages.paginate(
            logGroupName=group, filterPattern="event", startTime=at, startFromHead=from_head, limit=10
        )
    ]
    assert [len(page) for page in read] == [10, 10, 5]
    messages = [message for page in read for message in page]
    expected = [f"event {number}" for number in range(25)]
    assert messages == (expected if from_head else expected[::-1])


def test_a_page_has_at_most_a_megabyte(embedded_aws: str, aws_client: Client) -> None:
    group = make_group(aws_client, "megabyte")
    for letter in "abc":
        put(aws_client, group, "stream", (now_ms(embedded_aws), letter * 500_000))
    pages = aws_client("logs").get_paginator("filter_log_events").paginate(logGroupName=group)
    assert [len(page["events"]) for page in pages] == [2, 1]


def test_age_is_checked_by_the_embedded_clock(embedded_aws: str, aws_client: Client) -> None:
    group = make_group(aws_client, "ages")
    hour = 3_600_000
    old = now_ms(embedded_aws)
    advance(embedded_aws, 15 * 86_400)
    now = now_ms(embedded_aws)
    assert put(aws_client, group, "stream", (old, "old"))["rejectedLogEventsInfo"] == {"tooOldLogEventEndIndex": 1}
    new = put(aws_client, group, "stream", (now, "now"), (now + 3 * hour, "new"))
    assert new["rejectedLogEventsInfo"] == {"tooNewLogEventStartIndex": 1}
    assert found(aws_client, group, "") == ["now"]


@pytest.mark.parametrize("events", [[(2, "a"), (1, "b")], [(0, "a"), (86_400_001, "b")], [(0, "a" * 1_048_576)]])
def test_rejects_batches_that_aws_rejects(embedded_aws: str, aws_client: Client, events: list[tuple[int, str]]) -> None:
    group = make_group(aws_client, f"batch-{len(events)}-{events[0][0]}-{len(events[0][1])}")
    now = now_ms(embedded_aws) - 86_400_000
    with pytest.raises(aws_client("logs").exceptions.InvalidParameterException):
        put(aws_client, group, "stream", *[(now + at, message) for at, message in events])
    assert found(aws_client, group, "") == []


def test_moto_still_needs_the_override(moto_client: Client) -> None:
    logs = moto_client("logs")
    logs.create_log_group(logGroupName="g")
    logs.create_log_stream(logGroupName="g", logStreamName="s")

    put(moto_client, "g", "s", (int(time.time() * 1000), '{"a": 1}'))
    assert found(moto_client, "g", '{ $.a = "other" }') == ['{"a": 1}']
