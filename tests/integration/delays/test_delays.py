"""The modules succeed although AWS shows changes late; each test fails if the module trusts what it reads at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest

from embedded_aws.core.consistency import EVENT_HISTORY, IAM_CHANGE, TO_LOGS
from embedded_aws.process import embedded_aws_process
from tests.conftest import shared_client
from tests.integration.detection_drill.drill_setup import STAGES, TASK, statuses
from tests.integration.leftovers.leftovers_setup import BUCKET, MANAGED_TAGS, SYSTEM, TOPIC_ARN
from tests.support import guide_chain as chain
from tests.support.embedded_control import advance, ask, follow, link_in, mails
from tests.support.module_runner import ModuleRunner, skip_waiting
from tests.support.trail_prerequisites import GROUP, NAME, ROLE, SIMPLE, open_bucket, open_key
from tests.support.trail_setup import group_arn, make_role

Modules = Callable[[str], ModuleRunner]


@pytest.fixture(scope="module")
def slow_embedded_aws() -> Iterator[str]:
    """Return the endpoint of an embedded AWS with the delays of AWS."""
    with embedded_aws_process("--consistency", "aws") as endpoint:
        yield endpoint


@pytest.fixture
def module(slow_embedded_aws: str, monkeypatch: pytest.MonkeyPatch) -> Modules:
    """Return a function that returns the runner of a module, whose waits advance the embedded clock."""
    ask(slow_embedded_aws, "reset", method="POST")
    skip_waiting(monkeypatch, lambda seconds: advance(slow_embedded_aws, seconds))
    return lambda name: ModuleRunner(slow_embedded_aws, name)


@pytest.fixture
def client(slow_embedded_aws: str, module: Modules) -> Callable[[str], Any]:
    """Return a function that creates boto3 clients."""
    return partial(shared_client, slow_embedded_aws)


def test_trail_waits_until_cloudtrail_sees_a_new_role_and_key(module: Modules, client: Callable[[str], Any]) -> None:
    open_bucket(client("s3"), SIMPLE["s3_bucket_name"])
    client("logs").create_log_group(logGroupName=GROUP)
    make_role(client, "deliver", GROUP)
    task = SIMPLE | {
        "log_group_arn": group_arn(GROUP),
        "log_group_role_arn": ROLE,
        "kms_key_arn": open_key(client("kms")),
    }
    assert module("trail").succeed(**task)["changed"]
    assert client("cloudtrail").get_trail(Name=NAME)["Trail"]["CloudWatchLogsRoleArn"] == ROLE


@pytest.mark.parametrize("exists", [False, True])
def test_log_group_waits_until_cloudwatch_logs_knows_a_new_key(
    module: Modules, client: Callable[[str], Any], exists: bool
) -> None:
    if exists:
        module("log_group").succeed(name="/a")
    key = open_key(client("kms"))
    assert module("log_group").succeed(name="/a", kms_key_arn=key)["log_group"]["kms_key_arn"] == key


def test_log_bucket_empties_the_bucket_again_if_a_log_file_lands(module: Modules, client: Callable[[str], Any]) -> None:
    module("log_bucket").succeed(
        name=chain.BUCKET, trail_arns=[f"arn:aws:cloudtrail:us-east-1:{chain.ACCOUNT}:trail/{chain.TRAIL}"]
    )
    module("trail").succeed(name=chain.TRAIL, s3_bucket_name=chain.BUCKET, logging=True)
    client("sns").list_topics()
    module("trail").succeed(name=chain.TRAIL, state="absent")
    runner = module("log_bucket")
    calls = runner.calls(lambda: runner.succeed(name=chain.BUCKET, state="absent", purge=True))
    assert [call["error"] for call in calls if call["action"] == "DeleteBucket"] == ["BucketNotEmpty", None]


def test_log_bucket_keeps_a_log_file_that_lands_without_purge(module: Modules, client: Callable[[str], Any]) -> None:
    module("log_bucket").succeed(name=chain.BUCKET)
    fault = {"service": "s3", "action": "DeleteBucket", "error": "BucketNotEmpty", "status": 409}
    runner = module("log_bucket")
    runner.faults(fault)
    client("s3").put_object(Bucket=chain.BUCKET, Key="AWSLogs/late", Body=b"")
    assert "purge: true" in runner.fail(name=chain.BUCKET, state="absent")


def test_leftovers_do_not_list_a_bucket_that_only_listbuckets_lists(
    module: Modules, client: Callable[[str], Any]
) -> None:
    s3 = client("s3")
    s3.create_bucket(Bucket=BUCKET)
    s3.delete_bucket(Bucket=BUCKET)
    assert [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]] == [BUCKET]
    assert module("leftovers").succeed(**SYSTEM)["leftovers"] == []


def confirm(client: Callable[[str], Any], endpoint: str) -> None:
    """Follow the link of the one confirmation email, as its recipient."""
    client("sns").list_topics()
    follow(link_in(mails(endpoint, "a@example.com")[0], "ConfirmSubscription"))


def test_alert_topic_ends_the_confirmed_subscriptions_before_it_deletes_the_topic(
    module: Modules, client: Callable[[str], Any], slow_embedded_aws: str
) -> None:
    email = {"protocol": "email", "endpoint": "a@example.com"}
    module("alert_topic").succeed(name="SecurityAlarms", subscriptions=[email])
    confirm(client, slow_embedded_aws)
    module("alert_topic").succeed(name="SecurityAlarms", state="absent")
    assert client("sns").list_subscriptions()["Subscriptions"] == []
    assert module("leftovers").succeed(**SYSTEM)["leftovers"] == []


def test_leftovers_expect_the_confirmed_subscription_of_a_deleted_topic(
    module: Modules, client: Callable[[str], Any], slow_embedded_aws: str
) -> None:
    email = {"protocol": "email", "endpoint": "a@example.com"}
    module("alert_topic").succeed(name="SecurityAlarms", subscriptions=[email])
    confirm(client, slow_embedded_aws)
    client("sns").delete_topic(TopicArn=TOPIC_ARN)
    found = module("leftovers").succeed(**SYSTEM)
    (left,) = found["leftovers"]
    assert (left["type"], left["unexpected"], found["unexpected"]) == ("subscription", False, 0)
    assert "SNS deletes it within hours" in left["why"]


def test_leftovers_finds_by_name_what_the_tagging_api_does_not_list_yet(
    module: Modules, client: Callable[[str], Any]
) -> None:
    client("secretsmanager").create_secret(Name="MySampleSecret", SecretString="x", Tags=MANAGED_TAGS)
    assert [item["name"] for item in module("leftovers").succeed(**SYSTEM)["leftovers"]] == ["MySampleSecret"]


def test_leftovers_do_not_list_what_only_the_tagging_api_still_lists(
    module: Modules, client: Callable[[str], Any], slow_embedded_aws: str
) -> None:
    secrets, sns = client("secretsmanager"), client("sns")
    secrets.create_secret(Name="Unnamed", SecretString="x", Tags=MANAGED_TAGS)
    topic = sns.create_topic(Name="Unnamed", Tags=MANAGED_TAGS)["TopicArn"]
    advance(slow_embedded_aws, 600)
    secrets.delete_secret(SecretId="Unnamed", ForceDeleteWithoutRecovery=True)
    sns.delete_topic(TopicArn=topic)
    assert len(client("resourcegroupstaggingapi").get_resources()["ResourceTagMappingList"]) == 2
    assert module("leftovers").succeed(**SYSTEM)["leftovers"] == []


ALARM = {
    "name": "a",
    "metric_name": "m",
    "metric_namespace": "n",
    "statistic": "Sum",
    "period_seconds": 60,
    "evaluation_periods": 1,
    "threshold": 1,
    "comparison": "GreaterThanOrEqualToThreshold",
}
ALARMS = {
    "alarms": [ALARM],
    "tags": {"pack": "guide"},
    "purge_tag": {"pack": "guide"},
}


def test_metric_alarms_changes_nothing_in_a_second_run_before_the_tagging_api_lists_the_alarms(
    module: Modules,
) -> None:
    assert module("metric_alarms").succeed(**ALARMS)["changed"]
    assert not module("metric_alarms").succeed(**ALARMS)["changed"]


def test_metric_alarms_keeps_an_alarm_whose_tags_were_removed_a_moment_ago(
    module: Modules, client: Callable[[str], Any], slow_embedded_aws: str
) -> None:
    """Another team took the alarm over; the tagging API still lists it with the tag of this collection."""
    module("metric_alarms").succeed(**ALARMS)
    advance(slow_embedded_aws, 600)
    cloudwatch = client("cloudwatch")
    arn = cloudwatch.describe_alarms(AlarmNames=["a"])["MetricAlarms"][0]["AlarmArn"]
    cloudwatch.untag_resource(ResourceARN=arn, TagKeys=["secmon:managed-by"])
    module("metric_alarms").succeed(**ALARMS | {"alarms": []})
    assert cloudwatch.describe_alarms(AlarmNames=["a"])["MetricAlarms"]


def test_drill_waits_for_each_delivery(module: Modules, slow_embedded_aws: str) -> None:
    build_chain(slow_embedded_aws)
    result = module("detection_drill").succeed(**TASK)
    assert statuses(result) == dict.fromkeys(STAGES, "ok")
    seconds = {step["hop"]: step["seconds"] for step in result["timeline"]}
    assert TO_LOGS.least <= seconds["log_group"] <= seconds["notification"] <= TO_LOGS.most + 90
    assert EVENT_HISTORY.least <= seconds["event_history"]


def test_drill_takes_a_late_event_history_for_a_warning_if_the_alarm_fired(
    module: Modules, slow_embedded_aws: str
) -> None:
    build_chain(slow_embedded_aws)
    slowest = module("detection_drill").succeed(**TASK)
    seconds = {step["hop"]: step["seconds"] for step in slowest["timeline"]}
    advance(slow_embedded_aws, 600)
    enough = int(max(seconds["notification"], seconds["log_file"])) + 60
    assert enough < seconds["event_history"]
    result = module("detection_drill").succeed(**TASK, timeout_seconds=enough)
    assert statuses(result) == dict.fromkeys(STAGES, "ok") | {"event_history": "warning"}
    assert f"did not show the event within {enough} seconds" in result["msg"]
    assert "The alarm fires" in result["msg"]


def build_chain(endpoint: str) -> None:
    """Build the guide's chain, and wait until CloudTrail sees its role."""
    for step in chain.chain_steps():
        if step.operation == "CreateTrail":
            advance(endpoint, IAM_CHANGE.most)
        assert chain.with_boto3(endpoint, step) is None, step
    chain.confirm_subscription(endpoint)
