"""The reason of an alarm's change of state, in CloudWatch's wording (StateReason) and JSON (StateReasonData).

Sources: CloudWatch API reference, DescribeAlarmHistory; AWS CLI reference, describe-alarms; recorded
answers of AWS, 2026-09.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

from embedded_aws.cloudwatch.alarms.criteria import ALARM, INSUFFICIENT_DATA, OK, Criteria, Datapoint

_COMPARISON_TEXT = {
    "GreaterThanOrEqualToThreshold": "greater than or equal to",
    "GreaterThanThreshold": "greater than",
    "LessThanThreshold": "less than",
    "LessThanOrEqualToThreshold": "less than or equal to",
}
# StateReason has at most 1023 characters and StateReasonData 4000.
_DATAPOINTS_TOLD = 10
_RECENT_DATAPOINTS_TOLD = 100

_FILL_TEXT = {"breaching": "Breaching", "notBreaching": "NonBreaching"}


def reason_text(criteria: Criteria, datapoints: Sequence[Datapoint], new_state: str) -> str:
    """Return StateReason for the change; `datapoints` is the evaluation range, oldest first."""
    periods = criteria.evaluation_periods
    if new_state == INSUFFICIENT_DATA:
        return f"Insufficient Data: {_count(periods, 'datapoint')} {_were(periods)} unknown."
    real = newest_real(criteria, datapoints)
    treated = _treated(criteria, periods - len(real))
    filled = f" and {treated}" if treated else ""
    if not real:
        return f"Threshold Crossed: no datapoints were received for {_count(periods, 'period')}{filled}."
    verdict = new_state == ALARM
    judged = _judged(criteria, real, verdict)
    # If no existing datapoint supports the new state, the missing ones decided it.
    why = f"{judged}{filled}" if judged else treated
    if criteria.datapoints_to_alarm is None:
        return f"Threshold Crossed: {why}."
    # The same words for an alarm that was in INSUFFICIENT_DATA.
    change = "OK -> ALARM" if verdict else "ALARM -> OK"
    minimum = _count(_minimum(criteria, verdict), "datapoint")
    return f"Threshold Crossed: {why} (minimum {minimum} for {change} transition)."


def _minimum(criteria: Criteria, verdict: bool) -> int:
    """Return how many datapoints decide that the alarm is in ALARM (`verdict`) or in OK."""
    return criteria.needed if verdict else criteria.evaluation_periods - criteria.needed + 1


def _judged(criteria: Criteria, real: Sequence[Datapoint], verdict: bool) -> str:
    """Describe the datapoints that support the verdict, newest first; empty if there are none."""
    shown = [point for point in reversed(real) if criteria.breaches(_value(point)) == verdict]
    if not shown:
        return ""
    values = ", ".join(f"{_value(point)} ({point.start:%d/%m/%y %H:%M:%S})" for point in shown[:_DATAPOINTS_TOLD])
    count = _count(len(shown), "datapoint")
    if criteria.datapoints_to_alarm is not None:
        count = f"{len(shown)} out of the last {criteria.evaluation_periods} datapoints"
    return (
        f"{count} [{values}] {_were(len(shown))} {'' if verdict else 'not '}{_COMPARISON_TEXT[criteria.comparison]} "
        f"the threshold ({float(criteria.threshold)})"
    )


def reason_data(
    criteria: Criteria, datapoints: Sequence[Datapoint], new_state: str, at: datetime, unit: str | None
) -> str:
    """Return StateReasonData, a JSON text; `at` is the time of the evaluation."""
    recent = _from_first_to_last_real(datapoints)
    document = {
        "version": "1.0",
        "queryDate": aws_time(at),
        "startDate": aws_time(recent[0].start) if recent else None,
        "unit": unit,
        "statistic": criteria.statistic,
        "period": criteria.period_seconds,
        "recentDatapoints": [point.value for point in recent[-_RECENT_DATAPOINTS_TOLD:]],
        "threshold": float(criteria.threshold),
        "evaluatedDatapoints": [
            {"timestamp": aws_time(point.start)}
            | ({} if point.value is None else {"sampleCount": point.sample_count, "value": point.value})
            for point in _evaluated(criteria, datapoints, new_state)[:_DATAPOINTS_TOLD]
        ],
    }
    return json.dumps({key: value for key, value in document.items() if value is not None}, separators=(",", ":"))


def _from_first_to_last_real(datapoints: Sequence[Datapoint]) -> Sequence[Datapoint]:
    real = [place for place, point in enumerate(datapoints) if point.value is not None]
    return datapoints[real[0] : real[-1] + 1] if real else ()


def _evaluated(criteria: Criteria, datapoints: Sequence[Datapoint], new_state: str) -> list[Datapoint]:
    """Return the datapoints that decided, newest first: as many as are needed, the newest missing ones included."""
    real = newest_real(criteria, datapoints)
    verdict = new_state != OK or not real
    supporting = [point for point in reversed(real) if criteria.breaches(_value(point)) == verdict]
    missing = [point for point in reversed(datapoints) if point.value is None]
    minimum = _minimum(criteria, verdict)
    decided = [*supporting, *missing[: max(0, minimum - len(supporting))]][:minimum]
    return sorted(decided, key=lambda point: point.start, reverse=True)


def newest_real(criteria: Criteria, datapoints: Sequence[Datapoint]) -> list[Datapoint]:
    """Return the evaluated datapoints, oldest first."""
    return [point for point in datapoints if point.value is not None][-criteria.evaluation_periods :]


def aws_time(at: datetime) -> str:
    """Return a time as CloudWatch writes it inside JSON texts: ``2014-04-09T18:59:06.419+0000``."""
    return f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03d}+0000"


def _treated(criteria: Criteria, missing: int) -> str:
    fill = _FILL_TEXT.get(criteria.treat_missing_data)
    if fill is None or not missing:
        return ""
    return f"{_count(missing, 'missing datapoint')} {_were(missing)} treated as [{fill}]"


def _value(point: Datapoint) -> float:
    assert point.value is not None
    return float(point.value)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _were(number: int) -> str:
    return "was" if number == 1 else "were"
