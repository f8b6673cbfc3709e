"""The bucket that a call names."""

from __future__ import annotations

from functools import cache

import boto3
from moto.s3.exceptions import MissingBucket
from moto.s3.models import FakeBucket, S3Backend, s3_backends
from moto.utilities.utils import get_partition

from embedded_aws.core.call import Call
from embedded_aws.core.errors import AwsError

_MALFORMED = "The XML you provided was not well-formed or did not validate against our published schema"


def backend_of(call: Call) -> S3Backend:
    """Return the buckets of the caller's account."""
    backend: S3Backend = s3_backends[call.account][get_partition(call.region)]
    return backend


def find_bucket(call: Call) -> FakeBucket | None:
    """Return the bucket of a call, of any owner, if it exists."""
    name = str(call.parameters.get("Bucket"))
    partition, owner = s3_backends.bucket_accounts.get(name, ("", ""))
    bucket: FakeBucket | None = s3_backends[owner][partition].buckets.get(name) if owner else None
    return bucket


def bucket_of(call: Call) -> FakeBucket:
    """Return the bucket of a call; raise NoSuchBucket if it does not exist."""
    bucket = find_bucket(call)
    if bucket is None:
        raise MissingBucket(bucket=str(call.parameters.get("Bucket")))
    return bucket


def malformed() -> AwsError:
    """Return S3's error for a document that is against the schema."""
    return AwsError("MalformedXML", _MALFORMED, 400)


@cache
def regions() -> frozenset[str]:
    """Return the regions of the partition `aws` that have S3."""
    return frozenset(boto3.session.Session().get_available_regions("s3"))
