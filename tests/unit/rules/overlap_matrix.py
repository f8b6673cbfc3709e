"""List which other rules match the test events of each rule, as a text for review in a diff.

``python -m tests.unit.rules.overlap_matrix --write`` rewrites ``overlap_matrix.txt`` next to this file.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from ansible_collections.secmon.aws.plugins.module_utils.filter_pattern.pattern import CompiledPattern, LogMessage
from ansible_collections.secmon.aws.plugins.module_utils.rules.parameters import fill_pattern
from ansible_collections.secmon.aws.plugins.module_utils.rules.rule import Rule

from tests.support.shipped_rules import shipped_rules

RULES = Path(__file__).parents[3] / "rules"
MATRIX = Path(__file__).with_suffix(".txt")
HEADER = """\
# The test events of each rule that other rules match too.
# rule | + the event must match, - it must not | the test's name | other rules
# Parameters that narrow a rule have no value; parameters for expected roles have their sample values.
# Written by: python -m tests.unit.rules.overlap_matrix --write
"""


def matrix(rules: Sequence[Rule]) -> str:
    """Return the whole text."""
    return HEADER + "".join(f"{line}\n" for line in _lines(rules))


def _lines(rules: Sequence[Rule]) -> Iterator[str]:
    patterns = {rule.id: wide_pattern(rule) for rule in rules}
    for rule in rules:
        for test in rule.tests:
            message = LogMessage(test.message)
            others = [name for name, pattern in patterns.items() if name != rule.id and pattern.matches(message)]
            if others:
                yield f"{rule.id} | {'+' if test.match else '-'} | {test.name} | {' '.join(others)}"


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
