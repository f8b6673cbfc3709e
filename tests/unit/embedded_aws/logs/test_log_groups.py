"""Log groups are protected, encrypted, kept for a set of days and listed in pages."""

from __future__ import annotations

import json
import urllib.request
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.support.alarm_setup import Client, make_group, put_filter


def group_of(client: Client, name: str) -> dict[str, Any]:
    (found,) = client("logs").describe_log_groups(logGroupNamePrefix=name)["logGroups"]
    return dict(found)


def refusal(call: Any, **parameters: Any) -> tuple[str, str]:
    with pytest.raises(ClientError) as caught:
        call(**parameters)
    error = caught.value.response["Error"]
    return error["Code"], error["Message"]


def test_a_protected_group_cannot_be_deleted_until_the_protection_is_off(aws_client: Client) -> None:
    logs = aws_client("logs")
    logs.create_log_group(logGroupName="protected", deletionProtectionEnabled=True)
    assert group_of(aws_client, "protected")["deletionProtectionEnabled"] is True
    assert refusal(logs.delete_log_group, logGroupName="protected")[0] == "ValidationException"
    logs.put_log_group_deletion_protection(logGroupIdentifier="protected", deletionProtectionEnabled=False)
    logs.delete_log_group(logGroupName="protected")
    assert logs.describe_log_groups(logGroupNamePrefix="protected")["logGroups"] == []


def test_a_group_that_is_made_again_has_no_filters_of_the_old_one(aws_client: Client) -> None:
    group = make_group(aws_client, "again")
    put_filter(aws_client, group, "filter")
    assert group_of(aws_client, group)["metricFilterCount"] == 1
    aws_client("logs").delete_log_group(logGroupName=group)
    make_group(aws_client, group)
    assert group_of(aws_client, group)["metricFilterCount"] == 0


def test_a_key_is_shown_and_can_be_changed_and_taken_away(aws_client: Client) -> None:
    logs, kms = aws_client("logs"), aws_client("kms")
    first, second = (kms.create_key()["KeyMetadata"]["Arn"] for _turn in range(2))
    logs.create_log_group(logGroupName="encrypted", kmsKeyId=first)
    assert group_of(aws_client, "encrypted")["kmsKeyId"] == first
    arn = group_of(aws_client, "encrypted")["logGroupArn"]
    logs.associate_kms_key(resourceIdentifier=arn, kmsKeyId=second)
    assert group_of(aws_client, "encrypted")["kmsKeyId"] == second
    logs.disassociate_kms_key(logGroupName="encrypted")
    assert "kmsKeyId" not in group_of(aws_client, "encrypted")


def test_a_key_that_is_missing_or_disabled_is_refused(aws_client: Client) -> None:
    logs, kms = aws_client("logs"), aws_client("kms")
    disabled = kms.create_key()["KeyMetadata"]["Arn"]
    kms.disable_key(KeyId=disabled.rsplit("/", 1)[1])
    missing = f"{disabled.rsplit('/', 1)[0]}/00000000-0000-0000-0000-000000000000"
    for key in (disabled, missing, "alias/own"):
        assert refusal(logs.create_log_group, logGroupName="no-key", kmsKeyId=key)[0] == "InvalidParameterException"
    assert logs.describe_log_groups(logGroupNamePrefix="no-key")["logGroups"] == []


def test_only_the_retentions_of_aws_are_taken(aws_client: Client) -> None:
    group = make_group(aws_client, "retention")
    logs = aws_client("logs")
    code, message = refusal(logs.put_retention_policy, logGroupName=group, retentionInDays=2)
    assert code == "InvalidParameterException"
    assert message.startswith(
        "1 validation error detected: Value '2' at 'retentionInDays' failed to satisfy constraint: "
        "Member must satisfy enum value set: [1, 3, 5, 7,"
    )
    logs.put_retention_policy(logGroupName=group, retentionInDays=365)
    assert group_of(aws_client, group)["retentionInDays"] == 365
    logs.delete_retention_policy(logGroupName=group)
    assert "retentionInDays" not in group_of(aws_client, group)


def test_a_group_has_a_class_and_only_standard_takes_metric_filters(aws_client: Client) -> None:
    logs = aws_client("logs")
    logs.create_log_group(logGroupName="rare", logGroupClass="INFREQUENT_ACCESS")
    assert group_of(aws_client, "rare")["logGroupClass"] == "INFREQUENT_ACCESS"
    with pytest.raises(logs.exceptions.InvalidOperationException):
        put_filter(aws_client, "rare", "filter")


def test_groups_come_in_pages_of_fifty_by_name(aws_client: Client) -> None:
    logs = aws_client("logs")
    for number in range(51):
        logs.create_log_group(logGroupName=f"many-{number:02}")
    first = logs.describe_log_groups(logGroupNamePrefix="many-")
    second = logs.describe_log_groups(logGroupNamePrefix="many-", nextToken=first["nextToken"])
    assert [group["logGroupName"] for group in second["logGroups"]] == ["many-50"]
    assert "nextToken" not in second
    assert len(logs.describe_log_groups(logGroupNamePattern="ny-1")["logGroups"]) == 10


def test_a_token_fits_its_question_whatever_the_order_of_the_parameters(aws_client: Client) -> None:
    paginator = aws_client("logs").get_paginator("describe_log_groups")
    for number in range(3):
        aws_client("logs").create_log_group(logGroupName=f"ordered-{number}")
    pages = paginator.paginate(
        logGroupNamePrefix="ordered-", logGroupClass="STANDARD", PaginationConfig={"PageSize": 1}
    )
    assert [len(page["logGroups"]) for page in pages] == [1, 1, 1]


def test_a_name_that_aws_reserves_or_forbids_is_refused(aws_client: Client) -> None:
    create = aws_client("logs").create_log_group
    assert refusal(create, logGroupName="aws/own")[0] == "InvalidParameterException"
    assert refusal(create, logGroupName="a b")[0] == "InvalidParameterException"


def test_a_group_that_exists_is_refused_and_that_is_on_record(embedded_aws: str, aws_client: Client) -> None:
    group = make_group(aws_client, "exists")
    assert refusal(aws_client("logs").create_log_group, logGroupName=group)[0] == "ResourceAlreadyExistsException"
    with urllib.request.urlopen(f"{embedded_aws}/_embedded/calls", timeout=60) as response:
        last = json.load(response)[-1]
    assert (last["action"], last["error"]) == ("CreateLogGroup", "ResourceAlreadyExistsException")


def test_moto_still_has_the_gaps(moto_client: Client) -> None:
    """When this fails, moto has closed a gap and its override can go."""
    logs = moto_client("logs")
    logs.create_log_group(logGroupName="g", kmsKeyId="missing", deletionProtectionEnabled=True)
    logs.put_retention_policy(logGroupName="g", retentionInDays=2)
    logs.delete_log_group(logGroupName="g")
    for call in (logs.associate_kms_key, logs.put_log_group_deletion_protection):
        parameters = {"logGroupName": "g", "kmsKeyId": "k"}
        if call == logs.put_log_group_deletion_protection:
            parameters = {"logGroupIdentifier": "g", "deletionProtectionEnabled": True}
        with pytest.raises(NotImplementedError):
            call(**parameters)
