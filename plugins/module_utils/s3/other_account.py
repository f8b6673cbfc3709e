# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Check a bucket of another account, such as a log archive, to which a trail is to deliver.

Source: CloudTrail user guide, "Receiving CloudTrail log files from multiple accounts": the bucket's policy names the
trails, and nothing else is needed in the account that owns it. So the policy need not be readable: CreateTrail checks
it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..core.account import Account
from ..core.errors import AwsError
from ..core.plan import Plan
from ..core.problems import require
from .reads import Bucket, answers_without_owner


def check_bucket_of(owner: str, account: Account, params: Mapping[str, Any]) -> Plan:
    """Return a plan without writes for a bucket of another account.

    Raises:
        RequestError: The bucket does not exist, has another owner, or is to be deleted.
    """
    bucket = Bucket(account, params["name"], owner)
    if params["state"] == "absent":
        require([f"Bucket {bucket.name} belongs to account {owner}, so it is never deleted. Nothing was changed."])
    results = {"log_bucket": {"name": bucket.name, "arn": bucket.arn}}
    try:
        if not bucket.exists():
            require([_absent(bucket)])
    except AwsError as error:
        if not error.is_denial:
            raise
        if answers_without_owner(account, bucket.name):
            require([_of_another(bucket)])
        return Plan({}, {}, results=results, warnings=(_unknown(bucket),))
    return Plan({}, {}, results=results)


def _absent(bucket: Bucket) -> str:
    return (
        f"Bucket {bucket.name} does not exist. Correct secmon_existing_log_bucket_name, or ask account {bucket.owner}"
        " to create it. As long as it does not exist, every account can take its name."
    )


def _of_another(bucket: Bucket) -> str:
    return (
        f"Bucket {bucket.name} exists, but account {bucket.owner} does not own it: the name is misspelt, or another"
        " account has taken it and would receive the log files. Nothing was changed. Correct"
        " secmon_existing_log_bucket_name or secmon_existing_log_bucket_owner."
    )


def _unknown(bucket: Bucket) -> str:
    return (
        f"Whether account {bucket.owner} owns the bucket {bucket.name} cannot be checked: the caller is not allowed"
        f" s3:ListBucket on {bucket.arn}. The trail can deliver to it if its policy allows that, which CreateTrail"
        f" checks. To have the owner checked, and the log files read, ask account {bucket.owner} to allow this caller"
        " s3:ListBucket and s3:GetObject."
    )
