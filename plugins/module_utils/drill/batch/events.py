# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Choose the events of a drill from the tests of the rules that an account has.

The tests are written for sample values, so each event gets the account's values of the rule's parameters, and its
account ID. What is sent is checked against all patterns first: an event that matches few other rules is preferred.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Union

from ...filter_pattern.pattern import CompiledPattern, LogMessage, compile_pattern
from ...rules.parameters import values_for_test
from ...rules.rule import Rule, RuleTest
from ..marks import marked
from .sample import times_of_events

SAMPLE_ACCOUNT = "111122223333"
"""The account of the test events."""

_RUN = "check"


@dataclass(frozen=True)
class Event:
    """One event of a drill.

    Attributes:
        rule: The rule whose test it is; empty for an event of a scenario.
        name: The name of the test, or where the record of a scenario is from.
        text: The log message, not yet marked.
        seconds_ago: How long ago it happened.
    """

    rule: str
    name: str
    text: str
    seconds_ago: int = 0


@dataclass(frozen=True)
class Choice:
    """What a drill sends: the events that must raise alarms, those that must not, and why a rule has none."""

    matches: tuple[Event, ...]
    near_misses: tuple[Event, ...]
    without: Mapping[str, str]

    def as_options(self) -> dict[str, Any]:
        """Return it as the options of the module."""
        return {
            "matches": [asdict(event) for event in self.matches],
            "near_misses": [asdict(event) for event in self.near_misses],
            "without": dict(self.without),
        }


def choose_events(rules: Sequence[Rule], account_id: str, only: Iterable[str] = ()) -> Choice:
    """Return the events of a drill.

    Args:
        rules: The rules of the account, with its values of their parameters.
        account_id: The account.
        only: The ids of the rules to drill; all if it is empty.
    """
    patterns = [compile_pattern(rule.pattern) for rule in rules]
    wanted = set(only) or {rule.id for rule in rules}
    matches, near, without = list[Event](), list[Event](), dict[str, str]()
    for rule in rules:
        if rule.id not in wanted:
            continue
        found = _matching_events(rule, account_id, patterns)
        if isinstance(found, str):
            without[rule.id] = found
        else:
            matches += found
        near += _near_miss(rule, account_id, patterns)
    return Choice(tuple(matches), tuple(near), without)


def _matching_events(rule: Rule, account_id: str, patterns: Sequence[CompiledPattern]) -> Union[list[Event], str]:
    chosen = _quietest(rule, account_id, patterns, match=True)
    if chosen is None:
        return (
            "None of its test events matches its pattern with the values of this account. Add a test with such an"
            " event to the rule (secmon_rules)."
        )
    times = times_of_events(rule, chosen.text)
    if isinstance(times, str):
        return times
    return [Event(rule.id, chosen.name, chosen.text, seconds) for seconds in times]


def _near_miss(rule: Rule, account_id: str, patterns: Sequence[CompiledPattern]) -> list[Event]:
    chosen = _quietest(rule, account_id, patterns, match=False)
    return [chosen] if chosen else []


def _quietest(rule: Rule, account_id: str, patterns: Sequence[CompiledPattern], *, match: bool) -> Event | None:
    """Return the event of a test that matches the fewest patterns, as it is sent, or None."""
    own = compile_pattern(rule.pattern)
    best: tuple[int, Event] | None = None
    for test in rule.tests:
        if test.match is match:
            found = next(_fitting(own, _variants(rule, test, account_id), match), None)
            if found is not None:
                sent = LogMessage(marked(found, _RUN))
                number = sum(pattern.matches(sent) for pattern in patterns)
                if best is None or number < best[0]:
                    best = number, Event(rule.id, test.name, found)
    return best[1] if best else None


def _fitting(own: CompiledPattern, variants: Iterable[str], match: bool) -> Iterator[str]:
    return (message for message in variants if own.matches(marked(message, _RUN)) is match)


def _variants(rule: Rule, test: RuleTest, account_id: str) -> Iterator[str]:
    """Yield the message of a test from the one that fits the account best to the one as written."""
    samples = values_for_test(rule, test)
    values = {
        samples[parameter.name][0]: parameter.value[0]
        for parameter in rule.parameters
        if parameter.value and samples.get(parameter.name)
    }
    ours = _replacing(values)(test.message)
    yield _replacing({SAMPLE_ACCOUNT: account_id})(ours)
    yield ours
    yield test.message


def _replacing(values: Mapping[str, str]) -> Callable[[str], str]:
    """Return a function that replaces texts; longer ones first, since one may contain another."""

    def replace_all(text: str) -> str:
        for old in sorted(values, key=len, reverse=True):
            text = text.replace(old, values[old])
        return text

    return replace_all
