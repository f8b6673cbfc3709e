# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Find one CloudTrail record in a file: a record, a log file, an answer of LookupEvents, or lines of records."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Callable, Iterator
from typing import Any


class NoRecordError(ValueError):
    """The text has no record that is asked for."""


def choose_record(content: str | bytes, event_id: str = "", event_name: str = "") -> dict[str, Any]:
    """Return the newest record with an id or a name, if one is given. Raises NoRecordError."""
    records = list(_records(content if isinstance(content, str) else _text(content)))
    wanted = [
        record
        for record in records
        if event_id in ("", record.get("eventID")) and event_name in ("", record.get("eventName"))
    ]
    if wanted:
        return max(wanted, key=lambda record: str(record.get("eventTime")))
    asked = " and ".join(f"{key} {value}" for key, value in (("eventID", event_id), ("eventName", event_name)) if value)
    raise NoRecordError(
        f"none of the {len(records)} CloudTrail records of the file has the {asked}"
        if records
        else "the file has no CloudTrail record: give it a record, a log file, or the answer of LookupEvents as JSON"
    )


def _text(content: bytes) -> str:
    """Return the text of a file, which CloudTrail compresses; empty if it is not text."""
    try:
        return (gzip.decompress(content) if content.startswith(b"\x1f\x8b") else content).decode("utf-8-sig")
    except (OSError, EOFError, zlib.error, UnicodeDecodeError):
        return ""


def _records(text: str) -> Iterator[dict[str, Any]]:
    try:
        documents = [json.loads(text)]
    except ValueError:
        documents = [_parsed(line) for line in text.splitlines()]
    for document in documents:
        yield from records_inside(document, _parsed)


def records_inside(document: Any, parse: Callable[[str], Any]) -> Iterator[dict[str, Any]]:
    """Yield the records in a parsed document; `parse` parses those that it holds as text, None if it cannot."""
    if isinstance(document, list):
        for entry in document:
            yield from records_inside(entry, parse)
    elif isinstance(document, dict):
        if "eventName" in document and "eventSource" in document:
            yield document
            return
        # An event of EventBridge holds the record as its detail.
        for key in ("Records", "Events", "events", "detail"):
            yield from records_inside(document.get(key), parse)
        # LookupEvents and FilterLogEvents hold the record as text.
        for key in ("CloudTrailEvent", "message"):
            if isinstance(document.get(key), str):
                yield from records_inside(parse(document[key]), parse)


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None
