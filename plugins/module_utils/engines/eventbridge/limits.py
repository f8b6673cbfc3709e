# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The quotas of EventBridge for rules, and the rules that do not fit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

QUOTAS = 'EventBridge user guide, "Amazon EventBridge quotas"'

USUAL_CHARACTERS = 2_048
"""The size of a pattern unless the account's quota was raised; the API itself takes 4,096 (botocore, EventPattern)."""

_RULES = 300
_RULES_ELSEWHERE = {"af-south-1": 100, "eu-south-1": 100}
_WILDCARD_RULES = 30


def bus_problems(patterns: Sequence[str], region: str, others: int = 0) -> Iterator[str]:
    """Yield why the event patterns of rules do not fit on one bus.

    Args:
        patterns: The patterns as JSON.
        region: The region of the bus.
        others: The number of other rules on it.
    """
    most = _RULES_ELSEWHERE.get(region, _RULES)
    if len(patterns) + others > most:
        has = f"{len(patterns)} rules and {others} others" if others else f"{len(patterns)} rules"
        yield (
            f"{has} do not fit on the event bus in {region}, which takes {most}; "
            'raise the quota "Number of rules", or choose fewer rules.'
        )
    wildcards = sum('{"wildcard":' in pattern for pattern in patterns)
    if wildcards > _WILDCARD_RULES:
        yield (
            f"{wildcards} rules have wildcards inside a value; an event bus takes {_WILDCARD_RULES} such rules, and "
            "that quota cannot be raised. Choose fewer of them, or move the asterisks to the beginning or end."
        )
