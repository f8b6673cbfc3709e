# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Turn a document into a rule, and report every problem of every key.

The same types serve rule files, the result of overrides, and `rules/schema.json`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Union

from ..filter_pattern.pattern import PatternError, compile_pattern
from ..validation.confusables import NOT_ASCII, non_ascii
from ..validation.document import Document
from ..validation.problems import Place, describe
from ..validation.structures import fields, list_of, mapping_of, one_or_many, record
from ..validation.types import ValueType, boolean, choice, integer, number, string
from .checks import check_rule
from .defaults import short_schema, with_defaults
from .limits import (
    COMPARISONS,
    EXTENDED_STATISTIC_PATTERN,
    FILTER_NAME_PATTERN,
    HIGH_RESOLUTION_PERIODS,
    ID_PATTERN,
    MAX_DESCRIPTION_LENGTH,
    MAX_DIMENSION_LENGTH,
    MAX_DIMENSIONS,
    MAX_EVALUATION_SECONDS,
    MAX_METRIC_VALUE_LENGTH,
    MAX_RUNBOOK_LENGTH,
    MAX_TITLE_LENGTH,
    METRIC_NAME_PATTERN,
    MISSING_DATA,
    NAMESPACE_PATTERN,
    PARAMETER_NAME_PATTERN,
    RESERVED_NAMESPACE_PREFIX,
    SEVERITIES,
    STATISTICS,
    UNITS,
)
from .parameter_types import PARAMETER_TYPES
from .parameters import ParameterError, fill_account_values, placeholders
from .records import TEST_KEYS, Records, build_event, shipped_records, step_types
from .references import REFERENCES
from .rule import Alarm, Metric, Parameter, Rule, RuleTest

_ID_HINT = "use a lower-case letter, then letters, digits and underscores"
_LINE = string(longest=MAX_TITLE_LENGTH, one_line=True, strip=True)
_PARAGRAPH = string(longest=MAX_DESCRIPTION_LENGTH, strip=True)
_NAMESPACE_HINT = "use 1 to 255 characters without * and $, the first not a colon"
_METRIC_HINT = "use 1 to 255 characters without :, * and $"
_DIMENSION = string(longest=MAX_DIMENSION_LENGTH, ascii_only=True)
_VALUES = one_or_many(string())


def _read_pattern(value: Any, place: Place, document: Document) -> str:
    """Return the pattern; an empty one, which matches everything, is allowed by the language."""
    if not isinstance(value, str):
        document.add(place, f"must be a string, not {describe(value)}", "quote the whole pattern")
        return ""
    if value.strip() and value != value.strip():
        document.add(place, "begins or ends with a space or a line break", "write it after '>-'")
    elif odd := non_ascii(value):
        hint = "retype event names as plain ASCII; where the log contains the character, use a wildcard"
        document.add(
            place, f"{NOT_ASCII}: {odd}", "write the pattern in one line, or after '>-'" if "\n" in value else hint
        )
    else:
        try:
            placeholders(compile_pattern(value).tree)
        except PatternError as error:
            # The hint has its own place in a problem.
            document.add(place, str(PatternError(error.pattern, error.position, error.reason)), error.hint)
        except ParameterError as error:
            document.add(place, error.reason, error.hint)
    return value


_METRIC_VALUE = string(longest=MAX_METRIC_VALUE_LENGTH, ascii_only=True)


def _read_metric_value(value: Any, place: Place, document: Document) -> str:
    """Return the value as a string; a number needs no quotes, since it cannot lose a digit that matters."""
    plain_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return str(value) if plain_number else _METRIC_VALUE.read(value, place, document)


def _read_event(value: Any, place: Place, document: Document) -> Union[Mapping[str, Any], str]:
    if isinstance(value, str):
        return value
    if not isinstance(value, Mapping) or not value:
        document.add(place, f"must be a CloudTrail record or a log line, not {describe(value)}")
        return ""
    for key in ("eventName", "eventSource"):
        odd = non_ascii(value[key]) if isinstance(value.get(key), str) else None
        if odd:
            document.add((*place, key), f"{NOT_ASCII}: {odd}", "retype it as plain ASCII")
    return value


def _check_metric(metric: Metric, place: Place, document: Document) -> None:
    if metric.dimensions and metric.default_value is not None:
        message = "a metric with dimensions cannot have a default value (CloudWatch Logs user guide, metric filters)"
        document.add((*place, "default_value"), message, "remove one of the two")


def _check_alarm(alarm: Alarm, place: Place, document: Document) -> None:
    if (alarm.statistic is None) == (alarm.extended_statistic is None):
        message = "an alarm needs either statistic or extended_statistic"
        document.add((*place, "statistic"), message, "set exactly one of the two; null removes one in an override")
    total = alarm.period_seconds * alarm.evaluation_periods
    if total > MAX_EVALUATION_SECONDS:
        message = f"period_seconds x evaluation_periods is {total:,} seconds, more than one day"
        document.add((*place, "evaluation_periods"), message, "lower one of the two")
    if (alarm.datapoints_to_alarm or 1) > alarm.evaluation_periods:
        message = f"{alarm.datapoints_to_alarm} datapoints do not fit in {alarm.evaluation_periods} evaluation periods"
        document.add((*place, "datapoints_to_alarm"), message, "lower it, or raise evaluation_periods")


METRIC = record(
    Metric,
    {
        "namespace": string(
            "metric namespace",
            f"(?!{RESERVED_NAMESPACE_PREFIX}){NAMESPACE_PATTERN.pattern}",
            f"{_NAMESPACE_HINT}; {RESERVED_NAMESPACE_PREFIX} is reserved for AWS services",
            ascii_only=True,
        ),
        "name": string("metric name", METRIC_NAME_PATTERN.pattern, _METRIC_HINT, ascii_only=True),
        "value": ValueType(
            "number or selector", _read_metric_value, {**_METRIC_VALUE.schema, "type": ["string", "number"]}
        ).described("A number, or a selector of the pattern, such as $.detail.count or $bytes."),
        "default_value": number(),
        "unit": choice(UNITS, "unit"),
        "dimensions": mapping_of(_DIMENSION, _DIMENSION, longest=MAX_DIMENSIONS).described(
            "Name to selector; not together with a default value."
        ),
    },
    _check_metric,
    {
        "not": {
            "required": ["default_value", "dimensions"],
            "properties": {"default_value": {"type": "number"}, "dimensions": {"minProperties": 1}},
        }
    },
)
ALARM = record(
    Alarm,
    {
        "statistic": choice(STATISTICS, "statistic"),
        "extended_statistic": string(
            "extended statistic", EXTENDED_STATISTIC_PATTERN.pattern, "use a percentile such as p99 or p99.9"
        ),
        "period_seconds": integer(
            allowed=lambda period: period in HIGH_RESOLUTION_PERIODS or period % 60 == 0,
            hint="use 10, 20, 30 or a multiple of 60",
            schema={"anyOf": [{"enum": list(HIGH_RESOLUTION_PERIODS)}, {"multipleOf": 60}]},
        ),
        "evaluation_periods": integer(),
        "datapoints_to_alarm": integer(),
        "threshold": number(),
        "comparison": choice(COMPARISONS, "comparison"),
        "missing_data": choice(MISSING_DATA, "treatment of missing data"),
    },
    _check_alarm,
    {"oneOf": [{"required": ["statistic"]}, {"required": ["extended_statistic"]}]},
)
PARAMETER = fields(
    {
        "type": choice(PARAMETER_TYPES, "type"),
        "description": _PARAGRAPH,
        "samples": list_of(string(), smallest=1).described(
            "Values for the tests; the first is used unless a test sets its own."
        ),
    },
    {"required": boolean(), "value": _VALUES.described("The value in use; a list means any of them.")},
)


def _read_parameter(value: Any, place: Place, document: Document) -> Union[Parameter, None]:
    before = document.reports
    body = PARAMETER.read(value, place, document)
    if document.reports > before:
        return None
    for key in ("samples", "value"):
        for text in body.get(key, ()):
            if problem := PARAMETER_TYPES[body["type"]].problem(text):
                document.add((*place, key), problem.message, problem.hint)
    return Parameter(str(place[-1]), **body)


_PARAMETERS = mapping_of(
    string("parameter name", PARAMETER_NAME_PATTERN.pattern, _ID_HINT, ascii_only=True),
    ValueType("parameter", _read_parameter, PARAMETER.schema),
)


def _read_parameters(value: Any, place: Place, document: Document) -> tuple[Parameter, ...]:
    return tuple(filter(None, _PARAMETERS.read(value, place, document).values()))


_KEYS: Mapping[str, ValueType[Any]] = {
    "id": string("rule id", ID_PATTERN.pattern, _ID_HINT, ascii_only=True).described("The name of the file."),
    "version": integer().described("Raise it with every change of the rule."),
    "title": _LINE.described("What happened, in one line."),
    "severity": choice(SEVERITIES, "severity"),
    "description": _PARAGRAPH.described("One paragraph."),
    "compliance": boolean().described(
        "The pattern is a published text, verbatim: it cannot be overridden and takes no parameters."
    ),
    "enabled": boolean(),
    "pattern": ValueType("filter pattern", _read_pattern, {"type": "string", "maxLength": 4096}).described(
        'A CloudWatch Logs filter pattern; "${name}" in a quoted literal of a JSON pattern is a parameter.'
    ),
    "filter_name": string(
        "filter name", FILTER_NAME_PATTERN.pattern, "use 1 to 512 characters without : and *", ascii_only=True
    ),
    "metric": METRIC,
    "alarm": ALARM,
    "references": REFERENCES,
    "false_positives": list_of(string(strip=True)),
    "runbook": string(longest=MAX_RUNBOOK_LENGTH, strip=True).described("What to do, in steps."),
    "parameters": ValueType("mapping of parameters", _read_parameters, _PARAMETERS.schema),
}
_EVENT = ValueType("record or log line", _read_event, {"type": ["object", "string"], "minProperties": 1})


def _test_type(records: Records) -> ValueType[Union[RuleTest, None]]:
    body = fields(
        {"name": _LINE, "match": boolean()},
        {
            "event": _EVENT.described("A complete CloudTrail record, its difference from base records, or a log line."),
            **step_types(records),
            "parameters": mapping_of(string(), _VALUES).described(
                "Values for this test instead of the samples; null for none."
            ),
        },
    )

    def read(value: Any, place: Place, document: Document) -> Union[RuleTest, None]:
        before = document.reports
        found = body.read(value, place, document)
        built = any(key in found for key in TEST_KEYS)
        if document.reports == before and not built and "event" not in found:
            document.add((*place, "event"), "is missing")
        elif built and isinstance(found.get("event"), str):
            document.add((*place, "event"), "must be a mapping, since the event is built from base records")
        if document.reports > before:
            return None
        event = build_event(found, records, place, document) if built else found["event"]
        return RuleTest(found["name"], found["match"], event, found.get("parameters", {}))

    one_of = {"anyOf": [{"required": [key]} for key in ("event", *TEST_KEYS)]}
    return ValueType("test", read, {**body.schema, **one_of})


def rule_type(records: Records) -> ValueType[Union[Rule, None]]:
    """Return the type of rules whose tests are built from base records."""
    full = record(Rule, {**_KEYS, "tests": list_of(_test_type(records), smallest=1)})
    return ValueType(full.name, full.read, short_schema(full.schema))


def read_rule(
    document: Document, path: Union[Path, None], expected_id: str, records: Union[Records, None] = None
) -> Union[Rule, None]:
    """Return the rule that a document holds, or None if it has problems, which are reported to the document.

    Args:
        document: The document.
        path: The file that the rule comes from.
        expected_id: The name of the file or of the override.
        records: The base records of the rule's tests, by default those of this collection.
    """
    document.value = with_defaults(document.value, expected_id)
    rule = rule_type(shipped_records() if records is None else records).read(document.value, (), document)
    written_id = document.value.get("id") if isinstance(document.value, Mapping) else None
    if isinstance(written_id, str) and written_id != expected_id:
        document.add(("id",), f"the id {written_id!r} differs from the name {expected_id!r} of the file or override")
    if rule and not document.problems:
        check_rule(rule, document)
    return fill_account_values(replace(rule, path=path)) if rule and not document.problems else None
