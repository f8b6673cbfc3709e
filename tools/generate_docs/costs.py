"""The monthly costs of each profile, from its rules."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from functools import cache
from pathlib import Path

from ansible_collections.secmon.aws.plugins.module_utils.forecast.costs import ALARM, METRIC, SECRET
from ansible_collections.secmon.aws.plugins.module_utils.preflight.variables import PROFILES
from ansible_collections.secmon.aws.plugins.module_utils.rules.limits import SEVERITIES
from ansible_collections.secmon.aws.plugins.module_utils.rules.packs import Packs, load_packs
from ansible_collections.secmon.aws.plugins.module_utils.rules.rule import Rule

from tools.generate_docs.markdown import table

RULES = Path(__file__).resolve().parents[2] / "rules"

FREE_METRICS = FREE_ALARMS = 10


@cache
def rules_of_packs() -> Packs:
    """Return the shipped rules by pack."""
    return load_packs(RULES)


def rules_of(profile: str) -> tuple[Rule, ...]:
    """Return the rules that a profile deploys."""
    packs = PROFILES[profile]["secmon_packs"]
    return tuple(rule for pack in packs for rule in rules_of_packs()[pack] if rule.enabled)


def count_metrics_and_alarms(rules: Sequence[Rule]) -> tuple[int, int]:
    """Return how many metrics and alarms some rules create."""
    return len({(rule.metric.namespace, rule.metric.name) for rule in rules}), len(rules)


def monthly_cost(metrics: int, alarms: int, free_metrics: int = 0, free_alarms: int = 0) -> Decimal:
    """Return the US dollars per month for the sample secret, metrics and alarms.

    Args:
        metrics: Custom metrics with data in every hour.
        alarms: Alarms of standard resolution on one metric each.
        free_metrics: Metrics that the free tier covers.
        free_alarms: Alarms that it covers.
    """
    return SECRET + METRIC * max(metrics - free_metrics, 0) + ALARM * max(alarms - free_alarms, 0)


def profile_costs() -> str:
    """Return the table of the profiles."""
    rows = []
    for profile in PROFILES:
        metrics, alarms = count_metrics_and_alarms(rules_of(profile))
        full = monthly_cost(metrics, alarms)
        reduced = monthly_cost(metrics, alarms, FREE_METRICS, FREE_ALARMS)
        rows.append((f"`{profile}`", str(metrics), str(alarms), str(SECRET), f"**{full} USD**", f"{reduced} USD"))
    return table(("profile", "metrics", "alarms", "secret", "per month", "with an unused free tier"), rows)


def pack_costs() -> str:
    """Return the table of what each pack adds, by severity."""
    severities = [severity for severity in reversed(SEVERITIES) if severity != "informational"]
    rows = []
    for pack, rules in rules_of_packs().items():
        counts = [sum(rule.severity == severity for rule in rules) for severity in severities]
        severe = [rule for rule in rules if rule.compliance or rule.severity in ("critical", "high")]
        rows.append((f"`{pack}`", *map(str, counts), f"**{_price(rules)} USD**", f"{_price(severe)} USD"))
    return table(("pack", *severities, "per month", "with `[critical, high]`"), rows)


def _price(rules: Sequence[Rule]) -> Decimal:
    return monthly_cost(*count_metrics_and_alarms(rules)) - SECRET
