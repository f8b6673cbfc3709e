# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Read the records of an external scenario, such as an attack: files of CloudTrail records, in order."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from ...core.problems import RequestError
from .events import Event

ENDINGS = (".json", ".jsonl", ".ndjson", ".json.gz", ".jsonl.gz")
_MOST_RECORDS = 10_000


def read_scenario(folder: Path) -> list[Event]:
    """Return the records of the files of a folder, in the order of the files' names and of the records in them.

    A file holds one record, a list of records, a log file of CloudTrail (``{"Records": [...]}``), or one record a line.

    Raises:
        RequestError: The folder has no such file, or a file has something else.
    """
    files = sorted(path for path in folder.glob("*") if path.name.endswith(ENDINGS)) if folder.is_dir() else []
    if not files:
        endings = ", ".join(ENDINGS)
        raise RequestError([f"{folder} is not a folder with files of CloudTrail records ({endings})."])
    events = [event for path in files for event in _events_of(path)]
    if len(events) > _MOST_RECORDS:
        raise RequestError([f"{folder} has {len(events)} records; a drill sends at most {_MOST_RECORDS}."])
    return events


def _events_of(path: Path) -> Iterator[Event]:
    content = path.read_bytes()
    text = (gzip.decompress(content) if path.name.endswith(".gz") else content).decode("utf-8")
    try:
        records = list(_records(text, path))
    except ValueError as error:
        raise RequestError([f"{path} is neither JSON nor JSON lines: {error}."]) from error
    for number, record in enumerate(records, 1):
        if not isinstance(record, dict) or "eventName" not in record:
            raise RequestError([f"{path}: entry {number} is not a record of CloudTrail, since it has no eventName."])
        yield Event("", f"{path.name}:{number} {record['eventName']}", json.dumps(record, ensure_ascii=False))


def _records(text: str, path: Path) -> Iterable[Any]:
    if "jsonl" in path.name or "ndjson" in path.name:
        return [json.loads(line) for line in text.splitlines() if line.strip()]
    value = json.loads(text)
    if isinstance(value, dict) and isinstance(value.get("Records"), list):
        found: list[Any] = value["Records"]
        return found
    return value if isinstance(value, list) else [value]
