# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The forecast of a set of rules: what each would have done on the records that were scanned, as data and as text."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from .alarms import alarms_by_day, unforeseeable
from .costs import Activity, Deployed, monthly_costs
from .rates import NO_NAMES
from .scan import Scan, Selection
from .tally import Tally, day_name

_CALLERS = 3
_WIDTH = 64
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Forecast:
    """One rule on the records of a time.

    Attributes:
        rule: The id of the rule.
        severity: Its severity.
        matches: The number of records that it matches.
        alarms: How often its alarm would have fired; None if that cannot be calculated.
        reason: Why it cannot be calculated.
        alarms_a_day: The mean.
        worst_day: The day with the most alarms, or with the most matches if the number of alarms is unknown.
        worst: The number on this day.
        callers: The most frequent callers, each with its matches.
        examples: The first matches.
    """

    rule: str
    severity: str
    matches: int
    alarms: int | None
    reason: str
    alarms_a_day: float | None
    worst_day: str
    worst: int
    callers: Mapping[str, int]
    examples: Sequence[Mapping[str, str]]


def seen_days(scan: Scan, selection: Selection) -> float:
    """Return the length of the time that was seen in days; less than a day counts as one."""
    if not scan.first:
        return 1.0
    first = datetime.fromisoformat(selection.first_day or scan.first).replace(tzinfo=None)
    last = datetime.fromisoformat(scan.last).replace(tzinfo=None)
    if selection.last_day:
        last = datetime.fromisoformat(selection.last_day) + _DAY
    return max((last - first) / _DAY, 1.0)


def forecasts(
    rules: Iterable[Mapping[str, Any]],
    filters: Iterable[Mapping[str, Any]],
    alarms: Iterable[Mapping[str, Any]],
    scan: Scan,
    days: float,
    unknown: Collection[str] = (),
) -> list[Forecast]:
    """Return the forecast of each rule, the one with the most alarms first.

    Args:
        rules: The rules, as detections returns them.
        filters: The metric filters, as detections returns them.
        alarms: The alarms, as detections returns them.
        scan: The matches.
        days: The length of the time that was seen.
        unknown: The names of filters whose matches are not known.
    """
    metrics = {each["name"]: each for each in filters}
    conditions = {each["name"]: each for each in alarms}
    found = [
        _forecast(rule, metrics[rule["filter_name"]], conditions[rule["alarm_name"]], scan, days, unknown)
        for rule in rules
    ]
    return sorted(found, key=lambda each: (-(each.alarms or 0), -each.matches, each.rule))


def _forecast(
    rule: Mapping[str, Any],
    metric: Mapping[str, Any],
    alarm: Mapping[str, Any],
    scan: Scan,
    days: float,
    unknown: Collection[str],
) -> Forecast:
    tally = scan.tallies.get(rule["id"], Tally())
    reason = NO_NAMES if metric["name"] in unknown else unforeseeable(alarm, metric)
    by_day = tally.by_day() if reason else alarms_by_day(tally, alarm)
    worst, most = max(by_day.items(), key=lambda entry: (entry[1], entry[0]), default=(0, 0))
    count = None if reason else by_day.total()
    return Forecast(
        rule=rule["id"],
        severity=rule["severity"],
        matches=tally.matches,
        alarms=count,
        reason=reason,
        alarms_a_day=None if count is None else round(count / days, 2),
        worst_day=day_name(worst) if most else "",
        worst=most,
        callers=dict(sorted(tally.callers.items(), key=lambda entry: (-entry[1], entry[0]))[:_CALLERS]),
        examples=tally.examples,
    )


def summary(
    scan: Scan,
    found: Sequence[Forecast],
    deployed: Deployed,
    days: float,
    mailed: Collection[str] = (),
    *,
    upper_bounds: bool = False,
) -> dict[str, Any]:
    """Return the whole forecast as JSON.

    Args:
        scan: The matches.
        found: The forecast of each rule.
        deployed: What the account deploys.
        days: The length of the time that was seen.
        mailed: The ids of the rules of which EventBridge mails each event.
        upper_bounds: Whether it is a forecast of call rates, not of records.
    """
    events = sum(each.matches for each in found if each.rule in mailed)
    activity = Activity(scan.records, scan.size, days, events + sum(each.alarms or 0 for each in found))
    return {
        "upper_bounds": upper_bounds,
        "records": scan.records,
        "other_records": scan.others,
        "first": scan.first,
        "last": scan.last,
        "days": round(days, 2),
        "unreadable_files": scan.unreadable,
        "problems": scan.problems,
        "rules": [vars(each) for each in found],
        "event_alerts": events,
        "costs_per_month": monthly_costs(deployed, activity),
    }


def lines(report: Mapping[str, Any], found: Sequence[Forecast]) -> Iterator[str]:
    """Yield the forecast as lines of text."""
    what = "the rates of calls, as upper bounds," if report["upper_bounds"] else f"{report['records']:,} records"
    first, last = report["first"] or "-", report["last"] or "-"
    yield f"{len(found)} rule{'' if len(found) == 1 else 's'} on {what} from {first} to {last} ({report['days']} days):"
    yield ""
    seen = [each for each in found if each.matches]
    if seen:
        yield from _table(seen)
        yield ""
    quiet = sorted(each.rule for each in found if not each.matches and each.reason != NO_NAMES)
    if quiet:
        yield f"No match ({len(quiet)}): {', '.join(quiet)}"
    for reason in dict.fromkeys(each.reason for each in found if each.reason):
        named = ", ".join(each.rule for each in found if each.reason == reason)
        yield f"Alarms are not counted, because {reason}: {named}"
    if report["event_alerts"]:
        yield f"Event alerts: {report['event_alerts']:,} messages, {report['event_alerts'] / report['days']:.1f} a day."
    costs = report["costs_per_month"]
    parts = ", ".join(f"{part} {amount}" for part, amount in costs.items() if part != "total" and amount != "0.00")
    without = " without the events" if report["upper_bounds"] else ""
    yield f"Costs a month with this activity{without}, in USD: {costs['total']} ({parts})."


def _table(found: Sequence[Forecast]) -> Iterator[str]:
    width = max(len("rule"), *(len(each.rule) for each in found))
    yield f"{'rule':{width}}  {'severity':8}  {'matches':>9}  {'alarms':>7}  {'a day':>6}  most on one day    by whom"
    for each in found:
        alarms = ("-", "-") if each.alarms is None else (f"{each.alarms:,}", f"{each.alarms_a_day:.1f}")
        worst = f"{each.worst:,} on {each.worst_day}" if each.worst_day else "-"
        yield (
            f"{each.rule:{width}}  {each.severity:8}  {each.matches:>9,}  {alarms[0]:>7}  {alarms[1]:>6}  {worst:17}"
            f"  {_callers(each)}"
        ).rstrip()


def _callers(forecast: Forecast) -> str:
    shares = (f"{_short(name)} {100 * count // forecast.matches} %" for name, count in forecast.callers.items())
    text = ", ".join(shares)
    return text if len(text) <= _WIDTH else f"{text[: _WIDTH - 3]}..."


def _short(caller: str) -> str:
    """Return the name in an ARN."""
    return caller.split(":", 5)[5] if caller.startswith("arn:") and caller.count(":") >= 5 else caller
