# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The rule of a composite alarm: whether it is one, and which alarms it names.

Sources: CloudWatch API reference, PutCompositeAlarm (functions, 100 children, 500 elements); CloudWatch user guide,
"Create a composite alarm" (AT_LEAST).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

MAX_RULE_LENGTH = 10_240
_MAX_CHILDREN = 100
_MAX_ELEMENTS = 500
_STATE = r"(?:ALARM|OK|INSUFFICIENT_DATA)"
_NAME = r"(?:\"(?:[^\"\\]|\\.)+\"|[^\s()\",]+)"
_TOKEN = re.compile(
    rf"\s*(?:(?P<of_many>AT_LEAST\s*\(\s*\d+%?\s*,\s*(?:NOT\s+)?{_STATE}\s*,\s*\(\s*(?P<names>{_NAME}(?:\s*,\s*{_NAME})*)"
    rf"\s*\)\s*\))|(?P<of_one>{_STATE}\s*\(\s*(?P<name>{_NAME})\s*\))"
    r"|(?P<constant>(?:TRUE|FALSE)\b)|(?P<join>(?:AND|OR)\b)|(?P<negation>NOT\b)|(?P<open>\()|(?P<close>\)))",
    re.IGNORECASE,
)
_OPERANDS = ("of_many", "of_one", "constant")


class RuleToken(NamedTuple):
    """One part of a rule.

    Attributes:
        kind: Which group of the grammar it is.
        text: As it is written.
        names: The alarms that it names.
    """

    kind: str
    text: str
    names: tuple[str, ...]


def rule_problems(rule: str) -> Iterator[str]:
    """Yield what CloudWatch would refuse about a rule."""
    if not 1 <= len(rule) <= MAX_RULE_LENGTH:
        yield f"has {len(rule)} characters; CloudWatch takes 1 to {MAX_RULE_LENGTH}"
        return
    tokens, rest = _tokens(rule)
    fault = f"cannot be read from {rest[:40]!r} on" if rest else _fault(tokens)
    if fault:
        yield f'{fault}; a rule is such as ALARM(a) AND NOT (OK(b) OR ALARM("c d"))'
        return
    children = rule_children(rule)
    if len(children) > _MAX_CHILDREN:
        yield f"names {len(children)} alarms; CloudWatch takes {_MAX_CHILDREN} at most"
    elements = sum(len(token.names) + (token.kind in ("constant", "open")) for token in tokens)
    if elements > _MAX_ELEMENTS:
        yield f"has {elements} elements; CloudWatch takes {_MAX_ELEMENTS} at most"


def rule_children(rule: str) -> tuple[str, ...]:
    """Return the names of the alarms in a rule, each once; an ARN counts by the name in it."""
    names = (alarm_name(name) for token in _tokens(rule)[0] for name in token.names)
    return tuple(dict.fromkeys(names))


def rule_references(rule: str) -> tuple[str, ...]:
    """Return the names and ARNs in a rule as they are written."""
    return tuple(dict.fromkeys(name for token in _tokens(rule)[0] for name in token.names))


def alarm_name(name_or_arn: str) -> str:
    """Return an alarm's name, which may be given as its ARN."""
    return name_or_arn.split(":alarm:", 1)[-1] if name_or_arn.startswith("arn:") else name_or_arn


def _tokens(rule: str) -> tuple[list[RuleToken], str]:
    """Return the parts of a rule up to where it can be read, and the rest."""
    tokens: list[RuleToken] = []
    position, end = 0, len(rule.rstrip())
    while position < end:
        found = _TOKEN.match(rule, position)
        if not found:
            break
        named = found["names"] or found["name"] or ""
        names = tuple(_unquoted(name) for name in re.findall(_NAME, named))
        kind = next(group for group in (*_OPERANDS, "join", "negation", "open", "close") if found[group])
        tokens.append(RuleToken(kind, found[0].strip(), names))
        position = found.end()
    return tokens, rule[position:end].strip()


def _fault(tokens: list[RuleToken]) -> str:
    """Return what is wrong with the order of the parts; nothing if they make a rule."""
    depth, wants_operand = 0, True
    for token in tokens:
        if wants_operand != (token.kind in (*_OPERANDS, "negation", "open")):
            return f"has {token.text!r} where {'an alarm' if wants_operand else 'AND or OR'} is expected"
        depth += (token.kind == "open") - (token.kind == "close")
        if depth < 0:
            return "closes a parenthesis that it did not open"
        if token.kind in _OPERANDS or token.kind == "join":
            wants_operand = token.kind == "join"
    if wants_operand:
        return "ends too early"
    return "does not close a parenthesis" if depth else ""


def _unquoted(name: str) -> str:
    return re.sub(r"\\(.)", r"\1", name[1:-1]) if name.startswith('"') else name
