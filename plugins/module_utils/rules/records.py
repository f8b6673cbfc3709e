# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Build the full record of a test event from base records and the keys in which it differs from them.

``rules/records.yml`` holds the base records. A ``records.yml`` in a folder of rules adds its own to them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from ..validation.document import Document, Place
from ..validation.errors import RuleError, suggestion
from ..validation.fields import Fields
from ..validation.yaml_document import read_document
from .record_shape import RECORD_KEYS

RECORDS_FILE = "records.yml"
TEST_KEYS = ("like", "without", "incidental")
"""The keys of a test that build its event from base records, beside ``event``."""

_POSITIONS = {key: position for position, key in enumerate(RECORD_KEYS)}
_SHIPPED = Path(__file__).resolve().parents[3] / "rules" / RECORDS_FILE


@dataclass(frozen=True)
class Step:
    """One step to a record: keys to merge into it, then keys to remove, each as the path of its names."""

    event: Mapping[str, Any] = field(default_factory=dict, hash=False)
    without: tuple[tuple[str, ...], ...] = ()


Records = Mapping[str, tuple[Step, ...]]
"""The steps to each base record, by name."""


@lru_cache(maxsize=1)
def shipped_records() -> Records:
    """Return the base records of this collection. Raises RuleError."""
    document = read_document(_SHIPPED)
    records = read_records(document, {})
    if document.problems:
        raise RuleError(document.problems)
    return records


def read_records(document: Document, known: Records) -> Records:
    """Return the known base records and those of a document; its problems are then in the document.

    A base record can build on any that comes before it, and replaces a known one of the same name.
    """
    records = dict(known)
    if document.problems or not isinstance(document.value, Mapping):
        document.add((), "this must be a mapping of names to base records")
        return records
    names = Fields(document.value, (), document)
    for name in names.values:
        fields = names.mapping(name, required=True)
        records[name] = read_steps(fields, records)
        fields.finish()
    return records


def read_event(fields: Fields, records: Records) -> dict[str, Any]:
    """Return the full record of a test that has one of the TEST_KEYS."""
    *bases, own = read_steps(fields, records)
    whole = build_record([*bases, Step(own.event)])
    for index, path in enumerate(own.without):
        if not _holds(whole, path):
            hint = suggestion(path[0], whole) if len(path) == 1 else ""
            fields.document.add((*fields.place, "without", index), f"the event has no {'.'.join(path)} to remove", hint)
    return build_record([*bases, own])


def read_steps(fields: Fields, records: Records) -> tuple[Step, ...]:
    """Read the keys of a base record or a test: first the steps to the named base records, then its own."""
    steps: list[Step] = []
    for index, name in enumerate(fields.text_or_texts("like")):
        if name in records:
            steps += records[name]
        else:
            place: Place = (*fields.place, "like", *([index] if isinstance(fields.values["like"], list) else []))
            fields.document.add(place, f"no base record is named {name!r}", suggestion(name, records))
    event = _merge(fields.mapping("event").values, fields.mapping("incidental").values)
    return (*steps, Step(event, tuple(tuple(path.split(".")) for path in fields.texts("without"))))


def build_record(steps: Iterable[Step]) -> dict[str, Any]:
    """Return the record with its keys in the order in which CloudTrail writes them.

    Mappings are merged; any other value, also null, replaces that of the base record.
    """
    record: dict[str, Any] = {}
    for step in steps:
        record = _merge(record, step.event)
        for path in step.without:
            record = _remove(record, path)
    return dict(sorted(record.items(), key=lambda item: _POSITIONS.get(item[0], len(_POSITIONS))))


def _merge(base: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(base)
    for key, value in changes.items():
        present = merged.get(key)
        if isinstance(value, Mapping) and isinstance(present, Mapping):
            merged[key] = _merge(present, value)
        else:
            merged[key] = value
    return merged


def _remove(record: Mapping[str, Any], path: tuple[str, ...]) -> dict[str, Any]:
    """Return the record without the key at the end of a path; a key that does not exist is ignored."""
    key, *inner = path
    kept = dict(record)
    if not inner:
        kept.pop(key, None)
    elif isinstance(kept.get(key), Mapping):
        kept[key] = _remove(kept[key], tuple(inner))
    return kept


def _holds(record: Any, path: tuple[str, ...]) -> bool:
    for key in path:
        if not isinstance(record, Mapping) or key not in record:
            return False
        record = record[key]
    return True
