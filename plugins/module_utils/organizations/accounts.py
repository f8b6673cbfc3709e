# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The accounts of an organization, as AWS Organizations describes them, and the variables of their hosts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Union

from ..core.aws_names import Arn

STATES = ("PENDING_ACTIVATION", "ACTIVE", "SUSPENDED", "PENDING_CLOSURE", "CLOSED")


@dataclass(frozen=True)
class Unit:
    """A root or an organizational unit; `ids` and `names` lead to it from the top, and are empty for the root."""

    id: str
    ids: tuple[str, ...] = ()
    names: tuple[str, ...] = ()

    @property
    def path(self) -> str:
        """The names with slashes between them, such as ``workloads/production``."""
        return "/".join(self.names)

    def child(self, described: Mapping[str, Any]) -> Unit:
        """Return a unit directly below this one, from the answer of AWS."""
        return Unit(described["Id"], (*self.ids, described["Id"]), (*self.names, described["Name"]))


@dataclass(frozen=True)
class OrganizationAccount:
    """An account; `unit_ids` and `unit_names` lead to it from the top. `tags` are None if they were not read."""

    id: str
    arn: str
    name: str
    email: str
    state: str
    joined_method: str
    joined: str
    unit_ids: tuple[str, ...]
    unit_names: tuple[str, ...]
    tags: Union[Mapping[str, str], None] = None

    @classmethod
    def described(cls, answer: Mapping[str, Any], unit: Unit) -> OrganizationAccount:
        """Return an account from the answer of AWS.

        `State` replaced `Status`, which was retired in September 2026 (Organizations API reference, Account). A
        delegated administrator may get no e-mail address.
        """
        joined = answer.get("JoinedTimestamp")
        return cls(
            id=answer["Id"],
            arn=answer["Arn"],
            name=answer.get("Name", ""),
            email=answer.get("Email", ""),
            state=answer.get("State") or answer.get("Status") or "",
            joined_method=answer.get("JoinedMethod", ""),
            joined=joined.isoformat() if joined else "",
            unit_ids=unit.ids,
            unit_names=unit.names,
        )

    @classmethod
    def cached(cls, stored: Mapping[str, Any]) -> OrganizationAccount:
        """Return an account from `dataclasses.asdict`, whose tuples a cache stores as lists."""
        lists = {key: tuple(stored[key]) for key in ("unit_ids", "unit_names")}
        return cls(**{**stored, **lists})

    @property
    def is_management(self) -> bool:
        """Whether this is the management account, whose ID is in the ARN of each account."""
        return Arn.parse(self.arn).account == self.id

    @property
    def organization_id(self) -> str:
        """The ID of the organization, such as ``o-a1b2c3d4e5``."""
        return Arn.parse(self.arn).resource.split("/")[1]

    def __str__(self) -> str:
        """Return the account for a message."""
        return f"account {self.id} ({self.name})"


def host_variables(account: OrganizationAccount) -> dict[str, Any]:
    """Return the variables of an account's host; `secmon_account_id` is what the playbooks need."""
    tags = {} if account.tags is None else {"aws_account_tags": dict(account.tags)}
    return {
        "secmon_account_id": account.id,
        "aws_account_id": account.id,
        "aws_account_arn": account.arn,
        "aws_account_name": account.name,
        "aws_account_email": account.email,
        "aws_account_state": account.state,
        "aws_account_joined_method": account.joined_method,
        "aws_account_joined": account.joined,
        "aws_account_is_management": account.is_management,
        "aws_account_ou": "/".join(account.unit_names),
        "aws_account_ou_ids": list(account.unit_ids),
        "aws_organization_id": account.organization_id,
        **tags,
    }
