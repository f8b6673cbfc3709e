"""What a snapshot of an account means for the controls."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from ansible_collections.secmon.aws.plugins.module_utils.cloudwatch.grouped import to_query
from ansible_collections.secmon.aws.plugins.module_utils.core.aws_names import Place
from ansible_collections.secmon.aws.plugins.module_utils.posture.alarm_checks import alarming_filters
from ansible_collections.secmon.aws.plugins.module_utils.posture.bucket_checks import BUCKET_CHECKS
from ansible_collections.secmon.aws.plugins.module_utils.posture.judgement import checks, judge, outcomes
from ansible_collections.secmon.aws.plugins.module_utils.posture.reads import read_alarms
from ansible_collections.secmon.aws.plugins.module_utils.posture.snapshot import Snapshot, Topic, Trail, Unread
from ansible_collections.secmon.aws.plugins.module_utils.posture.standards import STANDARDS

HERE, ACCOUNT = "eu-central-1", "111122223333"
NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
ALL = {"EventSelectors": [{"ReadWriteType": "All", "IncludeManagementEvents": True}]}


def trail(account: str = ACCOUNT, home: str = HERE, group_account: str = "", **facts: Any) -> Trail:
    described = {
        "Name": "audit",
        "TrailARN": f"arn:aws:cloudtrail:{home}:{account}:trail/audit",
        "HomeRegion": home,
        "S3BucketName": "logs",
        "IsMultiRegionTrail": True,
        "LogFileValidationEnabled": True,
        "CloudWatchLogsLogGroupArn": f"arn:aws:logs:{home}:{group_account or account}:log-group:audit:*",
    }
    return Trail(described, **{"status": {"IsLogging": True}, "selectors": ALL, "bucket_owner": account, **facts})


def snapshot(*trails: Trail, **facts: Any) -> Snapshot:
    return Snapshot(Place("aws", HERE, ACCOUNT), NOW, trails, **facts)


def found(of: Snapshot, name: str, **options: Any) -> tuple[str, str]:
    outcome = outcomes(of, **{"drill_days": 90, **options})[name]
    return outcome.status, outcome.why


def test_every_check_belongs_to_a_standard_and_every_standard_has_its_checks() -> None:
    needed = {name for controls in STANDARDS.values() for names in controls.values() for name in names}
    # The exact text of a filter is asked by Security Hub alone, which has no control on Organizations.
    assert checks(90).keys() - needed == {"organization-exact"}
    assert needed <= checks(90).keys()


def test_an_account_without_a_trail_fails_and_says_how_to_begin() -> None:
    controls = judge(snapshot(), drill_days=90)
    assert {each["status"] for each in controls if each["standard"] == "Security Hub"} == {"fail", "not applicable"}
    root = next(each for each in controls if each["control"] == "CloudWatch.1")
    assert (root["why"], root["remedy"]) == ("No trail delivers to a log group.", "Run site.yml.")


def test_a_log_group_of_another_region_is_judged_there() -> None:
    status, why = found(snapshot(trail(home="us-east-1")), "root")
    assert status == "not applicable" and "secmon_region: us-east-1" in why
    assert found(snapshot(trail(home="us-east-1")), "trail-whole")[0] == "pass"


def test_the_trail_of_an_organization_is_judged_in_its_own_account() -> None:
    organization = snapshot(trail(account="999988887777"))
    assert found(organization, "trail-whole")[0] == "pass"
    for name in ("root", "trail-key", "receiver"):
        status, why = found(organization, name)
        assert status == "not applicable" and "999988887777" in why


BUCKET = {
    "GetBucketPolicy": {"Policy": '{"Statement": []}'},
    "GetPublicAccessBlock": {},
    "GetBucketOwnershipControls": {"OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}},
    "GetBucketLogging": {"LoggingEnabled": {"TargetBucket": "access"}},
    "GetBucketVersioning": {"Status": "Enabled"},
    "GetBucketLifecycleConfiguration": {},
}
OF_BUCKET = [check.name for check in BUCKET_CHECKS]


def test_a_bucket_is_judged_in_the_account_that_owns_it() -> None:
    ends = [NOW.replace(hour=hour) for hour in (8, 9, 10, 11)]
    archived = trail(account="999988887777", bucket_owner=ACCOUNT, bucket=BUCKET, digests=ends)
    assert [found(snapshot(archived), name)[0] for name in OF_BUCKET] == ["pass"] * len(OF_BUCKET)
    central = trail(bucket_owner="999988887777")
    elsewhere = "The bucket logs of the trail audit belongs to account 999988887777: judge it there."
    assert [found(snapshot(central), name) for name in OF_BUCKET] == [("not applicable", elsewhere)] * len(OF_BUCKET)
    assert found(snapshot(trail(bucket=None)), "bucket-closed") == (
        "fail",
        "The bucket logs of the trail audit does not exist.",
    )


@pytest.mark.parametrize(
    ("rule", "found_in"),
    [
        ({"Filter": {"Prefix": ""}, "Expiration": {"Date": NOW}}, "early (on 2026-11-29)"),
        (
            {"Filter": {"And": {"Prefix": "AWSLogs/", "ObjectSizeLessThan": 9}}, "Expiration": {"Days": 30}},
            "early (30 days)",
        ),
        ({"Filter": {"Tag": {"Key": "temporary", "Value": "yes"}}, "Expiration": {"Days": 30}}, ""),
        ({"Filter": {"And": {"Prefix": "other/", "ObjectSizeLessThan": 9}}, "Expiration": {"Days": 30}}, ""),
        ({"Prefix": "", "NoncurrentVersionExpiration": {"NoncurrentDays": 30}}, ""),
    ],
)
def test_log_files_are_not_deleted_within_a_year(rule: dict[str, Any], found_in: str) -> None:
    lifecycle = {"GetBucketLifecycleConfiguration": {"Rules": [{"ID": "early", "Status": "Enabled"} | rule]}}
    status, why = found(snapshot(trail(bucket=BUCKET | lifecycle)), "bucket-retention")
    assert (status, found_in in why) == ("fail" if found_in else "pass", True)


@pytest.mark.parametrize(("action", "status"), [(["s3:GetObject", "s3:ListBucket"], "pass"), ("s3:*", "fail")])
def test_the_account_of_the_trail_only_reads_a_log_archive(action: Any, status: str) -> None:
    allow = {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::999988887777:role/r"}, "Action": action}
    policy = {"GetBucketPolicy": {"Policy": json.dumps({"Statement": [allow]})}}
    archived = trail(account="999988887777", bucket_owner=ACCOUNT, bucket=BUCKET | policy)
    assert found(snapshot(archived), "bucket-closed")[0] == status


@pytest.mark.parametrize(
    ("elsewhere", "where"),
    [
        (trail(account="999988887777"), "delivers to a log group of account 999988887777: judge it there."),
        (trail(group_account="999988887777"), "delivers to a log group of account 999988887777: judge it there."),
        (trail(home="us-east-1"), "judge it there (secmon_region: us-east-1)."),
    ],
)
def test_the_filters_of_another_account_or_region_are_not_missing_here(elsewhere: Trail, where: str) -> None:
    filters, why = alarming_filters(snapshot(elsewhere))
    assert filters is None and why.endswith(where)
    assert found(snapshot(elsewhere), "root") == ("not applicable", why)
    assert alarming_filters(snapshot()) == ([], "")


COUNTED = {"metricNamespace": "N", "metricName": "M", "metricValue": "1"}
TOPIC = "arn:aws:sns:eu-central-1:111122223333:alerts"
ALARM = {
    "AlarmName": "Root",
    "Namespace": "N",
    "MetricName": "M",
    "Statistic": "Sum",
    "Period": 60,
    "EvaluationPeriods": 1,
    "Threshold": 1.0,
    "ComparisonOperator": "GreaterThanOrEqualToThreshold",
    "TreatMissingData": "notBreaching",
    "AlarmActions": [TOPIC],
}


class Alarms:
    """An account with one alarm that tells accounts apart, as DescribeAlarms has it."""

    def read_all(self, *_call: Any) -> list[dict[str, Any]]:
        return [to_query(ALARM, ["account"])]


@pytest.mark.parametrize("owner", [ACCOUNT, "999988887777"])
def test_an_alarm_that_tells_accounts_apart_is_one_of_its_filter(owner: str) -> None:
    """The trail of a delegated administrator belongs to the management account."""
    wanted = {"name": "Root", "pattern": "{ $.a = x }", "metric_namespace": "N", "metric_name": "M"}
    asked = wanted | {"period_seconds": 60, "evaluation_periods": 1, "threshold": 1.0, "group_by": ["account"]}
    asked |= {"comparison": "GreaterThanOrEqualToThreshold", "missing_data": "notBreaching"}
    filters = [{"filterName": "Root", "filterPattern": "{ $.a = x }", "metricTransformations": [COUNTED]}]
    watched = trail(account=owner, group_account=ACCOUNT, filters=filters)
    receiver = {TOPIC: Topic(TOPIC, {}, [{"Endpoint": "a@example.com", "SubscriptionArn": f"{TOPIC}:1"}])}
    alarms = read_alarms(Alarms())
    central = snapshot(watched, alarms=alarms, topics=receiver, filters=[wanted], desired_alarms=[asked])
    assert alarming_filters(central) == ([{"name": "Root", "pattern": "{ $.a = x }"}], "")
    for name in ("filter-alarm", "alarm-action", "alarm-at-one", "receiver", "rules-deployed"):
        assert found(central, name)[0] == "pass"
    whole = replace(central, alarms=[ALARM])
    assert found(whole, "rules-deployed") == ("fail", "The alarm Root was changed (group_by).")


def test_what_could_not_be_read_is_not_met_and_says_what_to_allow() -> None:
    denied = Unread("The trail audit could not be read.", "Allow cloudtrail:GetTrailStatus.")
    controls = judge(snapshot(trail(status=denied)), drill_days=90)
    first = next(each for each in controls if each["control"] == "CloudTrail.3")
    assert (first["status"], first["why"], first["remedy"]) == ("unread", denied.why, denied.remedy)


@pytest.mark.parametrize("key", ["CIS v5 3.5", "trail-key"])
def test_an_accepted_control_shows_the_reason(key: str) -> None:
    controls = judge(snapshot(trail()), drill_days=90, accepted={key: "S3 encrypts them."})
    cell = next(each for each in controls if (each["standard"], each["control"]) == ("CIS v5", "3.5"))
    assert cell["status"] == "not applicable" and cell["why"].startswith("Accepted: S3 encrypts them.")


def test_an_option_that_is_not_chosen_fails_only_if_asked() -> None:
    account = snapshot(trail())
    assert found(account, "s3-writes")[0] == "not applicable"
    assert found(account, "s3-writes", strict=True) == ("fail", "No trail records writes of all S3 objects.")


def test_a_drill_is_too_old_after_its_days() -> None:
    account = snapshot(trail(drilled=datetime(2026, 8, 1, tzinfo=UTC)))
    assert found(account, "drill") == ("fail", "The last drill ran on 2026-08-01.")
    assert found(account, "drill", drill_days=200)[0] == "pass"
    assert found(account, "drill", drill_days=0)[0] == "not applicable"


def test_a_gap_between_digests_is_found() -> None:
    ends = [NOW.replace(hour=hour) for hour in (7, 8, 10, 11)]
    status, why = found(snapshot(trail(digests=ends)), "digests")
    assert (status, why) == ("fail", "No digest ends between 2026-11-29T08:00:00Z and 2026-11-29T10:00:00Z.")
    assert found(snapshot(replace(trail(), digests=ends[:2])), "digests")[0] == "pass"


def test_rules_that_were_changed_are_named() -> None:
    wanted = {"name": "Root", "pattern": "{ $.a = x }", "metric_namespace": "N", "metric_name": "M"}
    deployed = {"filterName": "Root", "filterPattern": "{ $.a = y }", "metricTransformations": [COUNTED]}
    account = snapshot(trail(filters=[deployed]), filters=[wanted, {**wanted, "name": "Gone"}])
    status, why = found(account, "rules-deployed")
    assert (status, why) == ("fail", "The metric filter Root was changed. The metric filter Gone is missing.")
    others = {**deployed, "filterName": "terraform"}
    assert found(replace(account, trails=(trail(filters=[others]),)), "rules-deployed")[0] == "not applicable"
