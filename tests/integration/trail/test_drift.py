"""The module trail detects and repairs manual changes of each setting."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.support.module_runner import ModuleRunner
from tests.support.trail_prerequisites import (
    ARN,
    NAME,
    OTHER_BUCKET,
    OTHER_GROUP,
    OTHER_ROLE,
    read_trail,
)
from tests.support.trail_setup import group_arn

Change = Callable[[Any, str], Any]


def put(*selectors: dict[str, Any]) -> Change:
    return lambda cloudtrail, _key: cloudtrail.put_event_selectors(TrailName=NAME, EventSelectors=list(selectors))


def advanced(*fields: dict[str, Any], name: str = "") -> dict[str, Any]:
    return {"Name": name, "FieldSelectors": list(fields)}


def update(**settings: Any) -> Change:
    return lambda cloudtrail, _key: cloudtrail.update_trail(Name=NAME, **settings)


def retag(**tags: str) -> Change:
    listed = [{"Key": key, "Value": value} for key, value in tags.items()]
    return lambda cloudtrail, _key: cloudtrail.add_tags(ResourceId=ARN, TagsList=listed)


def insights(*kinds: str) -> Change:
    selectors = [{"InsightType": kind} for kind in kinds]
    return lambda cloudtrail, _key: cloudtrail.put_insight_selectors(TrailName=NAME, InsightSelectors=selectors)


MANAGEMENT = {"Field": "eventCategory", "Equals": ["Management"]}
MANUAL_CHANGES: dict[str, Change] = {
    "s3_bucket_name": update(S3BucketName=OTHER_BUCKET),
    "s3_key_prefix": update(S3KeyPrefix="moved"),
    "prefix removed": update(S3KeyPrefix=""),
    "sns_topic_arn": update(SnsTopicName="other"),
    "topic removed": update(SnsTopicName=""),
    "multi_region": update(IsMultiRegionTrail=False),
    "global_service_events": update(IsMultiRegionTrail=False, IncludeGlobalServiceEvents=False),
    "log_file_validation": update(EnableLogFileValidation=False),
    "kms_key_arn": lambda cloudtrail, key: cloudtrail.update_trail(Name=NAME, KmsKeyId=key),
    "key removed": update(KmsKeyId=""),
    "log_group_arn": update(CloudWatchLogsLogGroupArn=group_arn(OTHER_GROUP), CloudWatchLogsRoleArn=OTHER_ROLE),
    "log group removed": update(CloudWatchLogsLogGroupArn="", CloudWatchLogsRoleArn=""),
    "logging": lambda cloudtrail, _key: cloudtrail.stop_logging(Name=NAME),
    "selectors emptied": put({"ReadWriteType": "ReadOnly", "IncludeManagementEvents": False, "DataResources": []}),
    "writes only": put({"ReadWriteType": "WriteOnly", "ExcludeManagementEventSources": ["kms.amazonaws.com"]}),
    "other source excluded": put({"ExcludeManagementEventSources": ["rdsdata.amazonaws.com"]}),
    "no data events": put({"ExcludeManagementEventSources": ["kms.amazonaws.com"]}),
    "advanced selectors": lambda cloudtrail, _key: cloudtrail.put_event_selectors(
        TrailName=NAME,
        AdvancedEventSelectors=[advanced(MANAGEMENT, {"Field": "eventName", "Equals": ["RunInstances"]})],
    ),
    "insight_types": insights("ApiErrorRateInsight"),
    "insights removed": insights(),
    "tag changed": retag(team="sales"),
    "tag added": retag(surplus="yes"),
    "tag removed": lambda cloudtrail, _key: cloudtrail.remove_tags(ResourceId=ARN, TagsList=[{"Key": "team"}]),
}


@pytest.mark.promise("drift")
@pytest.mark.parametrize("change_manually", MANUAL_CHANGES.values(), ids=list(MANUAL_CHANGES))
def test_detects_and_repairs_a_manual_change(
    run_module: ModuleRunner,
    cloudtrail: Any,
    trail_keys: dict[str, str],
    full_trail: dict[str, Any],
    change_manually: Change,
) -> None:
    key = trail_keys["other_key"]
    run_module.repair(lambda: change_manually(cloudtrail, key), lambda: read_trail(cloudtrail), **full_trail)
