# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Find objects in a log bucket that are not log files of its trails, with a few calls however many log files there are.

Other services share the folder of the account in which CloudTrail writes.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from .reads import Bucket

_SHOWN = 3


def other_objects(bucket: Bucket, folders: Collection[str]) -> list[str]:
    """Return a few keys and folders, of any version, that are not log files."""
    found: dict[str, None] = {}
    for name in _others(bucket, "", folders):
        found[name] = None  # each version has the same key
        if len(found) == _SHOWN:
            break
    return list(found)


def _others(bucket: Bucket, prefix: str, folders: Collection[str]) -> Iterator[str]:
    for name in bucket.entries(prefix):
        if any(name.startswith(folder) for folder in folders):
            continue
        if not name.endswith("/") or not any(folder.startswith(name) for folder in folders):
            yield name
        elif name != prefix:
            yield from _others(bucket, name, folders)
