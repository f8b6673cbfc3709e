# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Copy the log files of a trail from its bucket.

The keys are ``PREFIX/AWSLogs/[ORGANIZATION/]ACCOUNT/CloudTrail/REGION/YYYY/MM/DD/FILE`` (CloudTrail user guide,
"Finding your CloudTrail log files").
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from .reads import Bucket


def keys_of_days(
    bucket: Bucket,
    prefix: str,
    organization: str,
    accounts: Iterable[str],
    regions: Sequence[str],
    days: Sequence[date],
) -> Iterator[str]:
    """Yield the keys of the log files of some days, by account and region.

    Args:
        bucket: The bucket.
        prefix: The prefix before AWSLogs, or an empty string.
        organization: The organization of an organization trail, or an empty string.
        accounts: The accounts.
        regions: The regions; all that have files if it is empty.
        days: The days.
    """
    root = "/".join(part for part in (prefix, "AWSLogs", organization) if part)
    for account in accounts:
        folder = f"{root}/{account}/CloudTrail/"
        for region in regions or bucket.folders(folder):
            for day in days:
                yield from bucket.keys(f"{folder}{region}/{day:%Y/%m/%d}/", "")


def copy_object(bucket: Bucket, key: str, path: Path) -> None:
    """Copy an object to a file, which appears only when it is whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")

    def write(answer: dict[str, Any]) -> None:
        with part.open("wb") as file:
            shutil.copyfileobj(answer["Body"], file)

    bucket.read_object(key, write)
    part.replace(path)
