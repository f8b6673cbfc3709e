"""Records are read from every common form of file."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from ansible_collections.secmon.aws.plugins.module_utils.forecast import records
from ansible_collections.secmon.aws.plugins.module_utils.forecast.records import (
    UnreadableFileError,
    list_files,
    read_records,
)

EVENT = {"eventSource": "iam.amazonaws.com", "eventName": "CreateUser", "eventTime": "2026-05-01T00:00:00Z"}
OTHER = EVENT | {"eventName": "DeleteUser"}
BOTH = [EVENT, OTHER]
FORMS: dict[str, str] = {
    "a log file of CloudTrail": json.dumps({"Records": BOTH}),
    "an indented log file": json.dumps({"Records": BOTH}, indent=2),
    "an array": json.dumps(BOTH),
    "an indented array": json.dumps(BOTH, indent=2),
    "lines of records": "\n".join(map(json.dumps, BOTH)) + "\n\n",
    "the answer of LookupEvents": json.dumps({"Events": [{"CloudTrailEvent": json.dumps(each)} for each in BOTH]}),
    "lines of log events": "\n".join(json.dumps({"message": json.dumps(each)}) for each in BOTH),
}


def names(path: Path) -> list[str]:
    return [record["eventName"] for record, _size in read_records(path)]


@pytest.mark.parametrize("pack", [lambda data: data, gzip.compress], ids=["plain", "compressed"])
@pytest.mark.parametrize("form", FORMS)
def test_every_form_has_both_records(tmp_path: Path, form: str, pack: Callable[[bytes], bytes]) -> None:
    path = tmp_path / "file.json"
    path.write_bytes(pack(FORMS[form].encode()))
    assert names(path) == ["CreateUser", "DeleteUser"]


def test_sizes_add_up_to_the_document(tmp_path: Path) -> None:
    path = tmp_path / "file.json"
    path.write_text(FORMS["a log file of CloudTrail"])
    assert abs(sum(size for _record, size in read_records(path)) - path.stat().st_size) <= 1


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"no JSON", "neither JSON nor lines of JSON"),
        (b"\xff\xfe", "neither JSON nor lines of JSON"),
        (json.dumps(EVENT).encode() + b"\n{cut", "a line is not JSON"),
        (gzip.compress(json.dumps([EVENT] * 99).encode())[:-20], "the file is damaged"),
    ],
)
def test_a_file_without_records_says_why(tmp_path: Path, content: bytes, reason: str) -> None:
    path = tmp_path / "file.json"
    path.write_bytes(content)
    with pytest.raises(UnreadableFileError, match=reason):
        names(path)


def test_a_document_that_does_not_fit_into_memory_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "file.json"
    monkeypatch.setattr(records, "MOST_BYTES", 1000)
    for text in (json.dumps([EVENT] * 20), json.dumps([EVENT] * 20, indent=1)):
        path.write_bytes(gzip.compress(text.encode()))
        with pytest.raises(UnreadableFileError, match=r"longer than|neither"):
            names(path)


def test_digests_and_other_files_are_left_out(tmp_path: Path) -> None:
    kept = "AWSLogs/1/CloudTrail/us-east-1/2026/05/01/1_CloudTrail_us-east-1_20260501T0000Z_a.json.gz"
    digest = "AWSLogs/1/CloudTrail-Digest/us-east-1/2026/05/01/1_CloudTrail-Digest_us-east-1_t.json.gz"
    for name in (kept, digest, "README.md"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    assert [file.name for file in list_files(tmp_path)] == [kept]
