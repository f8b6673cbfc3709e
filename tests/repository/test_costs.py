"""The costs in docs/costs.md follow from the rules."""

from __future__ import annotations

from decimal import Decimal

import pytest
from ansible_collections.secmon.aws.plugins.module_utils.preflight.variables import PROFILES

from tools.costs import DOCUMENT, counted, document, monthly_cost, rules_of


def test_the_table_is_up_to_date() -> None:
    assert DOCUMENT.read_text() == document()


@pytest.mark.parametrize("profile", PROFILES)
def test_each_rule_of_a_profile_costs_one_metric_and_one_alarm(profile: str) -> None:
    assert counted(rules_of(profile)) == (len(rules_of(profile)),) * 2


@pytest.mark.parametrize(
    ("metrics", "alarms", "free", "dollars"),
    [(0, 0, 0, "0.40"), (1, 1, 0, "0.80"), (1, 1, 10, "0.40"), (12, 12, 10, "1.20")],
)
def test_a_month_costs_the_secret_and_what_the_free_tier_leaves(
    metrics: int, alarms: int, free: int, dollars: str
) -> None:
    assert monthly_cost(metrics, alarms, free, free) == Decimal(dollars)
