"""What a profile costs per account and month, from its rules; writes the table of docs/costs.md."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

from ansible_collections.secmon.aws.plugins.module_utils.preflight.variables import PROFILES
from ansible_collections.secmon.aws.plugins.module_utils.rules.catalog import load_rules
from ansible_collections.secmon.aws.plugins.module_utils.rules.rule import Rule

REPOSITORY = Path(__file__).resolve().parent.parent
DOCUMENT = REPOSITORY / "docs/costs.md"
BEGIN, END = "<!-- costs: begin -->\n", "<!-- costs: end -->"

# US dollars per month, us-east-1. docs/costs.md says where they are from and how sure they are.
METRIC = Decimal("0.30")
ALARM = Decimal("0.10")
SECRET = Decimal("0.40")
FREE_METRICS = FREE_ALARMS = 10


def rules_of(profile: str) -> tuple[Rule, ...]:
    """Return the rules that a profile deploys."""
    rules = load_rules([REPOSITORY / "rules" / pack for pack in PROFILES[profile]["secmon_packs"]])
    return tuple(rule for rule in rules if rule.enabled)


def counted(rules: Sequence[Rule]) -> tuple[int, int]:
    """Return how many metrics and alarms some rules make."""
    return len({(rule.metric.namespace, rule.metric.name) for rule in rules}), len(rules)


def monthly_cost(metrics: int, alarms: int, free_metrics: int = 0, free_alarms: int = 0) -> Decimal:
    """Return US dollars per month for the sample secret and so many metrics and alarms.

    Args:
        metrics: Custom metrics with data in every hour.
        alarms: Alarms of standard resolution on one metric each.
        free_metrics: How many metrics the free tier takes off.
        free_alarms: How many alarms it takes off.
    """
    return SECRET + METRIC * max(metrics - free_metrics, 0) + ALARM * max(alarms - free_alarms, 0)


def table() -> str:
    """Return the table of the profiles."""
    lines = [
        "| profile | metrics | alarms | secret | per month | with an unused free tier |",
        "|---|---|---|---|---|---|",
    ]
    for profile in PROFILES:
        metrics, alarms = counted(rules_of(profile))
        whole = monthly_cost(metrics, alarms)
        rest = monthly_cost(metrics, alarms, FREE_METRICS, FREE_ALARMS)
        lines.append(f"| `{profile}` | {metrics} | {alarms} | {SECRET} | **{whole} USD** | {rest} USD |")
    return "\n".join(lines) + "\n"


def document() -> str:
    """Return docs/costs.md with the table as it should be."""
    before, rest = DOCUMENT.read_text().split(BEGIN)
    return f"{before}{BEGIN}{table()}{END}{rest.split(END)[1]}"


if __name__ == "__main__":
    DOCUMENT.write_text(document())
