"""Test the plans of metric filters."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.secmon.aws.plugins.module_utils.core.plan import Plan, Write
from ansible_collections.secmon.aws.plugins.module_utils.core.problems import RequestError
from ansible_collections.secmon.aws.plugins.module_utils.logs.metric_filter import desired_filter, filter_of
from ansible_collections.secmon.aws.plugins.module_utils.logs.metric_filters import plan_absent, plan_present, scope_of
from ansible_collections.secmon.aws.plugins.module_utils.logs.ownership import Ownership, record_of
from hypothesis import given
from hypothesis import strategies as st

GROUP = "trail"
ARN = "arn:aws:logs:us-east-1:*:log-group:trail:*"
ITEM = {"name": "Reads", "pattern": "ERROR", "metric_namespace": "Ours", "metric_name": "Reads", "metric_value": "1"}
FOUND = {
    "filterName": "Reads",
    "filterPattern": "ERROR",
    "metricTransformations": [{"metricNamespace": "Ours", "metricName": "Reads", "metricValue": "1"}],
    "creationTime": 1,
    "applyOnTransformedLogs": False,
}

Group = dict[str, dict[str, Any]]

# Compiling patterns is slow and not under test here.


def params(*items: dict[str, Any], adopt: bool = False, purge_namespace: str | None = None) -> dict[str, Any]:
    return {
        "log_group_name": GROUP,
        "filters": list(items),
        "adopt": adopt,
        "purge_namespace": [purge_namespace] if purge_namespace else None,
        "validate_only": False,
    }


def present(options: dict[str, Any], found: Any, ownership: Ownership | None = None) -> Plan:
    """Return a plan; without `ownership`, this collection made all filters."""
    return plan_present({**options, "state": "present"}, found, ARN, ownership or all_made(found))


def absent(options: dict[str, Any], found: Any, ownership: Ownership | None = None) -> Plan:
    return plan_absent({**options, "state": "absent"}, found, ARN, ownership or all_made(found))


def all_made(found: Any) -> Ownership:
    return Ownership(alarmed=frozenset(own["filterName"] for own in found or ()))


def carried_out(writes: tuple[Write, ...], group: Group) -> Group:
    """Return what the group's filters are after these writes."""
    after = dict(group)
    for write in writes:
        name = write.parameters["filterName"]
        if write.operation == "DeleteMetricFilter":
            del after[name]
        else:
            after[name] = dict(write.parameters)
    return after


def listing(group: Group) -> list[dict[str, Any]]:
    return [group[name] for name in sorted(group)]


PATTERNS = st.sampled_from(["ERROR", "%a+%", "{ $.a = 1 }", "", "invalid: %[%"])
FIELDS = {
    "metricNamespace": st.sampled_from(["Ours", "Theirs"]),
    "metricName": st.sampled_from("XY"),
    "metricValue": st.sampled_from(["1", "$.a"]),
}
OPTIONAL = {
    "unit": st.sampled_from(["Count", "None"]),
    "defaultValue": st.sampled_from([0, 0.0, 1.5]),
    "dimensions": st.sampled_from([{}, {"A": "$.a"}]),
}
SURPLUS = {
    "applyOnTransformedLogs": st.booleans(),
    "fieldSelectionCriteria": st.sampled_from(["", '@aws.region = "us-east-1"']),
    "emitSystemFieldDimensions": st.sampled_from([[], ["@aws.account"]]),
}
METRICS = st.fixed_dictionaries(FIELDS, optional=OPTIONAL)
GROUPS = st.dictionaries(
    st.sampled_from("abcdefgh"),
    st.fixed_dictionaries(
        {"filterPattern": PATTERNS, "metricTransformations": st.lists(METRICS, min_size=1, max_size=2)},
        optional=SURPLUS,
    ),
).map(lambda group: {name: {**own, "filterName": name} for name, own in group.items()})
ITEMS = st.dictionaries(
    st.sampled_from("abcdefgh"),
    st.fixed_dictionaries(
        {
            "pattern": st.sampled_from(["ERROR", "%a+%", "%b+%"]),
            "metric_namespace": st.sampled_from(["Ours", "Theirs"]),
            "metric_name": st.sampled_from("XY"),
            "metric_value": st.just("1"),
        },
        optional={"unit": st.sampled_from(["", "None", "Bytes"]), "default_value": st.sampled_from(["", 0, "2"])},
    ),
).map(lambda items: [{**item, "name": name} for name, item in items.items()])


def planned(items: list[dict[str, Any]], group: Group, purge: str | None = "Ours") -> Plan | None:
    """Return the plan, or None where the group's quotas forbid it."""
    try:
        return present(params(*items, adopt=True, purge_namespace=purge), listing(group))
    except RequestError as refusal:
        assert "regular expression" in str(refusal)
        return None


@given(ITEMS, GROUPS)
def test_a_second_plan_is_empty(items: list[dict[str, Any]], group: Group) -> None:
    plan = planned(items, group)
    if plan:
        again = planned(items, carried_out(plan.writes, group))
        assert again is not None and not again.changed
        assert again.results["filters"] == plan.results["filters"]


@given(ITEMS, GROUPS, st.randoms(use_true_random=False))
def test_order_does_not_matter(items: list[dict[str, Any]], group: Group, random: Any) -> None:
    plan = planned(items, group)
    random.shuffle(items)
    names = list(group)
    random.shuffle(names)
    shuffled = planned(items, {name: group[name] for name in names})
    assert (plan is None) == (shuffled is None)
    if plan and shuffled:
        assert (shuffled.before, shuffled.after) == (plan.before, plan.after)


FIVE_OF_EIGHT = st.permutations("abcdefgh").map(lambda names: set(names[:5]))


@given(FIVE_OF_EIGHT, FIVE_OF_EIGHT, st.sets(st.sampled_from("abcdefgh")), st.randoms(use_true_random=False))
def test_never_exceeds_the_quota_of_regular_expressions(
    before: set[str], after: set[str], purged: set[str], random: Any
) -> None:
    patterns = {name: "%a+%" if name in before else "x" for name in "abcdefgh"}
    group = {name: {**FOUND, "filterName": name, "filterPattern": patterns[name]} for name in patterns}
    named = [name for name in "abcdefgh" if name not in purged]
    items = [{**ITEM, "name": name, "pattern": "%b+%" if name in after else "y"} for name in named]
    plan = planned(items, group)
    assert plan is not None
    for stage in plan.stages:
        writes = list(stage)
        random.shuffle(writes)
        for write in writes:
            group = carried_out((write,), group)
            assert sum(filter_of(own).has_regex for own in group.values()) <= 5
    assert set(group) == set(named)


@given(ITEMS, GROUPS)
def test_purges_only_filters_of_the_namespace(items: list[dict[str, Any]], group: Group) -> None:
    plan = planned(items, group)
    if plan:
        after = carried_out(plan.writes, group)
        named = {item["name"] for item in items}
        for name in set(group) - named:
            feeds = {metric["metricNamespace"] for metric in group[name]["metricTransformations"]}
            assert (name in after) == ("Ours" not in feeds)


@given(ITEMS, GROUPS)
def test_absent_deletes_exactly_the_named_filters(items: list[dict[str, Any]], group: Group) -> None:
    plan = absent(params(*items, adopt=True, purge_namespace="Ours"), listing(group))
    assert set(carried_out(plan.writes, group)) == set(group) - {item["name"] for item in items}


@pytest.mark.parametrize(
    ("manual", "described"),
    [
        ({"applyOnTransformedLogs": True}, {"apply_on_transformed_logs": True}),
        ({"metricTransformations": FOUND["metricTransformations"] * 2}, {"further_metrics"}),  # type: ignore[operator]
    ],
    ids=lambda value: next(iter(value)),
)
def test_resets_settings_that_the_collection_never_sets(manual: dict[str, Any], described: Any) -> None:
    plan = present(params(ITEM), [{**FOUND, **manual}])
    (write,) = plan.writes
    assert write.parameters == {"logGroupName": GROUP, **{key: FOUND[key] for key in list(FOUND)[:3]}}
    surplus = {key: value for key, value in plan.before["Reads"].items() if key not in plan.after["Reads"]}
    assert set(surplus) == set(described)
    assert not isinstance(described, dict) or surplus == described


@pytest.mark.parametrize(
    ("item", "criteria", "emitted"),
    [
        ({}, '@aws.region = "x"', ("@aws.account", "@aws.region")),
        ({"field_selection_criteria": "", "emit_system_field_dimensions": []}, "", ()),
        ({"emit_system_field_dimensions": ["@aws.region"]}, '@aws.region = "x"', ("@aws.region",)),
    ],
)
def test_keeps_sets_and_clears_system_fields(item: Any, criteria: str, emitted: tuple[str, ...]) -> None:
    fields = {
        "fieldSelectionCriteria": '@aws.region = "x"',
        "emitSystemFieldDimensions": ["@aws.region", "@aws.account"],
    }
    desired = desired_filter({**ITEM, **item}, filter_of({**FOUND, **fields}))
    assert (desired.field_selection_criteria, desired.emit_system_field_dimensions) == (criteria, emitted)


def test_a_filter_with_a_second_metric_in_the_namespace_is_managed_and_purged() -> None:
    second = {"metricNamespace": "Ours", "metricName": "Reads", "metricValue": "1"}
    found = [{**FOUND, "metricTransformations": [{**second, "metricNamespace": "Theirs"}, second]}]
    assert present(params(ITEM), found).results["updated"] == ["Reads"]
    assert present(params(purge_namespace="Ours"), found).results["removed"] == ["Reads"]


CHANGED = {**FOUND, "filterPattern": "OTHER"}
UNKNOWN = Ownership()
OWN_GROUP_ARN = "arn:aws:logs:us-east-1:123456789012:log-group:trail"


@pytest.mark.parametrize("plan", [present, absent])
def test_rejects_a_filter_that_others_made_unless_adopted(plan: Any) -> None:
    with pytest.raises(RequestError, match=r"metric Reads in namespace Ours, .* adopt: true"):
        plan(params(ITEM), [CHANGED], UNKNOWN)
    assert plan(params(ITEM, adopt=True), [CHANGED], UNKNOWN).changed


def test_a_filter_that_is_as_the_task_describes_it_counts_as_made_by_this_collection() -> None:
    assert not present(params(ITEM), [FOUND], UNKNOWN).changed
    assert absent(params(ITEM), [FOUND], UNKNOWN).results["removed"] == ["Reads"]


def test_a_filter_that_others_made_is_not_purged() -> None:
    purge = params({**ITEM, "name": "Other"}, purge_namespace="Ours")
    plan = present(purge, [FOUND], UNKNOWN)
    assert (plan.results["removed"], plan.results["created"]) == ([], ["Other"])
    assert any("metric filter Reads" in warning and "was kept" in warning for warning in plan.warnings)


@pytest.mark.parametrize(
    ("items", "found", "writes", "claimed", "purged"),
    [
        ([ITEM], [], True, {}, {}),
        ([ITEM], [FOUND], False, {}, {}),
        ([ITEM], [CHANGED], True, {"Reads": ("Ours", "Reads")}, {}),
        ([], [FOUND], True, {}, {"Reads": ("Ours", "Reads")}),
        # The alarm on the metric belongs to the task's filter.
        ([{**ITEM, "name": "Renamed"}], [FOUND], True, {}, {"Reads": None}),
    ],
)
def test_knows_whose_owner_matters(items: Any, found: Any, writes: bool, claimed: Any, purged: Any) -> None:
    scope = scope_of({**params(*items, purge_namespace="Ours"), "state": "present"}, found)
    assert (scope.writes, scope.claimed, scope.purged) == (writes, claimed, purged)


@pytest.mark.parametrize(
    ("item", "metric"), [(ITEM, ("Ours", "Reads")), ({"name": "Reads", "metric_value": "1"}, ("Theirs", "Reads"))]
)
def test_the_alarm_on_the_metric_of_the_task_shows_who_made_a_filter(item: Any, metric: Any) -> None:
    transformation = {**FOUND["metricTransformations"][0], "metricNamespace": "Theirs"}  # type: ignore[index]
    scope = scope_of({**params(item), "state": "absent"}, [{**FOUND, "metricTransformations": [transformation]}])
    assert scope.claimed == {"Reads": metric}


def records(plan: Plan) -> list[Any]:
    """Return the operations of a plan, with the recorded names in place of the tags."""
    tags = [write.parameters.get("tags") for write in plan.writes]
    made = [
        value and {name for name in ("Reads", "New", "Old") if Ownership(record=value).made(name)} for value in tags
    ]
    return [known if known is not None else write.operation for known, write in zip(made, plan.writes, strict=True)]


def test_records_new_filters_before_they_exist_and_forgets_purged_ones_afterwards() -> None:
    own = Ownership(OWN_GROUP_ARN, record_of(["Old", "Reads"]))
    found = [CHANGED, {**FOUND, "filterName": "Old"}]
    updated = present(params(ITEM), found, own)
    assert records(updated) == ["PutMetricFilter"]
    plan = present(params(ITEM, {**ITEM, "name": "New"}, purge_namespace="Ours"), found, own)
    assert records(plan) == [{"Old", "Reads", "New"}, *["PutMetricFilter"] * 2, "DeleteMetricFilter", {"Reads", "New"}]
    assert records(absent(params(ITEM), found, own)) == ["DeleteMetricFilter", {"Old"}]


def test_does_not_tag_a_log_group_of_others() -> None:
    plan = present(params(ITEM, {**ITEM, "name": "New"}), [CHANGED], Ownership(alarmed=frozenset({"Reads"})))
    assert records(plan) == ["PutMetricFilter"] * 2


def test_creates_filters_before_the_purge() -> None:
    plan = present(params({**ITEM, "name": "Renamed"}, purge_namespace="Ours"), [FOUND])
    assert [write.operation for write in plan.writes] == ["PutMetricFilter", "DeleteMetricFilter"]


def test_purges_first_in_a_full_group() -> None:
    full = [{**FOUND, "filterName": f"F{index:03}"} for index in range(100)]
    plan = present(params(ITEM, purge_namespace="Ours"), full)
    assert [write.operation for write in plan.writes] == ["DeleteMetricFilter"] * 100 + ["PutMetricFilter"]


@pytest.mark.parametrize("found", [None, []])
def test_plans_a_missing_group_like_an_empty_one_with_a_warning(found: Any) -> None:
    plan = present(params(ITEM), found)
    assert plan.results["created"] == ["Reads"]
    assert any("secmon.aws.log_group" in warning for warning in plan.warnings) == (found is None)
    assert "secmon.aws.log_group" in plan.writes[0].remedies["ResourceNotFoundException"]
    assert not absent(params(ITEM), found).changed


def test_warns_about_an_ambiguous_pattern_only_when_it_changes() -> None:
    contested = {**ITEM, "pattern": '{ $.a != "b" }', "metric_value": "$.size"}
    first = present(params(contested), [])
    assert any("is false when the property is missing" in warning for warning in first.warnings)
    assert any("does not name '$.size'" in warning for warning in first.warnings)
    there = listing(carried_out(first.writes, {}))
    assert present(params({**contested, "unit": "Count"}), there).warnings == ()


@pytest.mark.parametrize("pattern", ["a  b", " a b", "a b ", "a\tb", "a b\n"])
def test_a_difference_in_white_space_is_a_change(pattern: str) -> None:
    plan = present(params({**ITEM, "pattern": "a b"}), [{**FOUND, "filterPattern": pattern}])
    assert plan.writes[0].parameters["filterPattern"] == "a b"


@pytest.mark.parametrize(
    ("item", "default_value", "dimensions"),
    [
        ({}, 5.0, {}),
        ({"default_value": ""}, None, {}),
        ({"default_value": "0"}, 0.0, {}),
        ({"dimensions": {"A": "$.a"}}, None, {"A": "$.a"}),
        ({"dimensions": {}}, 5.0, {}),
    ],
)
def test_keeps_sets_and_clears_the_default_value(item: Any, default_value: Any, dimensions: Any) -> None:
    found = filter_of({**FOUND, "metricTransformations": [{"defaultValue": 5.0}]})
    desired = desired_filter({**ITEM, **item}, found)
    assert (desired.default_value, desired.dimensions) == (default_value, dimensions)


@pytest.mark.parametrize(
    ("item", "dimensions"),
    [({}, {"A": "$.a"}), ({"default_value": ""}, {"A": "$.a"}), ({"default_value": 0}, {}), ({"dimensions": {}}, {})],
)
def test_keeps_and_clears_dimensions(item: Any, dimensions: Any) -> None:
    found = filter_of({**FOUND, "metricTransformations": [{"dimensions": {"A": "$.a"}}]})
    assert desired_filter({**ITEM, **item}, found).dimensions == dimensions
