"""Backfill digests, which CloudTrail delivers for log files that an earlier digest left out, are validated."""

from __future__ import annotations

import gzip
import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from ansible_collections.secmon.aws.plugins.module_utils.cloudtrail.digest_validation import Validation
from ansible_collections.secmon.aws.plugins.module_utils.core.account import Account
from ansible_collections.secmon.aws.plugins.module_utils.core.retries import Budget
from moto.cloudtrail.models import cloudtrail_backends

from embedded_aws.cloudtrail.delivery.bucket import put_trail_object
from embedded_aws.cloudtrail.delivery.digest_file import compose_digest
from embedded_aws.cloudtrail.delivery.digest_keys import SigningKey
from embedded_aws.cloudtrail.delivery.log_files import FileTarget, file_target
from tests.support.in_process import GUIDE, InProcess, aws
from tests.support.trail_setup import make_trail

__all__ = ["aws"]

END = datetime(2026, 9, 13, 15, 29, 23, tzinfo=UTC)
MADE = END + timedelta(days=3)


def put_backfill(aws: InProcess, target: FileTarget, signing_key: SigningKey, signed: bool = True) -> str:
    """Write a backfill digest of one hour that was made three days later, and return its key."""
    plain = compose_digest(target, END - timedelta(hours=1), END, [], None, signing_key)
    key = plain.key.replace(".json.gz", "_backfill.json.gz")
    text = plain.text.replace(plain.key.encode(), key.encode())
    sha256 = hashlib.sha256(text).hexdigest()
    signature = signing_key.sign("\n".join((f"{END:%Y-%m-%dT%H:%M:%SZ}", f"{target.bucket}/{key}", sha256, "null")))
    metadata = {
        "signature": signature if signed else "00",
        "signature-algorithm": "SHA256withRSA",
        "backfill-generation-timestamp": f"{MADE:%Y-%m-%dT%H:%M:%SZ}",
    }
    trail = cloudtrail_backends[GUIDE]["us-east-1"].trails["audit"]
    assert put_trail_object(trail, target.bucket, key, gzip.compress(text), MADE, metadata) is None
    # moto, which is not patched here, cannot evaluate it.
    aws.client("s3").delete_bucket_policy(Bucket="audit")
    return key


@pytest.fixture
def signing_key(aws: InProcess) -> SigningKey:
    return aws.state.cloudtrail.signing_keys.current("us-east-1", MADE)


# The key comes first: the pipeline signs the trail's first digest, of today, at any time after the trail was made.
@pytest.fixture
def validation(aws: InProcess, signing_key: SigningKey) -> Validation:
    make_trail(aws.client, "audit", EnableLogFileValidation=True)
    described = aws.client("cloudtrail").get_trail(Name="audit")["Trail"]
    return Validation(Account(aws.client, "us-east-1", Budget(5)), described, "123456789012")


def target_of(aws: InProcess) -> Any:
    return file_target(cloudtrail_backends[GUIDE]["us-east-1"].trails["audit"], GUIDE, "us-east-1")


def test_a_backfill_digest_is_checked_with_the_key_of_its_generation(
    aws: InProcess, validation: Validation, signing_key: SigningKey
) -> None:
    put_backfill(aws, target_of(aws), signing_key)
    newest = validation.run(END - timedelta(hours=2), END + timedelta(hours=1), {})
    assert (validation.digests, validation.problems) == (1, [])
    assert newest is None, "it does not cover its hour: the digest of that hour does"


def test_a_forged_backfill_digest_is_found(aws: InProcess, validation: Validation, signing_key: SigningKey) -> None:
    key = put_backfill(aws, target_of(aws), signing_key, signed=False)
    validation.run(END - timedelta(hours=2), END + timedelta(hours=1), {})
    (problem,) = validation.problems
    assert (problem.kind, problem.file) == ("forged", key)
