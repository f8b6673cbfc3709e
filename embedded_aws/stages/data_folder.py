"""Keep a copy of every delivered log file in a directory, uncompressed, for people to look at."""

from __future__ import annotations

import gzip
from pathlib import Path


def mirror_log_file(folder: Path, bucket: str, key: str, body: bytes) -> Path | None:
    """Write a gzip file as plain JSON to FOLDER/BUCKET/KEY, without the suffix ``.gz``, and return its path.

    A key that would lead out of the bucket's folder, by a prefix such as ``../..``, is not written, and None returned.
    """
    path = (folder / bucket / key.removesuffix(".gz")).resolve()
    if not path.is_relative_to((folder / bucket).resolve()):
        return None
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.decompress(body))
    return path
