"""The data directory contains log files as JSON, and nothing is written outside of it."""

from __future__ import annotations

import gzip
from pathlib import Path

from embedded_aws.cloudtrail.delivery.bucket import copy_log_file

BODY = gzip.compress(b'{"Records":[]}')


def test_a_file_is_copied_to_bucket_and_key(tmp_path: Path) -> None:
    path = copy_log_file(tmp_path, "bucket", "AWSLogs/1/file.json.gz", BODY)
    assert path == tmp_path / "bucket" / "AWSLogs" / "1" / "file.json"
    assert path.read_bytes() == b'{"Records":[]}'


def test_a_prefix_cannot_leave_the_directory(tmp_path: Path) -> None:
    assert copy_log_file(tmp_path / "data", "bucket", "../../AWSLogs/1/file.json.gz", BODY) is None
    assert list(tmp_path.iterdir()) == []
