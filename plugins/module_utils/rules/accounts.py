# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Make a rule tell apart the accounts whose events a log group receives, by a dimension of its metric.

The dimension excludes the default value, and the pattern has to name its field (CloudWatch Logs user guide, "Publish
dimensions with metrics"); an alarm of another form cannot be evaluated for each account. Such rules, and the verbatim
filters of a compliance standard, keep one metric for all accounts.
"""

from __future__ import annotations

from dataclasses import replace

from ..filter_pattern.limits import MAX_PATTERN_LENGTH
from .limits import LONGEST_GROUPED_SECONDS
from .rule import Alarm, Rule

ACCOUNT = "account"
_SELECTOR = "$.recipientAccountId"


def by_account(rule: Rule) -> Rule:
    """Return the rule with a metric for each account, or unchanged if that is impossible."""
    pattern = _with_account(rule.pattern)
    fits = not rule.compliance and not rule.metric.dimensions and _is_possible(rule.alarm)
    if not fits or not pattern or len(pattern) > MAX_PATTERN_LENGTH:
        return rule
    metric = replace(rule.metric, default_value=None, dimensions={ACCOUNT: _SELECTOR})
    return replace(rule, pattern=pattern, metric=metric)


def tells_accounts_apart(rule: Rule) -> bool:
    """Return whether the rule has a metric for each account."""
    return dict(rule.metric.dimensions) == {ACCOUNT: _SELECTOR}


def _is_possible(alarm: Alarm) -> bool:
    seconds = alarm.period_seconds * alarm.evaluation_periods
    return bool(alarm.statistic) and alarm.comparison.startswith("Greater") and seconds <= LONGEST_GROUPED_SECONDS


def _with_account(pattern: str) -> str:
    """Return a JSON pattern with a condition that every record with an account fulfills; empty for another pattern."""
    text = pattern.strip()
    if not (text.startswith("{") and text.endswith("}")):
        return ""
    return f"{{ ({text[1:-1].strip()}) && ({_SELECTOR} = *) }}"
