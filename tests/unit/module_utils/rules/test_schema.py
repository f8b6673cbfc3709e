from __future__ import annotations

import json
from typing import Any

import pytest
from ansible_collections.secmon.aws.plugins.module_utils.validation.problems import ValidationError

from tests.unit.module_utils.rules.rule_builders import (
    narrowed_body,
    rule_body,
    rule_from,
)
from tools.rule_schema import FILE, schema


def test_the_schema_file_is_up_to_date() -> None:
    assert FILE.read_text() == schema(), "run python tools/rule_schema.py"


def changed(path: tuple[str, ...], value: Any) -> dict[str, Any]:
    body = narrowed_body()
    target = body
    for key in path[:-1]:
        target = target[key]
    target[path[-1]] = value
    return body


BODIES = [
    (rule_body(), True),
    (narrowed_body(), True),
    (changed(("parameters", "secret", "value"), ["a", "b"]), True),
    (changed(("parameters", "secret", "value"), None), True),
    (changed(("metric", "value"), 1), True),
    (changed(("tests",), [{"name": "a", "match": True, "like": ["iam", "user"], "without": ["tlsDetails"]}]), True),
    (changed(("tests",), [{"name": "a", "match": True, "likes": "user"}]), False),
    (changed(("tests",), [{"name": "a", "match": True}]), False),
    (changed(("id",), "A"), False),
    (changed(("severity",), "urgent"), False),
    (changed(("extra",), 1), False),
    (changed(("title",), ""), False),
    (changed(("tests",), []), False),
    (changed(("metric", "namespace"), "AWS/x"), False),
    (changed(("metric", "dimensions"), {"A": "$.eventName"}), False),
    (changed(("metric", "unit"), "count"), False),
    (changed(("alarm", "period_seconds"), 90), False),
    (changed(("alarm", "extended_statistic"), "p99"), False),
    (changed(("alarm", "statistic"), "sum"), False),
    (changed(("references", "cis"), {"v5.0": 4.1}), False),
    (changed(("parameters", "secret", "type"), "arn"), False),
    (changed(("parameters", "secret", "samples"), []), False),
]


@pytest.mark.parametrize(("body", "valid"), BODIES)
def test_schema_and_reader_agree_on_examples(body: dict[str, Any], valid: bool) -> None:
    jsonschema = pytest.importorskip("jsonschema")
    validator = jsonschema.Draft202012Validator(json.loads(schema()))
    assert validator.is_valid(body) is valid
    try:
        rule_from(body)
    except ValidationError:
        assert not valid
    else:
        assert valid
