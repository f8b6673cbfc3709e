# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Upper bounds of matches from the rates of calls that CloudTrail Insights has measured.

Insights counts the write-only management calls of each name in each minute, by all callers (CloudTrail API reference,
ListInsightsMetricData). A rule matches at most all calls of the names in its pattern.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from ..filter_pattern.pattern import compile_pattern
from ..filter_pattern.tree import Compare, LiteralKind, Name, Selector, tree_leaves
from ..rules.lint.operation_names import event_names, event_sources
from .index import call_message, reduce_tree
from .scan import Scan
from .tally import Tally, minute_of

_NAME, _SOURCE = (Selector((Name(field),)) for field in ("eventName", "eventSource"))
NO_NAMES = "its pattern does not name the calls that it matches"
# What ListInsightsMetricData accepts, by botocore's model of the service.
_VALID_SOURCE = re.compile(r"[a-z0-9_-]+\.amazonaws\.com")
_READS = ("Describe", "Get", "List", "Lookup", "BatchGet")

Call = tuple[str, str]


def calls_of(pattern: str) -> list[Call]:
    """Return the eventSource and eventName of each write that a pattern names; none if it also matches others."""
    tree = compile_pattern(pattern).tree
    if reduce_tree(tree, call_message("other.amazonaws.com", "OtherCall")) is not False:
        return []
    values: dict[Selector, set[str]] = {_NAME: set(), _SOURCE: set()}
    for leaf in tree_leaves(tree):
        if isinstance(leaf, Compare) and leaf.operator == "=" and leaf.selector in (_NAME, _SOURCE):
            if leaf.literal.kind not in (LiteralKind.WORD, LiteralKind.QUOTED) or leaf.literal.has_wildcard:
                return []
            values[leaf.selector].add(leaf.literal.text)
    sources = values[_SOURCE] or filter(_VALID_SOURCE.fullmatch, event_sources())
    named = ((source, name) for source in sources for name in values[_NAME] & _writes(source))
    return sorted(call for call in named if reduce_tree(tree, call_message(*call)) is not False)


def _writes(source: str) -> set[str]:
    return {name for name in event_names(source) if not name.startswith(_READS)}


def scan_of_rates(rates: Mapping[str, Sequence[tuple[str, int]]], rule_ids: Mapping[str, str]) -> Scan:
    """Return the largest possible matches as a scan without records' sizes and callers.

    Args:
        rates: For each filter the minutes (``2026-05-25T04:19:00Z``) in which its calls were made, with their number.
        rule_ids: The rule of each filter.
    """
    scan = Scan()
    for name, values in rates.items():
        if name in rule_ids:
            scan.tallies[rule_ids[name]] = Tally(Counter({minute_of(time): count for time, count in values}))
    times = [time for values in rates.values() for time, _count in values]
    scan.first, scan.last = min(times, default=""), max(times, default="")
    return scan


def added_up(rates: Iterable[Iterable[tuple[str, int]]]) -> list[tuple[str, int]]:
    """Return the sums of several series by time."""
    total: Counter[str] = Counter()
    for series in rates:
        for time, count in series:
            total[time] += count
    return sorted(total.items())
