# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The names of what forwards the events of other regions: a rule in each of them, and one role of the account.

The description of the role names the regions, so that a later run finds the rules of those that were removed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from .aws_names import REGION

RULES = "secmon-forward-to-"
"""What the names of the rules begin with; the region that they forward to follows."""

WORDS = "EventBridge forwards events from "
"""What the description of the role begins with."""


def rule_name(region: str) -> str:
    """Return the name of the rules that forward to a region."""
    return RULES + region


def role_description(regions: Iterable[str], region: str) -> str:
    """Return the description of the role: the regions from which and to which it forwards."""
    return f"{WORDS}{', '.join(sorted(regions))} to {region}"


def regions_in(description: str) -> list[str]:
    """Return the regions from which a role forwards, which its description names."""
    if not description.startswith(WORDS):
        return []
    return re.findall(REGION, description.rpartition(" to ")[0])
