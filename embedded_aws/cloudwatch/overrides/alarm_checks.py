"""Checks of CloudWatch on PutMetricAlarm and PutLogAlarm beyond its API model.

Sources: CloudWatch API reference, PutMetricAlarm, PutLogAlarm; CloudWatch user guide, "Using Amazon CloudWatch alarms".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.secmon.aws.plugins.module_utils.rules.limits import (
    COMPARISONS,
    EXTENDED_STATISTIC_PATTERN,
)

from embedded_aws.cloudwatch.alarms.contributors import QueryError, is_query, parse_query
from embedded_aws.cloudwatch.log_alarms.query import log_query
from embedded_aws.core.errors import AwsError

SHORT_PERIODS = (10, 20, 30)
MOST_SECONDS = 86_400
HOUR = 3_600
MOST_QUERY_RESULTS = 100
MOST_LOG_LINES = 50
MOST_SECONDS_BY_THE_HOUR = 604_800

_TREATMENTS = ("breaching", "notBreaching", "ignore", "missing")
_LOW_SAMPLES = ("evaluate", "ignore")
_NOT_SUPPORTED = (
    *("EvaluationWindow", "WarmUpConfiguration", "EvaluationCriteria", "EvaluationInterval"),
    "ThresholdMetricId",
)


def check_metric_alarm(parameters: Mapping[str, Any]) -> None:
    """Raise AwsError for an invalid combination of parameters of PutMetricAlarm."""
    _check_supported(parameters)
    check_tags_propagation(parameters)
    if parameters.get("Metrics"):
        _check_metrics(parameters)
    else:
        _check_metric(parameters)
    for name in ("EvaluationPeriods", "ComparisonOperator", "Threshold"):
        _require(parameters, name)
    _check_options(parameters, "TreatMissingData", _TREATMENTS)
    _check_options(parameters, "EvaluateLowSampleCountPercentile", _LOW_SAMPLES)
    periods = parameters["EvaluationPeriods"]
    if parameters.get("DatapointsToAlarm", periods) > periods:
        raise _invalid("DatapointsToAlarm must be less than or equal to EvaluationPeriods.")
    period = parameters.get("Period", 0)
    most = MOST_SECONDS_BY_THE_HOUR if period >= HOUR else MOST_SECONDS
    if period * periods > most:
        message = f"(EvaluationPeriods * Period must be <= {most})"
        raise _invalid(f"Metrics cannot be checked across more than {most // MOST_SECONDS} day(s) {message}.")


def check_tags_propagation(parameters: Mapping[str, Any]) -> None:
    """Raise AwsError if tag keys are both included and excluded."""
    propagation = (parameters.get("ActionConfiguration") or {}).get("AlarmTagsPropagation") or {}
    if propagation.get("IncludedTagKeys") and propagation.get("ExcludedTagKeys"):
        raise _invalid("IncludedTagKeys and ExcludedTagKeys cannot both be specified.")


def check_log_alarm(parameters: Mapping[str, Any]) -> None:
    """Raise AwsError for an invalid combination of parameters of PutLogAlarm."""
    check_tags_propagation(parameters)
    if parameters.get("WarmUpConfiguration"):
        raise _invalid("The embedded AWS does not support WarmUpConfiguration.")
    if parameters["ComparisonOperator"] not in COMPARISONS:
        raise _invalid("A log alarm does not support this ComparisonOperator.")
    _check_options(parameters, "TreatMissingData", _TREATMENTS)
    needed, most = parameters["QueryResultsToAlarm"], parameters["QueryResultsToEvaluate"]
    if not 1 <= needed <= most <= MOST_QUERY_RESULTS:
        raise _invalid("QueryResultsToAlarm must not exceed QueryResultsToEvaluate, which is at most 100.")
    lines = parameters.get("ActionLogLineCount") or 0
    if not 0 <= lines <= MOST_LOG_LINES:
        raise _invalid("ActionLogLineCount must be between 0 and 50.")
    if lines and not parameters.get("ActionLogLineRoleArn"):
        raise _invalid("ActionLogLineRoleArn is required when ActionLogLineCount is greater than 0.")
    configuration = parameters["ScheduledQueryConfiguration"]
    if not configuration.get("LogGroupIdentifiers"):
        raise _invalid("LogGroupIdentifiers must be specified.")
    try:
        log_query(configuration)
    except ValueError as error:
        raise _invalid(f"ScheduledQueryConfiguration is not valid: {error}.") from error


def _check_supported(parameters: Mapping[str, Any]) -> None:
    unknown = [name for name in _NOT_SUPPORTED if parameters.get(name)]
    if unknown:
        raise _invalid(f"The embedded AWS does not support {unknown[0]}.")
    if parameters.get("ComparisonOperator", "LessThanThreshold") not in COMPARISONS:
        raise _invalid("The embedded AWS does not support anomaly detection.")


def _check_metric(parameters: Mapping[str, Any]) -> None:
    for name in ("MetricName", "Namespace", "Period"):
        _require(parameters, name)
    statistic, extended = parameters.get("Statistic"), parameters.get("ExtendedStatistic")
    if statistic and extended:
        raise AwsError("InvalidParameterCombination", "Statistic and ExtendedStatistic are mutually exclusive.")
    if not statistic and not extended:
        raise AwsError("MissingParameter", "Either Statistic or ExtendedStatistic must be specified.")
    if extended and not EXTENDED_STATISTIC_PATTERN.fullmatch(extended):
        message = f"The value {extended} for parameter ExtendedStatistic is not supported."
        raise AwsError("InvalidParameterValue", message)
    if parameters["Period"] not in SHORT_PERIODS and parameters["Period"] % 60:
        raise _invalid("Period must be 10, 20, 30 or a multiple of 60.")


def _check_metrics(parameters: Mapping[str, Any]) -> None:
    both = [name for name in ("MetricName", "Dimensions", "Period", "Namespace", "Statistic") if parameters.get(name)]
    if both or parameters.get("ExtendedStatistic"):
        message = f"Metrics list and {(*both, 'ExtendedStatistic')[0]} cannot both be specified."
        raise AwsError("InvalidParameterCombination", message)
    returned = [query for query in parameters["Metrics"] if query.get("ReturnData", True)]
    if len(returned) != 1:
        raise _invalid("Exactly one element of the metrics list should return data.")
    for query in parameters["Metrics"]:
        if is_query(query.get("Expression") or ""):
            _check_query(query)


def _check_query(query: Mapping[str, Any]) -> None:
    try:
        parse_query(query["Expression"])
    except QueryError as error:
        raise _invalid(str(error)) from error
    if not query.get("Period"):
        raise _invalid(f"Period must be specified for the query {query['Id']}.")


def _check_options(parameters: Mapping[str, Any], name: str, options: tuple[str, ...]) -> None:
    value = parameters.get(name)
    if value is not None and value not in options:
        supported = f"{', '.join(options[:-1])} and {options[-1]}"
        raise _invalid(f"Option {value} is not supported. Supported options for parameter {name} are {supported}.")


def _require(parameters: Mapping[str, Any], name: str) -> None:
    if parameters.get(name) is None:
        raise _invalid(f"{name} must be specified.")


def _invalid(message: str) -> AwsError:
    return AwsError("ValidationError", message)
