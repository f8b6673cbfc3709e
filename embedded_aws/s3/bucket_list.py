"""ListBuckets still lists a deleted bucket for a while, with the delays of AWS.

Source: see `S3_BUCKET_LIST`.
"""

from __future__ import annotations

from moto.s3.models import FakeBucket, S3Backend, s3_backends
from moto.utilities.utils import get_partition

from embedded_aws.core.call import Answer, Call
from embedded_aws.core.consistency import S3_BUCKET_LIST
from embedded_aws.core.overrides import after, patch
from embedded_aws.core.state import State

_list_existing = S3Backend.list_buckets
_delete = S3Backend.delete_bucket


def _deleted(backend: S3Backend) -> dict[str, FakeBucket]:
    """Return the deleted buckets that are still listed."""
    found: dict[str, FakeBucket] = backend.__dict__.setdefault("deleted_buckets", {})
    return found


@patch(S3Backend, "delete_bucket")
def _delete_and_remember(backend: S3Backend, bucket_name: str) -> FakeBucket | None:
    bucket = _delete(backend, bucket_name)
    if bucket is not None:
        _deleted(backend)[bucket_name] = bucket
    return bucket


@after("s3", "DeleteBucket")
def forget_bucket(state: State, call: Call, _answer: Answer) -> None:
    """Stop listing the bucket, at once or later."""
    deleted = _deleted(s3_backends[call.account][get_partition(call.region)])
    name = str(call.parameters["Bucket"])
    state.consistency.later(S3_BUCKET_LIST, lambda: deleted.pop(name, None), name)


@patch(S3Backend, "list_buckets")
def _list_with_deleted(
    backend: S3Backend, prefix: str | None, bucket_region: str | None, max_buckets: str | None
) -> list[FakeBucket]:
    deleted = _deleted(backend)
    if not deleted:
        return _list_existing(backend, prefix, bucket_region, max_buckets)
    existing, backend.buckets = backend.buckets, {**deleted, **backend.buckets}
    try:
        return _list_existing(backend, prefix, bucket_region, max_buckets)
    finally:
        backend.buckets = existing
