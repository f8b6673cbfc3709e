# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Findings about a rule's tests and references: enough of them, different, and shaped like real records."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from ..record_shape import looks_like_cloudtrail, record_complaints
from ..rule import Rule, RuleTest
from .finding import Finding, error, warning

MIN_MATCHING = 2
MIN_NEAR_MISSES = 3
_OURS = "rules/README.md of this collection"
_CLOUDTRAIL = "CloudTrail user guide, record contents and userIdentity element"
# What differs between two records of the same thing.
_INCIDENTAL = frozenset({"eventID", "requestID", "eventTime", "sharedEventID"})


def lint_tests(rule: Rule) -> Iterator[Finding]:
    """Yield the findings about one rule's tests, references and prose."""
    yield from _counts(rule)
    yield from _duplicates(rule)
    for test in rule.tests:
        if isinstance(test.event, Mapping) and looks_like_cloudtrail(test.event):
            for complaint in record_complaints(test.event):
                yield warning(rule, "incomplete-record", f"test {test.name!r}: {complaint}", _CLOUDTRAIL)
    references = rule.references
    if not (references.mitre_attack or references.cis or references.security_hub or references.links):
        hint = "add mitre_attack, cis, security_hub or links"
        yield warning(rule, "no-references", "nothing says why this event matters", _OURS, hint)
    if not rule.false_positives:
        reason = "nothing says when the rule fires without harm, which the person on call will ask first"
        yield warning(rule, "no-false-positives", reason, _OURS, "add false_positives")


def _counts(rule: Rule) -> Iterator[Finding]:
    for match, smallest, what in ((True, MIN_MATCHING, "matching events"), (False, MIN_NEAR_MISSES, "near misses")):
        different = {_essence(test) for test in rule.tests if test.match is match}
        if len(different) < smallest:
            reason = f"{len(different)} different {what} in the tests, at least {smallest} are needed"
            yield error(rule, "too-few-tests", reason, _OURS, f"add {what}; times and ids alone make no difference")


def _duplicates(rule: Rule) -> Iterator[Finding]:
    first: dict[str, RuleTest] = {}
    names: set[str] = set()
    for test in rule.tests:
        other = first.setdefault(_essence(test), test)
        if other is not test:
            reason = f"the tests {other.name!r} and {test.name!r} have the same event"
            yield error(rule, "duplicate-test", reason, _OURS, "change or remove one of them")
        if test.name in names:
            yield error(rule, "duplicate-test-name", f"two tests are called {test.name!r}", _OURS, "rename one of them")
        names.add(test.name)


def _essence(test: RuleTest) -> str:
    """Return a text that two tests share if they test the same thing."""
    event: Any = test.event
    if isinstance(event, Mapping):
        event = {key: value for key, value in event.items() if key not in _INCIDENTAL}
    return json.dumps([event, {name: list(values) for name, values in test.parameters.items()}], sort_keys=True)
