"""The life of the system in the guide's account: what the playbooks do is checked with plain boto3.

The tests run with the delays of AWS and, outside CI, with strong consistency.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from embedded_aws.process import embedded_aws_process
from tests.support.embedded_control import advance, ask, follow, link_in, mails
from tools.demo.playbooks import Run, run_playbook

ACCOUNT_ID = "123456789012"
TOPIC_ARN = f"arn:aws:sns:us-east-1:{ACCOUNT_ID}:SecurityAlarms"
AwsClient = Callable[[str], Any]


class Playbooks:
    """Runs the playbooks for the host guide of inventory/embedded."""

    def __init__(self, endpoint: str) -> None:
        self.endpoint = endpoint

    def __call__(self, name: str, *arguments: str) -> Run:
        return run_playbook(self.endpoint, name, "--limit", "guide", *arguments)

    def succeed(self, name: str, *arguments: str) -> Run:
        done = self(name, *arguments)
        assert done.code == 0, messages(done)
        return done

    def writes(self, act: Callable[[], Any]) -> list[str]:
        """Return the writing calls during an action."""
        before = max((call["id"] for call in ask(self.endpoint, "calls")), default=0)
        act()
        return [call["action"] for call in ask(self.endpoint, f"calls?since={before}") if call["access"] == "write"]


def messages(done: Run) -> str:
    """Return the messages of the failed tasks."""
    found = [result for results in done.results.values() for result in results.values() if result.get("failed")]
    return "\n".join(str(result.get("msg")) for result in found)


def diffs(done: Run) -> dict[str, Any]:
    """Return the diffs of this collection's modules by task."""
    return {
        name: result["diff"]
        for name, results in done.results.items()
        for result in results.values()
        if str(result.get("action", "")).startswith("secmon.aws.") and result.get("changed")
    }


@pytest.fixture(scope="module", params=["aws", pytest.param("strong", marks=pytest.mark.long)])
def embedded_aws(request: pytest.FixtureRequest) -> Iterator[str]:
    with embedded_aws_process("--consistency", request.param) as endpoint:
        yield endpoint


@pytest.fixture(scope="module")
def playbook(embedded_aws: str) -> Playbooks:
    return Playbooks(embedded_aws)


@pytest.fixture(scope="module")
def predicted(playbook: Playbooks) -> Run:
    """Return the check of an empty account."""
    runs: list[Run] = []
    assert playbook.writes(lambda: runs.append(playbook.succeed("site", "--check", "--diff"))) == []
    return runs[0]


@pytest.fixture(scope="module")
def first(predicted: Run, playbook: Playbooks) -> Run:
    """Return the run that follows the check."""
    return playbook.succeed("site", "--diff")


@pytest.fixture(scope="module")
def built(first: Run, playbook: Playbooks) -> Playbooks:
    return playbook


def test_a_misspelt_variable_stops_the_run_before_any_api_call(playbook: Playbooks) -> None:
    before = len(ask(playbook.endpoint, "calls"))
    done = playbook("site", "-e", "secmon_retension_days=7", "-e", "secmon_emails=not-an-address")
    assert done.code != 0
    (result,) = next(iter(done.results.values())).values()
    said = "\n".join(result["problems"])
    assert 'secmon_retension_days: is not a known variable. Did you mean "secmon_retention_days"?' in said
    assert "secmon_emails" in said
    assert len(ask(playbook.endpoint, "calls")) == before


def test_a_check_of_an_empty_account_predicts_the_first_run(predicted: Run, first: Run) -> None:
    assert predicted.stats["guide"]["changed"] == first.stats["guide"]["changed"] > 0
    assert diffs(predicted) == diffs(first)
    assert len(diffs(first)) == 8


def test_site_creates_the_metric_filter_of_the_guide(built: Playbooks, aws_client: AwsClient) -> None:
    (metric_filter,) = aws_client("logs").describe_metric_filters(logGroupName="/aws/cloudtrail/logs")["metricFilters"]
    assert metric_filter["filterName"] == "TrackSecretAccess"
    (transformation,) = metric_filter["metricTransformations"]
    assert transformation["metricNamespace"] == "SecurityMetrics"
    assert transformation["metricName"] == "SecretAccessCount"
    assert (transformation["metricValue"], transformation["defaultValue"]) == ("1", 0)


def test_site_creates_an_alarm_on_the_filters_metric_that_publishes_to_the_topic(
    built: Playbooks, aws_client: AwsClient
) -> None:
    (alarm,) = aws_client("cloudwatch").describe_alarms()["MetricAlarms"]
    assert (alarm["Namespace"], alarm["MetricName"]) == ("SecurityMetrics", "SecretAccessCount")
    assert (alarm["Statistic"], alarm["Period"], alarm["Threshold"]) == ("Sum", 60, 1)
    assert alarm["ComparisonOperator"] == "GreaterThanOrEqualToThreshold"
    assert alarm["AlarmActions"] == [TOPIC_ARN]


def test_site_subscribes_the_addresses(built: Playbooks, aws_client: AwsClient) -> None:
    (subscription,) = aws_client("sns").list_subscriptions_by_topic(TopicArn=TOPIC_ARN)["Subscriptions"]
    assert (subscription["Protocol"], subscription["Endpoint"]) == ("email", "security@example.com")


def test_site_creates_a_logging_multi_region_trail_with_validation(built: Playbooks, aws_client: AwsClient) -> None:
    cloudtrail = aws_client("cloudtrail")
    (trail,) = cloudtrail.describe_trails()["trailList"]
    assert trail["IsMultiRegionTrail"]
    assert trail["LogFileValidationEnabled"]
    assert trail["CloudWatchLogsLogGroupArn"] == f"arn:aws:logs:us-east-1:{ACCOUNT_ID}:log-group:/aws/cloudtrail/logs:*"
    assert cloudtrail.get_trail_status(Name=trail["TrailARN"])["IsLogging"]
    (selector,) = cloudtrail.get_event_selectors(TrailName=trail["TrailARN"])["EventSelectors"]
    assert (selector["ReadWriteType"], selector["IncludeManagementEvents"]) == ("All", True)
    assert sorted(selector["ExcludeManagementEventSources"]) == ["kms.amazonaws.com", "rdsdata.amazonaws.com"]


def test_only_the_trail_may_write_to_its_bucket_and_requests_without_tls_are_denied(
    built: Playbooks, aws_client: AwsClient
) -> None:
    s3 = aws_client("s3")
    bucket = aws_client("cloudtrail").describe_trails()["trailList"][0]["S3BucketName"]
    allowed = [
        statement
        for statement in json.loads(s3.get_bucket_policy(Bucket=bucket)["Policy"])["Statement"]
        if statement["Effect"] == "Allow"
    ]
    trail_arn = f"arn:aws:cloudtrail:us-east-1:{ACCOUNT_ID}:trail/secrets-manager-trail"
    assert len(allowed) == 2
    for statement in allowed:
        assert statement["Principal"] == {"Service": "cloudtrail.amazonaws.com"}
        assert statement["Condition"]["StringEquals"]["aws:SourceArn"] == trail_arn
    assert "aws:SecureTransport" in s3.get_bucket_policy(Bucket=bucket)["Policy"]
    assert all(s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"].values())
    assert s3.get_bucket_versioning(Bucket=bucket)["Status"] == "Enabled"


def test_the_role_may_write_to_the_streams_of_this_group_only(built: Playbooks, aws_client: AwsClient) -> None:
    policy = aws_client("iam").get_role_policy(RoleName="CloudTrailToCloudWatchLogs", PolicyName="WriteTrailEvents")
    (statement,) = policy["PolicyDocument"]["Statement"]
    assert statement["Action"] == ["logs:CreateLogStream", "logs:PutLogEvents"]
    assert statement["Resource"] == (
        f"arn:aws:logs:us-east-1:{ACCOUNT_ID}:log-group:/aws/cloudtrail/logs:log-stream:{ACCOUNT_ID}_CloudTrail_us-east-1*"
    )


def test_a_second_run_changes_nothing_writes_nothing_and_raises_no_alarm(
    built: Playbooks, aws_client: AwsClient
) -> None:
    runs: list[Run] = []
    assert built.writes(lambda: runs.append(built.succeed("site"))) == []
    assert runs[0].stats["guide"]["changed"] == 0
    assert len(runs[0].results) <= 25, "more tasks than fit on a screen"
    (warning,) = runs[0].result("Ensure the topic and its subscriptions exist")["guide"]["warnings"]
    assert warning.startswith("host guide: Pending subscriptions of topic SecurityAlarms: ")
    calls = ask(built.endpoint, "calls")
    assert not [call for call in calls if "GetSecretValue" in call["action"]]
    advance(built.endpoint, 900)  # CloudTrail delivers within minutes
    (alarm,) = aws_client("cloudwatch").describe_alarms()["MetricAlarms"]
    assert alarm["StateValue"] != "ALARM"
    assert [mail["subject"] for mail in mails(built.endpoint, "security@example.com")] == [
        "AWS Notification - Subscription Confirmation"
    ]


def test_site_removes_every_other_policy_of_the_role_and_reports_a_denied_action_with_the_permission_it_needs(
    built: Playbooks, aws_client: AwsClient
) -> None:
    """A policy added manually could allow more than the two actions, or deny them."""
    iam = aws_client("iam")
    role: Any = {"RoleName": "CloudTrailToCloudWatchLogs"}
    statement = {"Effect": "Deny", "Action": "logs:*", "Resource": "*"}
    denied = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    iam.put_role_policy(**role, PolicyName="ByHand", PolicyDocument=denied)
    attached = iam.create_policy(PolicyName="ByHandAsWell", PolicyDocument=denied)["Policy"]["Arn"]
    iam.attach_role_policy(**role, PolicyArn=attached)
    fault = {"service": "cloudwatch", "action": "DescribeAlarms", "error": "AccessDenied", "status": 403}
    ask(built.endpoint, "faults", [fault])
    done = built("site", "--tags", "logs,alarms")
    assert done.code != 0
    assert "Allow cloudwatch:DescribeAlarms" in messages(done)
    assert f"account {ACCOUNT_ID}, region us-east-1" in messages(done)
    assert iam.list_role_policies(**role)["PolicyNames"] == ["WriteTrailEvents"]
    assert iam.list_attached_role_policies(**role)["AttachedPolicies"] == []


def test_verify_proves_that_the_alarm_fires(built: Playbooks) -> None:
    (mail,) = mails(built.endpoint, "security@example.com")
    follow(link_in(mail, "ConfirmSubscription"))
    run = built.succeed("verify")
    lines = run.result("Read the secret and follow the event")["guide"]["lines"]
    assert any("The alarm fires" in line for line in lines), lines
    assert "can end its subscription without AWS credentials" in lines[-1]
    assert mails(built.endpoint, "security@example.com")[-1]["subject"].startswith('ALARM: "SecretIsAccessed"')


def test_posture_reports_what_the_guide_does_not_meet_and_writes_nothing(built: Playbooks, tmp_path: Path) -> None:
    runs: list[Run] = []
    report = ("-e", f"secmon_posture_report={tmp_path}")
    assert built.writes(lambda: runs.append(built("posture", *report))) == []
    assert runs[0].code != 0
    said = messages(runs[0])
    assert f"Host guide, account {ACCOUNT_ID}, region us-east-1: " in said and "secmon_posture_accepted" in said
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        f"posture.{form}" for form in ("html", "json", "txt", "xml")
    ]
    text = (tmp_path / "posture.txt").read_text()
    assert "secmon_profile: cis" in text and "Set secmon_encrypt: true" in text and "?" not in text


def test_teardown_without_confirmation_lists_what_it_would_remove_and_writes_nothing(
    built: Playbooks, aws_client: AwsClient
) -> None:
    runs: list[Run] = []
    assert built.writes(lambda: runs.append(built.succeed("teardown"))) == []
    assert runs[0].stats["guide"]["changed"] >= 6
    shown = runs[0].result("Report what was removed and what is left")["guide"]["msg"]
    assert "This was a dry run; nothing was changed." in shown
    assert len(aws_client("cloudtrail").describe_trails()["trailList"]) == 1


def test_teardown_keeps_the_log_bucket_unless_purged(built: Playbooks, aws_client: AwsClient) -> None:
    confirmed = ("-e", f"secmon_teardown_confirm={ACCOUNT_ID}", "-e", "secmon_secret_recovery_window_days=0")
    built.succeed("teardown", *confirmed)
    assert [bucket["Name"] for bucket in aws_client("s3").list_buckets()["Buckets"]] == [
        f"secrets-manager-trail-{ACCOUNT_ID}"
    ]
    assert aws_client("cloudtrail").describe_trails()["trailList"] == []
    assert aws_client("cloudwatch").describe_alarms()["MetricAlarms"] == []
    assert aws_client("logs").describe_log_groups()["logGroups"] == []
    assert aws_client("sns").list_topics()["Topics"] == []
    assert aws_client("iam").list_roles()["Roles"] == []
    assert aws_client("secretsmanager").list_secrets()["SecretList"] == []
    part = built.succeed("teardown", "--tags", "trail", *confirmed, "-e", "secmon_purge_log_bucket=true")
    shown = part.result("Report what was removed and what is left")["guide"]["msg"]
    assert shown[1:3] == ["Removed (1):", f"  log bucket  secrets-manager-trail-{ACCOUNT_ID}"]
    with pytest.raises(ClientError, match="404"):
        # ListBuckets lists it for a while.
        aws_client("s3").head_bucket(Bucket=f"secrets-manager-trail-{ACCOUNT_ID}")
