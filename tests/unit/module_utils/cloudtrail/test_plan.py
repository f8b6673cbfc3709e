"""A plan brings any trail to the requested state; a second plan is empty."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.secmon.aws.plugins.module_utils.cloudtrail.plan import (
    choose_trail,
    plan_absent,
    plan_creation,
    plan_present,
)
from ansible_collections.secmon.aws.plugins.module_utils.cloudtrail.selection import Selectors
from ansible_collections.secmon.aws.plugins.module_utils.cloudtrail.state import Trail, desired_trail, settings_of
from ansible_collections.secmon.aws.plugins.module_utils.core.aws_names import Place
from ansible_collections.secmon.aws.plugins.module_utils.core.problems import RequestError
from hypothesis import given
from hypothesis import strategies as st

KEY_ID = "11111111-2222-3333-4444-555555555555"
PLACE = Place("aws-cn", "cn-north-1", "123456789012")
MARK = {"secmon:managed-by": "secmon.aws"}
GROUP = "arn:aws-cn:logs:cn-north-1:123456789012:log-group:x"
ROLE = "arn:aws-cn:iam::123456789012:role/x"


def mentioned(**options: Any) -> Any:
    return st.fixed_dictionaries({"name": st.just("audit"), "adopt": st.just(False)}, optional=options)


log_groups = st.sampled_from([{}, {"log_group_arn": GROUP, "log_group_role_arn": ROLE}, {"log_group_arn": ""}])
settings = mentioned(
    s3_bucket_name=st.sampled_from(["one", "two"]),
    s3_key_prefix=st.sampled_from(["", "p"]),
    sns_topic_name=st.sampled_from(["", "files", "arn:aws-cn:sns:cn-north-1:111111111111:files"]),
    multi_region=st.booleans(),
    log_file_validation=st.booleans(),
    kms_key_arn=st.sampled_from(["", f"arn:aws-cn:kms:cn-north-1:123456789012:key/{KEY_ID}"]),
    logging=st.booleans(),
    management_events=st.sampled_from(["all", "write"]),
    data_resources=st.lists(
        st.just({"type": "AWS::S3::Object", "values": ["arn:aws-cn:s3"], "events": "read"}), max_size=1
    ),
    insight_types=st.sets(st.sampled_from(["ApiCallRateInsight", "ApiErrorRateInsight"])).map(sorted),
    organization=st.booleans(),
    tags=st.dictionaries(st.sampled_from("abc"), st.sampled_from("12")),
    purge_tags=st.booleans(),
)
tasks = st.builds(lambda task, group: {**task, **group}, settings, log_groups)


def trail(**changes: Any) -> Trail:
    settings = settings_of({"S3BucketName": "one"})
    return Trail(**{"name": "audit", "place": PLACE, "settings": settings, "tags": MARK, **changes})


@given(tasks, tasks)
def test_a_second_plan_is_empty(earlier: dict[str, Any], task: dict[str, Any]) -> None:
    found = desired_trail(earlier, trail())
    plan = plan_present(task, found, {})
    again = plan_present(task, desired_trail(task, found), {})
    assert not again.changed
    assert plan.after == again.before == plan.results["trail"]


@given(tasks)
def test_a_second_plan_after_a_creation_is_empty(task: dict[str, Any]) -> None:
    task = {"s3_bucket_name": "one", **task}
    plan = plan_creation(task, [], PLACE)
    made = desired_trail(task, trail(settings=settings_of({}), tags={}, logging=plan.after["logging"]))
    assert plan.after == made.described()
    assert not plan_present(task, made, {}).changed
    assert plan.writes[0].operation == "CreateTrail"


@given(tasks)
def test_a_task_without_options_changes_nothing(earlier: dict[str, Any]) -> None:
    found = desired_trail(earlier, trail())
    assert not plan_present({"name": "audit", "adopt": False}, found, {}).changed


def test_sends_log_group_and_role_together() -> None:
    found = desired_trail({"log_group_arn": GROUP, "log_group_role_arn": ROLE}, trail())
    plan = plan_present({"name": "audit", "adopt": False, "log_group_role_arn": f"{ROLE}2"}, found, {})
    (update,) = plan.writes
    assert update.parameters == {
        "Name": found.arn,
        "CloudWatchLogsLogGroupArn": f"{GROUP}:*",
        "CloudWatchLogsRoleArn": f"{ROLE}2",
    }


def test_puts_selectors_before_insights_and_starts_logging_last() -> None:
    task = {
        "name": "audit",
        "s3_bucket_name": "one",
        "management_events": "write",
        "insight_types": ["ApiCallRateInsight"],
    }
    operations = [write.operation for write in plan_creation(task, [], PLACE).writes]
    assert operations == ["CreateTrail", "PutEventSelectors", "PutInsightSelectors", "StartLogging", "RemoveTags"]


def test_disables_insights_before_their_events() -> None:
    found = trail(insights=({"InsightType": "ApiCallRateInsight"},))
    task = {"name": "audit", "adopt": False, "management_events": "none", "insight_types": []}
    operations = [write.operation for write in plan_present(task, found, {}).writes]
    assert operations == ["PutInsightSelectors", "PutEventSelectors"]


def test_keeps_the_event_categories_of_insights() -> None:
    on_data = {"InsightType": "ApiErrorRateInsight", "EventCategories": ["Data"]}
    task = {"name": "audit", "adopt": False, "insight_types": ["ApiCallRateInsight", "ApiErrorRateInsight"]}
    (put,) = plan_present(task, trail(insights=(on_data,)), {}).writes
    assert put.parameters["InsightSelectors"] == [{"InsightType": "ApiCallRateInsight"}, on_data]


def test_existing_insights_without_events_do_not_block_other_changes() -> None:
    nothing = Selectors(basic=({"ReadWriteType": "All", "IncludeManagementEvents": False},))
    found = trail(insights=({"InsightType": "ApiCallRateInsight"},), selectors=nothing)
    assert plan_present({"name": "audit", "adopt": False, "tags": {"a": "1"}}, found, {}).changed


def description(home: str = "cn-north-1", organization: bool = False, account: str = "1") -> dict[str, Any]:
    arn = f"arn:aws-cn:cloudtrail:{home}:{account}:trail/audit"
    return {"Name": "audit", "HomeRegion": home, "IsOrganizationTrail": organization, "TrailARN": arn}


@pytest.mark.parametrize("organization", [True, False, None])
def test_chooses_between_two_trails_of_one_name_by_the_organization_option(organization: bool | None) -> None:
    listed = [description(organization=True, account="2"), description("cn-northwest-1"), description()]
    chosen = choose_trail({"name": "audit", "organization": organization}, listed, "cn-north-1")
    assert chosen is not None
    assert chosen["IsOrganizationTrail"] == bool(organization)


def test_rejects_a_shadow_trail_and_names_the_home_region() -> None:
    with pytest.raises(RequestError, match="region: cn-northwest-1"):
        choose_trail({"name": "audit"}, [description("cn-northwest-1")], "cn-north-1")


def test_deletes_by_arn() -> None:
    (delete,) = plan_absent({"adopt": False}, trail(), {}).writes
    assert (delete.operation, delete.parameters) == ("DeleteTrail", {"Name": trail().arn})


def test_five_trails_of_the_account_are_too_many_and_those_of_its_organization_are_not_counted() -> None:
    task = {"name": "audit", "s3_bucket_name": "logs", "tags": {}}
    own = [description(account=PLACE.account)] * 4
    theirs = description(organization=True, account="999999999999")
    assert plan_creation(task, [*own, theirs], PLACE).changed
    with pytest.raises(RequestError, match="5 trails in region cn-north-1"):
        plan_creation(task, [*own, own[0]], PLACE)
