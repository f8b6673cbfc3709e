"""The JSON Schema for editors says the same as the dataclasses and the reader."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.secmon.aws.plugins.module_utils.rules import limits, reader
from ansible_collections.secmon.aws.plugins.module_utils.rules.parameter_types import PARAMETER_TYPES
from ansible_collections.secmon.aws.plugins.module_utils.rules.rule import (
    Alarm,
    Metric,
    Parameter,
    References,
    Rule,
    RuleTest,
)
from ansible_collections.secmon.aws.plugins.module_utils.validation.errors import RuleError

from tests.unit.module_utils.rules.rule_builders import (
    narrowed_body,
    rule_body,
    rule_from,
)

SCHEMA = json.loads((Path(__file__).parents[4] / "rules" / "schema.json").read_text(encoding="utf-8"))
DEFS = SCHEMA["$defs"]
PARTS = [
    (SCHEMA, Rule, {"path", "template"}),
    (DEFS["metric"], Metric, set()),
    (DEFS["alarm"], Alarm, set()),
    (DEFS["references"], References, set()),
    (DEFS["parameter"], Parameter, {"name"}),
    (DEFS["test"], RuleTest, set()),
]


@pytest.mark.parametrize(("schema", "part", "elsewhere"), PARTS, ids=lambda value: getattr(value, "__name__", ""))
def test_the_keys_are_the_fields_of_the_dataclass(schema: dict[str, Any], part: Any, elsewhere: set[str]) -> None:
    fields = {field.name for field in dataclasses.fields(part)} - elsewhere
    assert schema["properties"].keys() == fields
    assert schema["additionalProperties"] is False


@pytest.mark.parametrize(("schema", "part", "elsewhere"), PARTS[:4], ids=lambda value: getattr(value, "__name__", ""))
def test_required_keys_and_defaults_are_those_of_the_dataclass(
    schema: dict[str, Any], part: Any, elsewhere: set[str]
) -> None:
    required, defaults = set(), {}
    for field in dataclasses.fields(part):
        if field.default is not dataclasses.MISSING:
            defaults[field.name] = field.default
        elif field.default_factory is dataclasses.MISSING:
            required.add(field.name)
    assert set(schema.get("required", ())) == required
    for name, value in schema["properties"].items():
        if isinstance(value.get("default"), str | int | bool):
            assert value["default"] == defaults[name]


def test_the_enumerations_are_the_same() -> None:
    alarm, metric = DEFS["alarm"]["properties"], DEFS["metric"]["properties"]
    assert SCHEMA["properties"]["severity"]["enum"] == list(limits.SEVERITIES)
    assert alarm["statistic"]["enum"] == list(limits.STATISTICS)
    assert alarm["comparison"]["enum"] == list(limits.COMPARISONS)
    assert alarm["missing_data"]["enum"] == list(limits.MISSING_DATA)
    assert alarm["period_seconds"]["anyOf"][0]["enum"] == list(limits.HIGH_RESOLUTION_PERIODS)
    assert sorted(metric["unit"]["enum"]) == sorted(limits.UNITS)
    assert DEFS["parameter"]["properties"]["type"]["enum"] == list(PARAMETER_TYPES)


def test_the_limits_are_the_same() -> None:
    top, metric = SCHEMA["properties"], DEFS["metric"]["properties"]
    assert top["title"]["maxLength"] == limits.MAX_TITLE_LENGTH
    assert top["description"]["maxLength"] == limits.MAX_DESCRIPTION_LENGTH
    assert top["runbook"]["maxLength"] == limits.MAX_RUNBOOK_LENGTH
    assert metric["value"]["maxLength"] == limits.MAX_METRIC_VALUE_LENGTH
    assert metric["dimensions"]["maxProperties"] == limits.MAX_DIMENSIONS
    assert metric["dimensions"]["propertyNames"]["maxLength"] == limits.MAX_DIMENSION_LENGTH
    assert DEFS["alarm"]["properties"]["period_seconds"]["maximum"] == limits.MAX_EVALUATION_SECONDS


def test_the_shapes_are_the_same() -> None:
    references = DEFS["references"]["properties"]
    pairs = [
        (SCHEMA["properties"]["id"]["pattern"], limits.ID_PATTERN),
        (SCHEMA["properties"]["filter_name"]["pattern"], limits.FILTER_NAME_PATTERN),
        (SCHEMA["properties"]["parameters"]["propertyNames"]["pattern"], limits.PARAMETER_NAME_PATTERN),
        (DEFS["metric"]["properties"]["name"]["pattern"], limits.METRIC_NAME_PATTERN),
        (DEFS["alarm"]["properties"]["extended_statistic"]["pattern"], limits.EXTENDED_STATISTIC_PATTERN),
        (references["mitre_attack"]["items"]["pattern"], reader._TECHNIQUE.shape),
        (references["cis"]["propertyNames"]["pattern"], reader._CIS_VERSION.shape),
        (references["cis"]["additionalProperties"]["pattern"], reader._CIS_CONTROL.shape),
        (references["security_hub"]["pattern"], reader._CONTROL.shape),
        (references["prowler"]["pattern"], reader._CHECK.shape),
        (references["links"]["items"]["pattern"], reader._LINK.shape),
    ]
    for written, shape in pairs:
        assert shape is not None
        assert written in (f"^{shape.pattern}$", f"^({shape.pattern})$")


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


@pytest.mark.parametrize(("body", "sound"), BODIES)
def test_schema_and_reader_agree_on_examples(body: dict[str, Any], sound: bool) -> None:
    jsonschema = pytest.importorskip("jsonschema")
    validator = jsonschema.Draft202012Validator(SCHEMA)
    validator.check_schema(SCHEMA)
    assert validator.is_valid(body) is sound
    try:
        rule_from(body)
    except RuleError:
        assert not sound
    else:
        assert sound
