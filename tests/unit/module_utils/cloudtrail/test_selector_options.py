"""Selectors are compared by the events that they select, independent of form and order."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.secmon.aws.plugins.module_utils.cloudtrail.selection import DEFAULT, Selectors, selection_of
from ansible_collections.secmon.aws.plugins.module_utils.cloudtrail.selector_options import (
    described_selectors,
    desired_selectors,
)
from hypothesis import given
from hypothesis import strategies as st

KMS, RDS = "kms.amazonaws.com", "rdsdata.amazonaws.com"
S3, LAMBDA = "AWS::S3::Object", "AWS::Lambda::Function"
MANAGEMENT = {"Field": "eventCategory", "Equals": ["Management"]}
DATA = {"Field": "eventCategory", "Equals": ["Data"]}
OBJECTS = {"Field": "resources.type", "Equals": [S3]}
READS = {"Field": "readOnly", "Equals": ["true"]}
WRITES = {"Field": "readOnly", "Equals": ["false"]}
NOT_KMS = {"Field": "eventSource", "NotEquals": [KMS]}
RUNS = {"Field": "eventName", "Equals": ["RunInstances"]}
NETWORK = [{"Field": "eventCategory", "Equals": ["NetworkActivity"]}, {"Field": "eventSource", "Equals": [KMS]}]


def basic(kind: str = "All", management: bool = True, excluded: tuple[str, ...] = (), **data: list[str]) -> Any:
    types = {"s3": S3, "lambdas": LAMBDA}
    return {
        "ReadWriteType": kind,
        "IncludeManagementEvents": management,
        "ExcludeManagementEventSources": list(excluded),
        "DataResources": [{"Type": types[key], "Values": values} for key, values in data.items()],
    }


def advanced(*fields: Any, name: str = "") -> Any:
    return {"Name": name, "FieldSelectors": list(fields)}


def with_basic(*selectors: Any) -> Selectors:
    return Selectors(basic=selectors)


def with_advanced(*selectors: Any) -> Selectors:
    return Selectors(advanced=selectors)


def arns(operator: str, *values: str) -> Any:
    return {"Field": "resources.ARN", operator: list(values)}


SAME = {
    "default and all management events": (DEFAULT, with_basic(basic())),
    "the default in both forms": (DEFAULT, with_advanced(advanced(MANAGEMENT, name="Management events selector"))),
    "reads and writes apart": (with_basic(basic("ReadOnly"), basic("WriteOnly")), DEFAULT),
    "reads and writes apart, advanced": (
        with_advanced(advanced(MANAGEMENT, READS), advanced(WRITES, MANAGEMENT)),
        DEFAULT,
    ),
    "both values of readOnly": (
        with_advanced(advanced(MANAGEMENT, {"Field": "readOnly", "Equals": ["true", "false"]})),
        DEFAULT,
    ),
    "an exclusion that another selector overrides": (with_basic(basic(excluded=(KMS,)), basic()), DEFAULT),
    "an exclusion in both forms": (with_basic(basic(excluded=(KMS,))), with_advanced(advanced(MANAGEMENT, NOT_KMS))),
    "objects in both forms": (
        with_basic(basic("WriteOnly", False, s3=["arn:aws:s3:::b/", "arn:aws:s3:::a/"])),
        with_advanced(advanced(DATA, OBJECTS, WRITES, arns("StartsWith", "arn:aws:s3:::a/", "arn:aws:s3:::b/"))),
    ),
    "all objects in four forms": (
        with_basic(basic(s3=["arn:aws:s3"])),
        with_advanced(advanced(MANAGEMENT), advanced(DATA, OBJECTS)),
    ),
    "all objects, in the older notation": (
        with_basic(basic(s3=["arn:aws:s3:::"])),
        with_basic(basic(s3=["arn:aws:s3"])),
    ),
    "all objects and one more": (
        with_basic(basic(s3=["arn:aws:s3", "arn:aws:s3:::a/"])),
        with_basic(basic(s3=["arn:aws:s3"])),
    ),
    "nothing, for reads and for all": (with_basic(basic("ReadOnly", False)), with_basic(basic("All", False))),
    "the same functions in one list and in two": (
        with_basic(basic(lambdas=["arn:aws:lambda:a"]), basic(lambdas=["arn:aws:lambda:b"])),
        with_basic(basic(lambdas=["arn:aws:lambda:b", "arn:aws:lambda:a"])),
    ),
}


@pytest.mark.parametrize(("one", "other"), SAME.values(), ids=list(SAME))
def test_equivalent_selectors_have_the_same_selection(one: Selectors, other: Selectors) -> None:
    assert selection_of(one) == selection_of(other)


OTHERS = {
    "writes only": with_basic(basic("WriteOnly")),
    "an exclusion": with_basic(basic(excluded=(RDS,))),
    "an exclusion for reads only": with_basic(basic("ReadOnly", excluded=(KMS,)), basic("WriteOnly")),
    "objects too": with_basic(basic(s3=["arn:aws:s3"])),
    "functions by prefix": with_advanced(
        advanced(DATA, {"Field": "resources.type", "Equals": [LAMBDA]}, arns("StartsWith", "arn:aws:lambda:a"))
    ),
    "one event": with_advanced(advanced(MANAGEMENT, RUNS)),
    "network activity": with_advanced(advanced(*NETWORK)),
    "nothing": with_basic(basic("All", False)),
}


@pytest.mark.parametrize("other", OTHERS.values(), ids=list(OTHERS))
def test_other_selectors_differ_from_the_default(other: Selectors) -> None:
    assert selection_of(other) != selection_of(DEFAULT)


def desired(found: Selectors, **params: Any) -> Selectors:
    return desired_selectors(params, found, "aws")


@pytest.mark.parametrize("found", [DEFAULT, *OTHERS.values()], ids=["default", *OTHERS])
def test_keeps_the_current_selectors_without_options(found: Selectors) -> None:
    assert desired(found) is found


def test_an_exclusion_alone_keeps_the_rest_of_basic_selectors() -> None:
    found = with_basic(basic("WriteOnly", s3=["arn:aws:s3:::a/"]), basic("ReadOnly", False, lambdas=["arn:aws:lambda"]))
    assert desired(found, exclude_management_event_sources=[KMS]).basic == (
        basic("ReadOnly", False, lambdas=["arn:aws:lambda"]),
        basic("WriteOnly", excluded=(KMS,), s3=["arn:aws:s3:::a/"]),
    )


def test_an_exclusion_alone_keeps_advanced_conditions() -> None:
    found = with_advanced(advanced(MANAGEMENT), advanced(*NETWORK, name="KMS through the endpoint"))
    after = desired(found, exclude_management_event_sources=[KMS])
    assert selection_of(after) == selection_of(with_advanced(advanced(MANAGEMENT, NOT_KMS), advanced(*NETWORK)))
    assert "KMS through the endpoint" in [selector.get("Name") for selector in after.advanced]


def test_an_exclusion_applies_to_narrower_advanced_management_selectors() -> None:
    after = desired(with_advanced(advanced(MANAGEMENT, RUNS)), exclude_management_event_sources=[KMS])
    assert selection_of(after) == selection_of(with_advanced(advanced(MANAGEMENT, RUNS, NOT_KMS)))
    assert selection_of(desired(after, exclude_management_event_sources=[])) == selection_of(
        with_advanced(advanced(MANAGEMENT, RUNS))
    )


def test_management_events_replace_only_narrower_management_selectors() -> None:
    found = with_advanced(advanced(MANAGEMENT, RUNS), advanced(*NETWORK))
    after = desired(found, management_events="write")
    assert selection_of(after) == selection_of(with_advanced(advanced(MANAGEMENT, WRITES), advanced(*NETWORK)))


def test_data_resources_replace_narrower_data_selectors() -> None:
    found = with_advanced(advanced(MANAGEMENT), advanced(DATA, OBJECTS, RUNS))
    assert desired(found, data_resources=[]).basic == (basic(),)


def test_management_events_none_without_data_resources_selects_nothing() -> None:
    assert desired(DEFAULT, management_events="none").api() == {"EventSelectors": [basic("All", False)]}


def test_an_empty_list_clears_advanced_selectors() -> None:
    assert desired(with_advanced(advanced(MANAGEMENT, RUNS)), advanced_event_selectors=[]) == DEFAULT
    found = with_basic(basic("WriteOnly"))
    assert desired(found, advanced_event_selectors=[]) is found


OPTION = {"field_selectors": [{"field": "eventCategory", "equals": ["Management"]}]}


def test_keeps_the_name_of_an_advanced_selector_unless_set() -> None:
    found = with_advanced(advanced(MANAGEMENT, name="manual"))
    assert desired(found, advanced_event_selectors=[OPTION]) is found
    renamed = desired(found, advanced_event_selectors=[{**OPTION, "name": "managed"}])
    assert renamed.advanced == ({"Name": "managed", "FieldSelectors": [MANAGEMENT]},)


def test_converts_yaml_booleans_of_read_only() -> None:
    fields = [*OPTION["field_selectors"], {"field": "readOnly", "equals": ["False"]}]
    after = desired(DEFAULT, advanced_event_selectors=[{"field_selectors": fields}])
    assert selection_of(after) == selection_of(with_basic(basic("WriteOnly")))


def test_advanced_selectors_do_not_replace_equivalent_basic_ones() -> None:
    assert desired(DEFAULT, advanced_event_selectors=[OPTION]) is DEFAULT


sources = st.sets(st.sampled_from([KMS, RDS])).map(sorted)
values = st.lists(st.sampled_from(["arn:aws:s3", "arn:aws:s3:::a/", "arn:aws:s3:::b/"]), min_size=1, max_size=3)
resources = st.builds(dict, type=st.just(S3), values=values, events=st.sampled_from(["all", "read", "write"]))
basic_tasks = st.fixed_dictionaries(
    {},
    optional={
        "management_events": st.sampled_from(["all", "read", "write", "none"]),
        "exclude_management_event_sources": sources,
        "data_resources": st.lists(resources, max_size=3),
    },
)
basic_selectors = st.builds(
    lambda kind, management, excluded, s3: basic(kind, management, tuple(excluded), s3=s3),
    st.sampled_from(["All", "ReadOnly", "WriteOnly"]),
    st.booleans(),
    sources,
    values,
)
fields = st.sets(st.sampled_from(range(6)), max_size=4).map(
    lambda picked: [[READS, NOT_KMS, RUNS, OBJECTS, arns("StartsWith", "arn:aws:s3:::a/"), WRITES][i] for i in picked]
)
advanced_selectors = st.builds(
    lambda category, more, name: advanced(category, *more, name=name),
    st.sampled_from([MANAGEMENT, DATA, NETWORK[0]]),
    fields,
    st.sampled_from(["", "named"]),
)
found_selectors = st.one_of(
    st.just(DEFAULT),
    st.lists(basic_selectors, min_size=1, max_size=5).map(lambda found: Selectors(basic=tuple(found))),
    st.lists(advanced_selectors, min_size=1, max_size=4).map(lambda found: Selectors(advanced=tuple(found))),
)


@given(found_selectors, basic_tasks)
def test_applying_a_task_twice_changes_nothing(found: Selectors, task: dict[str, Any]) -> None:
    after = desired(found, **task)
    assert desired(after, **task) is after


@given(found_selectors, basic_tasks)
def test_the_result_differs_exactly_if_selectors_are_put(found: Selectors, task: dict[str, Any]) -> None:
    after = desired(found, **task)
    assert (described_selectors(after, "aws") == described_selectors(found, "aws")) == (after is found)


@given(found_selectors, basic_tasks)
def test_stays_within_the_quota_of_selectors(found: Selectors, task: dict[str, Any]) -> None:
    after = desired(found, **task)
    assert len(after.basic) + len(after.advanced) >= 1
    assert len(after.basic) <= 5
    assert not (after.basic and after.advanced)


@given(st.lists(basic_selectors, min_size=1, max_size=5), st.randoms())
def test_order_does_not_matter(selectors: list[Any], random: Any) -> None:
    shuffled = random.sample(selectors, len(selectors))
    assert described_selectors(with_basic(*selectors), "aws") == described_selectors(with_basic(*shuffled), "aws")


@given(found_selectors, st.lists(advanced_selectors, min_size=1, max_size=3))
def test_applying_advanced_selectors_twice_changes_nothing(found: Selectors, asked: list[Any]) -> None:
    options = described_selectors(Selectors(advanced=tuple(asked)), "aws")["advanced_event_selectors"]
    after = desired(found, advanced_event_selectors=options)
    assert desired(after, advanced_event_selectors=options) is after
    assert (described_selectors(after, "aws") == described_selectors(found, "aws")) == (after is found)
