"""The promises of docs/modules.md, kept by trail on the embedded AWS; plain boto3 is the witness."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.module_runner import ModuleRunner, documented_actions, hidden_in
from tests.trail_prerequisites import (
    ARN,
    BUCKET,
    CLEARED,
    GROUP,
    NAME,
    OTHER_BUCKET,
    OTHER_GROUP,
    OTHER_ROLE,
    TOPIC,
    everything,
    make_prerequisites,
    open_bucket,
    seen,
)
from tests.unit.embedded_aws.trail_setup import group_arn

Change = Callable[[Any, str], Any]
SIMPLE = {"name": NAME, "s3_bucket_name": BUCKET}


@pytest.fixture
def keys(witness: Callable[..., Any]) -> dict[str, str]:
    return make_prerequisites(witness)


@pytest.fixture
def wanted(keys: dict[str, str]) -> dict[str, Any]:
    return everything(keys["key"])


@pytest.fixture
def cloudtrail(witness: Callable[..., Any]) -> Any:
    return witness("cloudtrail")


@pytest.mark.promise("changed")
def test_present_again_absent_again(run_module: ModuleRunner, cloudtrail: Any, wanted: dict[str, Any]) -> None:
    assert run_module.succeed(**wanted)["changed"]
    trail = seen(cloudtrail)
    assert (trail["S3BucketName"], trail["IsMultiRegionTrail"], trail["logging"]) == (BUCKET, True, True)
    assert trail["SnsTopicARN"] == TOPIC
    assert not run_module.succeed(**wanted)["changed"]
    assert run_module.succeed(name=NAME, state="absent")["changed"]
    assert seen(cloudtrail) == {}
    assert not run_module.succeed(name=NAME, state="absent")["changed"]


@pytest.mark.promise("changed")
def test_the_result_is_the_trail_and_the_same_again(run_module: ModuleRunner, wanted: dict[str, Any]) -> None:
    made = run_module.succeed(**wanted)
    again = run_module.succeed(name=NAME)
    assert made["trail"] == again["trail"] == made["diff"]["after"]
    assert made["trail"]["arn"] == ARN
    assert made["delivery"].keys() == again["delivery"].keys()
    assert again["delivery"]["start_logging_time"]


@pytest.mark.promise("changed")
def test_the_bucket_outlives_the_trail(
    run_module: ModuleRunner, witness: Callable[..., Any], wanted: dict[str, Any]
) -> None:
    run_module.succeed(**wanted)
    before = [item["Key"] for item in witness("s3").list_objects_v2(Bucket=BUCKET)["Contents"]]
    run_module.succeed(name=NAME, state="absent")
    assert [item["Key"] for item in witness("s3").list_objects_v2(Bucket=BUCKET)["Contents"]][: len(before)] == before


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
BY_HAND: dict[str, Change] = {
    "s3_bucket_name": update(S3BucketName=OTHER_BUCKET),
    "s3_key_prefix": update(S3KeyPrefix="elsewhere"),
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
    "another source excluded": put({"ExcludeManagementEventSources": ["rdsdata.amazonaws.com"]}),
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
@pytest.mark.parametrize("by_hand", BY_HAND.values(), ids=list(BY_HAND))
def test_what_was_changed_by_hand_is_seen_and_repaired(
    run_module: ModuleRunner, cloudtrail: Any, keys: dict[str, str], wanted: dict[str, Any], by_hand: Change
) -> None:
    run_module.succeed(**wanted)
    right = seen(cloudtrail)
    by_hand(cloudtrail, keys["other_key"])
    assert seen(cloudtrail) != right
    predicted = run_module.succeed(check=True, **wanted)
    repaired = run_module.succeed(**wanted)
    assert repaired["changed"] and predicted["changed"]
    assert (repaired["diff"], repaired["trail"]) == (predicted["diff"], predicted["trail"])
    assert repaired["diff"]["before"] != repaired["diff"]["after"]
    assert seen(cloudtrail) == right
    assert not run_module.succeed(**wanted)["changed"]


@pytest.mark.promise("drift")
def test_another_mark_of_ours_is_no_longer_ours(
    run_module: ModuleRunner, cloudtrail: Any, keys: dict[str, str]
) -> None:
    run_module.succeed(**SIMPLE)
    cloudtrail.remove_tags(ResourceId=ARN, TagsList=[{"Key": "secmon:managed-by"}])
    assert "adopt: true" in run_module.fail(**SIMPLE)
    assert run_module.succeed(**SIMPLE, adopt=True)["diff"]["after"]["tags"] == {"secmon:managed-by": "secmon.aws"}


@pytest.mark.promise("silence")
def test_what_the_task_does_not_mention_stays(
    run_module: ModuleRunner, cloudtrail: Any, wanted: dict[str, Any]
) -> None:
    run_module.succeed(**wanted | {"logging": False})
    before = seen(cloudtrail)
    assert not run_module.succeed(name=NAME)["changed"]
    run_module.succeed(name=NAME, s3_key_prefix="moved")
    assert seen(cloudtrail) == before | {"S3KeyPrefix": "moved"}


@pytest.mark.promise("silence")
def test_what_the_task_clears_is_cleared(run_module: ModuleRunner, cloudtrail: Any, wanted: dict[str, Any]) -> None:
    run_module.succeed(**wanted)
    assert run_module.succeed(**CLEARED)["changed"]
    cleared = seen(cloudtrail)
    for gone in ("S3KeyPrefix", "SnsTopicARN", "KmsKeyId", "CloudWatchLogsLogGroupArn", "CloudWatchLogsRoleArn"):
        assert gone not in cleared
    assert (cleared["insights"], cleared["tags"]) == ([], {"secmon:managed-by": "secmon.aws"})
    assert cleared["IsMultiRegionTrail"] and cleared["LogFileValidationEnabled"]
    assert not run_module.succeed(**CLEARED)["changed"]


@pytest.mark.promise("silence")
@pytest.mark.parametrize("option", ["log_group_arn", "log_group_role_arn"])
def test_to_clear_the_group_or_the_role_clears_both(
    run_module: ModuleRunner, cloudtrail: Any, wanted: dict[str, Any], option: str
) -> None:
    run_module.succeed(**wanted)
    run_module.succeed(name=NAME, **{option: ""})
    assert not {"CloudWatchLogsLogGroupArn", "CloudWatchLogsRoleArn"} & set(seen(cloudtrail))


@pytest.mark.promise("silence")
def test_a_log_group_is_the_same_with_and_without_its_star(run_module: ModuleRunner, wanted: dict[str, Any]) -> None:
    run_module.succeed(**wanted)
    assert not run_module.succeed(name=NAME, log_group_arn=group_arn(GROUP).removesuffix(":*"))["changed"]


@pytest.mark.promise("silence")
def test_another_role_is_sent_together_with_the_group(
    run_module: ModuleRunner, cloudtrail: Any, witness: Callable[..., Any], wanted: dict[str, Any]
) -> None:
    run_module.succeed(**wanted)
    allow = witness("iam").get_role_policy(RoleName="deliver", PolicyName="deliver")["PolicyDocument"]
    witness("iam").put_role_policy(RoleName="other", PolicyName="deliver", PolicyDocument=str(allow).replace("'", '"'))
    run_module.succeed(name=NAME, log_group_role_arn=OTHER_ROLE)
    trail = seen(cloudtrail)
    assert (trail["CloudWatchLogsLogGroupArn"], trail["CloudWatchLogsRoleArn"]) == (group_arn(GROUP), OTHER_ROLE)


@pytest.mark.promise("silence")
def test_a_new_trail_logs_and_a_stopped_one_stays_stopped(
    run_module: ModuleRunner, cloudtrail: Any, keys: dict[str, str]
) -> None:
    run_module.succeed(**SIMPLE)
    assert seen(cloudtrail)["logging"]
    cloudtrail.stop_logging(Name=NAME)
    assert not run_module.succeed(**SIMPLE)["changed"]
    assert not seen(cloudtrail)["logging"]


@pytest.mark.promise("check")
@pytest.mark.parametrize("state", ["present", "absent"])
@pytest.mark.parametrize("there", [True, False], ids=["there", "not there"])
def test_check_mode_predicts_the_run_and_writes_nothing(
    run_module: ModuleRunner, wanted: dict[str, Any], there: bool, state: str
) -> None:
    if there:
        run_module.succeed(**SIMPLE, tags={"old": "yes"}, logging=False)
    predicted: dict[str, Any] = {}
    calls = run_module.calls(lambda: predicted.update(run_module.succeed(check=True, **wanted, state=state)))
    assert [call["action"] for call in calls if call["access"] == "write"] == []
    real = run_module.succeed(**wanted, state=state)
    assert predicted["changed"] == real["changed"] == (there or state == "present")
    assert {**predicted, "invocation": None} == {**real, "invocation": None}


@pytest.mark.promise("check")
def test_check_mode_works_on_an_account_without_anything(run_module: ModuleRunner) -> None:
    key = "arn:aws:kms:us-east-1:123456789012:key/11111111-1111-1111-1111-111111111111"
    predicted = run_module.succeed(check=True, **everything(key))
    assert predicted["changed"]
    assert predicted["trail"]["arn"] == ARN


@pytest.mark.promise("diff")
def test_the_difference_is_what_changes_and_no_more(run_module: ModuleRunner, wanted: dict[str, Any]) -> None:
    run_module.succeed(**wanted)
    diff = run_module.succeed(name=NAME, management_events="write", insight_types=[], log_file_validation=False)["diff"]
    changes = {key: (diff["before"][key], diff["after"][key]) for key in diff["after"]}
    assert {key: pair for key, pair in changes.items() if pair[0] != pair[1]} == {
        "management_events": ("all", "write"),
        "insight_types": (["ApiCallRateInsight", "ApiErrorRateInsight"], []),
        "log_file_validation": (True, False),
    }


@pytest.mark.promise("secrets")
def test_the_secret_key_is_printed_nowhere(run_module: ModuleRunner, monkeypatch: pytest.MonkeyPatch) -> None:
    canary = "canary/secret+key"
    run_module.secret_key = canary
    outputs = [run_module(**SIMPLE, timeout_seconds=0), run_module(name="no"), run_module(name=NAME, state="absent")]
    monkeypatch.setattr(
        "ansible_collections.secmon.aws.plugins.modules.trail.choose_trail",
        lambda *_arguments: {}[f"signed with {canary}"],
    )
    outputs.append(run_module(**SIMPLE))
    assert [output.get("failed", False) for output in outputs] == [True, True, False, True]
    assert "fault of the module" in outputs[-1]["msg"]
    assert hidden_in(outputs, canary) == []


@pytest.mark.promise("retry")
@pytest.mark.parametrize(
    "fault",
    [
        {"error": "ThrottlingException", "times": 3},
        {"error": "InternalFailure", "status": 500, "times": 2},
        {"error": "ConflictException", "times": 2},
        {"mode": "reset"},
        {"mode": "kill_after"},
    ],
    ids=["throttled", "failed", "busy", "reset", "answer lost"],
)
@pytest.mark.parametrize(
    "action", ["DescribeTrails", "CreateTrail", "PutEventSelectors", "PutInsightSelectors", "StartLogging"]
)
def test_what_passes_is_repeated(
    run_module: ModuleRunner, cloudtrail: Any, wanted: dict[str, Any], action: str, fault: dict[str, Any]
) -> None:
    run_module.faults({"service": "cloudtrail", "action": action, **fault})
    assert run_module.succeed(**wanted)["changed"]
    assert seen(cloudtrail)["logging"]
    assert not run_module.succeed(**wanted)["changed"]


PROPAGATION = {
    "InsufficientS3BucketPolicyException": "Incorrect S3 bucket policy is detected for bucket: audit-logs",
    "InsufficientEncryptionPolicyException": "Insufficient permissions to access S3 bucket or KMS key.",
    "InvalidCloudWatchLogsRoleArnException": "Access denied. Check the trust relationships for your role.",
    "InvalidCloudWatchLogsLogGroupArnException": "Access denied. Check the permissions for your role.",
    "NoManagementAccountSLRExistsException": "The management account has no service-linked role.",
}


@pytest.mark.promise("retry")
@pytest.mark.parametrize("action", ["CreateTrail", "UpdateTrail"])
@pytest.mark.parametrize("code", PROPAGATION)
def test_what_aws_has_not_spread_yet_is_waited_for(
    run_module: ModuleRunner, cloudtrail: Any, wanted: dict[str, Any], code: str, action: str
) -> None:
    if action == "UpdateTrail":
        run_module.succeed(**SIMPLE)
    run_module.faults(
        {"service": "cloudtrail", "action": action, "error": code, "message": PROPAGATION[code], "times": 4}
    )
    assert run_module.succeed(**wanted)["changed"]
    assert seen(cloudtrail)["S3KeyPrefix"] == "trails"


@pytest.mark.promise("retry")
@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("InvalidCloudWatchLogsLogGroupArnException", "The ARN is malformed."),
        ("InsufficientSnsTopicPolicyException", "SNS Topic does not exist or the topic policy is incorrect!"),
        ("InvalidParameterCombinationException", "Insufficient"),
    ],
)
def test_what_does_not_pass_is_not_repeated(
    run_module: ModuleRunner, wanted: dict[str, Any], code: str, message: str
) -> None:
    run_module.faults({"service": "cloudtrail", "action": "CreateTrail", "error": code, "message": message})
    calls = run_module.calls(lambda: run_module.fail(**wanted))
    assert [call["action"] for call in calls].count("CreateTrail") == 1


@pytest.mark.promise("budget")
@pytest.mark.parametrize("code", ["ThrottlingException", "ConflictException"])
def test_a_service_that_never_recovers_is_given_up_in_time(
    run_module: ModuleRunner, keys: dict[str, str], code: str
) -> None:
    run_module.faults({"service": "cloudtrail", "action": "CreateTrail", "error": code, "times": 500})
    message = run_module.fail(**SIMPLE, timeout_seconds=60)
    assert code in message and "timeout_seconds" in message


@pytest.mark.promise("denied")
@pytest.mark.parametrize(
    "action",
    ["DescribeTrails", "CreateTrail", "PutEventSelectors", "PutInsightSelectors", "StartLogging"],
)
def test_a_denial_says_what_to_allow_and_where(run_module: ModuleRunner, wanted: dict[str, Any], action: str) -> None:
    run_module.faults({"service": "cloudtrail", "action": action, "error": "AccessDeniedException"})
    message = run_module.fail(**wanted)
    for word in (f"Allow cloudtrail:{action} on", f"trail {NAME}", "account 123456789012", "region us-east-1"):
        assert word in message


@pytest.mark.promise("denied")
@pytest.mark.parametrize(
    "action", ["GetTrailStatus", "GetEventSelectors", "GetInsightSelectors", "ListTags", "UpdateTrail", "AddTags"]
)
def test_a_denial_about_an_existing_trail_names_its_arn(
    run_module: ModuleRunner, wanted: dict[str, Any], action: str
) -> None:
    run_module.succeed(**wanted)
    run_module.faults({"service": "cloudtrail", "action": action, "error": "AccessDeniedException"})
    message = run_module.fail(name=NAME, s3_key_prefix="", tags={"more": "1"})
    assert f"Allow cloudtrail:{action} on {ARN}" in message
    assert "account 123456789012, region us-east-1" in message


@pytest.mark.promise("calls")
def test_the_calls_are_those_that_are_needed(run_module: ModuleRunner, wanted: dict[str, Any]) -> None:
    def actions(**arguments: Any) -> list[str]:
        return [call["action"] for call in run_module.calls(lambda: run_module.succeed(**arguments))]

    writes = ["CreateTrail", "PutEventSelectors", "PutInsightSelectors", "StartLogging"]
    reads = ["DescribeTrails", "GetTrailStatus", "GetEventSelectors", "GetInsightSelectors", "ListTags"]
    assert actions(check=True, **wanted) == ["DescribeTrails", "GetCallerIdentity"]
    assert actions(**wanted) == ["DescribeTrails", "GetCallerIdentity", *writes]
    assert actions(**wanted) == reads
    assert actions(name=NAME, s3_key_prefix="", logging=False) == [*reads, "UpdateTrail", "StopLogging"]
    assert actions(name=NAME, state="absent") == [*reads, "DeleteTrail"]
    assert actions(name=NAME, state="absent") == ["DescribeTrails"]


@pytest.mark.promise("calls")
def test_an_update_sends_only_what_changes(run_module: ModuleRunner, cloudtrail: Any, wanted: dict[str, Any]) -> None:
    run_module.succeed(**wanted)
    cloudtrail.update_trail(Name=NAME, IsMultiRegionTrail=False)
    run_module.succeed(name=NAME, log_file_validation=False)
    assert not seen(cloudtrail)["IsMultiRegionTrail"]


@pytest.mark.promise("ownership")
@pytest.mark.parametrize("state", ["present", "absent"])
def test_somebody_elses_trail_is_refused_unless_adopted(
    run_module: ModuleRunner, cloudtrail: Any, keys: dict[str, str], state: str
) -> None:
    cloudtrail.create_trail(Name=NAME, S3BucketName=BUCKET, TagsList=[{"Key": "owner", "Value": "somebody"}])
    calls = run_module.calls(lambda: run_module.fail(name=NAME, state=state, log_file_validation=True))
    assert not [call for call in calls if call["access"] == "write"]
    assert run_module.succeed(name=NAME, state=state, adopt=True)["changed"]
    assert seen(cloudtrail).get("tags", {}) == (
        {"owner": "somebody", "secmon:managed-by": "secmon.aws"} if state == "present" else {}
    )


@pytest.mark.promise("resume")
@pytest.mark.parametrize("mode", ["kill_after", "error"])
@pytest.mark.parametrize(
    "action", ["CreateTrail", "PutEventSelectors", "PutInsightSelectors", "StartLogging", "RemoveTags"]
)
def test_what_a_killed_run_left_is_finished(
    run_module: ModuleRunner, cloudtrail: Any, wanted: dict[str, Any], action: str, mode: str
) -> None:
    del wanted["logging"]
    fault = {"mode": mode} if mode == "kill_after" else {"error": "AccessDeniedException"}
    run_module.faults({"service": "cloudtrail", "action": action, **fault})
    run_module.fail(**wanted, timeout_seconds=0)
    run_module.succeed(**wanted)
    resumed = seen(cloudtrail)
    assert not run_module.succeed(**wanted)["changed"]
    run_module.succeed(name=NAME, state="absent")
    run_module.succeed(**wanted)
    assert resumed == seen(cloudtrail)


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


@pytest.mark.promise("iam")
def test_the_documented_actions_are_those_that_are_called(
    run_module: ModuleRunner, witness: Callable[..., Any], wanted: dict[str, Any]
) -> None:
    witness("organizations").enable_aws_service_access(ServicePrincipal="cloudtrail.amazonaws.com")

    def all_of_it() -> None:
        run_module.succeed(**wanted)
        run_module.succeed(**CLEARED, logging=False)
        run_module.succeed(name=NAME, tags={"more": "1"})
        run_module.succeed(name=NAME, state="absent")
        run_module.succeed(**SIMPLE, organization=True)

    assert run_module.iam_actions(all_of_it) == documented_actions("trail")


@pytest.mark.promise("upstream")
def test_upstream_makes_a_trail_of_one_region_out_of_one_of_all(
    run_module: ModuleRunner, cloudtrail: Any, keys: dict[str, str]
) -> None:
    cloudtrail.create_trail(Name=NAME, S3BucketName=BUCKET, IsMultiRegionTrail=True)
    run_module.upstream("amazon.aws.cloudtrail", name=NAME, s3_bucket_name=BUCKET)
    assert not seen(cloudtrail)["IsMultiRegionTrail"]


@pytest.mark.promise("upstream")
def test_upstream_cannot_clear_a_prefix(run_module: ModuleRunner, cloudtrail: Any, keys: dict[str, str]) -> None:
    cloudtrail.create_trail(Name=NAME, S3BucketName=BUCKET, S3KeyPrefix="trails")
    run_module.upstream("amazon.aws.cloudtrail", name=NAME, s3_bucket_name=BUCKET, s3_key_prefix="")
    assert seen(cloudtrail)["S3KeyPrefix"] == "trails"


@pytest.mark.promise("upstream")
def test_upstream_predicts_a_change_that_it_would_not_make_if_there_is_a_key(
    run_module: ModuleRunner, keys: dict[str, str]
) -> None:
    task = {"name": NAME, "s3_bucket_name": BUCKET, "kms_key_id": keys["key"]}
    run_module.upstream("amazon.aws.cloudtrail", **task)
    assert run_module.upstream("amazon.aws.cloudtrail", check=True, **task)["changed"]
    assert not run_module.upstream("amazon.aws.cloudtrail", **task)["changed"]
