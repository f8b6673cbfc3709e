# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Whether two filter patterns have the same meaning, whatever the order, quotes, spaces and brackets.

The conditions of a pattern are joined by ``&&`` and ``||`` alone, so it is a monotone function of them: the smallest
sets of conditions that are sufficient are the same for all patterns that mean the same.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import replace
from functools import lru_cache
from typing import Any

from ..filter_pattern.pattern import PatternError, compile_pattern
from ..filter_pattern.tree import And, Compare, Literal, LiteralKind, Or

Meaning = frozenset[frozenset[Hashable]]
# A pattern has at most 1,024 characters; only one that multiplies out on purpose has more sets.
_MOST_SETS = 2000


def same_meaning(first: str, second: str) -> bool:
    """Return whether two patterns match the same messages, as far as their conditions tell."""
    if first == second:
        return True
    meanings = (meaning(first), meaning(second))
    return None not in meanings and meanings[0] == meanings[1]


def same_text(first: str, second: str) -> bool:
    """Return whether two patterns are the same text, apart from spaces outside of quotes."""
    return _without_blanks(first) == _without_blanks(second)


@lru_cache(maxsize=256)
def meaning(pattern: str) -> Meaning | None:
    """Return the smallest sets of conditions that are sufficient; None for a pattern that cannot be compared."""
    try:
        return _sets(compile_pattern(pattern).tree)
    except (PatternError, OverflowError):
        return None


def _sets(tree: Any) -> Meaning:
    if isinstance(tree, Or):
        return _smallest(one for operand in tree.operands for one in _sets(operand))
    if isinstance(tree, And):
        found: Meaning = frozenset({frozenset()})
        for operand in tree.operands:
            more = _sets(operand)
            if len(found) * len(more) > _MOST_SETS:
                raise OverflowError
            found = _smallest(one | other for one in found for other in more)
        return found
    return frozenset({frozenset({_plain(tree)})})


def _smallest(sets: Iterable[frozenset[Hashable]]) -> Meaning:
    found = set(sets)
    return frozenset(one for one in found if not any(other < one for other in found))


def _plain(condition: Any) -> Hashable:
    """Return a condition with a word as if it were in quotes, which makes no difference to AWS."""
    if isinstance(condition, Compare) and condition.literal.kind is LiteralKind.WORD and condition.literal.text != "*":
        return replace(condition, literal=Literal(condition.literal.text))
    return condition  # type: ignore[no-any-return]


def _without_blanks(pattern: str) -> str:
    parts = pattern.split('"')
    parts[::2] = ["".join(part.split()) for part in parts[::2]]
    return '"'.join(parts)
