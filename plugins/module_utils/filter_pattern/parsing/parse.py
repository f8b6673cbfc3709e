# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Parse a filter pattern of any kind and check the common limits."""

from __future__ import annotations

from dataclasses import dataclass

from ..choices import PatternWarning, tree_warnings
from ..error import PatternError
from ..limits import MAX_PATTERN_LENGTH, MAX_REGEXES_PER_PATTERN
from ..tree import Everything, Tree
from .delimited import parse_delimited
from .json_pattern import parse_json_pattern
from .scanner import WHITESPACE, Scanner
from .terms import parse_terms

_TOO_LONG = (
    "1 validation error detected: Value at 'filterPattern' failed to satisfy constraint: "
    "Member must have length less than or equal to 1024"
)


@dataclass(frozen=True)
class Parsed:
    """The syntax tree of a pattern, the number of its regular expressions, and the warnings for its author."""

    tree: Tree
    regex_count: int
    warnings: tuple[PatternWarning, ...]


def parse_pattern(text: str) -> Parsed:
    """Parse a pattern; PatternError if it is rejected."""
    if len(text) > MAX_PATTERN_LENGTH:
        reason = f"the pattern has {len(text)} characters, more than {MAX_PATTERN_LENGTH}"
        raise PatternError(text, MAX_PATTERN_LENGTH, reason, "Shorten it, or split it into two filters.", _TOO_LONG)
    scanner = Scanner(text)
    tree, positions = _parse(scanner)
    _check_regexes(scanner)
    found = scanner.warnings + tree_warnings(tree, positions)
    warnings = sorted(set(found), key=lambda each: (each.position, each.code))
    return Parsed(tree, len(scanner.regexes), tuple(warnings))


def _parse(scanner: Scanner) -> tuple[Tree, dict[int, int]]:
    """Choose the kind by the first character (CloudWatch Logs user guide)."""
    stripped = scanner.text.strip(WHITESPACE)
    if not stripped:
        return Everything(), {}
    if stripped[0] not in "{[":
        return parse_terms(scanner), {}
    if stripped[0] != scanner.text[0]:
        scanner.fail(f'whitespace before "{stripped[0]}"', "Remove it; the bracket must be the first character.", 0)
    result = parse_json_pattern(scanner) if stripped[0] == "{" else parse_delimited(scanner)
    if scanner.char:
        place = scanner.position
        if not scanner.text[place:].strip(WHITESPACE):
            scanner.fail("whitespace after the pattern", "Remove it; the closing bracket must be the last character.")
        scanner.fail(f"expected the end of the pattern, found {scanner.found()}", "", place)
    return result


def _check_regexes(scanner: Scanner) -> None:
    if len(scanner.regexes) > MAX_REGEXES_PER_PATTERN:
        message = "Invalid metric filter pattern: a maximum of 2 regular expressions per filter pattern."
        reason = f"a pattern can have at most {MAX_REGEXES_PER_PATTERN} regular expressions"
        scanner.fail(reason, "Split it into two filters.", scanner.regexes[MAX_REGEXES_PER_PATTERN], message)
