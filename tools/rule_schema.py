"""Write rules/schema.json from the types of the rule reader: python tools/rule_schema.py"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from ansible_collections.secmon.aws.plugins.module_utils.rules.reader import rule_type

FILE = Path(__file__).resolve().parent.parent / "rules/schema.json"
HEAD = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "A detection rule of secmon.aws",
    "description": "One rule per file; the file's name is the rule's id. Written by tools/rule_schema.py.",
}
WIDTH = 120


def schema() -> str:
    """Return the schema as JSON, with one line for each part that fits in one."""
    return _written({**HEAD, **rule_type({}).schema}, "") + "\n"


def _written(value: Any, indent: str) -> str:
    line = json.dumps(value)
    if not isinstance(value, dict) or len(indent) + len(line) <= WIDTH:
        return line
    inner = f"{indent}  "
    entries = (f"{inner}{json.dumps(key)}: {_written(entry, inner)}" for key, entry in value.items())
    return "{\n" + ",\n".join(entries) + f"\n{indent}}}"


if __name__ == "__main__":
    FILE.write_text(schema())
