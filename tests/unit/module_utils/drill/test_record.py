"""What can be told of the read's record before it is written."""

from __future__ import annotations

import pytest
from ansible_collections.secmon.aws.plugins.module_utils.core.aws_names import Place
from ansible_collections.secmon.aws.plugins.module_utils.drill.record import (
    dimensions_of,
    expected_record,
    pattern_takes,
    surely_missed,
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
        # What depends on client and network is known only from the record itself.
        (f'{{ ({READ}) && ($.sourceIPAddress = "10.0.0.1") }}', False),
        ("browser", False),
        ("{ not a pattern", False),
    ],
)
def test_a_pattern_is_called_a_miss_only_where_that_is_certain(pattern: str, missed: bool) -> None:
    assert surely_missed(pattern, RECORD) is missed


def test_the_record_itself_decides() -> None:
    pattern = f'{{ ({READ}) && ($.sourceIPAddress = "10.0.0.1") }}'
    assert not pattern_takes(pattern, RECORD)
    assert pattern_takes(pattern, RECORD | {"sourceIPAddress": "10.0.0.1"})


def test_dimensions_are_read_from_the_record() -> None:
    found = dimensions_of(f"{{ {READ} }}", {"Region": "$.awsRegion"}, RECORD)
    assert found == [{"Name": "Region", "Value": "us-east-1"}]
