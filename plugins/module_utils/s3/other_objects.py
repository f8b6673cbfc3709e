# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Find objects in a log bucket that are not log files of its trails, with a few calls however many log files there are.

CloudTrail writes below ``AWSLogs/ACCOUNT/CloudTrail``, and for an organization trail below ``AWSLogs/ORGANIZATION/``
(CloudTrail user guide, "Finding your CloudTrail log files"). Other services share the folder of the account.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from .reads import Bucket

_SHOWN = 3


def log_folders(prefix: str, accounts: Iterable[str], organization_id: str) -> list[str]:
    """Return what the keys of log files begin with.

    Args:
        prefix: The prefix before AWSLogs, or an empty string.
        accounts: The accounts of the trails.
        organization_id: The organization of an organization trail, or an empty string.
    """
    root = f"{prefix}/AWSLogs" if prefix else "AWSLogs"
    folders = [f"{root}/{account}/CloudTrail" for account in sorted(set(accounts))]
    return [*folders, f"{root}/{organization_id}/"] if organization_id else folders


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
