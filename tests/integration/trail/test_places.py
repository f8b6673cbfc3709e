"""Whose a trail is, where it is at home, and what is refused before the first call."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.support.module_runner import ModuleRunner
from tests.support.trail_prerequisites import (
    BUCKET,
    GROUP,
    NAME,
    SIMPLE,
    open_bucket,
    seen,
)
from tests.support.trail_setup import group_arn


@pytest.mark.promise("ownership")
@pytest.mark.parametrize("state", ["present", "absent"])
def test_somebody_elses_trail_is_refused_unless_adopted(
    run_module: ModuleRunner, cloudtrail: Any, trail_keys: dict[str, str], state: str
) -> None:
    cloudtrail.create_trail(Name=NAME, S3BucketName=BUCKET, TagsList=[{"Key": "owner", "Value": "somebody"}])
    calls = run_module.calls(lambda: run_module.fail(name=NAME, state=state, log_file_validation=True))
    assert not [call for call in calls if call["access"] == "write"]
    assert run_module.succeed(name=NAME, state=state, adopt=True)["changed"]
    assert seen(cloudtrail).get("tags", {}) == (
        {"owner": "somebody", "secmon:managed-by": "secmon.aws"} if state == "present" else {}
    )


@pytest.mark.promise("partition")
@pytest.mark.parametrize(
    ("region", "partition"), [("eu-west-1", "aws"), ("cn-north-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov")]
)
def test_arns_are_those_of_the_regions_partition(
    run_module: ModuleRunner, witness: Callable[..., Any], region: str, partition: str
) -> None:
    run_module.region = region
    open_bucket(witness("s3", region), BUCKET)
    arns = [f"arn:{partition}:s3"]
    task = {**SIMPLE, "multi_region": True, "data_resources": [{"type": "AWS::S3::Object", "values": arns}]}
    made = run_module.succeed(**task)
    assert made["trail"]["arn"] == f"arn:{partition}:cloudtrail:{region}:123456789012:trail/{NAME}"
    assert made["trail"]["data_resources"] == [{"type": "AWS::S3::Object", "events": "all", "values": arns}]
    assert not run_module.succeed(**task)["changed"]


FIELD = {"field": "eventCategory", "equals": ["Data"]}
MANAGEMENT = {"field": "eventCategory", "equals": ["Management"]}


@pytest.mark.promise("partition")
@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"name": "ab"}, "no name for a trail"),
        ({"name": "a" * 129}, "3 to 128"),
        ({"name": "a--b"}, "side by side"),
        ({"name": "-ab"}, "no name for a trail"),
        ({"name": "192.168.5.4"}, "no IP address"),
        ({"s3_bucket_name": ""}, "a trail has a bucket"),
        ({"s3_bucket_name": "Upper_Case"}, "s3_bucket_name"),
        ({"s3_key_prefix": "p" * 201}, "200"),
        ({"sns_topic_name": "with blank"}, "sns_topic_name"),
        ({"kms_key_arn": "alias/aws/s3"}, "not an alias"),
        ({"kms_key_arn": "arn:aws-cn:kms:cn-north-1:123456789012:key/1"}, "another partition"),
        ({"log_group_arn": "/aws/cloudtrail"}, "the ARN of a log group"),
        ({"log_group_arn": "arn:aws:logs:eu-west-1:123456789012:log-group:x"}, "its own region"),
        ({"log_group_role_arn": "deliver"}, "the ARN of a role"),
        ({"log_group_arn": group_arn(GROUP), "log_group_role_arn": ""}, "belong together"),
        ({"multi_region": True, "global_service_events": False}, "global_service_events: true"),
        ({"insight_types": ["ApiCallRate"]}, 'Did you mean "ApiCallRateInsight"?'),
        ({"exclude_management_event_sources": ["s3.amazonaws.com"]}, "only, not s3.amazonaws.com"),
        (
            {"management_events": "none", "exclude_management_event_sources": ["kms.amazonaws.com"]},
            "nothing to exclude",
        ),
        (
            {"data_resources": [{"type": "AWS::S3::Bucket", "values": ["arn:aws:s3"]}]},
            'Did you mean "AWS::S3::Object"?',
        ),
        ({"data_resources": [{"type": "AWS::S3::Object", "values": ["payroll"]}]}, "begin with arn:aws:s3"),
        ({"data_resources": [{"type": "AWS::S3::Object", "values": []}]}, "at least one value"),
        ({"data_resources": [{"type": "AWS::S3::Object", "values": ["arn:aws:s3"] * 251}]}, "250"),
        ({"advanced_event_selectors": [{"field_selectors": [FIELD]}], "management_events": "all"}, "leave out"),
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
            "number 2: it selects what number 1 selects",
        ),
        ({"tags": {"aws:mine": "x"}}, "aws:"),
        ({"tags": {"secmon:unfinished": "x"}}, "Leave it out"),
    ],
)
def test_what_aws_would_refuse_is_refused_before_the_first_call(
    run_module: ModuleRunner, wrong: dict[str, Any], says: str
) -> None:
    messages: list[str] = []
    calls = run_module.calls(lambda: messages.append(run_module.fail(**{**SIMPLE, **wrong})))
    assert says in messages[0]
    assert calls == []


@pytest.mark.promise("partition")
def test_all_that_is_wrong_is_said_at_once(run_module: ModuleRunner) -> None:
    message = run_module.fail(name="x", kms_key_arn="key", insight_types=["None"])
    assert len(message.splitlines()) == 3
