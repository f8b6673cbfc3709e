# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Which rules EventBridge and Logs Insights can take, and whether they pass the tests of the rule there."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from ..engines.eventbridge.state import state_for
from ..engines.eventbridge.translate import bus_event, to_event_pattern
from ..engines.insights.query import compile_query
from ..engines.insights.record import fields_of
from ..engines.insights.translate import to_insights
from ..engines.translation import Reason, Translation
from ..event_pattern.pattern import compile_pattern
from ..filter_pattern.pattern import CompiledPattern
from .parameters import fill_pattern, sample_values, values_for_test
from .rule import Rule, RuleTest

EVENTBRIDGE = "EventBridge"
INSIGHTS = "Logs Insights"


@dataclass(frozen=True)
class EngineResult:
    """What one engine makes of one rule, with the sample values of its parameters.

    Attributes:
        rule_id: The id of the rule.
        engine: `EventBridge` or `Logs Insights`.
        text: The event pattern or the query; empty if there are reasons against it.
        state: The state that the rule of EventBridge needs; empty for Logs Insights.
        reasons: Why the engine cannot take the rule.
        failed: The names of the tests that the rule fails there; a test whose values it cannot take is not run.
    """

    rule_id: str
    engine: str
    text: str
    state: str
    reasons: tuple[Reason, ...]
    failed: tuple[str, ...]


def engine_results(rules: Iterable[Rule]) -> tuple[EngineResult, ...]:
    """Return the results of both engines for rules."""
    return tuple(result for rule in rules for result in _results(rule))


def _results(rule: Rule) -> Iterator[EngineResult]:
    pattern = fill_pattern(rule, sample_values(rule))
    for engine, (translate, matches) in _ENGINES.items():
        translation = translate(pattern)
        failed = tuple(test.name for test in rule.tests if not _passes(rule, test, translate, matches))
        state = state_for(pattern) if engine == EVENTBRIDGE else ""
        yield EngineResult(rule.id, engine, translation.text, state, translation.reasons, failed)


def _passes(
    rule: Rule,
    test: RuleTest,
    translate: Callable[[CompiledPattern], Translation],
    matches: Callable[[str, RuleTest], bool],
) -> bool:
    translation = translate(fill_pattern(rule, values_for_test(rule, test)))
    return not translation.possible or matches(translation.text, test) is test.match


def _matches_on_bus(pattern: str, test: RuleTest) -> bool:
    # Only records come from CloudTrail, so a line that is none is never sent.
    return not isinstance(test.event, str) and compile_pattern(pattern).matches(bus_event(test.event))


def _matches_in_logs(query: str, test: RuleTest) -> bool:
    return compile_query(query).matches(fields_of(test.message))


_ENGINES = {EVENTBRIDGE: (to_event_pattern, _matches_on_bus), INSIGHTS: (to_insights, _matches_in_logs)}
