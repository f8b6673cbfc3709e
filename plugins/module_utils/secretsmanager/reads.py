# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Read secrets without their values: reading a value would trigger the alarms of this collection."""

from __future__ import annotations

from typing import Any

from ..core.account import Account
from ..core.aws_names import partition_of

_SERVICE = "secretsmanager"


def find_secret(account: Account, name: str) -> dict[str, Any] | None:
    """Return the answer of DescribeSecret, also for a secret scheduled for deletion; None if it does not exist."""
    region = account.region
    arn = name
    if not name.startswith("arn:"):
        arn = f"arn:{partition_of(region)}:secretsmanager:{region}:*:secret:{name}-??????"
    options: dict[str, Any] = {"parameters": {"SecretId": name}, "resource_arn": arn}
    answer = account.read_if_any(_SERVICE, "DescribeSecret", f"secret {name}", "ResourceNotFoundException", **options)
    return answer or None


def resource_policy(account: Account, described: dict[str, Any]) -> str:
    """Return the resource policy of a secret as JSON, or an empty string.

    AWS rejects the call for a secret that is scheduled for deletion.
    """
    name, arn = described["Name"], described["ARN"]
    answer = account.read(_SERVICE, "GetResourcePolicy", f"secret {name}", {"SecretId": arn}, resource_arn=arn)
    return str(answer.get("ResourcePolicy", ""))


def all_versions(account: Account, described: dict[str, Any]) -> frozenset[str]:
    """Return the IDs of all versions of a secret, including those without a stage."""
    parameters = {"SecretId": described["ARN"], "IncludeDeprecated": True, "MaxResults": 100}
    resource = f"secret {described['Name']}"
    versions = account.read_all(_SERVICE, "ListSecretVersionIds", resource, "Versions", parameters)
    return frozenset(version["VersionId"] for version in versions)
