"""Variables of options that are off by default: data events, insights, organization trails, deletion protection."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from ansible_collections.secmon.aws.plugins.module_utils.rules.catalog import load_rules

from tests.acceptance.test_playbooks import ACCOUNT_ID, Playbooks, messages
from tests.conftest import REPOSITORY
from tests.support.embedded_control import ask
from tests.support.trail_setup import SERVICE, document

AwsClient = Callable[[str], Any]
TRAIL = "secrets-manager-trail"
GROUP = "/aws/cloudtrail/logs"
TRAIL_PARTS = ("--tags", "logs,trail")
PARTS = ("--tags", "logs,trail,alarms")
OBJECTS = {"type": "AWS::S3::Object", "values": ["arn:aws:s3:::payroll/"], "events": "read"}
MANAGEMENT = {"name": "Management", "field_selectors": [{"field": "eventCategory", "equals": ["Management"]}]}
INSIGHTS = ["ApiCallRateInsight", "ApiErrorRateInsight"]
SECRETS = [{"field": "eventCategory", "equals": ["Data"]}, {"field": "resources.type", "equals": ["AWS::SNS::Topic"]}]


@pytest.fixture(scope="module")
def site(embedded_aws: str, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Any]:
    """Return a function that runs a playbook with variables."""
    playbooks = Playbooks(embedded_aws)
    path = tmp_path_factory.mktemp("site") / "variables.json"

    def run(name: str = "site", *arguments: str, **variables: Any) -> Any:
        path.write_text(json.dumps({f"secmon_{key}": value for key, value in variables.items()}))
        return playbooks(name, "-e", f"@{path}", *arguments)

    return run


@pytest.fixture(scope="module")
def built(site: Callable[..., Any], aws_client: AwsClient) -> Any:
    """Return a run with all options."""
    topic = aws_client("sns").create_topic(Name="files")["TopicArn"]
    allow = {"Effect": "Allow", "Principal": SERVICE, "Action": "SNS:Publish", "Resource": topic}
    aws_client("sns").set_topic_attributes(TopicArn=topic, AttributeName="Policy", AttributeValue=document(allow))
    variables = {"trail_data_resources": [OBJECTS], "trail_insight_types": INSIGHTS, "trail_topic_name": "files"}
    variables |= {"log_group_deletion_protection": True, "test_filters_on_aws": True, "profile": "cis"}
    done = site("site", *PARTS, **variables)
    assert done.code == 0, messages(done)
    return done


def test_site_sets_data_events_insights_notifications_and_protection(built: Any, aws_client: AwsClient) -> None:
    (trail,) = aws_client("cloudtrail").describe_trails()["trailList"]
    assert (trail["SnsTopicARN"].split(":")[-1], trail["IsOrganizationTrail"]) == ("files", False)
    selectors = aws_client("cloudtrail").get_event_selectors(TrailName=TRAIL)["EventSelectors"]
    found = [resource for selector in selectors for resource in selector["DataResources"]]
    assert found == [{"Type": OBJECTS["type"], "Values": OBJECTS["values"]}]
    selectors = aws_client("cloudtrail").get_insight_selectors(TrailName=TRAIL)["InsightSelectors"]
    assert [selector["InsightType"] for selector in selectors] == INSIGHTS
    (group,) = aws_client("logs").describe_log_groups()["logGroups"]
    assert group["deletionProtectionEnabled"]


def test_the_patterns_of_the_shipped_rules_arrive_as_they_are_written(built: Any, aws_client: AwsClient) -> None:
    """Quotes, dollars and braces arrive unharmed, and AWS judges the rules' own events as the rules say."""
    found = aws_client("logs").describe_metric_filters(logGroupName=GROUP)["metricFilters"]
    patterns = {own["filterName"]: own["filterPattern"] for own in found}
    shipped = {rule.filter_name: rule.pattern for rule in load_rules([REPOSITORY / "rules/cis"])}
    assert {name: patterns.get(name) for name in shipped} == shipped
    (tested,) = built.result("Ensure the metric filters of the rules exist").values()
    assert {test["aws_matches"] for test in tested["tests"]} == {True, False} and tested["disagreements"] == []
    assert {test["filter"] for test in tested["tests"] if test["aws_matches"]} == patterns.keys()


def test_teardown_keeps_a_protected_log_group(built: Any, site: Callable[..., Any], aws_client: AwsClient) -> None:
    confirmed = ("--tags", "logs", "-e", f"secmon_teardown_confirm={ACCOUNT_ID}")
    rejected = site("teardown", *confirmed, log_group_deletion_protection=True)
    assert rejected.code != 0 and f"{GROUP} is protected from deletion" in messages(rejected)
    assert aws_client("logs").describe_log_groups()["logGroups"]
    assert site("teardown", *confirmed, log_group_deletion_protection=False).code == 0
    assert aws_client("logs").describe_log_groups()["logGroups"] == []


def test_site_creates_an_organization_trail_with_advanced_selectors(
    site: Callable[..., Any], embedded_aws: str, aws_client: AwsClient
) -> None:
    ask(embedded_aws, "reset", method="POST")
    organizations = aws_client("organizations")
    organizations.enable_aws_service_access(ServicePrincipal="cloudtrail.amazonaws.com")
    organization = organizations.describe_organization()["Organization"]["Id"]
    selectors = [MANAGEMENT, {"field_selectors": SECRETS}]
    variables = {"trail_organization_id": organization, "trail_advanced_event_selectors": selectors, "profile": "cis"}
    done = site("site", *TRAIL_PARTS, **variables)
    assert done.code == 0, messages(done)
    (trail,) = aws_client("cloudtrail").describe_trails()["trailList"]
    assert trail["IsOrganizationTrail"]
    found = aws_client("cloudtrail").get_event_selectors(TrailName=TRAIL)["AdvancedEventSelectors"]
    assert sorted(selector.get("Name", "") for selector in found) == ["", "Management"]
    policy = aws_client("s3").get_bucket_policy(Bucket=trail["S3BucketName"])["Policy"]
    assert f"/AWSLogs/{organization}/*" in policy
    policy = aws_client("iam").get_role_policy(RoleName="CloudTrailToCloudWatchLogs", PolicyName="WriteTrailEvents")
    assert f"log-stream:{organization}_*" in json.dumps(policy["PolicyDocument"])
    again = site("site", *TRAIL_PARTS, **variables)
    assert again.code == 0 and again.changed == [], messages(again)
