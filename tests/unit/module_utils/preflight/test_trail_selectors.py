"""Variables for event selectors are checked like the options of the module trail, and against the rules' trail."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.secmon.aws.plugins.module_utils.preflight.trail_selectors import trail_selector_problems

from tests.unit.module_utils.preflight.accounts import settings

OBJECTS = {"type": "AWS::S3::Object", "values": ["arn:aws:s3:::payroll/"]}
MANAGEMENT = {"field": "eventCategory", "equals": ["Management"]}
NOT_KMS = {"field": "eventSource", "not_equals": ["kms.amazonaws.com"]}


def problems(**values: Any) -> list[tuple[str, str]]:
    return [(name.removeprefix("secmon_"), problem) for name, problem in trail_selector_problems(settings(**values))]


def advanced(*fields: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"trail_advanced_event_selectors": [{"field_selectors": list(fields)}], "profile": "cis", **more}


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"trail_data_resources": [OBJECTS]},
        advanced(MANAGEMENT),
        advanced(MANAGEMENT, NOT_KMS, excluded_event_sources=["kms.amazonaws.com"]),
    ],
)
def test_accepts_valid_selectors(values: dict[str, Any]) -> None:
    assert problems(**values) == []


@pytest.mark.parametrize(
    ("values", "variable", "part"),
    [
        ({"trail_data_resources": [{**OBJECTS, "type": "AWS::S3::Bucket"}]}, "trail_data_resources", "Did you mean"),
        (advanced(NOT_KMS), "trail_advanced_event_selectors", "needs the field eventCategory"),
        (advanced(MANAGEMENT, trail_data_resources=[OBJECTS]), "trail_data_resources", "has no effect"),
        (advanced(MANAGEMENT, NOT_KMS), "trail_advanced_event_selectors", "secmon_excluded_event_sources: ['kms"),
        (
            advanced(MANAGEMENT, {"field": "readOnly", "equals": ["true"]}),
            "trail_advanced_event_selectors",
            "corresponds to secmon_management_events: read, but the rules are checked for all",
        ),
    ],
)
def test_reports_invalid_selectors(values: dict[str, Any], variable: str, part: str) -> None:
    found = problems(**values)
    assert [name for name, _problem in found] == [variable] * len(found)
    assert any(part in problem for _name, problem in found)
