# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Checks of the metric filters that CIS and Security Hub prescribe, each with its alarm, topic and receiver."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from ..core.problems import listed
from .chain import without_chain
from .filters import FILTERS, FilterControl
from .meaning import same_meaning, same_text
from .outcome import FAIL, Check, Outcome, passed
from .snapshot import Response, Snapshot, Trail, confirmed, known, topics_of
from .trail_checks import excluded_sources, is_whole

_FILTER_REMEDY = "Run site.yml --tags alarms with the pack cis (secmon_profile: cis, or secmon_packs)."
Matches = Callable[[str], bool]
_TRAIL_REMEDY = (
    "Set secmon_multi_region: true, secmon_management_events: all, secmon_excluded_event_sources: []; run site.yml"
    " --tags trail."
)


def _check(control: FilterControl, matches: Matches, snapshot: Snapshot) -> Outcome:
    trail = snapshot.chain
    if trail is None:
        return without_chain(snapshot)
    problems = list(_trail_problems(control, trail))
    if problems:
        return Outcome(FAIL, " ".join(problems), _TRAIL_REMEDY)
    found = [each for each in known(trail.filters) if matches(each.get("filterPattern", ""))]
    problems = [*_filter_problems(control, trail, found), *(_alarm_problems(snapshot, found) if found else ())]
    if not problems:
        return passed(f"The metric filter {found[0]['filterName']} has an alarm with a receiver.")
    return Outcome(FAIL, " ".join(problems), _FILTER_REMEDY)


def _trail_problems(control: FilterControl, trail: Trail) -> Iterator[str]:
    if not is_whole(trail):
        yield f"The trail {trail.name} does not log all management events of every region."
    if control.needs in excluded_sources(trail):
        yield f"The trail {trail.name} excludes {control.needs}, so that the filter matches nothing."


def _filter_problems(control: FilterControl, trail: Trail, found: list[Response]) -> Iterator[str]:
    if known(trail.group) is None:
        yield f"The log group {trail.group_name} does not exist."
    elif not found:
        near = [each["filterName"] for each in known(trail.filters) if _is_near(control, each)]
        other = f" {listed(near)} has another pattern." if near else ""
        yield f"No metric filter of the log group {trail.group_name} has this pattern.{other}"


def _is_near(control: FilterControl, metric_filter: Response) -> bool:
    """Return whether a filter is meant for the control, but has another text, or another meaning."""
    text = metric_filter.get("filterPattern", "")
    if any(same_meaning(text, pattern) for pattern in (control.pattern, *control.others)):
        return True
    words = set(control.rule.split("_"))
    return words <= {word.lower() for word in _words(metric_filter["filterName"])}


def _words(name: str) -> Iterator[str]:
    word = ""
    for character in f"{name}_":
        if not character.isalnum() or (character.isupper() and word and not word[-1].isupper()):
            if word:
                yield word
            word = ""
        word += character if character.isalnum() else ""


def _alarm_problems(snapshot: Snapshot, found: list[Response]) -> Iterator[str]:
    """Yield why none of several filters leads to a receiver."""
    problems = [_alarm_problem(snapshot, each) for each in found]
    if all(problems):
        yield " ".join(problems)


def _alarm_problem(snapshot: Snapshot, metric_filter: Response) -> str:
    alarms = snapshot.alarms_on(metric_filter)
    if not alarms:
        return f"The metric of the filter {metric_filter['filterName']} has no alarm."
    topics = [snapshot.topics[arn] for alarm in alarms for arn in topics_of(alarm)]
    names = listed(alarm["AlarmName"] for alarm in alarms)
    if not topics:
        return f"The alarm {names} notifies no topic."
    if not any(confirmed(topic) for topic in topics if known(topic.attributes) is not None):
        return f"The topic of the alarm {names} has no confirmed subscription."
    return ""


def _in_meaning(control: FilterControl, pattern: str) -> bool:
    return any(same_meaning(pattern, text) for text in (control.pattern, *control.others))


def _checks() -> Iterator[Check]:
    for control in FILTERS:
        yield Check(control.name, control.title, partial(_check, control, partial(_in_meaning, control)))
    for control in FILTERS:
        exact = partial(same_text, control.pattern)
        yield Check(f"{control.name}-exact", f"{control.title}, by the exact pattern", partial(_check, control, exact))


FILTER_CHECKS = tuple(_checks())
