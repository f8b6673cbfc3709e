# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Check the bucket that is to receive access logs: S3 takes any of the account, and then delivers nothing.

Sources: S3 user guide, "Enabling Amazon S3 server access logging"; that S3 does not look at the policy is a recorded
answer of AWS (2026-02).
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from ..core.account import Account
from ..core.errors import AwsError
from ..core.policy_evaluation import Caller, Request, evaluate
from .reads import Bucket

NO_ACCESS_LOG = (
    "The access_log_bucket must exist in the same account and region, and its policy must allow"
    " logging.s3.amazonaws.com s3:PutObject. amazon.aws.s3_bucket creates both."
)
_WITH_LISTS = ("BucketOwnerPreferred", "ObjectWriter")
"""Ownership with access control lists, by which a bucket can admit the log delivery group instead."""


def access_log_problems(account: Account, source: str, target: str) -> Iterator[str]:
    """Yield a problem if the target certainly refuses the access logs of a bucket; none if it may not be read."""
    bucket = Bucket(account, target)
    try:
        policy = json.loads(bucket.setting("GetBucketPolicy").get("Policy") or "{}")
        if not _refuses(policy, bucket, source):
            return
        rules = bucket.setting("GetBucketOwnershipControls").get("OwnershipControls", {}).get("Rules", [{}])
    except AwsError as error:
        if error.code == "NoSuchBucket":
            yield f"Bucket {target} does not exist. {NO_ACCESS_LOG}"
        elif not error.is_denial:
            raise
        return
    if rules[0].get("ObjectOwnership") not in _WITH_LISTS:
        yield f"Bucket {target} does not take the access logs of bucket {source}. {NO_ACCESS_LOG}"


def _refuses(policy: dict[str, object], bucket: Bucket, source: str) -> bool:
    place = bucket.account.place
    context = {"aws:SourceAccount": place.account, "aws:SourceArn": f"arn:{place.partition}:s3:::{source}"}
    caller = Caller(service="logging.s3.amazonaws.com")
    asked = Request("s3:PutObject", f"{bucket.arn}/{source}/log", caller, context, whole_context=False)
    refuses: bool = evaluate([policy], asked).refuses
    return refuses
