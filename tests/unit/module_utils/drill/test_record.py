"""Test filter patterns on the record of the read, before and after it is written."""

from __future__ import annotations

import pytest
from ansible_collections.secmon.aws.plugins.module_utils.core.aws_names import Place
from ansible_collections.secmon.aws.plugins.module_utils.drill.record import (
    certainly_missed,
    dimensions_of,
    expected_record,
    pattern_matches,
)

CALLER = "arn:aws:iam::123456789012:user/anna"
RECORD = expected_record("MySampleSecret", CALLER, Place("aws", "us-east-1", "123456789012"))
READ = '$.eventName = "GetSecretValue"'


@pytest.mark.parametrize(
    ("pattern", "missed"),
    [
        (f"{{ {READ} }}", False),
        ("", False),
        ("GetSecretValue", False),
        ('{ $.eventName = "PutSecretValue" }', True),
        (f'{{ ({READ}) && ($.requestParameters.secretId = "Other") }}', True),
        (f'{{ ({READ}) && ($.userIdentity.arn = "*:user/anna") }}', False),
        (f'{{ ({READ}) && ($.userIdentity.arn != "*:user/anna") }}', True),
        (f"{{ ({READ}) && ($.errorCode NOT EXISTS) }}", False),
        ('{ $.errorCode = "AccessDenied*" }', True),
        # These fields depend on client and network and are only known from the record.
        (f'{{ ({READ}) && ($.sourceIPAddress = "10.0.0.1") }}', False),
        ("browser", False),
        ("{ not a pattern", False),
    ],
)
def test_reports_a_mismatch_before_the_call_only_if_it_is_certain(pattern: str, missed: bool) -> None:
    assert certainly_missed(pattern, RECORD) is missed


def test_evaluates_the_pattern_on_the_actual_record() -> None:
    pattern = f'{{ ({READ}) && ($.sourceIPAddress = "10.0.0.1") }}'
    assert not pattern_matches(pattern, RECORD)
    assert pattern_matches(pattern, RECORD | {"sourceIPAddress": "10.0.0.1"})


def test_reads_dimensions_from_the_record() -> None:
    found = dimensions_of(f"{{ {READ} }}", {"Region": "$.awsRegion"}, RECORD)
    assert found == [{"Name": "Region", "Value": "us-east-1"}]
