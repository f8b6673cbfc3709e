# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Check the names of events: a name that AWS does not have never matches, and two rules on one event alarm twice."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Mapping

from ...core.problems import did_you_mean, nearest_name
from ...filter_pattern.pattern import LogMessage, compile_pattern
from ...filter_pattern.tree import And, Compare, Condition, Delimited, Everything, Literal, Name, Or, Selector, Terms
from ..parameters import fill_pattern, sample_values
from ..rule import Rule
from .finding import Finding, warning
from .operation_names import event_names, event_sources

_MODELS = "the models of the AWS SDK, and the names that CloudTrail gives other events"
_README = "rules/README.md of this collection"
_EVENT_SOURCE = Selector((Name("eventSource"),))
_EVENT_NAME = Selector((Name("eventName"),))
# Less similar names are probably sources that no model describes.
_MISSPELT = 0.9


def lint_operations(rule: Rule) -> Iterator[Finding]:
    """Yield the findings about names of events in the pattern and in the matching tests of one rule."""
    if rule.compliance:
        return
    named = [(source, literal.text) for source, literal in _named(rule)]
    tested = [(str(event.get("eventSource")), str(event.get("eventName"))) for event in _events(rule)]
    for source, name in dict.fromkeys(named + tested):
        if not source or not name.strip("*"):
            continue
        if found := _problem(rule, source, name):
            yield found


def _problem(rule: Rule, source: str, name: str) -> Finding | None:
    names = event_names(source)
    if not names:
        nearest = nearest_name(source, event_sources(), _MISSPELT)
        if not nearest:
            return None
        reason = f"no event source is named {source}, as far as the models of AWS know."
        return warning(rule, "unknown-event-source", f'{reason} Did you mean "{nearest}"?', _MODELS)
    if _occurs(name, names):
        return None
    if same := sorted(known for known in names if _shape(name, re.IGNORECASE).fullmatch(known)):
        reason = f"{source} has the event {same[0]}, not {name}: a pattern distinguishes upper and lower case"
        return warning(rule, "case-of-operation", reason, _MODELS, f"write {same[0]}")
    others = [other for other in sorted(event_sources()) if name in event_names(other)]
    # A common name is in many services, and the most similar one of this service helps more.
    near = f" The event source {others[0]} has it." if len(others) == 1 else did_you_mean(name, names)
    reason = f"{source} has no event named {name}, as far as the models of AWS know.{near}"
    return warning(rule, "unknown-operation", reason, _MODELS, "correct it; a new or internal event may be right")


def _occurs(name: str, names: frozenset[str]) -> bool:
    """Return whether a name, which may have wildcards, is among others."""
    return name in names or ("*" in name and any(map(_shape(name).fullmatch, names)))


def _shape(name: str, flags: int = 0) -> re.Pattern[str]:
    return re.compile(".*".join(map(re.escape, name.split("*"))), flags)


def _named(rule: Rule) -> Iterator[tuple[str, Literal]]:
    tree = compile_pattern(rule.pattern).tree
    if not isinstance(tree, Everything | Terms | Delimited):
        yield from _names(tree, ())


def _names(condition: Condition, sources: tuple[str, ...]) -> Iterator[tuple[str, Literal]]:
    """Yield each name that a condition compares with, and the event source that is asked for beside it."""
    if isinstance(condition, And):
        sources = tuple(itertools.chain.from_iterable(map(_sources, condition.operands))) or sources
    if isinstance(condition, And | Or):
        for operand in condition.operands:
            yield from _names(operand, sources)
    elif literal := _literal(condition, _EVENT_NAME):
        # One of several sources is enough; which of them the rule means is not known.
        known = [source for source in sources if _occurs(literal.text, event_names(source))]
        yield (known or list(sources) or [""])[0], literal


def _sources(condition: Condition) -> tuple[str, ...]:
    """Return the event sources of a condition that does nothing but ask for them."""
    if isinstance(condition, Or):
        found = [_sources(operand) for operand in condition.operands]
        return tuple(itertools.chain.from_iterable(found)) if all(found) else ()
    literal = _literal(condition, _EVENT_SOURCE)
    return (literal.text,) if literal and not literal.has_wildcard else ()


def _literal(condition: Condition, selector: Selector) -> Literal | None:
    """Return what a condition compares a field with for equality, unless it is a regular expression."""
    if isinstance(condition, Compare) and condition.operator == "=" and condition.selector == selector:
        return None if condition.literal.is_regex else condition.literal
    return None


def _events(rule: Rule) -> Iterator[Mapping[str, object]]:
    """Yield the events that the rule must match; a near miss may be an event that does not exist."""
    events = (test.event for test in rule.tests if test.match)
    return (event for event in events if isinstance(event, Mapping) and "eventName" in event)


def lint_overlaps(rules: Iterable[Rule]) -> Iterator[Finding]:
    """Yield a finding for each rule that alarms on an event of another rule of its folder, both by the event's name.

    Rules on who calls, or on the outcome, name no events: that they match what other rules match is their purpose.
    """
    folders: dict[object, list[Rule]] = {}
    for rule in rules:
        if rule.path and not rule.compliance:
            folders.setdefault(rule.path.parent, []).append(rule)
    for members in folders.values():
        named = {rule.id: {(source, literal.text) for source, literal in _named(rule)} for rule in members}
        for first, second in itertools.permutations(members, 2):
            if named[first.id] & named[second.id]:
                yield from _twice(first, second)


def _twice(first: Rule, second: Rule) -> Iterator[Finding]:
    pattern = fill_pattern(second, sample_values(second))
    for test in first.tests:
        if test.match and not test.parameters and pattern.matches(LogMessage(test.message)):
            reason = f"{second.id} alarms on the event of its test {test.name!r} too: one event pages twice"
            hint = f"exclude it from one of them, or move {second.id} to another folder"
            yield warning(first, "pages-twice", reason, _README, hint)
            return
