"""Metric filters belong to a group, are replaced by name, limited, listed in pages, and can be tested."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.support.alarm_setup import TRANSFORMATION, Client, make_group, put_filter

REFUSED = "InvalidParameterException"


def filters(client: Client, **question: Any) -> list[dict[str, Any]]:
    return list(client("logs").describe_metric_filters(**question)["metricFilters"])


def refusal(call: Any, **parameters: Any) -> tuple[str, str]:
    with pytest.raises(ClientError) as caught:
        call(**parameters)
    error = caught.value.response["Error"]
    return error["Code"], error["Message"]


def test_a_filter_is_replaced_by_name_and_keeps_its_creation_time(aws_client: Client) -> None:
    group = make_group(aws_client, "upsert")
    put_filter(aws_client, group, "filter", "old")
    (before,) = filters(aws_client, logGroupName=group)
    put_filter(aws_client, group, "filter", "new", metricValue="2")
    (after,) = filters(aws_client, logGroupName=group)
    assert (after["filterPattern"], after["metricTransformations"][0]["metricValue"]) == ("new", "2")
    assert after["creationTime"] == before["creationTime"]
    assert after["applyOnTransformedLogs"] is False


def test_a_rejected_replacement_keeps_the_old_filter(aws_client: Client) -> None:
    group = make_group(aws_client, "refused-replacement")
    put_filter(aws_client, group, "filter", "old")
    with pytest.raises(ClientError):
        put_filter(aws_client, group, "filter", "{ $.a == 1 }")
    assert [own["filterPattern"] for own in filters(aws_client, logGroupName=group)] == ["old"]


def test_a_group_that_does_not_exist_is_not_found(aws_client: Client) -> None:
    logs = aws_client("logs")
    expected = ("ResourceNotFoundException", "The specified log group does not exist.")
    put = {"filterPattern": "", "filterName": "filter", "metricTransformations": [TRANSFORMATION]}
    assert refusal(logs.put_metric_filter, logGroupName="nowhere", **put) == expected
    assert refusal(logs.describe_metric_filters, logGroupName="nowhere") == expected
    assert refusal(logs.delete_metric_filter, logGroupName="nowhere", filterName="filter") == expected


def test_a_filter_that_does_not_exist_cannot_be_deleted(aws_client: Client) -> None:
    group = make_group(aws_client, "deletes")
    put_filter(aws_client, group, "filter")
    aws_client("logs").delete_metric_filter(logGroupName=group, filterName="filter")
    expected = ("ResourceNotFoundException", "The specified metric filter does not exist.")
    delete = aws_client("logs").delete_metric_filter
    assert refusal(delete, logGroupName=group, filterName="filter") == expected


@pytest.mark.parametrize(
    ("parameters", "transformation", "message"),
    [
        ({"filterPattern": "{ $.a = null }"}, {}, "Invalid metric filter pattern"),
        ({"filterPattern": "ERR*"}, {}, "Invalid character(s) in term '*'"),
        (
            {"filterName": "a:b"},
            {},
            "1 validation error detected: Value 'a:b' at 'filterName' failed to satisfy constraint: Member must "
            "satisfy regular expression pattern: [^:*]*",
        ),
        (
            {},
            {"metricName": "a$b"},
            "1 validation error detected: Value 'a$b' at 'metricTransformations.1.member.metricName' failed to "
            "satisfy constraint: Member must satisfy regular expression pattern: [^:*$]*",
        ),
        (
            {},
            {"unit": "Pounds"},
            "1 validation error detected: Value 'Pounds' at 'metricTransformations.1.member.unit' failed to satisfy "
            "constraint: Member must satisfy enum value set: [Seconds",
        ),
        ({}, {"metricValue": "many"}, "Invalid metric transformation: metric value many must be a valid number"),
        (
            {"filterPattern": "{ $.a[*] = 1 }"},
            {"metricValue": "$.a[*]"},
            "Invalid metric transformation: metric value $.a[*] must be a valid number",
        ),
        (
            {"filterPattern": "{ $.a = 1 }"},
            {"dimensions": {"D": "$.d"}, "defaultValue": 0},
            "Invalid metric transformation: dimensions and default value are mutually exclusive properties.",
        ),
        (
            {"filterPattern": "{ $.a = 1 }"},
            {"dimensions": {"D": "fixed"}},
            "Invalid metric transformation: dimension value for D must be valid selector",
        ),
        (
            {"filterPattern": "{ $.a = 1 }"},
            {"dimensions": dict.fromkeys("ABCD", "$.d")},
            "Invalid metric transformation: number of dimensions must not exceed 3",
        ),
        ({"emitSystemFieldDimensions": ["@aws.partition"]}, {}, "Invalid system field: @aws.partition."),
        (
            {"filterPattern": "{ $.a = 1 }", "emitSystemFieldDimensions": ["@aws.account", "@aws.region"]},
            {"dimensions": dict.fromkeys("AB", "$.d")},
            "Invalid metric transformation: number of dimensions must not exceed 3",
        ),
        *(
            ({"fieldSelectionCriteria": criteria}, {}, "Invalid field selection criteria: ")
            for criteria in (
                "@aws.region",
                "@aws.region = us",
                '@aws.partition = "aws"',
                '@aws.region IN "us-east-1"',
                '@aws.region = "a" AND',
                '(@aws.region = "a"',
                '@aws.region = "a" "b"',
                "(" * 100,
                "%",
            )
        ),
        (
            {},
            {"metricNamespace": "AWS/Own"},
            "Invalid metric transformation: metric namespace must not start with AWS/",
        ),
    ],
)
def test_rejects_what_aws_rejects(
    aws_client: Client, parameters: dict[str, Any], transformation: dict[str, Any], message: str
) -> None:
    logs = aws_client("logs")
    if "rules" not in {group["logGroupName"] for group in logs.describe_log_groups()["logGroups"]}:
        make_group(aws_client, "rules")
    put = {"logGroupName": "rules", "filterName": "filter", "filterPattern": ""} | parameters
    code, text = refusal(logs.put_metric_filter, **put, metricTransformations=[TRANSFORMATION | transformation])
    assert (code, text[: len(message)]) == (REFUSED, message)
    assert filters(aws_client, logGroupName="rules") == []


def test_rejects_two_transformations(aws_client: Client) -> None:
    group = make_group(aws_client, "two-transformations")
    code, text = refusal(
        aws_client("logs").put_metric_filter,
        logGroupName=group,
        filterName="filter",
        filterPattern="",
        metricTransformations=[TRANSFORMATION, TRANSFORMATION | {"unit": "Count"}],
    )
    # AWS prints the transformations as Java does; recorded answer of AWS, 2026-02.
    shown = "MetricTransformation(metricName=Calls, metricNamespace=Test, metricValue=1, defaultValue=null, unit=%s, "
    both = ", ".join(f"{shown % unit}dimensions=null)" for unit in ("null", "Count"))
    at = "at 'metricTransformations' failed to satisfy constraint: Member must have length less than or equal to 1"
    assert (code, text) == (REFUSED, f"1 validation error detected: Value '[{both}]' {at}")


def test_takes_a_namespace_with_a_colon(aws_client: Client) -> None:
    """Recorded answer of AWS, 2026-02: the colon in the pattern of the API model is not enforced."""
    group = make_group(aws_client, "colon")
    put_filter(aws_client, group, "colon", metricNamespace="A.B-c_d/1#2:metricNamespace")
    (found,) = filters(aws_client, metricName="Calls", metricNamespace="A.B-c_d/1#2:metricNamespace")
    assert found["filterName"] == "colon"


def test_a_group_has_at_most_100_filters_listed_in_pages_of_fifty(aws_client: Client) -> None:
    group = make_group(aws_client, "hundred")
    for number in range(100):
        put_filter(aws_client, group, f"filter-{number:03}")
    with pytest.raises(aws_client("logs").exceptions.LimitExceededException):
        put_filter(aws_client, group, "one too many")
    put_filter(aws_client, group, "filter-000", "a replacement is none too many")
    first = aws_client("logs").describe_metric_filters(logGroupName=group)
    second = aws_client("logs").describe_metric_filters(logGroupName=group, nextToken=first["nextToken"])
    names = [own["filterName"] for own in [*first["metricFilters"], *second["metricFilters"]]]
    assert (len(first["metricFilters"]), "nextToken" in second) == (50, False)
    assert names == [f"filter-{number:03}" for number in range(100)]


def test_a_group_has_at_most_five_filters_with_regular_expressions(aws_client: Client) -> None:
    group = make_group(aws_client, "regular")
    for number in range(5):
        put_filter(aws_client, group, f"filter-{number}", "%ERR%")
    with pytest.raises(aws_client("logs").exceptions.LimitExceededException):
        put_filter(aws_client, group, "filter-5", "%ERR%")
    put_filter(aws_client, group, "filter-5", "ERR")


def test_filters_are_found_by_prefix_and_by_metric(aws_client: Client) -> None:
    group = make_group(aws_client, "finds")
    put_filter(aws_client, group, "b-one", metricName="finds-1")
    put_filter(aws_client, group, "a-two", metricName="finds-2")
    assert [own["filterName"] for own in filters(aws_client, logGroupName=group)] == ["a-two", "b-one"]
    assert [own["filterName"] for own in filters(aws_client, logGroupName=group, filterNamePrefix="b")] == ["b-one"]
    found = filters(aws_client, metricName="finds-2", metricNamespace="Test")
    assert [own["filterName"] for own in found] == ["a-two"]
    other = make_group(aws_client, "finds-too")
    put_filter(aws_client, other, "b-three")
    # Recorded answer of AWS, 2026-02: the prefix needs no log group.
    found = filters(aws_client, filterNamePrefix="b-")
    assert [own["logGroupName"] for own in found] == [group, other]
    describe = aws_client("logs").describe_metric_filters
    assert refusal(describe, metricName="finds-2")[0] == REFUSED
    assert refusal(describe, logGroupName=group, nextToken="forged")[0] == REFUSED


def test_testing_a_pattern_counts_from_one_and_extracts_fields_only(aws_client: Client) -> None:
    test = aws_client("logs").test_metric_filter
    messages = ['{"a": "y"}', '{"a": "x"}']
    assert test(filterPattern='{ $.a = "x" }', logEventMessages=messages)["matches"] == [
        {"eventNumber": 2, "eventMessage": '{"a": "x"}', "extractedValues": {}}
    ]
    (match,) = test(filterPattern="[ip, bytes > 5]", logEventMessages=["1.2.3.4 10", "1.2.3.4 1"])["matches"]
    assert match["extractedValues"] == {"$ip": "1.2.3.4", "$bytes": "10"}
    assert refusal(test, filterPattern="{", logEventMessages=["a"]) == (REFUSED, "Invalid metric filter pattern")
    assert refusal(test, filterPattern="", logEventMessages=["a"] * 51)[0] == REFUSED


def test_moto_still_needs_the_overrides(moto_client: Client) -> None:
    for _turn in range(2):
        moto_client("logs").put_metric_filter(
            logGroupName="nowhere", filterName="f", filterPattern="{ $.a == 1 }", metricTransformations=[TRANSFORMATION]
        )
    assert len(filters(moto_client)) == 2
    with pytest.raises(NotImplementedError):
        moto_client("logs").test_metric_filter(filterPattern="", logEventMessages=["a"])
