# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Validate the files of a trail in each region that has digests, and add up what was found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ..core.account import Account
from ..core.aws_names import leader_region
from ..core.errors import AwsError
from ..core.problems import sentence
from ..s3.reads import Bucket
from .digest_validation import Validation
from .digests import Tampering
from .reads import log_folder, trail_status

_SHOWN = 3


@dataclass
class Validated:
    """What was found in all regions.

    Attributes:
        regions: The regions that were validated.
        newest: The end of the newest digest of the task's region; None if it has none.
        status: The answer of GetTrailStatus in the task's region.
        digests, log_files: How many were checked.
        problems: The files that were tampered with, and missing digests.
        archived: The keys of the files in an archive storage class.
        warnings: What was not validated, and what to do.
    """

    regions: list[str] = field(default_factory=list)
    newest: datetime | None = None
    status: Mapping[str, Any] = field(default_factory=dict)
    digests: int = 0
    log_files: int = 0
    problems: list[Tampering] = field(default_factory=list)
    archived: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def add(self, validation: Validation) -> None:
        """Add what was found in one region."""
        self.regions.append(validation.account.region)
        self.digests += validation.digests
        self.log_files += validation.log_files
        self.problems += validation.problems
        self.archived += validation.archived


def validate(
    account: Account, trail: Mapping[str, Any], bucket_owner: str, start: datetime, end: datetime
) -> Validated:
    """Validate the digests that end between two times, in the region of the task first."""
    total = Validated()
    for region in _regions(account, trail, bucket_owner):
        validation = Validation(account.in_region(region), trail, bucket_owner)
        try:
            status = trail_status(validation.account, trail)
            newest = validation.run(start, end, status)
        except AwsError as error:
            # An organization may deny a region in which nothing is deployed.
            if region == account.region or not error.is_denial:
                raise
            why = f"{sentence(str(error))} {error.hint}".strip()
            total.warnings.append(f"The log files of region {region} were not validated: {why}")
            continue
        if region == account.region:
            total.newest, total.status = newest, status
        total.add(validation)
    if total.archived:
        total.warnings.append(_archived(total.archived, trail["S3BucketName"]))
    return total


def _regions(account: Account, trail: Mapping[str, Any], bucket_owner: str) -> list[str]:
    """Return the region of the task, and for a multi-region trail every other one that has or must have digests."""
    if not trail.get("IsMultiRegionTrail"):
        return [account.region]
    bucket = Bucket(account, trail["S3BucketName"], bucket_owner)
    found = bucket.folders(f"{log_folder(account, trail)}CloudTrail-Digest/")
    # IAM, STS and sign-ins are recorded in the leader region only.
    others = {*found, leader_region(account.region), trail.get("HomeRegion", account.region)} - {account.region}
    return [account.region, *sorted(others)]


def _archived(keys: list[str], bucket: str) -> str:
    shown = ", ".join(keys[:_SHOWN]) + (", ..." if len(keys) > _SHOWN else "")
    return (
        f"{len(keys)} files of the bucket {bucket} are in an archive storage class and were not checked ({shown}). This"
        " is no sign of a change. Restore them (aws s3api restore-object, for example with --restore-request Days=7),"
        " then run it again; or validate files before they are archived (archive_days of secmon.aws.log_bucket)."
    )
