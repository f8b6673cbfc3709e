# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Name the folders of log files.

CloudTrail writes below ``AWSLogs/ACCOUNT/CloudTrail``, and for an organization trail below ``AWSLogs/ORGANIZATION/``
(CloudTrail user guide, "Finding your CloudTrail log files").
"""

from __future__ import annotations

from collections.abc import Iterable


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
