"""Leftovers finds what no variable names any more, and keeps what others use or what would be lost."""

from __future__ import annotations

from typing import Any

import pytest

from tests.integration.leftovers.leftovers_setup import (
    ACCOUNT,
    ALIAS,
    BUCKET,
    GROUP,
    MAKERS,
    MANAGED_TAGS,
    SYSTEM,
    TOPIC_ARN,
    Client,
    make_alarm,
    make_filter,
    make_key,
    make_trail,
)
from tests.integration.log_alarms.test_log_alarms import ALARM as LOG_ALARM
from tests.support.module_runner import ModuleRunner
from tests.support.trail_prerequisites import open_bucket_policy
from tests.support.trail_setup import document

ROLE = "CloudTrailToCloudWatchLogs"
ROLE_ARN = f"arn:aws:iam::{ACCOUNT}:role/{ROLE}"
OTHERS: dict[str, Any] = {
    "trail_name": "new-trail",
    "log_group_name": "/new",
    "role_name": "NewRole",
    "topic_name": "NewTopic",
    "alarm_names": ["NewAlarm"],
    "key_aliases": ["alias/new"],
}
MARKED = [*MANAGED_TAGS, {"Key": "secmon:key-alias", "Value": ALIAS}]


def make_all(aws_client: Client, tags: list[dict[str, str]]) -> None:
    for kind, (make, _name) in MAKERS.items():
        make(aws_client, MARKED if kind == "key" and tags else tags)
    write_here("us-east-1", aws_client)


def write_here(region: str, aws_client: Client) -> None:
    streams = f"arn:aws:logs:{region}:{ACCOUNT}:log-group:{GROUP}:log-stream:*"
    write = {"Effect": "Allow", "Action": ["logs:CreateLogStream", "logs:PutLogEvents"], "Resource": streams}
    aws_client("iam").put_role_policy(RoleName=ROLE, PolicyName="WriteTrailEvents", PolicyDocument=document(write))


def reasons(run_module: ModuleRunner, **options: Any) -> dict[tuple[str, str], str]:
    result = run_module.succeed(**{"purpose": "prune", "dry_run": True, **options})
    return {(item["type"], item["name"]): item["why"] for item in result["leftovers"]}


def deliver(aws_client: Client, name: str) -> None:
    """Let a trail deliver to the log group with the role, which must exist."""
    open_bucket_policy(aws_client("s3"), "other-bucket")
    aws_client("cloudtrail").update_trail(
        Name=name,
        CloudWatchLogsLogGroupArn=f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:{GROUP}:*",
        CloudWatchLogsRoleArn=ROLE_ARN,
    )


@pytest.mark.promise("calls")
def test_what_is_named_and_what_is_of_others_takes_two_calls_and_is_not_listed(
    run_module: ModuleRunner, aws_client: Client
) -> None:
    make_all(aws_client, MANAGED_TAGS)
    aws_client("sns").create_topic(Name="OfOthers", Tags=[{"Key": "secmon:managed-by", "Value": "another-tool"}])
    result, calls = run_module.recorded(purpose="report", **SYSTEM)
    assert (result["leftovers"], result["lines"], result["warnings"]) == ([], [], [])
    aws_client("sqs").create_queue(QueueName="q", tags={"secmon:managed-by": "secmon.aws"})
    assert run_module.succeed(purpose="report", **SYSTEM)["warnings"] == []
    (why,) = reasons(run_module, **SYSTEM).values()
    assert why.startswith("kept: prune.yml does not know its type")
    sqs = aws_client("sqs")
    sqs.delete_queue(QueueUrl=sqs.get_queue_url(QueueName="q")["QueueUrl"])
    assert [call["action"] for call in calls] == ["GetResources", "ListRoles"]
    assert reasons(run_module, **{**SYSTEM, "topic_name": None}, kept_arns=[TOPIC_ARN]) == {}


@pytest.mark.promise("ownership")
def test_every_kind_is_found_under_its_former_name_and_evidence_is_kept(
    run_module: ModuleRunner, aws_client: Client
) -> None:
    make_all(aws_client, MANAGED_TAGS)
    removable = {(kind, name): "to be removed" for kind, (_make, name) in MAKERS.items() if kind != "key"}
    found = reasons(run_module)
    assert found.pop(("key", ALIAS)).startswith("kept: it decrypts")
    assert found == removable
    assert reasons(run_module, purge_keys=True)["key", ALIAS] == "to be removed"
    aws_client("s3").put_object(Bucket=BUCKET, Key=f"AWSLogs/{ACCOUNT}/CloudTrail/file", Body=b"")
    assert reasons(run_module)["log bucket", BUCKET].startswith("kept: it contains log files")
    assert reasons(run_module, keep_bucket=False)["log bucket", BUCKET] == "to be removed"
    make_filter(aws_client, "OfAnotherTeam")
    along = f"not managed by this collection, but deleted with the log group {GROUP}"
    assert reasons(run_module)["metric filter", "OfAnotherTeam"] == along
    (warning,) = run_module.succeed(purpose="report")["warnings"]
    for words in (f"Account {ACCOUNT}, us-east-1", "trail secrets-manager-trail", "prune.yml", f"{BUCKET} (kept"):
        assert words in warning


@pytest.mark.promise("ownership")
def test_what_a_named_trail_or_alarm_still_uses_is_kept_until_site_has_run(
    run_module: ModuleRunner, aws_client: Client
) -> None:
    make_all(aws_client, MANAGED_TAGS)
    deliver(aws_client, "secrets-manager-trail")
    renamed = {**SYSTEM, "log_group_name": "/new", "role_name": "NewRole"}
    why = "kept: the trail secrets-manager-trail still uses it; run site.yml first"
    assert reasons(run_module, **renamed) == {("log group", GROUP): why, ("role", ROLE): why}
    why = "kept: the trail new-trail does not exist yet; run site.yml first"
    assert reasons(run_module, **{**SYSTEM, "trail_name": "new-trail"}) == {("trail", "secrets-manager-trail"): why}


@pytest.mark.promise("ownership")
def test_what_forwards_events_is_found_in_each_region_and_that_of_another_deployment_is_not(
    run_module: ModuleRunner, aws_client: Client
) -> None:
    bus = f"arn:aws:events:us-east-1:{ACCOUNT}:event-bus/default"
    trust = {"Effect": "Allow", "Principal": {"Service": "events.amazonaws.com"}, "Action": "sts:AssumeRole"}
    ModuleRunner(run_module.endpoint, "trail_role").succeed(
        name="Forwarder",
        description="EventBridge forwards events from eu-west-1, eu-west-2 to us-east-1",
        trust_policy=document(trust),
        policy_name="Forward",
        policy=document({"Effect": "Allow", "Action": "events:PutEvents", "Resource": bus}),
    )
    rule, others = "secmon-forward-to-us-east-1", "secmon-forward-to-eu-central-1"
    for region, name in (("eu-west-1", rule), ("us-east-1", others)):
        aws_client("events", region).put_rule(Name=name, EventPattern='{"source": ["aws.iam"]}', Tags=MANAGED_TAGS)
    found = {("event rule", rule): "to be removed", ("role", "Forwarder"): "to be removed"}
    named = {"event_role_name": "Forwarder", "event_rule_names": [rule], "event_regions": ["eu-west-1"]}
    assert (reasons(run_module), reasons(run_module, **named)) == (found, {})
    assert reasons(run_module, purpose="teardown", parts=["events"], **named, role_name=ROLE) == found
    emptied = named | {"event_regions": []}
    assert reasons(run_module, purpose="teardown", parts=["events"], **emptied, role_name=ROLE) == found
    assert reasons(run_module, **emptied) == found
    run_module.faults({"service": "iam", "action": "GetRole", "error": "AccessDenied", "status": 403, "times": 2})
    assert reasons(run_module, purpose="teardown", parts=["events"], **emptied, role_name=ROLE) == {}
    run_module.faults()
    runner = ModuleRunner(run_module.endpoint, "event_rules")
    assert runner.succeed(purge_prefix="secmon-", state="absent")["removed"] == []

    # A service control policy denies the regions.
    run_module.faults({"service": "events", "action": "ListRules", "error": "AccessDenied", "status": 403, "times": 9})
    denied = reasons(run_module)
    assert "eu-west-2 cannot be read (AccessDenied), so that the rule may still exist" in denied["event rule", rule]
    assert denied["role", "Forwarder"] == "to be removed"


@pytest.mark.promise("ownership")
def test_a_log_alarm_and_its_roles_are_found_and_those_that_are_named_are_kept(
    run_module: ModuleRunner, aws_client: Client
) -> None:
    runner = ModuleRunner(run_module.endpoint, "log_alarms")
    runner.succeed(alarms=[LOG_ALARM, LOG_ALARM | {"name": "former"}])
    make_alarm(aws_client, MANAGED_TAGS)
    trust = {"Effect": "Allow", "Principal": {"Service": "logs.amazonaws.com"}, "Action": "sts:AssumeRole"}
    read = {
        "Effect": "Allow",
        "Action": "logs:StartQuery",
        "Resource": "arn:aws:logs:us-east-1:123456789012:log-group:x",
    }
    for name in ("Query", "Former"):
        ModuleRunner(run_module.endpoint, "trail_role").succeed(
            name=name,
            description="CloudWatch Logs runs queries for the log alarms of x",
            trust_policy=document(trust),
            policy_name="Read",
            policy=document(read),
        )
    named = {"alarm_names": ["SecretIsAccessed"], "log_alarm_names": ["reads"], "log_alarm_role_names": ["Query"]}
    found = reasons(run_module, **named, dry_run=True)
    assert {key: why for key, why in found.items() if key[0] in ("log alarm", "alarm", "role")} == {
        ("log alarm", "former"): "to be removed",
        ("role", "Former"): "to be removed",
    }
    whole = run_module.succeed(**SYSTEM | named, dry_run=True)["leftovers"]
    assert {(each["type"], each["name"]) for each in whole if each["why"] == "to be removed"} >= {
        ("log alarm", "reads"),
        ("alarm", "SecretIsAccessed"),
        ("role", "Query"),
    }


@pytest.mark.promise("ownership")
def test_a_second_trail_into_the_log_group_fails_the_report(run_module: ModuleRunner, aws_client: Client) -> None:
    make_all(aws_client, MANAGED_TAGS)
    deliver(aws_client, "secrets-manager-trail")
    make_trail(aws_client, MANAGED_TAGS, "new-trail")
    renamed = {**SYSTEM, "trail_name": "new-trail"}
    message = run_module.fail(purpose="report", **renamed)
    assert f"The trail secrets-manager-trail delivers to the log group {GROUP}" in message and "prune.yml" in message
    assert reasons(run_module, **renamed) == {("trail", "secrets-manager-trail"): "to be removed"}


@pytest.mark.promise("ownership")
def test_a_role_of_another_region_and_a_replica_of_a_secret_are_of_other_deployments(
    run_module: ModuleRunner, aws_client: Client
) -> None:
    MAKERS["role"][0](aws_client, MANAGED_TAGS)
    write_here("eu-central-1", aws_client)
    aws_client("secretsmanager", "eu-central-1").create_secret(
        Name="Elsewhere", SecretString="x", Tags=MANAGED_TAGS, AddReplicaRegions=[{"Region": "us-east-1"}]
    )
    why = "replica of the secret in eu-central-1, whose deployment manages it"
    assert reasons(run_module) == {("secret", "Elsewhere"): why}


@pytest.mark.promise("unset_options")
def test_the_report_names_confirmed_subscriptions_that_no_variable_names(
    run_module: ModuleRunner, aws_client: Client
) -> None:
    MAKERS["topic"][0](aws_client, MANAGED_TAGS)
    for phone in ("+4915112345678", "+4915112345679"):
        aws_client("sns").subscribe(TopicArn=TOPIC_ARN, Protocol="sms", Endpoint=phone)
    named = [{"protocol": "sms", "endpoint": "+49 151 12345678"}]
    result = run_module.succeed(purpose="report", **SYSTEM, subscriptions=named)
    assert "sms +4915112345679. They are kept" in result["warnings"][0] and result["leftovers"] == []


@pytest.mark.promise("denied")
def test_what_may_not_be_read_is_kept_with_the_action_to_allow(run_module: ModuleRunner, aws_client: Client) -> None:
    make_all(aws_client, MANAGED_TAGS)
    denied = {"error": "AccessDenied", "status": 403, "times": 1}
    for service, action in (("sns", "GetTopicAttributes"), ("iam", "ListRolePolicies")):
        run_module.faults({"service": service, "action": action, **denied})
    found = reasons(run_module)
    for kind, words in (("topic", "Allow sns:GetTopicAttributes"), ("role", "Allow iam:ListRolePolicies")):
        (why,) = (why for (type_, _name), why in found.items() if type_ == kind)
        assert why.startswith("kept: it") and words in why
    run_module.faults({"service": "iam", "action": "ListRoles", **denied})
    result = run_module.succeed(purpose="report")
    assert "Allow iam:ListRoles" in result["warnings"][0]


@pytest.mark.promise("resume")
def test_a_key_that_is_one_too_many_for_its_alias_is_to_be_removed(
    run_module: ModuleRunner, aws_client: Client
) -> None:
    make_key(aws_client, MARKED)
    surplus = make_key(aws_client, MARKED, alias="")
    (found,) = run_module.succeed(purpose="prune", dry_run=True, **SYSTEM)["leftovers"]
    assert (found["arn"], found["alias"], found["why"]) == (surplus, ALIAS, "to be removed")
