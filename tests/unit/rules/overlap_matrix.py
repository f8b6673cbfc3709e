"""List which other rules match the test events of each rule, as a text for review in a diff.

``python -m tests.unit.rules.overlap_matrix --write`` rewrites ``overlap_matrix.txt`` next to this file.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from ansible_collections.secmon.aws.plugins.module_utils.catalog.coverage import GENERIC
from ansible_collections.secmon.aws.plugins.module_utils.filter_pattern.pattern import CompiledPattern, LogMessage
from ansible_collections.secmon.aws.plugins.module_utils.rules.parameters import fill_pattern
from ansible_collections.secmon.aws.plugins.module_utils.rules.rule import Rule

from tests.support.shipped_rules import shipped_rules

RULES = Path(__file__).parents[3] / "rules"
MATRIX = Path(__file__).with_suffix(".txt")
HEADER = """\
# Which other rules match the test events of a rule (+ events that it must match, - near misses), and how many of them.
# Left out: rules on who calls or on the outcome ({generic}).
# Parameters that narrow a rule have no value; parameters for expected roles have their sample values.
# Written by: python -m tests.unit.rules.overlap_matrix --write
"""


def matrix(rules: Sequence[Rule]) -> str:
    """Return the whole text."""
    return HEADER.format(generic=", ".join(sorted(GENERIC))) + "".join(f"{line}\n" for line in _lines(rules))


def overlaps(rules: Sequence[Rule], *, match: bool) -> dict[str, Counter[str]]:
    """Return for each rule the other rules that match its events, or its near misses, without the generic ones."""
    patterns = {rule.id: wide_pattern(rule) for rule in rules if rule.id not in GENERIC}
    found: dict[str, Counter[str]] = {rule.id: Counter() for rule in rules if rule.id not in GENERIC}
    for rule in (rule for rule in rules if rule.id in found):
        for message in (LogMessage(test.message) for test in rule.tests if test.match == match):
            found[rule.id].update(name for name, one in patterns.items() if name != rule.id and one.matches(message))
    return found


def _lines(rules: Sequence[Rule]) -> Iterator[str]:
    events, near_misses = overlaps(rules, match=True), overlaps(rules, match=False)
    for rule in events:
        for sign, others in (("+", events[rule]), ("-", near_misses[rule])):
            if others:
                yield f"{rule} {sign} " + ", ".join(f"{name} {number}" for name, number in sorted(others.items()))


def wide_pattern(rule: Rule) -> CompiledPattern:
    """Return the pattern without narrowing, but with sample values for expected roles."""
    filled = (parameter for parameter in rule.parameters if parameter.required or parameter.type == "role_name")
    return fill_pattern(rule, {parameter.name: parameter.samples[:1] for parameter in filled})


if __name__ == "__main__":
    text = matrix(shipped_rules())
    if "--write" in sys.argv[1:]:
        MATRIX.write_text(text, encoding="utf-8")
    else:
        sys.stdout.write(text)
