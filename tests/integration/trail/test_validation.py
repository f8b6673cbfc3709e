"""The module trail rejects every invalid option before the first API call."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.module_runner import ModuleRunner
from tests.support.trail_prerequisites import GROUP, SIMPLE
from tests.support.trail_setup import group_arn

FIELD = {"field": "eventCategory", "equals": ["Data"]}
MANAGEMENT = {"field": "eventCategory", "equals": ["Management"]}


@pytest.mark.promise("partition")
@pytest.mark.parametrize(
    ("invalid", "expected"),
    [
        ({"name": "ab"}, "is not a valid trail name"),
        ({"name": "a" * 129}, "3-128 characters"),
        ({"name": "a--b"}, "two adjacent"),
        ({"name": "-ab"}, "is not a valid trail name"),
        ({"name": "192.168.5.4"}, "not an IP address"),
        ({"s3_bucket_name": ""}, "not a valid bucket name"),
        ({"s3_bucket_name": "Upper_Case"}, "s3_bucket_name"),
        ({"s3_bucket_name": "amzn-s3-demo-x"}, "reserves the prefix"),
        ({"s3_key_prefix": "p" * 201}, "200"),
        ({"sns_topic_name": "with space"}, "sns_topic_name"),
        ({"kms_key_arn": "alias/aws/s3"}, "not an alias"),
        (
            {"kms_key_arn": "arn:aws-cn:kms:cn-north-1:123456789012:key/12345678-1234-1234-1234-123456789012"},
            "not in the partition",
        ),
        ({"log_group_arn": "/aws/cloudtrail"}, "the ARN of a log group"),
        ({"log_group_arn": "arn:aws:logs:eu-west-1:123456789012:log-group:x"}, "in its home region"),
        ({"log_group_role_arn": "deliver"}, "the ARN of a role"),
        ({"log_group_arn": group_arn(GROUP), "log_group_role_arn": ""}, "belong together"),
        ({"multi_region": True, "global_service_events": False}, "global_service_events: true"),
        ({"insight_types": ["ApiCallRate"]}, 'Did you mean "ApiCallRateInsight"?'),
        ({"exclude_management_event_sources": ["s3.amazonaws.com"]}, "not s3.amazonaws.com"),
        (
            {"management_events": "none", "exclude_management_event_sources": ["kms.amazonaws.com"]},
            "nothing to exclude",
        ),
        (
            {"data_resources": [{"type": "AWS::S3::Bucket", "values": ["arn:aws:s3"]}]},
            'Did you mean "AWS::S3::Object"?',
        ),
        ({"data_resources": [{"type": "AWS::S3::Object", "values": ["payroll"]}]}, "start with arn:aws:s3"),
        ({"data_resources": [{"type": "AWS::S3::Object", "values": []}]}, "at least one value"),
        ({"data_resources": [{"type": "AWS::S3::Object", "values": ["arn:aws:s3"] * 251}]}, "250"),
        (
            {"advanced_event_selectors": [{"field_selectors": [FIELD]}], "management_events": "all"},
            "excludes management_events",
        ),
        (
            {"advanced_event_selectors": [{"field_selectors": [{"field": "readOnly", "equals": ["true"]}]}]},
            "eventCategory",
        ),
        ({"advanced_event_selectors": [{"field_selectors": [FIELD, {"field": "eventName"}]}]}, "no condition"),
        (
            {"advanced_event_selectors": [{"field_selectors": [FIELD, {"field": "eventName", "equals": ["x"] * 500}]}]},
            "500",
        ),
        ({"advanced_event_selectors": [{"field_selectors": [FIELD]}]}, "needs the field resources.type"),
        (
            {"advanced_event_selectors": [{"field_selectors": [{**FIELD, "equals": ["NetworkActivity"]}]}]},
            "needs the field eventSource",
        ),
        (
            {"advanced_event_selectors": [{"field_selectors": [MANAGEMENT], "name": name} for name in (None, "again")]},
            "entry 2: it selects the same events as entry 1",
        ),
        ({"tags": {"aws:owner": "x"}}, "aws:"),
        ({"tags": {"secmon:unfinished": "x"}}, "Remove it from tags"),
    ],
)
def test_rejects_invalid_options_before_the_first_call(
    run_module: ModuleRunner, invalid: dict[str, Any], expected: str
) -> None:
    assert expected in run_module.fail_before_calls(**{**SIMPLE, **invalid})


@pytest.mark.promise("partition")
def test_reports_all_invalid_options_together(run_module: ModuleRunner) -> None:
    message = run_module.fail(name="x", kms_key_arn="key", insight_types=["None"])
    assert len(message.splitlines()) == 3
