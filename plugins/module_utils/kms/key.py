# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""A KMS key as the modules see it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ..core.tags import own_tags

ALIAS_MARK = "secmon:key-alias"
"""The tag that says which alias a key is made for: a run that is killed before CreateAlias leaves a key without one."""

PENDING_DELETION = "PendingDeletion"


@dataclass(frozen=True)
class Key:
    """An existing key.

    Attributes:
        metadata: Its KeyMetadata of DescribeKey.
        tags: Its tags.
        alias: The alias of the task if it names the key; otherwise an empty string.
        policy: Its policy; empty if it was not read.
        rotates: Whether its material is rotated every year.
    """

    metadata: Mapping[str, Any]
    tags: Mapping[str, str]
    alias: str = ""
    policy: Mapping[str, Any] = field(default_factory=dict)
    rotates: bool = False

    @property
    def arn(self) -> str:
        """Return the ARN."""
        return str(self.metadata["Arn"])

    @property
    def state(self) -> str:
        """Return the key state, such as Enabled."""
        return str(self.metadata["KeyState"])

    @property
    def deletion_date(self) -> datetime | None:
        """Return when KMS deletes the key, or None."""
        date: datetime | None = self.metadata.get("DeletionDate")
        return date

    @property
    def is_pending(self) -> bool:
        """Return whether the key is scheduled for deletion."""
        return self.state == PENDING_DELETION

    @property
    def age(self) -> tuple[datetime, str]:
        """Return what sorts keys so that all runs choose the same one, the oldest."""
        return self.metadata["CreationDate"], self.arn

    def settings(self) -> dict[str, Any]:
        """Return the key in the terms of the module's result."""
        return {
            "alias": self.alias,
            "arn": self.arn,
            "description": self.metadata.get("Description", ""),
            "state": self.state,
            "rotation": self.rotates,
            "policy": dict(self.policy),
            "tags": own_tags(self.tags),
        }
