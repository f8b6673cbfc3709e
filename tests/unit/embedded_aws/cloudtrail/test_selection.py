"""The trails that log a record."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from embedded_aws.cloudtrail.selection import TrailView, logging_trails, receiving_trails
from embedded_aws.core.events import Record, TrailRef
from tests.support.in_process import GUIDE, PRODUCTION, InProcess, aws
from tests.support.trail_setup import make_bucket

__all__ = ["aws"]

HOME = "us-east-1"
MANAGEMENT = {"Field": "eventCategory", "Equals": ["Management"]}
DATA = {"Field": "eventCategory", "Equals": ["Data"]}
OBJECTS = {"Field": "resources.type", "Equals": ["AWS::S3::Object"]}


def view(*basic: dict[str, Any], advanced: list[list[dict[str, Any]]] | None = None, **other: Any) -> TrailView:
    made = TrailView(
        ref=TrailRef(GUIDE, HOME, "trail", "arn"),
        accounts=frozenset({GUIDE}),
        multi_region=True,
        global_events=True,
        basic=basic or ({},),
        advanced=tuple({"FieldSelectors": fields} for fields in advanced or ()),
    )
    return dataclasses.replace(made, **other)


def management(
    source: str = "secretsmanager", *, read: bool = True, region: str = HOME, account: str = GUIDE
) -> Record:
    return {
        "userIdentity": {"arn": f"arn:aws:iam::{account}:user/other"},
        "eventSource": f"{source}.amazonaws.com",
        "eventName": "GetIt" if read else "PutIt",
        "awsRegion": region,
        "readOnly": read,
        "managementEvent": True,
        "eventCategory": "Management",
        "recipientAccountId": account,
    }


def object_event(key: str, *, read: bool = True) -> Record:
    resources = [
        {"type": "AWS::S3::Object", "ARN": f"arn:aws:s3:::files/{key}"},
        {"type": "AWS::S3::Bucket", "ARN": "arn:aws:s3:::files", "accountId": GUIDE},
    ]
    return management("s3", read=read) | {"managementEvent": False, "eventCategory": "Data", "resources": resources}


def takes(trail: TrailView, record: Record, host: str = "") -> bool:
    return receiving_trails((trail,), record, host) == (trail.ref,)


def test_without_selectors_management_events_are_logged_and_data_events_are_not() -> None:
    assert takes(view(), management(read=True))
    assert takes(view(), management(read=False))
    assert not takes(view(), object_event("a"))


def test_selects_by_read_write_type() -> None:
    assert takes(view({"ReadWriteType": "ReadOnly"}), management(read=True))
    assert not takes(view({"ReadWriteType": "ReadOnly"}), management(read=False))
    assert takes(view({"ReadWriteType": "WriteOnly"}), management(read=False))
    assert not takes(view({"ReadWriteType": "WriteOnly"}), management(read=True))


def test_an_excluded_event_source_is_not_logged() -> None:
    selector = {"ExcludeManagementEventSources": ["kms.amazonaws.com"]}
    assert not takes(view(selector), management("kms"))
    assert takes(view(selector), management("secretsmanager"))


def test_management_events_can_be_excluded() -> None:
    assert not takes(view({"IncludeManagementEvents": False}), management())


@pytest.mark.parametrize("value", ["arn:aws:s3", "arn:aws:s3:::files/", "arn:aws:s3:::files/logs/"])
def test_data_events_are_selected_by_arn_prefix(value: str) -> None:
    selector = {"DataResources": [{"Type": "AWS::S3::Object", "Values": [value]}]}
    assert takes(view(selector), object_event("logs/1"))
    assert takes(view(selector), object_event("other")) == (value != "arn:aws:s3:::files/logs/")


def test_selectors_are_alternatives() -> None:
    trail = view({"ReadWriteType": "WriteOnly"}, {"ReadWriteType": "ReadOnly"})
    assert takes(trail, management(read=True))
    assert takes(trail, management(read=False))


def test_a_single_region_trail_logs_its_region_only() -> None:
    assert takes(view(multi_region=False), management(region=HOME))
    assert not takes(view(multi_region=False), management(region="eu-west-1"))
    assert takes(view(), management(region="eu-west-1"))


def test_global_service_events_can_be_excluded() -> None:
    trail = view(global_events=False)
    assert not takes(trail, management("iam"))
    assert not takes(trail, management("sts"), host="sts.amazonaws.com")
    assert takes(trail, management("sts"), host="sts.us-east-1.amazonaws.com")


def test_a_trail_logs_the_events_of_its_accounts_only() -> None:
    assert not takes(view(), management(account=PRODUCTION))
    assert takes(view(accounts=frozenset({GUIDE, PRODUCTION})), management(account=PRODUCTION))


@pytest.mark.parametrize(
    ("fields", "record", "taken"),
    [
        ([MANAGEMENT], management(), True),
        ([MANAGEMENT], object_event("a"), False),
        ([MANAGEMENT, {"Field": "readOnly", "Equals": ["false"]}], management(read=True), False),
        ([MANAGEMENT, {"Field": "readOnly", "Equals": ["false"]}], management(read=False), True),
        ([MANAGEMENT, {"Field": "eventSource", "NotEquals": ["kms.amazonaws.com"]}], management("kms"), False),
        ([MANAGEMENT, {"Field": "eventSource", "NotEquals": ["kms.amazonaws.com"]}], management("sts"), True),
        ([DATA, OBJECTS], object_event("a"), True),
        ([DATA, OBJECTS, {"Field": "resources.ARN", "EndsWith": [".key"]}], object_event("a"), False),
        (
            [DATA, OBJECTS, {"Field": "resources.ARN", "NotStartsWith": ["arn:aws:s3:::files/"]}],
            object_event("a"),
            False,
        ),
        ([DATA, OBJECTS, {"Field": "eventName", "StartsWith": ["Put", "Get"]}], object_event("a"), True),
        ([MANAGEMENT, {"Field": "userIdentity.arn", "EndsWith": ["user/other"]}], management(), True),
        ([MANAGEMENT, {"Field": "sessionCredentialFromConsole", "Equals": ["true"]}], management(), False),
        ([MANAGEMENT, {"Field": "sessionCredentialFromConsole", "NotEquals": ["true"]}], management(), True),
        ([], management(), False),
    ],
)
def test_advanced_selectors(fields: list[dict[str, Any]], record: Record, taken: bool) -> None:
    assert takes(view(advanced=[fields]), record) is taken


def test_a_snapshot_contains_logging_trails_with_their_current_selectors(aws: InProcess) -> None:
    make_bucket(aws.client, "files", "trail")
    cloudtrail = aws.client("cloudtrail")
    cloudtrail.create_trail(Name="trail", S3BucketName="files")
    assert logging_trails() == ()
    cloudtrail.start_logging(Name="trail")
    (before,) = logging_trails()
    selector = {"ReadWriteType": "WriteOnly", "IncludeManagementEvents": True, "DataResources": []}
    cloudtrail.put_event_selectors(TrailName="trail", EventSelectors=[selector])
    (after,) = logging_trails()
    assert takes(before, management(read=True))
    assert not takes(after, management(read=True))


def test_an_organization_trail_logs_the_events_of_all_members(aws: InProcess) -> None:
    make_bucket(aws.client, "files", "trail", path="AWSLogs/*")
    aws.client("organizations").enable_aws_service_access(ServicePrincipal="cloudtrail.amazonaws.com")
    cloudtrail = aws.client("cloudtrail")
    cloudtrail.create_trail(Name="trail", S3BucketName="files", IsOrganizationTrail=True)
    cloudtrail.start_logging(Name="trail")
    (found,) = logging_trails()
    assert found.accounts >= {GUIDE, PRODUCTION, "333333333333"}
