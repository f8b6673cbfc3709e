# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Read CloudTrail records from files of any common form, with bounded memory."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, cast

from ..filter_pattern.matching.document import parse_document
from ..rules.recording.records import records_inside

MOST_BYTES = 256 * 1024 * 1024
"""The longest document. CloudTrail's own files have at most some tens of MB; lines of records can be any number."""

SUFFIXES = (".json.gz", ".json", ".jsonl", ".jsonl.gz", ".ndjson", ".ndjson.gz", ".log.gz", ".log")
_GZIP = b"\x1f\x8b"
_DIGESTS = "CloudTrail-Digest"


class UnreadableFileError(ValueError):
    """A file has no CloudTrail records; the text says why."""


@dataclass(frozen=True)
class LogFile:
    """A file with records: its path below the folder, and its size in bytes."""

    name: str
    size: int


def list_files(folder: Path) -> list[LogFile]:
    """Return the files of a folder that can have records, sorted by name; digests have none."""
    found = (path for path in folder.rglob("*") if path.name.endswith(SUFFIXES) and path.is_file())
    named = ((path.relative_to(folder).as_posix(), path.stat().st_size) for path in found)
    return sorted((LogFile(name, size) for name, size in named if _DIGESTS not in name), key=lambda file: file.name)


def read_records(path: Path) -> Iterator[tuple[dict[str, Any], int]]:
    """Yield each record of a file, with the length of its document in bytes divided among the document's records.

    Raises UnreadableFileError or OSError.
    """
    with path.open("rb") as file:
        packed = file.read(2) == _GZIP
        file.seek(0)
        try:
            yield from _records(cast(BinaryIO, gzip.GzipFile(fileobj=file)) if packed else file)
        except (EOFError, gzip.BadGzipFile) as error:
            raise UnreadableFileError(f"the file is damaged: {error}") from error


def _records(stream: BinaryIO) -> Iterator[tuple[dict[str, Any], int]]:
    first = _line(stream)
    document = _document(first)
    if document is None:
        whole = first + stream.read(MOST_BYTES - len(first) + 1)
        document = _document(whole)
        if document is None or len(whole) > MOST_BYTES:
            raise UnreadableFileError("it is neither JSON nor lines of JSON" if document is None else _TOO_LONG)
        yield from _shared(document, len(whole))
        return
    yield from _shared(document, len(first))
    while line := _line(stream):
        document = _document(line)
        if document is not None:
            yield from _shared(document, len(line))
        elif line.strip():
            raise UnreadableFileError("a line is not JSON")


_TOO_LONG = f"a document is longer than {MOST_BYTES // 1024 // 1024} MB"


def _line(stream: BinaryIO) -> bytes:
    line = stream.readline(MOST_BYTES + 1)
    if len(line) > MOST_BYTES:
        raise UnreadableFileError(_TOO_LONG)
    return line


def _document(data: bytes) -> dict[str, Any] | None:
    """Parse a JSON object, or an array as the member Records of one."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None
    return parse_document(f'{{"Records":{text}}}' if text.lstrip().startswith("[") else text)


def _shared(document: dict[str, Any], size: int) -> Iterator[tuple[dict[str, Any], int]]:
    records = list(records_inside(document, parse_document))
    for record in records:
        yield record, size // len(records)
