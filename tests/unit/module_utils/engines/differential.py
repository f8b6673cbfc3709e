"""Ask the three engines for one pattern and one message, and count where and why they disagree."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from ansible_collections.secmon.aws.plugins.module_utils.engines.eventbridge.translate import (
    bus_event,
    to_event_pattern,
)
from ansible_collections.secmon.aws.plugins.module_utils.engines.insights.query import compile_query
from ansible_collections.secmon.aws.plugins.module_utils.engines.insights.record import fields_of
from ansible_collections.secmon.aws.plugins.module_utils.engines.insights.translate import to_insights
from ansible_collections.secmon.aws.plugins.module_utils.event_pattern import pattern as event_pattern
from ansible_collections.secmon.aws.plugins.module_utils.event_pattern.leaves import leaves_of
from ansible_collections.secmon.aws.plugins.module_utils.event_pattern.matching import matches
from ansible_collections.secmon.aws.plugins.module_utils.filter_pattern.pattern import (
    CompiledPattern,
    LogMessage,
    PatternError,
    compile_pattern,
)
from ansible_collections.secmon.aws.plugins.module_utils.filter_pattern.tree import Name, Selector, tree_leaves
from ansible_collections.secmon.aws.plugins.module_utils.rules.parameters import fill_pattern, sample_values
from ansible_collections.secmon.aws.plugins.module_utils.rules.rule import Rule

from tests.support.shipped_rules import shipped_rules
from tests.unit.module_utils.engines.known_differences import EVENTBRIDGE, INSIGHTS, explanations

RULES = Path(__file__).parents[4] / "rules"
_VECTORS = Path(__file__).parents[1] / "filter_pattern/data/filter_pattern_vectors.json"


class Subject:
    """One message in the form that each engine reads."""

    def __init__(self, text: str) -> None:
        """Keep the message."""
        self.message = LogMessage(text)

    @cached_property
    def event(self) -> dict[str, Any]:
        """The event of EventBridge whose detail is the message."""
        return bus_event(json.loads(self.message.text))

    @cached_property
    def leaves(self) -> Any:
        """The leaves of the event."""
        return leaves_of(self.event)

    @cached_property
    def fields(self) -> Any:
        """The fields that Logs Insights discovers."""
        return fields_of(self.message.text)


class Engines:
    """One filter pattern, translated."""

    def __init__(self, pattern: CompiledPattern) -> None:
        """Translate a pattern; no quota of an account narrows what is compared."""
        self.pattern = pattern
        self.event_pattern = to_event_pattern(pattern)
        self.query = to_insights(pattern)
        self._event = event_pattern.compile_pattern(self.event_pattern.text) if self.event_pattern.possible else None
        self._query = compile_query(self.query.text) if self.query.possible else None

    def answers(self, subject: Subject) -> tuple[bool, bool | None, bool | None]:
        """Return the answers of the metric filter, EventBridge and Logs Insights; None for one that cannot."""
        event = None
        if self._event and subject.message.document is not None:
            event = any(matches(each, subject.leaves) for each in self._event.alternatives)
        query = self._query.matches(subject.fields) if self._query else None
        return self.pattern.matches(subject.message), event, query


@dataclass
class Count:
    """What was compared, and the disagreements."""

    comparisons: Counter[str] = field(default_factory=Counter)
    patterns: dict[str, set[str]] = field(default_factory=lambda: {EVENTBRIDGE: set(), INSIGHTS: set()})
    messages: dict[str, set[str]] = field(default_factory=lambda: {EVENTBRIDGE: set(), INSIGHTS: set()})
    explained: Counter[tuple[str, str]] = field(default_factory=Counter)
    unexplained: list[tuple[str, str, str]] = field(default_factory=list)

    def compare(self, engines: Engines, subject: Subject) -> None:
        """Compare the answers of both engines with the metric filter's."""
        expected, *others = engines.answers(subject)
        for engine, answer in zip((EVENTBRIDGE, INSIGHTS), others, strict=True):
            if answer is None:
                continue
            self.comparisons[engine] += 1
            self.patterns[engine].add(engines.pattern.source)
            self.messages[engine].add(subject.message.text)
            if answer is not expected:
                self._explain(engine, engines, subject)

    def _explain(self, engine: str, engines: Engines, subject: Subject) -> None:
        codes = explanations(engines.pattern, subject.message)[engine]
        for code in codes:
            self.explained[engine, code] += 1
        if not codes:
            self.unexplained.append((engine, str(engines.pattern), subject.message.text))


@cache
def shipped() -> Mapping[Rule, Engines]:
    """Return every shipped rule with the sample values of its parameters."""
    return {rule: Engines(fill_pattern(rule, sample_values(rule))) for rule in shipped_rules()}


@cache
def records() -> tuple[Subject, ...]:
    """Return every different record of the tests of the rules."""
    return tuple(map(Subject, dict.fromkeys(test.message for rule in shipped() for test in rule.tests)))


@cache
def compared() -> Count:
    """Compare the engines for every rule and every record."""
    count = Count()
    for engines in shipped().values():
        for subject in records():
            count.compare(engines, subject)
    return count


@cache
def compared_changed() -> Count:
    """Compare the engines for every rule and a matching record with each field of the pattern removed or replaced."""
    count = Count()
    for rule, engines in shipped().items():
        record = next(test.event for test in rule.tests if test.match)
        for path in sorted({_names(each) for each in selectors_of(engines)}):
            for subject in _subjects_of(_changed(record, path)):
                count.compare(engines, subject)
    return count


@cache
def compared_recorded() -> Count:
    """Compare the engines for every recorded pattern and every recorded message."""
    vectors = json.loads(_VECTORS.read_text())
    subjects = [Subject(text) for text in dict.fromkeys(vector["message"] for vector in vectors)]
    count = Count()
    for text in dict.fromkeys(vector["pattern"] for vector in vectors):
        try:
            engines = Engines(compile_pattern(text))
        except PatternError:
            continue
        for subject in subjects:
            count.compare(engines, subject)
    return count


def selectors_of(engines: Engines) -> list[Selector]:
    """Return the selectors of a pattern."""
    selectors = (leaf.selector for leaf in tree_leaves(engines.pattern.tree))
    return [selector for selector in selectors if isinstance(selector, Selector)]


def _names(selector: Selector) -> tuple[str, ...]:
    return tuple(step.name for step in selector.steps if isinstance(step, Name))


def _changed(record: Any, path: tuple[str, ...]) -> Iterator[Any]:
    """Yield a record without the field at a path, and with each of several unlike values there."""
    for value in (_REMOVED, None, True, False, 0, 1, "x", "", [], {}):
        yield _with(record, path, value)
    old = record
    for name in path:
        old = old.get(name) if isinstance(old, dict) else None
    for value in ([old], {"a": old}, [{"a": old}], f"{old}x", f"x{old}", str(old).swapcase(), f"{old}\n"):
        yield _with(record, path, value)


_REMOVED = object()


def _with(record: Any, path: tuple[str, ...], value: Any) -> Any:
    record = dict(record) if isinstance(record, dict) else {}
    name, *below = path
    if below:
        record[name] = _with(record.get(name), tuple(below), value)
    elif value is _REMOVED:
        record.pop(name, None)
    else:
        record[name] = value
    return record


def _subjects_of(documents: Iterable[Any]) -> Iterator[Subject]:
    """Yield the subjects of documents."""
    return (Subject(json.dumps(document)) for document in documents)
