# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The condition of a Sigma rule, without the library that parsed it: frozen dataclasses."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Union


class RefusalError(Exception):
    """A rule that a filter pattern cannot express; the text is the reason."""


class Wild(Enum):
    """A wildcard of a Sigma value: ``*`` and ``?``."""

    MANY = "*"
    ONE = "?"


@dataclass(frozen=True)
class Text:
    """A value: texts and wildcards in turn. Sigma ignores case unless the modifier ``cased`` is set."""

    parts: tuple[str | Wild, ...]
    cased: bool = False

    @property
    def plain(self) -> str | None:
        """The value without wildcards, or None if it has one."""
        return "".join(str(part) for part in self.parts) if not any(isinstance(p, Wild) for p in self.parts) else None


@dataclass(frozen=True)
class Values:
    """A field has one of these values, or matches one of these regular expressions of filter patterns."""

    field: str
    texts: tuple[Text, ...] = ()
    patterns: tuple[str, ...] = ()


@dataclass(frozen=True)
class Truth:
    """A field is true or false, as a boolean or as its name."""

    field: str
    truth: bool


@dataclass(frozen=True)
class Comparison:
    """A field is a number in relation (``< <= > >=``) to another."""

    field: str
    operator: str
    number: str


@dataclass(frozen=True)
class Missing:
    """A field is missing, or null as well."""

    field: str
    or_null: bool = True


@dataclass(frozen=True)
class AllOf:
    """All operands hold."""

    operands: tuple[Condition, ...]


@dataclass(frozen=True)
class AnyOf:
    """One operand holds."""

    operands: tuple[Condition, ...]


@dataclass(frozen=True)
class Not:
    """The operand does not hold."""

    operand: Condition


Test = Union[Values, Truth, Comparison, Missing]
Condition = Union[AllOf, AnyOf, Not, Test]


def necessary(condition: Condition, field: str) -> frozenset[str]:
    """Return the values of which a field must have one for a match, empty if it can have any other."""
    if isinstance(condition, AllOf):
        found = [values for each in condition.operands if (values := necessary(each, field))]
        return min(found, key=len) if found else frozenset()
    if isinstance(condition, AnyOf):
        each = [necessary(operand, field) for operand in condition.operands]
        return frozenset().union(*each) if all(each) else frozenset()
    if isinstance(condition, Values) and condition.field == field and not condition.patterns:
        plain = [text.plain for text in condition.texts]
        return frozenset(filter(None, plain)) if all(plain) else frozenset()
    return frozenset()
