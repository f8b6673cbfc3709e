# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Make test events from a filter pattern: events that it matches, and near misses, for the user to complete."""

from __future__ import annotations

import difflib
import itertools
import json
from collections.abc import Iterator, Mapping
from typing import Any

from ..filter_pattern.pattern import CompiledPattern
from ..filter_pattern.tree import (
    And,
    AnyElement,
    Compare,
    Condition,
    Index,
    IsNull,
    Name,
    NotExists,
    Or,
    Selector,
    Step,
    leaves,
)
from ..rules.lint.operation_names import event_names
from ..rules.records import build_event, shipped_records
from ..validation.document import Document
from .conditions import RefusalError
from .fields import source_of, vocabulary
from .samples import ABSENT, likely_value, values_for

_BRANCHES = 256
_MATCHES = 2
_NEAR_MISSES = 5
_READS = ("Get", "List", "Describe")
_OTHER_CALLS = ["DescribeInstances", "GetObject", "ListUsers"]
_CALLERS = ("user", "pipeline", "administrator", "stolen_key", "workload")
_EVENT_NAME: tuple[Step, ...] = (Name("eventName"),)
_EVENT_SOURCE: tuple[Step, ...] = (Name("eventSource"),)
Facts = dict[tuple[Step, ...], Any]


def make_tests(pattern: CompiledPattern) -> list[dict[str, Any]]:
    """Return tests of a JSON pattern that pass. Raises RefusalError if no event is found that matches."""
    matching = list(itertools.islice(_matching(pattern), _MATCHES))
    if not matching:
        raise RefusalError("no event was found that fulfils its condition, which may contradict itself")
    tests = [
        {"name": f"to be completed: the call {number}", "match": True, **body}
        for number, (body, _facts) in enumerate(matching, 1)
    ]
    # Excluded and other values come first; a rule without them has other calls.
    near = itertools.islice(_near_misses(pattern, *matching[0]), _NEAR_MISSES)
    for number, (name, body) in enumerate(near, 1):
        tests.append({"name": f"to be completed: near miss {number}, {name}", "match": False, **body})
    return tests


def _matching(pattern: CompiledPattern) -> Iterator[tuple[dict[str, Any], Facts]]:
    """Yield different bodies of tests that match: other event names first, then other callers."""
    seen: set[str] = set()
    names: set[Any] = set()
    solutions = list(itertools.islice(_solutions(pattern.tree), _BRANCHES))  # type: ignore[arg-type]
    for other_names in (True, False):
        for facts in solutions:
            name = facts.get((Name("eventName"),))
            # A name with more around it is a guess, and no other event.
            if other_names and any(str(known) in str(name) for known in names):
                continue
            for body in _bodies(facts):
                if _key(body) not in seen and _matches(pattern, body):
                    seen.add(_key(body))
                    names.add(name)
                    yield body, facts
                    break


def _bodies(facts: Facts) -> Iterator[dict[str, Any]]:
    """Yield bodies of tests with what must be there, by several callers; then without what must be missing."""
    event: dict[str, Any] = {}
    for steps, value in facts.items():
        if value is not ABSENT:
            _put(event, steps, value)
    calls = sorted(event_names(str(event.get("eventSource"))))
    event.setdefault("eventName", calls[0] if calls else "DescribeInstances")
    event.setdefault("eventSource", source_of(event["eventName"]) or "ec2.amazonaws.com")
    absent = [_path(steps) for steps, value in facts.items() if value is ABSENT]
    bodies: list[dict[str, Any]] = [{"like": ["tls_call", caller], "event": event} for caller in _CALLERS]
    yield from bodies
    for body in bodies:
        record = _record(body)
        if without := [path for path in absent if _holds(record, path)]:
            yield body | {"without": without}


def _near_misses(
    pattern: CompiledPattern, body: Mapping[str, Any], facts: Facts
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield different bodies of tests that do not match, and what differs; if these are few, also in other calls."""
    seen: set[str] = set()
    found: list[tuple[str, dict[str, Any]]] = []
    others = ((f"{name}, in {call}", _with(each, _EVENT_NAME, call)) for name, each in found for call in _OTHER_CALLS)
    for name, changed in itertools.chain(_changes(pattern, body, facts), others):
        if not _matches(pattern, changed) and _key(changed) not in seen:
            seen.add(_key(changed))
            yield name, changed
            if len(found) < len(_OTHER_CALLS):
                found.append((name, changed))


def _changes(pattern: CompiledPattern, body: Mapping[str, Any], facts: Facts) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield variants of an event that differ in one thing."""
    event = body["event"]
    for leaf in _excluded(pattern.tree):  # type: ignore[arg-type]
        steps = leaf.selector.steps  # type: ignore[union-attr]
        yield f"the excluded {_path(steps)}", _with(body, steps, likely_value(leaf.literal))
    for steps, value in facts.items():
        if value is not ABSENT and steps not in (_EVENT_NAME, _EVENT_SOURCE):
            for other in _others(steps, value):
                yield f"{_path(steps)} is {other}", _with(body, steps, other)
    names = sorted(event_names(event["eventSource"]) - {event["eventName"]})
    for kind, found in (
        ("reads", [name for name in names if name.startswith(_READS)]),
        ("is similar", difflib.get_close_matches(event["eventName"], names, n=3, cutoff=0)),
    ):
        yield from (_other_call(body, kind, name) for name in (found or _OTHER_CALLS)[:3])
    if _EVENT_SOURCE in facts:
        source = "ec2.amazonaws.com" if event["eventSource"] == "s3.amazonaws.com" else "s3.amazonaws.com"
        yield "the same name at another service", _with(body, _EVENT_SOURCE, source)
    yield "a denied call", _with(body, (Name("errorCode"),), "AccessDenied")
    for steps, value in facts.items():
        if (
            value is not ABSENT
            and steps not in (_EVENT_NAME, _EVENT_SOURCE)
            and all(isinstance(step, Name) for step in steps)
        ):
            kept = [path for path in body.get("without", ()) if path != _path(steps)]
            yield f"without {_path(steps)}", {**_with(body, steps, value), "without": [*kept, _path(steps)]}
        elif value is ABSENT:
            yield from ((f"{_path(steps)} is {each}", _with(body, steps, each)) for each in _present(pattern, steps))
    yield from (_other_call(body, "is of another kind", name) for name in names)


def _present(pattern: CompiledPattern, steps: tuple[Step, ...]) -> list[Any]:
    """Return values for a field that was missing, numbers if it is compared with one."""
    compared = [leaf for leaf in leaves(pattern.tree) if isinstance(leaf, Compare)]  # type: ignore[arg-type]
    numbers = any(leaf.literal.is_number for leaf in compared if leaf.selector == Selector(steps))
    return [1000, 2000, 3000] if numbers else ["other", "another", "third"]


def _other_call(body: Mapping[str, Any], kind: str, name: str) -> tuple[str, dict[str, Any]]:
    reading = {"readOnly": True} if name.startswith(_READS) else {}
    return f"another call, which {kind}: {name}", _with(body, _EVENT_NAME, name, **reading)


def _others(steps: tuple[Step, ...], value: Any) -> list[Any]:
    """Return other values of a field: as AWS spells them if these are known."""
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, int | float):
        return [value - 1, value + 1, value + 100]
    known = sorted(vocabulary(_path(steps), frozenset(), whole=False) - {value, "Unknown"})
    return known[:3] or ["other", "another"]


def _with(body: Mapping[str, Any], steps: tuple[Step, ...], value: Any, **more: Any) -> dict[str, Any]:
    event = json.loads(json.dumps(body["event"])) | more
    _put(event, steps, value)
    kept = [path for path in body.get("without", ()) if path != _path(steps)]
    return {"like": body["like"], "event": event} | ({"without": kept} if kept else {})


def _excluded(tree: Condition) -> Iterator[Compare]:
    if isinstance(tree, And | Or):
        for operand in tree.operands:
            yield from _excluded(operand)
    elif isinstance(tree, Compare) and tree.operator == "!=":
        yield tree


def _solutions(tree: Condition) -> Iterator[Facts]:
    """Yield facts that make a condition true, one alternative after the other."""
    if isinstance(tree, Or):
        absent = any(isinstance(operand, NotExists) for operand in tree.operands)
        for operand in tree.operands:
            # Records without a field are more likely than those with a null.
            if not (absent and isinstance(operand, IsNull)):
                yield from _solutions(operand)
    elif isinstance(tree, And):
        # Exclusions last: what they leave out depends on the values.
        yield from _all(sorted(tree.operands, key=_excludes), {})
    else:
        yield from ({tree.selector.steps: value} for value in values_for(tree))  # type: ignore[union-attr]
        if isinstance(tree, Compare) and tree.operator == "!=":
            yield {}


def _excludes(tree: Condition) -> bool:
    return isinstance(tree, Or) and any(isinstance(operand, NotExists) for operand in tree.operands)


def _all(operands: list[Condition], known: Facts) -> Iterator[Facts]:
    """Yield the known facts with those of all operands, without contradictions."""
    if not operands:
        yield known
        return
    for facts in _solutions(operands[0]):
        for both in _joined(known, facts):
            yield from _all(operands[1:], both)


def _joined(facts: Facts, more: Facts) -> Iterator[Facts]:
    """Yield both facts together; two texts of a field, such as of two ``contains``, one after the other."""
    differ = [steps for steps, value in facts.items() if more.get(steps, value) != value]
    if not differ:
        yield facts | more
    elif all(isinstance(each[steps], int | float) for steps in differ for each in (facts, more)):
        yield facts | more
        yield more | facts
    elif all(isinstance(each[steps], str) for steps in differ for each in (facts, more)):
        yield facts | more | {steps: f"{facts[steps]} {more[steps]}" for steps in differ}
        yield facts | more | {steps: f"{more[steps]} {facts[steps]}" for steps in differ}


def _put(event: dict[str, Any], steps: tuple[Step, ...], value: Any) -> None:
    """Set the value at a selector; objects and lists on the way are made."""
    step, *rest = steps
    key = step.name if isinstance(step, Name) else "key"
    if not rest:
        event[key] = value
    elif isinstance(rest[0], AnyElement | Index):
        place = rest[0].index if isinstance(rest[0], Index) else 0
        items = event[key] if isinstance(event.get(key), list) else []
        items += [{} for _each in range(place + 1 - len(items))]
        if len(rest) > 1:
            _put(items[place], tuple(rest[1:]), value)
        else:
            items[place] = value
        event[key] = items
    else:
        event[key] = event[key] if isinstance(event.get(key), dict) else {}
        _put(event[key], tuple(rest), value)


def _path(steps: tuple[Step, ...]) -> str:
    return ".".join(step.name for step in steps if isinstance(step, Name))


def _holds(record: Any, path: str) -> bool:
    for key in path.split("."):
        if not isinstance(record, Mapping) or key not in record:
            return False
        record = record[key]
    return True


def _record(body: Mapping[str, Any]) -> dict[str, Any]:
    """Return the complete record of a test, as the reader of rules builds it."""
    document = Document("a made test", {}, {})
    return build_event(body, shipped_records(), (), document)


def _matches(pattern: CompiledPattern, body: Mapping[str, Any]) -> bool:
    return pattern.matches(json.dumps(_record(body)))


def _key(body: Mapping[str, Any]) -> str:
    return json.dumps(_record(body), sort_keys=True)
