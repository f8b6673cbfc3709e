"""Athena's table of CloudTrail records in DuckDB, to which sqlglot translates the queries of Athena."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import duckdb
import sqlglot
from ansible_collections.secmon.aws.plugins.module_utils.engines.athena.columns import ARRAY, COLUMNS, JSON
from sqlglot import exp

# What json_extract_scalar of Trino gives for an object, an array or null; DuckDB's ->> gives their text.
_SCALAR = """create macro extract_scalar(document, path) as
case when json_type(document, path) in ('OBJECT', 'ARRAY', 'NULL') then null else document ->> path end"""


class AthenaTable:
    """The rows of records, numbered from 0."""

    def __init__(self, records: Iterable[dict[str, Any]], folder: Path) -> None:
        """Make a table of the records, through a file in a folder."""
        rows = [{"number": number} | _cell(record, COLUMNS) for number, record in enumerate(records)]
        file = folder / "records.json"
        file.write_text("\n".join(map(json.dumps, rows)))
        types = {"number": "int"} | {name: _type(kind) for name, kind in COLUMNS.items()}
        self._database = duckdb.connect()
        self._database.execute(_SCALAR)
        self._database.execute(f"create table cloudtrail_logs as from read_json('{file}', columns={types})")

    def matching(self, condition: str) -> set[int]:
        """Return the numbers of the rows for which a condition of Athena SQL is true."""
        tree = sqlglot.parse_one(f"select number from cloudtrail_logs where {condition}", read="athena")
        tree = tree.transform(
            lambda node: (
                exp.Anonymous(this="extract_scalar", expressions=[node.this, exp.Literal.string(_path(node))])
                if isinstance(node, exp.JSONExtractScalar)
                else node
            )
        )
        return {row[0] for row in self._database.execute(tree.sql(dialect="duckdb")).fetchall()}


def _path(node: exp.JSONExtractScalar) -> str:
    path: str = node.expression.sql(dialect="duckdb")[1:-1]
    return path.replace("''", "'")


def _cell(value: Any, kind: Any) -> Any:
    """Return what a column or field holds of a value of JSON."""
    if value is None:
        return None
    if kind == JSON:
        return json.dumps(value)
    if ARRAY in kind:
        return [_cell(each, kind[ARRAY]) for each in value]
    if not kind:
        return value if isinstance(value, str) else json.dumps(value)
    lower = {name.lower(): each for name, each in value.items()}
    return {name: _cell(lower.get(name), below) for name, below in kind.items()}


def _type(kind: Any) -> str:
    if kind == JSON or not kind:
        return "text"
    if ARRAY in kind:
        return f"{_type(kind[ARRAY])}[]"
    return f"struct({', '.join(f'{name} {_type(below)}' for name, below in kind.items())})"
