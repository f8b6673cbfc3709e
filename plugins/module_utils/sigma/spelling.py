# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Values of Sigma as literals of filter patterns, in the case in which AWS writes them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from .conditions import Text, Values, Wild
from .fields import lower_case, vocabulary
from .regexes import text_regex

_FEW = 6


@dataclass(frozen=True)
class Spelling:
    """What is compared exactly, asterisks being wildcards, and what by regular expression."""

    exact: tuple[str, ...]
    regexes: tuple[str, ...]


def spell(values: Values, sources: frozenset[str], *, ignore_case: bool, endings: bool = False) -> Spelling:
    """Return the literals for the values of a field.

    Args:
        values: The field and its values.
        sources: The event sources that the rule names.
        ignore_case: Whether values of which AWS has no known spelling match in any case.
        endings: Whether a value may end with the literal, although a literal is found only where it occurs first.
    """
    exact: list[str] = []
    regexes = list(values.patterns)
    for text in values.texts:
        found = _exact(values.field, text, sources, ignore_case, endings)
        if found:
            exact += found
        else:
            regexes.append(text_regex(text, ignore_case=ignore_case))
    return Spelling(tuple(dict.fromkeys(exact)), tuple(dict.fromkeys(regexes)))


def _exact(field: str, text: Text, sources: frozenset[str], ignore_case: bool, endings: bool) -> list[str]:
    """Return the literals that mean a value, empty if only a regular expression does."""
    shape = _shape(text, endings)
    if shape is None:
        return []
    inner = next((part for part in text.parts if isinstance(part, str)), "")
    if not ignore_case or text.cased or not any(char.isalpha() for char in inner):
        return [shape]
    if lower_case(field):
        return [shape.lower()]
    whole = text.plain is not None
    spelled = dict.fromkeys(_occurrences(text, inner, vocabulary(field, sources, whole=whole)))
    if not spelled and whole:  # rules confuse services of similar names; the lint reports a name at the wrong one
        spelled = dict.fromkeys(_occurrences(text, inner, vocabulary(field, frozenset(), whole=True)))
    return [shape.replace(inner, each) for each in spelled] if len(spelled) <= _FEW else []


def _shape(text: Text, endings: bool) -> str | None:
    """Return the literal of a value, None if it needs a regular expression.

    An asterisk is a wildcard in quotes, too, one at the beginning or inside finds the first occurrence only (see
    ``filter_pattern/choices.py``), and ``${name}`` is a parameter of the rule.
    """
    *_rest, last = text.parts or ("",)
    strings = [part for part in text.parts if isinstance(part, str)]
    if Wild.ONE in text.parts or len(strings) > 1 or any(re.search(r"\*|\$\{", each) for each in strings):
        return None
    if not all(each.isascii() and each.isprintable() for each in strings):
        return None
    if text.parts and text.parts[0] is Wild.MANY and isinstance(last, str) and not endings:
        return None
    return "".join(part.value if isinstance(part, Wild) else part for part in text.parts)


def _occurrences(text: Text, inner: str, known: frozenset[str]) -> Iterator[str]:
    """Yield how AWS spells the text of a value in the names that the value matches."""
    if not known:
        return
    shape = re.compile(text_regex(text))
    part = re.compile(re.escape(inner), re.IGNORECASE)
    for name in sorted(known):
        if shape.search(name):
            yield from part.findall(name) if text.parts[0] is Wild.MANY else [name[: len(inner)]]
