"""A target gets the event, a part of it, a constant, or a filled-in template, as EventBridge documents it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from embedded_aws.events.input_transformer import target_input

EVENT: dict[str, Any] = {
    "version": "0",
    "id": "1",
    "detail-type": "AWS API Call via CloudTrail",
    "source": "aws.secretsmanager",
    "time": "2026-09-13T10:11:12Z",
    "resources": ["arn:one"],
    "detail": {"eventName": "GetSecretValue", "count": 2, "note": 'say "hi"', "items": [{"id": 7}], "none": None},
}


def received(**target: Any) -> str:
    return target_input(target, EVENT, "watch", "arn:rule")


def filled(template: str, **paths: str) -> str:
    return received(InputTransformer={"InputPathsMap": paths, "InputTemplate": template})


def test_a_plain_target_gets_the_whole_event() -> None:
    assert json.loads(received()) == EVENT


def test_a_constant_replaces_the_event() -> None:
    assert received(Input='{"a": 1}') == '{"a": 1}'


def test_a_path_selects_a_part() -> None:
    assert received(InputPath="$.detail.items[0].id") == "7"
    assert received(InputPath="$.detail['eventName']") == '"GetSecretValue"'
    assert received(InputPath="$.resources[0]") == '"arn:one"'


@pytest.mark.parametrize(
    ("template", "path", "result"),
    [
        ('"<x> was called"', "$.detail.eventName", '"GetSecretValue was called"'),
        ('{"name": <x>}', "$.detail.eventName", '{"name": "GetSecretValue"}'),
        ('{"count": <x>}', "$.detail.count", '{"count": 2}'),
        ('{"all": <x>}', "$.detail.items", '{"all": [{"id":7}]}'),
        ('"note: <x>"', "$.detail.note", '"note: say \\"hi\\""'),
        ('"one <x>"\n"two <x>"', "$.detail.count", '"one 2"\n"two 2"'),
        ('"<x>!"', "$.detail.missing", '"!"'),
        ('"<x>!"', "$.detail.eventName.deeper", '"!"'),
        ('"<y>!"', "$.detail.count", '"<y>!"'),
        ('"a \\" <x>"', "$.detail.eventName", '"a \\" GetSecretValue"'),
    ],
)
def test_a_template_is_filled_in(template: str, path: str, result: str) -> None:
    assert filled(template, x=path) == result


def test_the_reserved_names_need_no_path() -> None:
    assert filled('"<aws.events.rule-name> <aws.events.rule-arn>"') == '"watch arn:rule"'
    assert json.loads(filled("<aws.events.event.json>")) == EVENT
