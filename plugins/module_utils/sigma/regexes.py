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
    alternatives = _alternatives(_TOKEN.findall(source), source)
    written = "|".join("".join(_tokens(each, ignore_case)) for each in alternatives)
    try:
        parse_regex(written)
    except RegexError as error:
        raise RefusalError(f"the regular expression {source} is none of filter patterns: {error.reason}") from error
    return written


def _alternatives(tokens: list[str], source: str, *, inner: bool = False) -> list[str]:
    """Take tokens up to the end of a group or of all, and return its alternatives with the groups written out."""
    done: list[str] = []
    current = [""]
    while tokens and not (inner and tokens[0] == ")"):
        token = tokens.pop(0)
        if token == "|":
            done, current = done + current, [""]
            continue
        choices = _group(tokens, source) if token == "(" else [token]
        if token == ")":
            raise RefusalError(f"the regular expression {source} has an unmatched parenthesis")
        current = [before + choice for before in current for choice in choices]
        if len(done) + len(current) > MAX_ALTERNATIVES:
            raise RefusalError(f"the groups of the regular expression {source} have too many combinations")
    return done + current


def _group(tokens: list[str], source: str) -> list[str]:
    """Take the tokens of a group and of what follows it, and return its alternatives."""
    if tokens[:2] == ["?", ":"]:
        del tokens[:2]
    elif tokens[:3] == ["?", "P", "<"] and ">" in tokens:
        del tokens[: tokens.index(">") + 1]
    elif tokens[:1] == ["?"]:
        raise RefusalError(f"the regular expression {source} looks ahead or behind, or sets flags")
    found = _alternatives(tokens, source, inner=True)
    if not tokens:
        raise RefusalError(f"the regular expression {source} has an unmatched parenthesis")
    del tokens[0]
    optional = tokens[:1] == ["?"]
    while optional and tokens[:1] == ["?"]:  # a lazy one finds the same
        del tokens[0]
    if tokens and _QUANTIFIER.fullmatch(tokens[0]):
        raise RefusalError(f"the regular expression {source} repeats a group; filter patterns have no groups")
    return [*found, ""] if optional else found


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
