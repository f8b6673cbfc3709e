"""Write rules/schema.json, which editors use, by noting what the reader of rules reads: python -m tools.rule_schema"""

# The methods of SchemaFields are those of Fields, where they are documented.
# ruff: noqa: D102

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from ansible_collections.secmon.aws.plugins.module_utils.rules import limits
from ansible_collections.secmon.aws.plugins.module_utils.rules.reader import read_fields
from ansible_collections.secmon.aws.plugins.module_utils.validation.document import Document
from ansible_collections.secmon.aws.plugins.module_utils.validation.fields import Fields
from ansible_collections.secmon.aws.plugins.module_utils.validation.strings import ANY_TEXT, TextKind

Schema = dict[str, Any]

PATH = Path(__file__).resolve().parent.parent / "rules/schema.json"
ANY_NAME = "*"
LONGEST_LINE = 140
HEAD = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "A detection rule of secmon.aws",
    "description": "One rule per file; the file's name is the rule's id.",
}
# What the reader does not ask of `Fields`, by the path of the key.
MORE: dict[str, Schema] = {
    "id": {"description": "The name of the rule and of its file: lower-case letters, digits and underscores."},
    "version": {"description": "Increase it when what the rule detects changes."},
    "title": {"description": "What happened, in one line."},
    "description": {"description": "One paragraph."},
    "compliance": {"description": "The pattern is a published text: it cannot be overridden and takes no parameters."},
    "pattern": {
        "description": 'A CloudWatch Logs filter pattern; a quoted "${name}" in a JSON pattern is a parameter.',
        "type": "string",
    },
    "runbook": {"description": "What to do, in steps."},
    "tests": {"minItems": 1},
    "metric": {
        "not": {
            "required": ["default_value", "dimensions"],
            "properties": {"default_value": {"type": "number"}, "dimensions": {"minProperties": 1}},
        }
    },
    "metric.namespace": {"not": {"pattern": f"^{limits.RESERVED_NAMESPACE_PREFIX}"}},
    "metric.value": {
        "description": "A number, or a selector in the pattern, such as $.detail.count or $bytes.",
        "type": ["string", "number"],
    },
    "metric.default_value": {"type": ["number", "null"]},
    "metric.dimensions": {
        "description": "Name to selector; not together with default_value.",
        "maxProperties": limits.MAX_DIMENSIONS,
    },
    "alarm": {"oneOf": [{"required": ["statistic"]}, {"required": ["extended_statistic"]}]},
    "alarm.period_seconds": {
        "maximum": limits.MAX_EVALUATION_SECONDS,
        "anyOf": [{"enum": list(limits.HIGH_RESOLUTION_PERIODS)}, {"multipleOf": 60}],
    },
    "references.cis": {"description": 'Benchmark version to control number, quoted: "4.10" is not 4.1.'},
    "parameters.*.samples": {"description": "The first is used unless a test sets its own value.", "minItems": 1},
    "parameters.*.value": {"description": "The value in use; a list means any of them."},
    "tests.*": {"anyOf": [{"required": ["event"]}, {"required": ["like"]}]},
    "tests.*.event": {
        "additionalProperties": True,
        "description": "A CloudTrail record, or how it differs from the base records; or a log line as a string.",
        "type": ["object", "string"],
        "minProperties": 1,
    },
    "tests.*.like": {"description": "The base records (see records.yml) that the event builds on; later ones win."},
    "tests.*.without": {"description": "Keys of the base records to remove, such as userIdentity.accessKeyId."},
    "tests.*.incidental": {
        "description": "Keys of the event that make no difference, such as eventTime.",
        "additionalProperties": True,
    },
    "tests.*.parameters": {"description": "Values for this test instead of the samples; null for none."},
}


def string(kind: TextKind) -> Schema:
    """Return the schema of a string of a kind."""
    if kind.shape:
        return {"type": "string", "pattern": f"^({kind.shape.pattern})$"}
    return {"type": "string", "minLength": 1, **({"maxLength": kind.longest} if kind.longest else {})}


class SchemaFields(Fields):
    """Keys without values: notes as a JSON Schema which keys the reader reads, and as what."""

    def __init__(self, path: str = "") -> None:
        """Begin with no key known."""
        super().__init__({ANY_NAME: None}, (), Document(""), absent=True)
        self.path = path
        self.schema: Schema = {"type": "object", "additionalProperties": False}

    def note(self, key: str, schema: Schema, required: bool, default: Any = None) -> Schema:
        """Note the schema of one key, and return it."""
        shown = {} if default in (None, "") else {"default": default}
        known = {**schema, **shown, **MORE.get(f"{self.path}{key}", {})}
        if key == ANY_NAME:
            self.schema["additionalProperties"] = known
        else:
            self.schema.setdefault("properties", {})[key] = known
            if required and key not in self.schema.setdefault("required", []):
                self.schema["required"].append(key)
        return known

    def text(self, key: str, kind: TextKind = ANY_TEXT, *, default: str | None = None) -> str:
        self.note(key, string(kind), default is None, default)
        return ""

    def optional_text(self, key: str, kind: TextKind = ANY_TEXT) -> str | None:
        self.note(key, string(kind), False)
        return None

    def choice(self, key: str, options: Iterable[str], *, default: str | None = None) -> str:
        self.note(key, {"enum": list(options)}, default is None, default)
        return ""

    def integer(self, key: str, *, default: int | None = None, smallest: int = 1) -> int:
        self.note(key, {"type": "integer", "minimum": smallest}, default is None, default)
        return smallest

    def optional_integer(self, key: str) -> int | None:
        self.note(key, {"type": "integer", "minimum": 1}, False)
        return None

    def number(self, key: str, *, required: bool = True) -> float | None:
        self.note(key, {"type": "number"}, required)
        return None

    def truth(self, key: str, *, default: bool | None = None) -> bool:
        self.note(key, {"type": "boolean"}, default is None, default)
        return False

    def texts(self, key: str, kind: TextKind = ANY_TEXT, *, required: bool = False) -> tuple[str, ...]:
        self.note(key, {"type": "array", "items": string(kind)}, required)
        return ()

    def text_or_texts(self, key: str, kind: TextKind = ANY_TEXT) -> tuple[str, ...]:
        several = {"type": "array", "items": string(kind)}
        self.note(key, {"anyOf": [string(kind), several, {"type": "null"}]}, False)
        return ()

    def mapping(self, key: str, *, required: bool = False) -> Fields:
        inner = SchemaFields(f"{self.path}{key}.")
        inner.schema = self.note(key, inner.schema, required)
        return inner

    def items(self, key: str) -> Iterator[Fields]:
        inner = SchemaFields(f"{self.path}{key}.*.")
        inner.schema |= MORE[f"{self.path}{key}.*"]
        self.note(key, {"type": "array", "items": inner.schema}, True)
        yield inner

    def check_name(self, key: str, kind: TextKind) -> None:
        self.schema["propertyNames"] = string(kind)

    def raw(self, key: str, *, required: bool = True) -> Any:
        self.note(key, {}, required)
        return ANY_NAME


def compact(value: Any, indent: str = "") -> str:
    """Write JSON with everything on one line that fits there."""
    text = json.dumps(value)
    if len(text) + len(indent) <= LONGEST_LINE or not isinstance(value, dict):
        return text
    inner = f"{indent}  "
    entries = (f"{inner}{json.dumps(key)}: {compact(entry, inner)}" for key, entry in value.items())
    return "{\n" + ",\n".join(entries) + f"\n{indent}}}"


def render() -> str:
    """Return the text of rules/schema.json."""
    rule = SchemaFields()
    read_fields(rule)
    return compact({**HEAD, **rule.schema}) + "\n"


if __name__ == "__main__":
    PATH.write_text(render(), encoding="utf-8")
