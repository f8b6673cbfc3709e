# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Regular expressions of filter patterns from values and regular expressions of Sigma.

Filter patterns have no groups, no flags and few plain characters (CloudWatch Logs user guide, supported regular
expressions syntax), and distinguish upper and lower case, which Sigma does not unless a rule asks for it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..filter_pattern.regex.parser import RegexError, parse_regex
from .conditions import RefusalError, Text, Wild

MAX_ALTERNATIVES = 16
_TOKEN = re.compile(r"\\x[0-9A-Fa-f]{2}|\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\{\d+(?:,\d*)?\}|[*+?]|.", re.DOTALL)
_QUANTIFIER = re.compile(r"[*+?]|\{\d+(?:,\d*)?\}")
_PLAIN = re.compile(r"[A-Za-z0-9:_#=@/;,-]")
_MEMBER = re.compile(r"\\x[0-9A-Fa-f]{2}|\\.|.", re.DOTALL)


def text_regex(text: Text, *, ignore_case: bool = True) -> str:
    """Return the regular expression that matches a value with its wildcards."""
    parts = list(text.parts)
    begin = "" if parts and parts[0] is Wild.MANY else "^"
    end = "" if parts and parts[-1] is Wild.MANY else "$"
    while parts and parts[0] is Wild.MANY:
        parts.pop(0)
    while parts and parts[-1] is Wild.MANY:
        parts.pop()
    fold = ignore_case and not text.cased
    return begin + "".join(_part(part, fold) for part in parts) + end


def _part(part: str | Wild, fold: bool) -> str:
    if isinstance(part, Wild):
        return ".*" if part is Wild.MANY else "."
    return "".join(_character(char, fold) for char in part)


def _character(char: str, fold: bool) -> str:
    if not char.isascii():
        raise RefusalError(f"the value has the character {char!r}, and a regular expression takes ASCII only")
    if char.isalpha() and fold:
        return f"[{char.upper()}{char.lower()}]"
    return char if _PLAIN.fullmatch(char) else f"\\x{ord(char):02X}"


def portable_regex(source: str, *, ignore_case: bool) -> str:
    """Return a regular expression of filter patterns that means the same. Raises RefusalError."""
    if source.startswith("(?i)"):
        source, ignore_case = source[4:], True
    alternatives = list(_expand(source))
    if len(alternatives) > MAX_ALTERNATIVES:
        raise RefusalError(f"the groups of the regular expression {source} have too many combinations")
    written = "|".join("".join(_tokens(each, ignore_case)) for each in alternatives)
    try:
        parse_regex(written)
    except RegexError as error:
        raise RefusalError(f"the regular expression {source} is none of filter patterns: {error.reason}") from error
    return written


def _expand(source: str) -> Iterator[str]:
    """Yield the alternatives of a regular expression without its groups."""
    tokens = _TOKEN.findall(source)
    if "(" not in tokens:
        yield source
        return
    close = next((place for place, token in enumerate(tokens) if token == ")"), 0)
    begin = max((place for place in range(close) if tokens[place] == "("), default=-1)
    if begin < 0:
        raise RefusalError(f"the regular expression {source} has an unmatched parenthesis")
    inner, after = tokens[begin + 1 : close], tokens[close + 1 : close + 2]
    if inner[:2] == ["?", ":"]:
        inner = inner[2:]
    if inner[:1] == ["?"]:
        raise RefusalError(f"the regular expression {source} looks ahead or behind, or sets flags")
    if after and _QUANTIFIER.fullmatch(after[0]):
        raise RefusalError(f"the regular expression {source} repeats a group; filter patterns have no groups")
    yield from _distribute(
        tokens[:begin], "".join(inner).split("|") if "|" in inner else ["".join(inner)], tokens[close + 1 :]
    )


def _distribute(before: list[str], choices: list[str], behind: list[str]) -> Iterator[str]:
    """Yield the text around a group with each of its alternatives; other alternatives of the same level stay."""
    if "|" in before or "|" in behind:
        raise RefusalError("the regular expression has alternatives outside and inside of a group")
    for choice in choices:
        yield from _expand("".join([*before, choice, *behind]))


def _tokens(source: str, fold: bool) -> Iterator[str]:
    quantified = False
    for token in _TOKEN.findall(source):
        if _QUANTIFIER.fullmatch(token):
            # A lazy quantifier finds the same texts.
            if not (token == "?" and quantified):
                yield token
            quantified = True
            continue
        quantified = False
        if token.startswith("["):
            yield _brackets(token, fold)
        elif token.isalpha() and len(token) == 1:
            yield _character(token, fold)
        elif len(token) > 1 or token in "^$.|":
            yield _escape(token)
        else:
            yield _character(token, fold=False)


def _escape(token: str) -> str:
    """Return an escape; a letter or digit after the backslash is a class or an anchor, anything else the character."""
    if len(token) == 2 and not token[1].isalnum():
        return _character(token[1], fold=False) if token[1] not in "^$?[]{}|\\*+." else token
    return token


def _brackets(token: str, fold: bool) -> str:
    """Return a bracket expression with both cases of its letters."""
    negated = "^" if token.startswith("[^") else ""
    members = _MEMBER.findall(token[1 + len(negated) : -1])
    written = "".join(_member(member) for member in members)
    if fold:
        letters = [m for m in members if len(m) == 1 and m.isalpha()]
        ranges = re.findall(r"(?<![\\x])([a-z]-[a-z]|[A-Z]-[A-Z])", "".join(members))
        used = {letter for each in ranges for letter in (each[0], each[2])}
        written = "".join(
            [*(each.swapcase() for each in ranges), *(m.swapcase() for m in letters if m not in used), written]
        )
    return f"[{negated}{written}]"


def _member(member: str) -> str:
    if len(member) == 1 and not _PLAIN.fullmatch(member):
        return _character(member, fold=False)
    # An escaped hyphen must not become that of a range.
    return "\\x2D" if member == "\\-" else _escape(member) if len(member) > 1 else member
