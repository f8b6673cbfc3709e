"""Assuming a role of another account is recorded in both accounts."""

from __future__ import annotations

from typing import Any

import botocore.exceptions
import pytest

from embedded_aws.cloudtrail.records.service_events import shared_records
from embedded_aws.core.events import Record
from tests.support.in_process import ADMINISTRATOR, GUIDE, PRODUCTION, InProcess, aws

__all__ = ["aws"]

DEPLOYER = "SecurityMonitoringDeployer"


def assumed(aws: InProcess, account: str) -> list[Record]:
    """Return the records of AssumeRole in an account's event history."""
    assert aws.pipeline.drain() == []
    return [
        record
        for record in aws.state.cloudtrail.history
        if record["recipientAccountId"] == account and record["eventName"] == "AssumeRole"
    ]


def without(record: Record, *names: str) -> dict[str, Any]:
    return {name: value for name, value in record.items() if name not in names}


def test_the_account_of_the_role_gets_a_copy_with_the_same_shared_event_id(aws: InProcess) -> None:
    aws.session(DEPLOYER)
    (own,), (copy,) = assumed(aws, GUIDE), assumed(aws, PRODUCTION)
    assert own["sharedEventID"] == copy["sharedEventID"]
    assert own["eventID"] != copy["eventID"]
    differing = ("eventID", "recipientAccountId", "userIdentity")
    assert without(own, *differing) == without(copy, *differing)
    assert list(own).index("sharedEventID") == list(own).index("recipientAccountId") + 1


def test_the_copy_has_only_account_and_principal_of_the_caller(aws: InProcess) -> None:
    keys = {"aws_access_key_id": ADMINISTRATOR, "aws_secret_access_key": "embedded"}
    arn = f"arn:aws:iam::{PRODUCTION}:role/{DEPLOYER}"
    aws.client("sts", **keys).assume_role(RoleArn=arn, RoleSessionName="tester")
    (own,), (copy,) = assumed(aws, GUIDE), assumed(aws, PRODUCTION)
    principal = own["userIdentity"]["principalId"]
    assert own["userIdentity"]["type"] == "IAMUser"
    assert copy["userIdentity"] == {"type": "AWSAccount", "principalId": principal, "accountId": GUIDE}


def test_the_copy_is_in_the_event_history_of_the_role_account(aws: InProcess) -> None:
    session = aws.session(DEPLOYER)
    attributes = [{"AttributeKey": "EventName", "AttributeValue": "AssumeRole"}]
    found = aws.client("cloudtrail", **session).lookup_events(LookupAttributes=attributes)["Events"]
    assert [event["EventName"] for event in found] == ["AssumeRole"]
    assert "Username" not in found[0]


def test_a_rejected_call_is_recorded_for_the_caller_only(aws: InProcess) -> None:
    with pytest.raises(botocore.exceptions.ClientError):
        aws.session("unknown")
    (own,) = assumed(aws, GUIDE)
    assert own["errorCode"] == "AccessDenied"
    assert "sharedEventID" not in own
    assert assumed(aws, PRODUCTION) == []


def test_a_role_of_the_callers_own_account_is_recorded_once(aws: InProcess) -> None:
    session = aws.session(DEPLOYER)
    arn = f"arn:aws:iam::{PRODUCTION}:role/OrganizationAccountAccessRole"
    before = len(assumed(aws, PRODUCTION))
    with pytest.raises(botocore.exceptions.ClientError):
        aws.client("sts", **session).assume_role(RoleArn=arn, RoleSessionName="tester")
    assert len(assumed(aws, PRODUCTION)) == before + 1


def test_a_malformed_role_arn_causes_no_further_record() -> None:
    record = {"eventName": "AssumeRole", "recipientAccountId": GUIDE, "requestParameters": {"roleArn": "no-arn"}}
    assert shared_records(record) == (record,)
