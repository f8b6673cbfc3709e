"""Access logging of a bucket: moto 5.2.5 asks for permissions that S3 does not check, and has other errors.

S3 takes a target whose policy does not allow the delivery; the files then do not arrive. Source: recorded answers of
AWS in LocalStack's tests test_s3, as of 2026-02.
"""

from __future__ import annotations

from typing import Any

from moto.s3.models import s3_backends

from embedded_aws.core.call import Call
from embedded_aws.core.errors import AwsError
from embedded_aws.core.overrides import override
from embedded_aws.core.state import State
from embedded_aws.s3.buckets import bucket_of

_DEFAULT_REGION = "us-east-1"


@override("s3", "PutBucketLogging")
def put_bucket_logging(_state: State, call: Call) -> dict[str, Any]:
    """Store the target, which must exist in the account and region of the bucket."""
    bucket = bucket_of(call)
    enabled = (call.parameters.get("BucketLoggingStatus") or {}).get("LoggingEnabled") or {}
    if enabled:
        name = str(enabled.get("TargetBucket"))
        target = s3_backends[bucket.account_id][bucket.partition].buckets.get(name)
        if target is None:
            text = "The target bucket for logging does not exist"
            raise AwsError("InvalidTargetBucketForLogging", text, 400, {"TargetBucket": name})
        if target.region_name != bucket.region_name:
            places = {"SourceBucketLocation": bucket.region_name, "TargetBucketLocation": target.region_name}
            if bucket.region_name == _DEFAULT_REGION:
                del places["SourceBucketLocation"]
            # The spelling is S3's.
            raise AwsError("CrossLocationLoggingProhibitted", "Cross S3 location logging not allowed. ", 403, places)
    bucket.logging = enabled and {**enabled, "TargetPrefix": enabled.get("TargetPrefix") or ""}
    return {}


@override("s3", "GetBucketLogging")
def get_bucket_logging(_state: State, call: Call) -> dict[str, Any]:
    """Return the target as it was stored."""
    stored = bucket_of(call).logging
    return {"LoggingEnabled": stored} if stored else {}
