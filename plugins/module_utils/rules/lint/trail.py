# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Check that the trail records the events of a rule, and that the log group can hold the filters."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ...filter_pattern.pattern import compile_pattern
from ...filter_pattern.tree import Compare, Name, Selector, tree_leaves
from ..limits import MAX_FILTERS_PER_LOG_GROUP, MAX_REGEX_FILTERS_PER_LOG_GROUP
from ..parameters import account_values, fill_pattern, sample_values
from ..rule import Rule
from .finding import Finding, LintContext, error, warning

_SELECTORS = "CloudTrail user guide, filtering management events and data events with event selectors"
_GLOBAL = "CloudTrail user guide, logging global service events"
_LIMITS = "CloudWatch Logs user guide, quotas; PutMetricFilter API reference"
# Sign-ins as root or as an IAM user; a sign-in through a regional endpoint is recorded there.
_GLOBAL_SOURCES = frozenset(
    f"{service}.amazonaws.com"
    for service in ("account", "cloudfront", "iam", "organizations", "route53", "shield", "signin")
)
_EVENT_SOURCE = Selector((Name("eventSource"),))


def lint_trail(rule: Rule, context: LintContext) -> Iterator[Finding]:
    """Yield the findings about events that the trail does not record."""
    sources = event_sources(rule)
    dropped = sources & set(context.excluded_event_sources)
    if dropped:
        names = ", ".join(sorted(dropped))
        hint = "set secmon_excluded_event_sources: [], as secmon_profile: cis does, or disable the rule in secmon_rules"
        if dropped == sources:
            reason = f"the trail excludes {names}, which leaves no event to find"
            yield error(rule, "event-source-excluded", reason, _SELECTORS, hint)
        else:
            reason = f"the trail excludes {names}, which leaves only the events of other services"
            yield warning(rule, "event-source-partly-excluded", reason, _SELECTORS, hint)
    events = _matching_records(rule)
    if context.trail_write_only:
        reads = [event.get("readOnly") is True and not _is_data(event) for event in events]
        yield from _unrecorded(rule, reads, "read-events-dropped", "read-only calls, and the trail records writes only")
    if context.trail_read_only:
        writes = [event.get("readOnly") is False and not _is_data(event) for event in events]
        yield from _unrecorded(rule, writes, "write-events-dropped", "writes, and the trail records reads only")
    if not context.trail_data_events:
        data = [_is_data(event) for event in events]
        yield from _unrecorded(rule, data, "data-events-dropped", "data events, and the trail records none")
    if context.global_events_in:
        what = f"recorded in {context.global_events_in} only, and the trail records its own region"
        yield from _unrecorded(rule, [_is_global(event) for event in events], "global-events-dropped", what, _GLOBAL)


def lint_log_group(rules: Iterable[Rule], context: LintContext) -> Iterator[Finding]:
    """Yield a finding for the first enabled rule above a limit of the log group."""
    enabled = [rule for rule in rules if rule.enabled]
    for rule in _first_above(enabled, MAX_FILTERS_PER_LOG_GROUP - context.other_filters):
        total = len(enabled) + context.other_filters
        reason = f"{total} metric filters on one log group; this is the first above {MAX_FILTERS_PER_LOG_GROUP}"
        yield error(rule, "too-many-filters", reason, _LIMITS, "disable rules, or use a second log group")
    expressions = [rule for rule in enabled if _has_regex(rule)]
    limit = MAX_REGEX_FILTERS_PER_LOG_GROUP
    for rule in _first_above(expressions, limit - context.other_regex_filters):
        total = len(expressions) + context.other_regex_filters
        names = ", ".join(each.id for each in expressions)
        reason = f"{total} filters with regular expressions ({names}) on one log group; this is the first above {limit}"
        hint = (
            "use wildcards, specify secrets by full ARN, import Sigma rules with ignore_case=false, or disable rules: "
            "secmon_rules: {ID: {enabled: false}}"
        )
        yield error(rule, "too-many-regex-filters", reason, _LIMITS, hint)


def _first_above(rules: list[Rule], room: int) -> list[Rule]:
    room = max(0, room)
    return rules[room : room + 1]


def event_sources(rule: Rule) -> set[str]:
    """Return the event sources in the pattern of a rule and in its matching test events."""
    named = {
        leaf.literal.text
        for leaf in tree_leaves(compile_pattern(rule.pattern).tree)
        if isinstance(leaf, Compare) and leaf.operator == "=" and leaf.selector == _EVENT_SOURCE
        if not (leaf.literal.is_regex or leaf.literal.has_wildcard)
    }
    tested = {event.get("eventSource") for event in _matching_records(rule)}
    return named | {source for source in tested if isinstance(source, str)}


def _matching_records(rule: Rule) -> list[Mapping[str, Any]]:
    return [test.event for test in rule.tests if test.match and isinstance(test.event, Mapping)]


def _is_data(event: Mapping[str, Any]) -> bool:
    return event.get("eventCategory") == "Data" or event.get("managementEvent") is False


def _is_global(event: Mapping[str, Any]) -> bool:
    """Return whether CloudTrail records an event in one region of the partition, whatever the caller's region."""
    if event.get("eventSource") == "sts.amazonaws.com":
        return (event.get("tlsDetails") or {}).get("clientProvidedHostHeader") == "sts.amazonaws.com"
    return event.get("eventSource") in _GLOBAL_SOURCES


def _unrecorded(rule: Rule, hits: list[bool], code: str, what: str, source: str = _SELECTORS) -> Iterator[Finding]:
    hint = "set secmon_multi_region: true" if source == _GLOBAL else "widen the trail's event selectors"
    hint += ", or disable the rule"
    if hits and all(hits):
        yield error(rule, code, f"all matching events of the tests are {what}", source, hint)
    elif any(hits):
        yield warning(rule, code, f"some matching events of the tests are {what}", source, hint)


def _has_regex(rule: Rule) -> bool:
    """Return whether the pattern has a regular expression with the values of the account, or else the samples."""
    known = {name: values for name, values in account_values(rule).items() if values}
    needed = {p.name: sample_values(rule)[p.name] for p in rule.parameters if p.required}
    return fill_pattern(rule, {**needed, **known}).regex_count > 0
