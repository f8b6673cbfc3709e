# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""One search for resources: what the tagging API lists, and what is read once for several types."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from ..cloudtrail.reads import describe_trails
from ..core.account import Account
from .resources import TRAIL, Deployment


@dataclass
class Search:
    """One search.

    Attributes:
        account: The account.
        deployment: The deployment of the task.
        tagged: The resources with the tag of this collection according to the tagging API: their tags by type and name.
    """

    account: Account
    deployment: Deployment
    tagged: Mapping[str, Mapping[str, Mapping[str, str]]]

    def names(self, kind: str) -> list[str]:
        """Return the names of a type to search for."""
        named, tagged = self.deployment.names(kind), self.tagged.get(kind, {}).keys()
        return sorted(tagged - named if self.deployment.orphans else tagged | named)

    def is_tagged(self, kind: str, name: str) -> bool:
        """Return whether the tagging API lists a resource, which makes another call unnecessary."""
        return name in self.tagged.get(kind, ())

    @cached_property
    def trails(self) -> list[dict[str, Any]]:
        """All trails that are visible in the region, also those of others."""
        return describe_trails(self.account, ", ".join(self.names(TRAIL)) or "of this deployment")
