"""What a Sigma rule means for a record, evaluated on the tree of pySigma: the judge of the filter patterns."""

from __future__ import annotations

import ipaddress
import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import sigma.conditions as parsed
import sigma.types as values
from sigma.rule import SigmaRule


def meaning(document: dict[str, Any]) -> Callable[[dict[str, Any]], bool]:
    """Return the function that says whether a record fulfils a rule: without regard to case, any element of a list."""
    tests = [_holds(each.parsed) for each in SigmaRule.from_dict(document).detection.parsed_condition]
    return lambda record: any(test(record) for test in tests)


def _holds(node: Any) -> Callable[[dict[str, Any]], bool]:
    if isinstance(node, parsed.ConditionFieldEqualsValueExpression):
        path, test = re.findall(r"[^.\[\]]+", node.field.replace("[*]", "")), _test(node.value)
        return lambda record: test(list(_values(record, path)))
    inner = [_holds(each) for each in node.args]
    match node:
        case parsed.ConditionNOT():
            return lambda record: not inner[0](record)
        case parsed.ConditionAND():
            return lambda record: all(each(record) for each in inner)
    return lambda record: any(each(record) for each in inner)


def _values(value: Any, path: list[str]) -> Iterator[Any]:
    if isinstance(value, list) and path and path[0].isdigit():
        yield from _values(value[int(path[0])], path[1:]) if int(path[0]) < len(value) else ()
    elif isinstance(value, list):
        for each in value:
            yield from _values(each, path)
    elif not path:
        yield value
    elif isinstance(value, dict) and path[0] in value:
        yield from _values(value[path[0]], path[1:])


def _test(wanted: Any) -> Callable[[list[Any]], bool]:
    if isinstance(wanted, values.SigmaNull):
        return lambda found: not [each for each in found if each is not None]
    if isinstance(wanted, values.SigmaExists):
        return lambda found: bool(found) is wanted.exists
    if isinstance(wanted, values.SigmaCompareExpression):
        compare = {"LT": "__lt__", "LTE": "__le__", "GT": "__gt__", "GTE": "__ge__"}[wanted.op.name]
        number = float(wanted.number.number)
        return lambda found: any(
            getattr(float(each), compare)(number) for each in found if isinstance(each, int | float)
        )
    if isinstance(wanted, values.SigmaExpansion):
        tests = list(map(_test, wanted.values))
        return lambda found: any(test(found) for test in tests)
    if isinstance(wanted, values.SigmaCIDRExpression):
        return lambda found: any(_in_network(each, wanted.network) for each in found)
    search = _shape(wanted).search
    return lambda found: any(search(_text(each)) is not None for each in found if each is not None)


def _shape(wanted: Any) -> re.Pattern[str]:
    if isinstance(wanted, values.SigmaRegularExpression):
        flags = re.IGNORECASE if values.SigmaRegularExpressionFlag.IGNORECASE in wanted.flags else 0
        return re.compile(str(wanted.regexp), flags)
    if not isinstance(wanted, values.SigmaString):
        value = wanted.number if isinstance(wanted, values.SigmaNumber) else bool(wanted)
        return re.compile(rf"\A{re.escape(_text(value))}\Z")
    wild = {values.SpecialChars.WILDCARD_MULTI: ".*", values.SpecialChars.WILDCARD_SINGLE: "."}
    text = "".join(re.escape(part) if isinstance(part, str) else wild[part] for part in wanted.s)
    cased = isinstance(wanted, values.SigmaCasedString)
    return re.compile(rf"\A{text}\Z", re.DOTALL | (0 if cased else re.IGNORECASE))


def _in_network(value: Any, network: Any) -> bool:
    try:
        return ipaddress.ip_address(value) in network
    except ValueError:
        return False


def _text(value: Any) -> str:
    """Return the text of a value, which is its JSON for all but texts."""
    return value if isinstance(value, str) else json.dumps(value, separators=(",", ":"))
