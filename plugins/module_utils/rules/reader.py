# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Read a rule from a document and report every problem of every key.

Rule files and the result of overrides pass the same checks.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..validation.confusables import non_ascii
from ..validation.document import Document
from ..validation.fields import Fields
from ..validation.strings import TextKind, describe
from .checks import check_rule
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
    PARAMETER_NAME_PATTERN,
    RESERVED_NAMESPACE_PREFIX,
    SEVERITIES,
    STATISTICS,
    UNITS,
)
from .parameter_types import PARAMETER_TYPES
from .parameters import fill_account_values
from .records import TEST_KEYS, Records, read_event, shipped_records
from .rule import Alarm, Metric, Parameter, References, Rule, RuleTest

ID = TextKind(shape=ID_PATTERN, hint="use a lower-case letter, then letters, digits and underscores", ascii_only=True)
LINE = TextKind(longest=MAX_TITLE_LENGTH, one_line=True)
PARAGRAPH = TextKind(longest=MAX_DESCRIPTION_LENGTH)
STEPS = TextKind(longest=MAX_RUNBOOK_LENGTH)
FILTER_NAME = TextKind(shape=FILTER_NAME_PATTERN, hint="1 to 512 characters without : and *", ascii_only=True)
METRIC_NAME = TextKind(shape=METRIC_NAME_PATTERN, hint="1 to 255 characters without :, * and $", ascii_only=True)
METRIC_VALUE = TextKind(longest=MAX_METRIC_VALUE_LENGTH, ascii_only=True)
DIMENSION = TextKind(longest=MAX_DIMENSION_LENGTH, ascii_only=True)
EXTENDED_STATISTIC = TextKind(shape=EXTENDED_STATISTIC_PATTERN, hint="give a percentile such as p99 or p99.9")
TECHNIQUE = TextKind(shape=re.compile(r"TA?\d{4}(\.\d{3})?"), hint="give an ATT&CK id such as T1555.006")
CIS_VERSION = TextKind(shape=re.compile(r"v\d+\.\d+"), hint="give the benchmark's version, such as v5.0")
CIS_CONTROL = TextKind(shape=re.compile(r"\d+\.\d+"), hint='give the control\'s number, quoted, such as "4.3"')
CONTROL = TextKind(shape=re.compile(r"[A-Za-z0-9]+\.\d+"), hint="give a control id such as CloudWatch.1")
CHECK = TextKind(shape=re.compile(r"[a-z0-9_]+"), hint="give the check's name in lower case with underscores")
LINK = TextKind(shape=re.compile(r"https://[!-~]+"), hint="give an address that begins with https://")
PARAMETER_NAME = TextKind(shape=PARAMETER_NAME_PATTERN, hint=ID.hint, ascii_only=True)


def read_rule(document: Document, path: Path | None, expected_id: str, records: Records | None = None) -> Rule | None:
    """Return the rule in a document, or None if the document now has problems.

    ``records`` are the base records of its tests, by default those of this collection.
    """
    if not isinstance(document.value, Mapping):
        message = f"a rule must be a mapping of keys to values, not {describe(document.value)}"
        document.add((), message, "see rules/schema.json for the keys of a rule")
        return None
    fields = Fields(document.value, (), document)
    rule = read_fields(fields, path, records)
    fields.finish()
    if rule.id and rule.id != expected_id:
        fields.problem("id", f"the id {rule.id!r} differs from the name {expected_id!r} of the file or override")
    check_rule(rule, fields)
    return None if document.problems else fill_account_values(rule)


def read_fields(fields: Fields, path: Path | None = None, records: Records | None = None) -> Rule:
    """Read every key of a rule; problems are added to the document of the fields."""
    return Rule(
        id=fields.text("id", ID),
        version=fields.integer("version", default=1),
        title=fields.text("title", LINE).strip(),
        severity=fields.choice("severity", SEVERITIES),
        description=fields.text("description", PARAGRAPH).strip(),
        compliance=fields.truth("compliance", default=False),
        enabled=fields.truth("enabled", default=True),
        pattern=_read_pattern(fields),
        filter_name=fields.text("filter_name", FILTER_NAME),
        metric=_read_metric(fields.mapping("metric", required=True)),
        alarm=_read_alarm(fields.mapping("alarm", required=True)),
        references=_read_references(fields.mapping("references")),
        false_positives=tuple(text.strip() for text in fields.texts("false_positives")),
        runbook=fields.text("runbook", STEPS).strip(),
        parameters=_read_parameters(fields.mapping("parameters")),
        tests=tuple(_read_test(entry, records) for entry in fields.items("tests")),
        path=path,
    )


def _read_pattern(fields: Fields) -> str:
    """Return the pattern; the language allows an empty one, which matches everything."""
    value = fields.raw("pattern")
    if not isinstance(value, str):
        if value is not None:
            fields.problem("pattern", f"this must be a string, not {describe(value)}", "quote the whole pattern")
        return ""
    if value.strip() and value != value.strip():
        fields.problem("pattern", "the pattern begins or ends with a space or a line break", "write it after '>-'")
    elif odd := non_ascii(value):
        hint = "event names are plain ASCII: retype them; if the log really contains this character, use a wildcard"
        fields.problem("pattern", odd, "write the pattern on one line, or after '>-'" if "\n" in value else hint)
    return value


def _read_metric(fields: Fields) -> Metric:
    metric = Metric(
        namespace=fields.text("namespace", METRIC_NAME),
        name=fields.text("name", METRIC_NAME),
        value=_read_metric_value(fields),
        default_value=fields.number("default_value", required=False),
        unit=fields.choice("unit", UNITS, default="None"),
        dimensions=fields.text_mapping("dimensions", DIMENSION, DIMENSION),
    )
    fields.finish()
    if metric.namespace.startswith(RESERVED_NAMESPACE_PREFIX):
        fields.problem("namespace", f"{RESERVED_NAMESPACE_PREFIX} is reserved for AWS services", "choose another name")
    if len(metric.dimensions) > MAX_DIMENSIONS:
        fields.problem("dimensions", f"there are {len(metric.dimensions)} dimensions", f"at most {MAX_DIMENSIONS}")
    if metric.dimensions and metric.default_value is not None:
        message = "a metric with dimensions cannot have a default value (CloudWatch Logs user guide, metric filters)"
        fields.problem("default_value", message, "remove one of the two")
    return metric


def _read_metric_value(fields: Fields) -> str:
    """Return the value of the metric as a string; a number needs no quotes."""
    value = fields.raw("value", required=False)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    return fields.text("value", METRIC_VALUE, default="1")


def _read_alarm(fields: Fields) -> Alarm:
    before = len(fields.document.problems)
    alarm = Alarm(
        statistic=fields.choice("statistic", STATISTICS, default="") or None,
        extended_statistic=fields.optional_text("extended_statistic", EXTENDED_STATISTIC),
        period_seconds=fields.integer("period_seconds"),
        evaluation_periods=fields.integer("evaluation_periods"),
        datapoints_to_alarm=fields.optional_integer("datapoints_to_alarm"),
        threshold=fields.number("threshold") or 0.0,
        comparison=fields.choice("comparison", COMPARISONS),
        missing_data=fields.choice("missing_data", MISSING_DATA, default="notBreaching"),
    )
    fields.finish()
    if len(fields.document.problems) == before and not fields.absent:
        _check_alarm(alarm, fields)
    return alarm


def _check_alarm(alarm: Alarm, fields: Fields) -> None:
    if (alarm.statistic is None) == (alarm.extended_statistic is None):
        message = "an alarm has either statistic or extended_statistic"
        fields.problem("statistic", message, "give exactly one of the two; null removes one in an override")
    period = alarm.period_seconds
    if period not in HIGH_RESOLUTION_PERIODS and period % 60:
        fields.problem(
            "period_seconds", f"{period} seconds is not a valid period", "give 10, 20, 30 or a multiple of 60"
        )
    total = period * alarm.evaluation_periods
    if total > MAX_EVALUATION_SECONDS:
        message = (
            f"period_seconds x evaluation_periods is {total:,} seconds, more than a day ({MAX_EVALUATION_SECONDS:,})"
        )
        fields.problem("evaluation_periods", message, "shorten one of the two")
    if (alarm.datapoints_to_alarm or 1) > alarm.evaluation_periods:
        message = (
            f"{alarm.datapoints_to_alarm} datapoints cannot occur in {alarm.evaluation_periods} evaluation periods"
        )
        fields.problem("datapoints_to_alarm", message, "decrease it, or increase evaluation_periods")


def _read_references(fields: Fields) -> References:
    references = References(
        mitre_attack=fields.texts("mitre_attack", TECHNIQUE),
        cis=fields.text_mapping("cis", CIS_VERSION, CIS_CONTROL),
        security_hub=fields.optional_text("security_hub", CONTROL),
        prowler=fields.optional_text("prowler", CHECK),
        links=fields.texts("links", LINK),
    )
    fields.finish()
    return references


def _read_parameters(fields: Fields) -> tuple[Parameter, ...]:
    return tuple(_read_parameter(name, fields) for name in fields.values)


def _read_parameter(name: str, parent: Fields) -> Parameter:
    fields = parent.mapping(name, required=True)
    parent.check_name(name, PARAMETER_NAME)
    parameter = Parameter(
        name=name,
        type=fields.choice("type", PARAMETER_TYPES),
        description=fields.text("description", PARAGRAPH).strip(),
        required=fields.truth("required", default=True),
        samples=fields.texts("samples", required=True),
        value=fields.text_or_texts("value"),
    )
    fields.finish()
    if not parameter.samples and "samples" in fields.values:
        fields.problem("samples", "the tests of the rule need at least one sample value")
    kind = PARAMETER_TYPES.get(parameter.type)
    for key, values in (("samples", parameter.samples), ("value", parameter.value)):
        for value in values:
            # An empty string stands for a value that is already reported.
            problem = kind.problem(value) if kind and value else None
            if problem:
                fields.problem(key, *problem)
    return parameter


def _read_test(fields: Fields, records: Records | None) -> RuleTest:
    values = fields.mapping("parameters")
    test = RuleTest(
        name=fields.text("name", LINE).strip(),
        match=fields.truth("match"),
        event=_read_event(fields, records),
        parameters={name: values.text_or_texts(name) for name in values.values},
    )
    fields.finish()
    return test


def _read_event(fields: Fields, records: Records | None) -> Mapping[str, Any] | str:
    """Return a log line, or a full record; a record without base records is kept as written."""
    from_base = [key for key in TEST_KEYS if fields.raw(key, required=False) is not None]
    if from_base:
        event: Any = read_event(fields, shipped_records() if records is None else records) or None
    else:
        event = fields.raw("event")
    if isinstance(event, str):
        return event
    if not isinstance(event, Mapping) or not event:
        if event is not None:
            fields.problem("event", f"this must be a record or a log line, not {describe(event)}")
        return ""
    for key in ("eventName", "eventSource"):
        odd = non_ascii(event[key]) if isinstance(event.get(key), str) else None
        if odd:
            fields.document.add((*fields.place, "event", key), odd, "retype it as plain ASCII")
    return event
