# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Read Sigma rules with pySigma, which parses them; this is the only file that knows it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

try:
    import sigma.conditions as parsed
    import sigma.types as values
    from sigma.exceptions import SigmaConditionError, SigmaError
    from sigma.rule import SigmaRule
except ImportError:
    parsed = values = SigmaRule = None  # type: ignore[assignment,misc]

    class SigmaError(Exception):  # type: ignore[no-redef]
        """Stands for the error of pySigma."""

    class SigmaConditionError(SigmaError):  # type: ignore[no-redef]
        """Stands for the error of pySigma."""


try:
    import yaml
except ImportError:  # the controller has it
    yaml = None  # type: ignore[assignment]

from .conditions import AllOf, AnyOf, Comparison, Condition, Missing, Not, RefusalError, Text, Truth, Values, Wild
from .networks import in_network
from .regexes import portable_regex

AVAILABLE = SigmaRule is not None
MISSING_LIBRARY = (
    "Sigma rules are read with pySigma, which is not installed on the controller. Run: pip install pysigma"
)


@dataclass(frozen=True)
class SigmaDocument:
    """A Sigma rule: what it says of itself, and its condition or the reason why it has none."""

    fields: Mapping[str, Any]
    condition: Condition | None
    refusal: str = ""

    def text(self, key: str) -> str:
        """Return a field as one line, empty if it is missing."""
        value = self.fields.get(key)
        return " ".join(str(value).split()) if value is not None and not isinstance(value, list | dict) else ""

    def texts(self, key: str) -> list[str]:
        """Return a list of texts, each as one line."""
        value = self.fields.get(key)
        each = value if isinstance(value, list) else [value] if value else []
        return [line for item in each if item is not None and (line := " ".join(str(item).split()))]

    def mappings(self, key: str) -> list[Mapping[str, Any]]:
        """Return a list of mappings."""
        value = self.fields.get(key)
        return [each for each in value if isinstance(each, Mapping)] if isinstance(value, list) else []


def read_documents(text: str) -> list[SigmaDocument]:
    """Return the rules of a file. Raises RefusalError if it is not YAML."""
    documents = []
    try:
        loader = yaml.SafeLoader(text)
        while loader.check_node():
            node = loader.get_node()
            _check_keys(node, set())
            documents.append(loader.construct_document(node))
    except yaml.YAMLError as error:
        raise RefusalError(f"it is not valid YAML: {' '.join(str(error).split())}") from error
    except RecursionError as error:
        raise RefusalError("its lists and mappings are nested too deeply") from error
    documents = [each for each in documents if each is not None]
    if not documents:
        raise RefusalError("it is empty")
    return [read_document(each) for each in documents]


def _check_keys(node: Any, seen: set[int]) -> None:
    """Refuse a mapping with a key that occurs twice, of which YAML keeps the last."""
    if isinstance(node, yaml.ScalarNode) or id(node) in seen:
        return
    seen.add(id(node))
    pairs = node.value if isinstance(node, yaml.MappingNode) else [(None, each) for each in node.value]
    keys = [key.value for key, _value in pairs if isinstance(key, yaml.ScalarNode)]
    if twice := next((key for key in keys if keys.count(key) > 1), None):
        raise RefusalError(f"the key {twice} occurs twice in the mapping at line {node.start_mark.line + 1}")
    for _key, value in pairs:
        _check_keys(value, seen)


def read_document(document: Any) -> SigmaDocument:
    """Return a rule, or why it is none."""
    if not isinstance(document, Mapping):
        return SigmaDocument({}, None, "it is not a Sigma rule, which is a mapping")
    try:
        return SigmaDocument(document, _condition(document))
    except RefusalError as error:
        return SigmaDocument(document, None, str(error))
    except SigmaConditionError as error:
        return SigmaDocument(document, None, f"its condition is not valid: {_reason(error)}")
    except (SigmaError, TypeError, ValueError, AttributeError, KeyError, RecursionError) as error:
        return SigmaDocument(document, None, f"pySigma cannot read it: {_reason(error)}")


def _reason(error: Exception) -> str:
    """Return the text of an exception, without the addresses of objects and the quotes of bytes in it."""
    text = re.sub(r"<sigma\.types\.Sigma(\w+) object at \w+>", r"\1", str(error)) or type(error).__name__
    return re.sub(r": b'(.*)'$", r": \1", text)


def _condition(document: Mapping[str, Any]) -> Condition:
    _check_kind(document)
    # What the rule says of itself needs no check; dates among the values become texts.
    kept = {key: document[key] for key in ("logsource", "detection", "level") if document.get(key) is not None}
    rule = SigmaRule.from_dict({"title": "-", **json.loads(json.dumps(kept, default=str))})
    conditions = rule.detection.parsed_condition
    return _any([_convert(each.parsed) for each in conditions])


def _check_kind(document: Mapping[str, Any]) -> None:
    """Refuse what is not a condition on one record of CloudTrail."""
    if "correlation" in document:
        raise RefusalError(
            "it correlates several events, and a filter pattern sees one; set a threshold of an alarm instead"
        )
    if "filter" in document and "detection" not in document:
        raise RefusalError("it is a Sigma filter, which changes other rules; add its condition to them")
    if document.get("action"):
        raise RefusalError("it uses action, which Sigma no longer has; write each rule out")
    source = document.get("logsource")
    source = source if isinstance(source, Mapping) else {}
    # Only AWS has a service of this name.
    if (str(source.get("product", "aws")).lower(), str(source.get("service")).lower()) != ("aws", "cloudtrail"):
        found = ", ".join(f"{key} {value}" for key, value in source.items() if key != "definition") or "missing"
        raise RefusalError(f"its log source is {found}, not product aws, service cloudtrail")
    detection = document.get("detection")
    if not isinstance(detection, Mapping):
        raise RefusalError("it has no detection")
    for name, selection in detection.items():
        for each in selection if isinstance(selection, list) else [selection]:
            fields = each.items() if isinstance(each, Mapping) else ()
            if within := [field for field, value in fields if isinstance(value, Mapping)]:
                raise RefusalError(f"{within[0]} of {name} is a mapping; write the key within it as {within[0]}.KEY")
    written = detection.get("condition")
    for condition in written if isinstance(written, list) else [written]:
        if not isinstance(condition, str):
            raise RefusalError("its condition is missing" if condition is None else f"its condition is {condition!r}")
        if "|" in str(condition):
            raise RefusalError(f"its condition aggregates events ({condition}), and a filter pattern sees one")
        if " near " in f" {condition} ":
            raise RefusalError(f"its condition correlates events ({condition}), and a filter pattern sees one")
    if "timeframe" in detection:
        raise RefusalError("it correlates the events of a timeframe, and a filter pattern sees one")


def _any(operands: list[Condition]) -> Condition:
    return operands[0] if len(operands) == 1 else AnyOf(tuple(operands))


def _convert(node: Any) -> Condition:
    if isinstance(node, parsed.ConditionNOT):
        return Not(_convert(node.args[0]))
    if isinstance(node, parsed.ConditionAND):
        return AllOf(tuple(_convert(each) for each in node.args))
    if isinstance(node, parsed.ConditionOR):
        return AnyOf(tuple(_convert(each) for each in node.args))
    if isinstance(node, parsed.ConditionFieldEqualsValueExpression):
        return _test(node.field, node.value)
    if isinstance(node, parsed.ConditionValueExpression):
        raise RefusalError(
            f"it searches the keyword {_shown(node.value)} in all values of a record, and a term of a filter pattern "
            "searches its text, names included; name the field that holds it"
        )
    raise RefusalError("its condition is empty or selects nothing")


def _shown(value: Any) -> str:
    return repr(str(value))


def _test(field: str, value: Any) -> Condition:
    """Return the test of one value; the order matters, because some types of pySigma derive from others."""
    match value:
        case values.SigmaNull():
            return Missing(field)
        case values.SigmaExists():
            missing = Missing(field, or_null=False)
            return Not(missing) if value.exists else missing
        case values.SigmaString():
            return _string(field, value)
        case values.SigmaTimestampPart():
            raise RefusalError(f"it asks for a part of the time in {field}, which a filter pattern cannot read")
        case values.SigmaNumber():
            return Values(field, (Text((str(value),), cased=True),))
        case values.SigmaBool():
            return Truth(field, bool(value))
        case values.SigmaRegularExpression():
            return Values(field, patterns=(_regex(value),))
        case values.SigmaCompareExpression():
            return _comparison(field, value)
        case values.SigmaCIDRExpression():
            return in_network(field, value.network)
        case values.SigmaFieldReference():
            raise RefusalError(
                f"it compares {field} with the field {value.field} (fieldref), "
                "and a filter pattern compares with constants only"
            )
        case values.SigmaExpansion():
            return AnyOf(tuple(_test(field, each) for each in value.values))
    raise RefusalError(
        f"it uses a value of type {type(value).__name__} on {field}, which has no counterpart in filter patterns"
    )


def _string(field: str, value: Any) -> Condition:
    parts: list[str | Wild] = []
    for part in value.s:
        if isinstance(part, values.Placeholder):
            raise RefusalError(f"it has the placeholder %{part.name}% on {field} (expand); write values in its place")
        wild = {values.SpecialChars.WILDCARD_MULTI: Wild.MANY, values.SpecialChars.WILDCARD_SINGLE: Wild.ONE}
        parts.append(part if isinstance(part, str) else wild[part])
    cased = isinstance(value, values.SigmaCasedString)
    if len(parts) == 1 and str(parts[0]).lower() in ("true", "false") and not cased:
        return Truth(field, str(parts[0]).lower() == "true")
    return Values(field, (Text(tuple(parts), cased),))


def _regex(value: Any) -> str:
    flags = {flag.name for flag in value.flags}
    if "MULTILINE" in flags:
        raise RefusalError("it has a regular expression over several lines (re|m)")
    return portable_regex(str(value.regexp), ignore_case="IGNORECASE" in flags)


def _comparison(field: str, value: Any) -> Condition:
    operators = {"LT": "<", "LTE": "<=", "GT": ">", "GTE": ">="}
    if value.op.name not in operators or not isinstance(value.number, values.SigmaNumber):
        raise RefusalError(f"it compares {field} with {value.op.name.lower()}, which filter patterns do not have")
    return Comparison(field, operators[value.op.name], str(value.number))
