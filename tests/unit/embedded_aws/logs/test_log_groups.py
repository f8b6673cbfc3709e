"""Log groups have deletion protection, a key, a retention, and are listed in pages."""

from __future__ import annotations

import json
import urllib.request
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.support.alarm_setup import Client, make_group, make_logs_key, put_filter


def group_of(client: Client, name: str) -> dict[str, Any]:
    (found,) = client("logs").describe_log_groups(logGroupNamePrefix=name)["logGroups"]
    return dict(found)


def refusal(call: Any, **parameters: Any) -> tuple[str, str]:
    with pytest.raises(ClientError) as caught:
        call(**parameters)
    error = caught.value.response["Error"]
    return error["Code"], error["Message"]


def test_deletion_protection_prevents_the_deletion_of_a_group(aws_client: Client) -> None:
    logs = aws_client("logs")
    logs.create_log_group(logGroupName="protected", deletionProtectionEnabled=True)
    assert group_of(aws_client, "protected")["deletionProtectionEnabled"] is True
    assert refusal(logs.delete_log_group, logGroupName="protected")[0] == "ValidationException"
    logs.put_log_group_deletion_protection(logGroupIdentifier="protected", deletionProtectionEnabled=False)
    logs.delete_log_group(logGroupName="protected")
    assert logs.describe_log_groups(logGroupNamePrefix="protected")["logGroups"] == []


def test_a_recreated_group_has_no_filters(aws_client: Client) -> None:
    group = make_group(aws_client, "again")
    put_filter(aws_client, group, "filter")
    assert group_of(aws_client, group)["metricFilterCount"] == 1
    aws_client("logs").delete_log_group(logGroupName=group)
    make_group(aws_client, group)
    assert group_of(aws_client, group)["metricFilterCount"] == 0


def test_a_key_is_described_changed_and_removed(aws_client: Client) -> None:
    logs = aws_client("logs")
    first, second = (make_logs_key(aws_client) for _turn in range(2))
    logs.create_log_group(logGroupName="encrypted", kmsKeyId=first)
    assert group_of(aws_client, "encrypted")["kmsKeyId"] == first
    arn = group_of(aws_client, "encrypted")["logGroupArn"]
    logs.associate_kms_key(resourceIdentifier=arn, kmsKeyId=second)
    assert group_of(aws_client, "encrypted")["kmsKeyId"] == second
    logs.disassociate_kms_key(logGroupName="encrypted")
    assert "kmsKeyId" not in group_of(aws_client, "encrypted")


def test_a_key_that_is_missing_disabled_or_does_not_allow_the_group_is_rejected(aws_client: Client) -> None:
    """AWS of today answers AccessDeniedException (terraform-provider-aws issue 29282)."""
    logs, kms = aws_client("logs"), aws_client("kms")
    disabled, closed = make_logs_key(aws_client), kms.create_key()["KeyMetadata"]["Arn"]
    kms.disable_key(KeyId=disabled.rsplit("/", 1)[1])
    missing = f"{disabled.rsplit('/', 1)[0]}/00000000-0000-0000-0000-000000000000"
    group = "arn:aws:logs:us-east-1:123456789012:log-group:no-key"
    message = f"The specified KMS key does not exist or is not allowed to be used with Arn '{group}'"
    for key in (disabled, closed, missing, "alias/own"):
        refused = refusal(logs.create_log_group, logGroupName="no-key", kmsKeyId=key)
        assert refused == ("AccessDeniedException", message)
    assert logs.describe_log_groups(logGroupNamePrefix="no-key")["logGroups"] == []


def test_the_policy_of_a_key_can_name_the_group(aws_client: Client) -> None:
    """CloudWatch Logs user guide, "Encrypt log data": the condition on the encryption context."""
    kms = aws_client("kms")
    named = "arn:aws:logs:us-east-1:123456789012:log-group:named"
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "logs.us-east-1.amazonaws.com"},
        "Action": ["kms:Encrypt*", "kms:Decrypt*", "kms:GenerateDataKey*"],
        "Resource": "*",
        "Condition": {"ArnEquals": {"kms:EncryptionContext:aws:logs:arn": named}},
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    key = kms.create_key(Policy=policy, BypassPolicyLockoutSafetyCheck=True)["KeyMetadata"]["Arn"]
    create = aws_client("logs").create_log_group
    create(logGroupName="named", kmsKeyId=key)
    assert refusal(create, logGroupName="unnamed", kmsKeyId=key)[0] == "AccessDeniedException"


def test_accepts_only_the_retention_values_of_aws(aws_client: Client) -> None:
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


def test_only_groups_of_class_standard_can_have_metric_filters(aws_client: Client) -> None:
    logs = aws_client("logs")
    logs.create_log_group(logGroupName="rare", logGroupClass="INFREQUENT_ACCESS")
    assert group_of(aws_client, "rare")["logGroupClass"] == "INFREQUENT_ACCESS"
    with pytest.raises(logs.exceptions.InvalidOperationException):
        put_filter(aws_client, "rare", "filter")


def test_groups_are_listed_by_name_in_pages_of_fifty(aws_client: Client) -> None:
    logs = aws_client("logs")
    for number in range(51):
        logs.create_log_group(logGroupName=f"many-{number:02}")
    first = logs.describe_log_groups(logGroupNamePrefix="many-")
    second = logs.describe_log_groups(logGroupNamePrefix="many-", nextToken=first["nextToken"])
    assert [group["logGroupName"] for group in second["logGroups"]] == ["many-50"]
    assert "nextToken" not in second
    assert len(logs.describe_log_groups(logGroupNamePattern="ny-1")["logGroups"]) == 10


def test_a_search_for_a_pattern_has_one_more_page_and_no_sizes(aws_client: Client) -> None:
    """Recorded answer of AWS, 2025."""
    logs = aws_client("logs")
    logs.create_log_group(logGroupName="a-searched-group")
    first, last = logs.get_paginator("describe_log_groups").paginate(logGroupNamePattern="searched")
    (found,) = first["logGroups"]
    assert last["logGroups"] == []
    assert set(group_of(aws_client, "a-searched-group")) - set(found) == {
        "storedBytes",
        "deletionProtectionEnabled",
        "bearerTokenAuthenticationEnabled",
    }
    message = "LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters."
    expected = ("InvalidParameterException", message)
    assert refusal(logs.describe_log_groups, logGroupNamePattern="searched", logGroupNamePrefix="a") == expected


def test_groups_are_listed_by_a_part_or_the_beginning_of_the_name(aws_client: Client) -> None:
    logs = aws_client("logs")
    for name in ("listed-one", "two-listed", "three"):
        logs.create_log_group(logGroupName=name)

    def names(pattern: str) -> list[str]:
        return [group["logGroupName"] for group in logs.list_log_groups(logGroupNamePattern=pattern)["logGroups"]]

    assert names("listed") == ["listed-one", "two-listed"]
    assert names("^listed|three") == ["listed-one", "three"]
    assert names("none") == []


def test_a_token_is_valid_for_the_same_parameters_in_any_order(aws_client: Client) -> None:
    paginator = aws_client("logs").get_paginator("describe_log_groups")
    for number in range(3):
        aws_client("logs").create_log_group(logGroupName=f"ordered-{number}")
    pages = paginator.paginate(
        logGroupNamePrefix="ordered-", logGroupClass="STANDARD", PaginationConfig={"PageSize": 1}
    )
    assert [len(page["logGroups"]) for page in pages] == [1, 1, 1]


def test_rejects_reserved_and_invalid_names(aws_client: Client) -> None:
    create = aws_client("logs").create_log_group
    assert refusal(create, logGroupName="aws/own")[0] == "InvalidParameterException"
    assert refusal(create, logGroupName="a b")[0] == "InvalidParameterException"
    # Recorded answer of AWS, 2025.
    message = "Invalid LogGroup or LogStream, both must have length less than or equal to 512."
    assert refusal(create, logGroupName="a" * 513) == ("InvalidParameterException", message)


def test_creating_an_existing_group_is_rejected_and_recorded(embedded_aws: str, aws_client: Client) -> None:
    group = make_group(aws_client, "exists")
    assert refusal(aws_client("logs").create_log_group, logGroupName=group)[0] == "ResourceAlreadyExistsException"
    with urllib.request.urlopen(f"{embedded_aws}/_embedded/calls", timeout=60) as response:
        last = json.load(response)[-1]
    assert (last["action"], last["error"]) == ("CreateLogGroup", "ResourceAlreadyExistsException")


def test_moto_still_needs_the_overrides(moto_client: Client) -> None:
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
