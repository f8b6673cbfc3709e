# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Check tests and references: enough tests, all different, with realistic records."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from ..record_shape import looks_like_cloudtrail, record_problems
from ..rule import Rule, RuleTest
from .finding import Finding, error, warning

MIN_MATCHING = 2
MIN_NEAR_MISSES = 3
_README = "rules/README.md of this collection"
_CLOUDTRAIL = "CloudTrail user guide, record contents and userIdentity element"
# Keys that differ between two records of the same call.
_INCIDENTAL = frozenset({"eventID", "requestID", "eventTime", "sharedEventID"})


def lint_tests(rule: Rule) -> Iterator[Finding]:
    """Yield the findings about tests, references and documentation of one rule."""
    yield from _counts(rule)
    yield from _duplicates(rule)
    for test in rule.tests:
        if isinstance(test.event, Mapping) and looks_like_cloudtrail(test.event):
            for problem in record_problems(test.event):
                yield warning(rule, "incomplete-record", f"test {test.name!r}: {problem}", _CLOUDTRAIL)
    references = rule.references
    if not (references.mitre_attack or references.cis or references.security_hub or references.links):
        hint = "add mitre_attack, cis, security_hub or links"
        yield warning(rule, "no-references", "no reference explains why this event matters", _README, hint)
    if not rule.false_positives:
        reason = "no harmless cause is listed, which is the first question of the person on call"
        yield warning(rule, "no-false-positives", reason, _README, "add false_positives")


def _counts(rule: Rule) -> Iterator[Finding]:
    for match, smallest, what in ((True, MIN_MATCHING, "matching events"), (False, MIN_NEAR_MISSES, "near misses")):
        different = {_comparable(test) for test in rule.tests if test.match is match}
        if len(different) < smallest:
            reason = f"the tests have {len(different)} different {what}; at least {smallest} are needed"
            yield error(
                rule,
                "too-few-tests",
                reason,
                _README,
                f"add {what}; events that differ only in times and ids count once",
            )


def _duplicates(rule: Rule) -> Iterator[Finding]:
    first: dict[str, RuleTest] = {}
    names: set[str] = set()
    for test in rule.tests:
        other = first.setdefault(_comparable(test), test)
        if other is not test:
            reason = f"the tests {other.name!r} and {test.name!r} have the same event"
            yield error(rule, "duplicate-test", reason, _README, "change or remove one of them")
        if test.name in names:
            yield error(
                rule, "duplicate-test-name", f"two tests are named {test.name!r}", _README, "rename one of them"
            )
        names.add(test.name)


def _comparable(test: RuleTest) -> str:
    """Return a string that is equal for two tests of the same event."""
    event: Any = test.event
    if isinstance(event, Mapping):
        event = {key: value for key, value in event.items() if key not in _INCIDENTAL}
    return json.dumps([event, {name: list(values) for name, values in test.parameters.items()}], sort_keys=True)
