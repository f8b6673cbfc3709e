# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The names of events in CloudTrail, by event source: the operations of AWS, and what CloudTrail names otherwise."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

_FILE = Path(__file__).with_name("operations.txt")
_DOMAIN = ".amazonaws.com"
# Lambda's events have the date of the API in their names (Lambda developer guide, logging with CloudTrail).
_DATED = {"lambda": ("20141111", "20150331", "20150331v2", "20160819v2", "20170331v2", "20181031", "20191111v2")}

# Events that are no operations of a model: sign-ins, calls of the console, and events of services. Sources: the
# CloudTrail user guide on sign-in events, the S3 user guide on bucket-level events, the guides of the other services.
_OTHERS: Mapping[str, tuple[str, ...]] = {
    "account": ("CloseAccount",),
    "bedrock": ("PutFoundationModelEntitlement",),
    "cloudshell": ("CreateEnvironment", "CreateSession", "GetFileDownloadUrls", "GetFileUploadUrls"),
    "ec2": ("SharedSnapshotCopyInitiated", "SharedSnapshotVolumeCreated"),
    "kms": ("DeleteKey", "RotateKey", "SynchronizeMultiRegionKey"),
    "organizations": ("CreateAccountResult",),
    "s3": (
        "DeleteAccountPublicAccessBlock",
        "DeleteBucketPublicAccessBlock",
        "GetAccountPublicAccessBlock",
        "GetBucketLifecycle",
        "GetBucketPublicAccessBlock",
        "PutAccountPublicAccessBlock",
        "PutBucketLifecycle",
        "PutBucketPublicAccessBlock",
    ),
    "secretsmanager": (
        "CancelSecretVersionDelete",
        "EndSecretVersionDelete",
        "RotationAbandoned",
        "RotationFailed",
        "RotationStarted",
        "RotationSucceeded",
        "SecretVersionDeletion",
        "StartSecretVersionDelete",
    ),
    "signin": (
        "CheckMfa",
        "ConsoleLogin",
        "CredentialChallenge",
        "CredentialVerification",
        "EmailUpdated",
        "ExitRole",
        "GetSigninToken",
        "PasswordRecoveryCompleted",
        "PasswordRecoveryRequested",
        "PasswordUpdated",
        "RenewRole",
        "SwitchRole",
        "UserAuthentication",
    ),
    "sso": ("Authenticate", "Federate", "StartSSO", "UpdateSsoConfiguration"),
    "sts": ("GetDelegatedAccessToken",),
}


@lru_cache(maxsize=64)
def event_names(source: str) -> frozenset[str]:
    """Return the names of the events of an event source, empty for one that no model describes."""
    service = source.removesuffix(_DOMAIN)
    found = re.search(rf"^{re.escape(service)} (.*)$", _text(), re.MULTILINE)
    if not found:
        return frozenset()
    names = {verb + rest for verb, _colon, rests in _groups(found[1]) for rest in rests.split(",")}
    dated = {name + date for date in _DATED.get(service, ()) for name in names}
    return frozenset({*names, *dated, *_OTHERS.get(service, ())})


@lru_cache(maxsize=1)
def event_sources() -> frozenset[str]:
    """Return the event sources that a model describes."""
    return frozenset(f"{name}{_DOMAIN}" for name in re.findall(r"^([a-z0-9.-]+) ", _text(), re.MULTILINE))


@lru_cache(maxsize=1)
def _text() -> str:
    return _FILE.read_text(encoding="utf-8")


def _groups(line: str) -> list[tuple[str, str, str]]:
    return [group.partition(":") for group in line.split(";")]
