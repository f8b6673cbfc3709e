"""The module trail and event selectors: setting, clearing and comparing them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.module_runner import ModuleRunner
from tests.support.trail_prerequisites import ARN, NAME, SIMPLE, read_trail

MANAGEMENT = {"field": "eventCategory", "equals": ["Management"]}
DATA = [{"field": "eventCategory", "equals": ["Data"]}, {"field": "resources.type", "equals": ["AWS::SNS::Topic"]}]
ADVANCED = {
    "advanced_event_selectors": [{"name": "management", "field_selectors": [MANAGEMENT]}, {"field_selectors": DATA}]
}


@pytest.fixture(autouse=True)
def _prerequisites(trail_keys: dict[str, str]) -> None:
    """Create the prerequisites of a trail."""


@pytest.mark.promise("changed")
def test_sets_and_clears_advanced_selectors(run_module: ModuleRunner, cloudtrail: Any) -> None:
    created = run_module.succeed(**SIMPLE, **ADVANCED)
    assert "AWS::SNS::Topic" in read_trail(cloudtrail)["advanced"]
    assert [selector["name"] for selector in created["trail"]["advanced_event_selectors"]] == ["", "management"]
    assert not run_module.succeed(**SIMPLE, **ADVANCED)["changed"]
    assert run_module.succeed(name=NAME, advanced_event_selectors=[])["changed"]
    assert read_trail(cloudtrail)["advanced"] == "[]"


@pytest.mark.promise("drift")
@pytest.mark.parametrize("name", ["", "renamed"])
def test_restores_the_name_of_a_selector(run_module: ModuleRunner, cloudtrail: Any, name: str) -> None:
    run_module.succeed(**SIMPLE, **ADVANCED)
    selectors = cloudtrail.get_event_selectors(TrailName=ARN)["AdvancedEventSelectors"]
    renamed = [{**selector, "Name": name} for selector in selectors]
    cloudtrail.put_event_selectors(TrailName=ARN, AdvancedEventSelectors=renamed)
    diff = run_module.succeed(**SIMPLE, **ADVANCED)["diff"]
    assert diff["before"]["advanced_event_selectors"] != diff["after"]["advanced_event_selectors"]
    assert '"management"' in read_trail(cloudtrail)["advanced"]


@pytest.mark.promise("unset_options")
def test_keeps_equivalent_advanced_selectors(run_module: ModuleRunner, cloudtrail: Any) -> None:
    task = {**SIMPLE, "exclude_management_event_sources": ["rdsdata.amazonaws.com", "kms.amazonaws.com"]}
    run_module.succeed(**task)
    fields = [
        {"Field": "eventSource", "NotEquals": ["kms.amazonaws.com", "rdsdata.amazonaws.com"]},
        {"Field": "eventCategory", "Equals": ["Management"]},
    ]
    cloudtrail.put_event_selectors(TrailName=ARN, AdvancedEventSelectors=[{"FieldSelectors": fields}])
    before = read_trail(cloudtrail)
    assert not run_module.succeed(**task)["changed"]
    assert read_trail(cloudtrail) == before


@pytest.mark.promise("unset_options")
def test_an_exclusion_alone_keeps_the_data_events(run_module: ModuleRunner, cloudtrail: Any) -> None:
    run_module.succeed(**SIMPLE, **ADVANCED)
    task = {"name": NAME, "exclude_management_event_sources": ["kms.amazonaws.com"]}
    assert run_module.succeed(**task)["trail"]["exclude_management_event_sources"] == ["kms.amazonaws.com"]
    assert "AWS::SNS::Topic" in read_trail(cloudtrail)["advanced"]
    assert not run_module.succeed(**task)["changed"]
    assert run_module.succeed(name=NAME, exclude_management_event_sources=[])["changed"]
    assert not run_module.succeed(name=NAME, management_events="all")["changed"]


@pytest.mark.promise("changed")
def test_a_new_trail_with_default_selectors_does_not_call_put_event_selectors(
    run_module: ModuleRunner, cloudtrail: Any
) -> None:
    calls = run_module.calls(lambda: run_module.succeed(**SIMPLE, management_events="all", data_resources=[]))
    assert "PutEventSelectors" not in [call["action"] for call in calls]
    assert not read_trail(cloudtrail)["HasCustomEventSelectors"]
