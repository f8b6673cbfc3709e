# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The match type `wildcard`: `*` matches any characters, `\\*` a star and `\\\\` a backslash."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable

from .error import PatternError

_PART = re.compile(r"\\.|\*|[^\\*]+|\\", re.DOTALL)
MOST_ALIKE = 4
"""How many stars may be followed by the same character. AWS refuses five by its measure of complexity, which is not
public; four and less are our reading, not seen on AWS."""


def wildcard(pattern: str) -> Callable[[str], bool]:
    """Return the test of a text."""
    expression, after = "", Counter[str]()
    parts = list(_PART.finditer(pattern))
    for number, part in enumerate(parts):
        text = part[0]
        if text == "*":
            following = parts[number + 1][0] if number + 1 < len(parts) else ""
            if following == "*":
                raise PatternError(f"Consecutive wildcard characters at pos {part.end()}")
            after[following[:1]] += 1
            expression += ".*"
        elif text.startswith("\\"):
            if text not in (r"\*", r"\\"):
                raise PatternError(f"Invalid escape character at pos {part.start()}")
            expression += re.escape(text[1])
        else:
            expression += re.escape(text)
    if any(count > MOST_ALIKE for following, count in after.items() if following):
        raise PatternError(
            "Rule is too complex - try using fewer wildcard characters or fewer repeating character sequences after a"
            " wildcard character"
        )
    compiled = re.compile(expression, re.DOTALL)
    return lambda text: compiled.fullmatch(text) is not None
