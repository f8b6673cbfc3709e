# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Points of the language where sources disagree or are silent: what this engine does, why, and the sources.

Each choice that a pattern relies on is returned to its author as a PatternWarning. Where the answer of AWS is unknown,
a form with an unambiguous alternative is rejected; REJECTED lists these. Choices that concern only messages or limits
cause no warning:

- Numbers are compared by their exact decimal value; a comparison with a number of more than 1,000 characters is false.
- A message nested more than 100,000 levels deep is not a document and matches no JSON pattern.
- ``.*`` reaches the values of objects only, ``[*]`` those of objects and arrays.
- A leading asterisk follows the rule of an interior one: ``*X`` is true if the first X is at the end of the text.
- ``.`` in a regular expression is any character including a line break, and ``$`` is the end of the text;
  ``\\s`` is any ASCII whitespace.
- Space-delimited fields are separated by spaces, tabs and line breaks. A closing delimiter ends its field even without
  a space after it. Without ``...`` the last slot takes the rest of the line even if it has no name.
- The length of a pattern is counted in characters, not bytes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from .tree import And, Compare, Delimited, FieldName, Index, Leaf, NotExists, Or, Selector, Slot, Tree, tree_leaves

_GUIDE = "CloudWatch Logs user guide, filter and pattern syntax"
_OLD_GUIDE = "CloudWatch Logs user guide of 2018-2020, filter and pattern syntax"
_LIVE = "observed with TestMetricFilter, us-east-1, 2026-09"
_LIVE_2019 = "observed with TestMetricFilter, 2019 (cfchou/metric_filter_parser)"


@dataclass(frozen=True)
class Choice:
    """One choice: ``reason`` is the text for the author of a pattern, ``source`` its source."""

    code: str
    reason: str
    source: str


@dataclass(frozen=True)
class PatternWarning:
    """A choice that a pattern relies on; ``position`` counts characters of the pattern from 0."""

    code: str
    position: int
    reason: str
    source: str


_CHOICES = (
    Choice(
        "not-equal-on-missing",
        '"!=" is false when the property is missing, so a message without it does not match; '
        "add || (... NOT EXISTS) if it should count.",
        "console test in DataBiosphere/azul#5884; Classmethod DevelopersIO on NOT EXISTS; the user guide is silent",
    ),
    Choice(
        "not-equal-on-wildcard",
        '"!=" on a wildcard selector is read as "some element differs", not as "no element is equal".',
        f"{_GUIDE} (a comparison holds for any element); not observed for !=",
    ),
    Choice(
        "not-exists-on-wildcard",
        'NOT EXISTS on a wildcard selector is read as "nothing is reached", not as "some element lacks it".',
        "the sources are silent",
    ),
    Choice(
        "top-level-index",
        "A message whose top level is an array matches nothing, so this selector never reaches a value.",
        _LIVE,
    ),
    Choice(
        "interior-wildcard",
        "An asterisk inside a value matches up to the first occurrence of what follows and tries no other: "
        '"11*1" does not match "111.111". Use a regular expression if this matters.',
        f"{_OLD_GUIDE} says that it is literal, {_GUIDE} that it is a wildcard; {_LIVE_2019} supports this reading",
    ),
    Choice(
        "wildcard-only-literal",
        "No escape for an asterisk is documented: it is a wildcard in quotes, too. "
        "Write \\x2A in a regular expression to find an asterisk.",
        _GUIDE,
    ),
    Choice(
        "boolean-word",
        'This compares with a string, never with a JSON boolean; use "IS TRUE" or "IS FALSE".',
        _LIVE,
    ),
    Choice(
        "quoted-keyword",
        "A quoted keyword is an ordinary string; remove the quotes to use the keyword.",
        f"{_GUIDE} (IS NULL, IS TRUE, IS FALSE, NOT EXISTS have no quotes)",
    ),
    Choice(
        "bracket-without-dot",
        "$['name'] is read as the documented $.['name']; write the dot.",
        f"{_GUIDE} shows only $.['name']",
    ),
    Choice(
        "number-text",
        "A quoted or wildcard literal compares with the number as written in the message: 1e2 and 100 differ.",
        f'{_LIVE} (quoted "1" equals 1, not 1.0); exponents not observed',
    ),
    Choice(
        "unusual-blank",
        "A tab or a line break between the parts of a pattern is read as a space; write a space.",
        f"{_GUIDE} shows spaces only",
    ),
    Choice(
        "unknown-escape",
        'Only \\" and \\\\ are known escapes; this backslash is literal. Write it twice to make that clear.',
        f"{_LIVE_2019}; the user guide is silent on escapes",
    ),
    Choice(
        "regex-blank",
        "A space in a regular expression is literal; \\x20 or \\s is the documented way.",
        f"{_GUIDE} does not list the space as allowed, but uses it in an example",
    ),
    Choice(
        "regex-with-terms",
        "A regular expression with other terms is read as one more condition; only a single regular expression "
        "is documented.",
        _GUIDE,
    ),
    Choice(
        "optional-terms-ignored",
        'The terms with "?" are ignored, because there are terms without "?".',
        f"{_GUIDE}; {_LIVE}",
    ),
    Choice("literal-asterisk-term", "An asterisk in a term is not a wildcard; it must occur in the message.", _LIVE),
    Choice("empty-term", "An empty term matches every message.", "the sources are silent"),
    Choice(
        "delimited-field-count",
        'Without "..." the last field takes the rest of the line, and a line with fewer fields does not match; '
        'write "..." if the number of fields varies.',
        f"{_LIVE}; {_OLD_GUIDE} implies an exact number of fields",
    ),
    Choice(
        "undeclared-field",
        "No field of the pattern has this name, so the condition is never true.",
        f"{_OLD_GUIDE} has such an example without its effect",
    ),
    Choice(
        "delimited-number-equality",
        'Fields are strings: "=" and "!=" compare the characters (200 is not 200.0); only < <= > >= compare numbers.',
        "the sources are silent",
    ),
)

CHOICES = {choice.code: choice for choice in _CHOICES}


@dataclass(frozen=True)
class Rejection:
    """A form that is rejected because the answer of AWS is unknown and another form has the same meaning."""

    form: str
    example: str
    source: str


REJECTED = (
    Rejection("whitespace before the opening bracket", " { $.a = 1 }", _LIVE_2019),
    Rejection("whitespace after the closing bracket", "{ $.a = 1 } ", f"{_LIVE_2019}, with spaces on both sides"),
    Rejection("keywords in lower case", "{ $.a is null }", "documented in upper case only"),
    Rejection("a hyphen, dot or slash in an unquoted term", "a-b", f"{_OLD_GUIDE}: needs quotes"),
    Rejection("a sign followed by a space", "- a", "the sources are silent"),
    Rejection("a regular expression with an excluded term", '%a% -"b"', "field report; the user guide is silent"),
    Rejection(
        "an escaped percent sign in a regular expression", "%a\\%b%", "the sources are silent; \\x25 is documented"
    ),
    Rejection("\\x80 and above in a regular expression", "%\\xe9%", f"{_GUIDE}: \\xhh is an ASCII character"),
    Rejection("nested, lazy or possessive quantifiers", "%a+?%", "no documented form"),
    Rejection("an empty alternative", "%a|%", "no documented form"),
    Rejection("^ or $ inside an alternative", "%a^b%", "no documented form"),
    Rejection("a bare bracket or brace in a regular expression", "%a}%", "engines differ; the escape is documented"),
    Rejection(
        "a field name with characters other than letters, digits and underscores", "[a-b]", "examples show no other"
    ),
    Rejection("an empty JSON condition", "{ }", "no documented meaning"),
)


def warning(code: str, position: int) -> PatternWarning:
    """Return the warning for a choice that the text at a position relies on."""
    choice = CHOICES[code]
    return PatternWarning(code, position, choice.reason, choice.source)


def tree_warnings(tree: Tree, positions: dict[int, int]) -> list[PatternWarning]:
    """Return the warnings for the conditions of a tree; ``positions`` maps the id of a node to its position."""
    guarded = set(_guarded(tree, frozenset()))
    found: list[PatternWarning] = []
    for leaf in tree_leaves(tree):
        codes = [*_selector_codes(leaf)]
        if isinstance(leaf, Compare):
            codes += _comparison_codes(leaf, id(leaf) in guarded)
        found += [warning(code, positions[id(leaf)]) for code in codes]
    return found


def _selector_codes(leaf: Leaf) -> Iterator[str]:
    selector = leaf.selector
    if isinstance(selector, Selector):
        if isinstance(selector.steps[0], Index):
            yield "top-level-index"
        if isinstance(leaf, NotExists) and selector.has_wildcard:
            yield "not-exists-on-wildcard"


def _comparison_codes(leaf: Compare, guarded: bool) -> Iterator[str]:
    selector, literal = leaf.selector, leaf.literal
    if leaf.operator == "!=" and isinstance(selector, Selector):
        if selector.has_wildcard:
            yield "not-equal-on-wildcard"
        elif not guarded:
            yield "not-equal-on-missing"
    if literal.has_wildcard and "*" in literal.text.strip("*"):
        yield "interior-wildcard"
    if literal.quoted and literal.has_wildcard and literal.text.strip("*") == "":
        yield "wildcard-only-literal"
    if isinstance(selector, Selector) and _sees_digits(leaf):
        yield "number-text"


def _sees_digits(leaf: Compare) -> bool:
    """Return whether a quoted literal looks like a number that has other spellings."""
    text = leaf.literal.text
    return leaf.literal.quoted and text.replace(".", "", 1).isdigit() and ("." in text or text.endswith("00"))


def _guarded(tree: Tree, settled: frozenset[Selector | FieldName]) -> Iterator[int]:
    """Yield the ids of comparisons that are joined by ``||`` with NOT EXISTS, or by ``&&`` with ``= *``."""
    if isinstance(tree, Delimited):
        for slot in tree.slots:
            if isinstance(slot, Slot) and slot.condition:
                yield from _guarded(slot.condition, settled)
    elif isinstance(tree, And | Or):
        if isinstance(tree, Or):
            settled |= {each.selector for each in tree.operands if isinstance(each, NotExists)}
        else:
            settled |= {each.selector for each in tree.operands if isinstance(each, Compare) and _is_present(each)}
        for operand in tree.operands:
            yield from _guarded(operand, settled)
    elif isinstance(tree, Compare) and tree.selector in settled:
        yield id(tree)


def _is_present(leaf: Compare) -> bool:
    """Return whether a comparison is ``selector = *``, which any string or number matches."""
    return leaf.operator == "=" and not leaf.literal.quoted and leaf.literal.text == "*"
