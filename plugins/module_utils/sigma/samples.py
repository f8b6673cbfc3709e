# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Values for which a comparison of a filter pattern holds."""

from __future__ import annotations

import re
from typing import Any

from ..filter_pattern.regex.parser import parse_regex
from ..filter_pattern.tree import IsFalse, IsNull, IsTrue, Leaf, Literal, NotExists

ABSENT = object()


def likely_value(literal: Literal) -> Any:
    """Return a value that a literal matches, an address if it is the beginning of one."""
    return _address(_sample(literal))


def values_for(leaf: Leaf) -> list[Any]:
    """Return values for which a test holds; none if it only excludes one. ``ABSENT`` is that of a missing field."""
    if isinstance(leaf, NotExists):
        return [ABSENT]
    if isinstance(leaf, IsNull):
        return [None]
    if isinstance(leaf, IsTrue | IsFalse):
        return [isinstance(leaf, IsTrue)]
    if leaf.operator == "!=":
        return []
    sample = _sample(leaf.literal, leaf.operator)
    open_ended = leaf.literal.has_wildcard or (leaf.literal.is_regex and not leaf.literal.text.startswith("^"))
    # The shortest value may be excluded.
    if not open_ended or not isinstance(sample, str):
        return [sample]
    return [*dict.fromkeys((_address(sample), sample)), f"other{sample}", f"{sample}other"]


def _sample(literal: Literal, operator: str = "=") -> Any:
    """Return a value that a literal matches."""
    if literal.is_number:
        number = float(literal.text) + {"<": -1, ">": 1}.get(operator, 0)
        return int(number) if number.is_integer() else number
    if literal.is_regex:
        return "".join(_likely(item.codes) * item.least for item in parse_regex(literal.text)[0].items)
    return literal.text.strip("*") or ("x" if "*" in literal.text else "")


def _address(begin: Any) -> Any:
    """Return an address with this beginning if it is one, else the text itself."""
    if not isinstance(begin, str):
        return begin
    if re.fullmatch(r"(\d{1,3}\.){1,3}", begin):
        return begin + ".".join("1" * (4 - begin.count(".")))
    return f"{begin.rstrip(':')}::1" if re.fullmatch(r"([0-9a-f]{1,4}:)+[0-9a-f]{0,4}", begin) else begin


def _likely(codes: frozenset[int]) -> str:
    """Return the most readable character of a set."""
    return min(map(chr, codes), key=lambda char: (not char.islower(), not char.isalnum(), char))
