# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Build the full record of a test event from base records and the keys in which it differs from them.

``rules/records.yml`` holds the base records. A ``records.yml`` in a folder of rules adds its own to them.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from ..validation.document import Document
from ..validation.problems import Place, ValidationError, describe, suggestion
from ..validation.structures import any_mapping, fields, list_of, one_or_many
from ..validation.types import Found, ValueType, string
from ..validation.yaml_document import read_document
from .record_shape import RECORD_KEYS, looks_like_cloudtrail

RECORDS_FILE = "records.yml"
TEST_KEYS = ("like", "without")
"""The keys of a test that build its event from base records, beside ``event``."""

_POSITIONS = {key: position for position, key in enumerate(RECORD_KEYS)}
_SHIPPED = Path(__file__).resolve().parents[3] / "rules" / RECORDS_FILE


@dataclass(frozen=True)
class Step:
    """One step to a record: keys to merge into it, then keys to remove, each as the path of its names."""

    event: Mapping[str, Any] = field(default_factory=dict, hash=False)
    without: tuple[tuple[str, ...], ...] = ()


_TIME = "2026-01-31T12:00:00Z"
_IDS = uuid.UUID("00000000-0000-4000-8000-000000000000")

Records = Mapping[str, tuple[Step, ...]]
"""The steps to each base record, by name."""


@lru_cache(maxsize=1)
def shipped_records() -> Records:
    """Return the base records of this collection. Raises ValidationError."""
    document = read_document(_SHIPPED)
    records = read_records(document, {})
    if document.problems:
        raise ValidationError(document.problems)
    return records


def read_records(document: Document, known: Records) -> Records:
    """Return the known base records and those of a document, to which problems are reported.

    A base record can build on any that comes before it, and replaces a known one of the same name.
    """
    records = dict(known)
    if not isinstance(document.value, Mapping):
        # What is not YAML is reported already.
        if not document.problems:
            document.add((), f"must be a mapping of names to base records, not {describe(document.value)}")
        return records
    step = fields({}, {"event": any_mapping("mapping"), **step_types(records)})
    for name, body in document.value.items():
        records[name] = build_steps(step.read(body, (name,), document), records)
    return records


def step_types(records: Records) -> dict[str, ValueType[Any]]:
    """Return the types of the TEST_KEYS; names of base records are looked up when a value is read."""

    def check(name: str) -> Found:
        return None if name in records else ("is not the name of a base record", suggestion(name, records))

    return {
        "like": one_or_many(string(check=check)).described("The base records that the event is built from, in order."),
        "without": list_of(string()).described("Paths of keys to remove, such as userIdentity.accessKeyId."),
    }


def build_steps(body: Mapping[str, Any], records: Records) -> tuple[Step, ...]:
    """Return the steps to the base records that a base record or a test names, then its own."""
    bases = [step for name in body.get("like", ()) for step in records.get(name, ())]
    return (*bases, Step(body.get("event", {}), tuple(tuple(path.split(".")) for path in body.get("without", ()))))


def build_event(body: Mapping[str, Any], records: Records, place: Place, document: Document) -> dict[str, Any]:
    """Return the full record of a test that has one of the TEST_KEYS."""
    *bases, own = build_steps(body, records)
    if looks_like_cloudtrail(build_record(bases)):
        bases.insert(0, _not_invented(build_record([*bases, own])))
    whole = build_record([*bases, Step(own.event)])
    for index, path in enumerate(own.without):
        if not _holds(whole, path):
            hint = suggestion(path[0], whole) if len(path) == 1 else ""
            document.add((*place, "without", index), f"the event has no {'.'.join(path)} to remove", hint)
    return build_record([*bases, own])


def _not_invented(record: Mapping[str, Any]) -> Step:
    """Return what a test need not invent: a time, ids that follow from the rest of the record, and the host."""
    text = json.dumps(record, sort_keys=True, default=str)
    ids = ("eventID", "requestID") if record.get("eventType") == "AwsApiCall" else ("eventID",)
    event: dict[str, Any] = {"eventTime": _TIME, **{key: str(uuid.uuid5(_IDS, key + text)) for key in ids}}
    if isinstance(record.get("tlsDetails"), Mapping):
        service, region = str(record.get("eventSource")).partition(".")[0], record.get("awsRegion")
        host = f"{service}.amazonaws.com" if service == "iam" else f"{service}.{region}.amazonaws.com"
        event["tlsDetails"] = {"clientProvidedHostHeader": host}
    return Step(event)


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
