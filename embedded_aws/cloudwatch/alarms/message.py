"""What an alarm publishes to its topic: the JSON message, and the subject and text of the e-mail."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from functools import cache
from typing import Any
from urllib.parse import quote

import botocore.session

from embedded_aws.cloudwatch.alarms.contributors import contributor_id
from embedded_aws.cloudwatch.alarms.message_parts import is_log_alarm, lines_block, log_trigger, tag_block, tag_members
from embedded_aws.core.events import AlarmTransition

# Display names of regions.


@cache
def _display_names() -> dict[str, str]:
    endpoints = botocore.session.get_session().get_component("data_loader").load_data("endpoints")
    return {
        code: region["description"]
        for partition in endpoints["partitions"]
        for code, region in partition["regions"].items()
    }


def display_name(region: str) -> str:
    """Return a display name such as "US East (N. Virginia)", or the region code if botocore has no name."""
    return _display_names().get(region, region)


# The JSON message, and the subject and text of the e-mail.
#
# The texts are CloudWatch's, as received by e-mail and from a queue; CloudWatch user guide, "Notifying users".
# Pure functions.

_SUBJECT_LENGTH = 100


def published_message(transition: AlarmTransition) -> dict[str, str]:
    """Return the message by protocol, as CloudWatch publishes it with the message structure "json"."""
    return {
        "default": json.dumps(json_message(transition)),
        "sms": subject(transition),
        "email": email_text(transition),
    }


def subject(transition: AlarmTransition) -> str:
    """Return the subject, such as ``ALARM: "Reads" in US East (N. Virginia)``: at most 100 ASCII characters."""
    name = re.sub(r"[^\x20-\x7e]+", "_", transition.alarm.name)
    frame = f'{transition.new_state}: "%s" in {display_name(transition.region)}'
    room = _SUBJECT_LENGTH - len(frame % "")
    return frame % (name if len(name) <= room else name[: room - 3] + "...")


def json_message(transition: AlarmTransition) -> dict[str, Any]:
    """Return the message that queues, web hooks and email-json subscribers get."""
    alarm = transition.alarm
    message = {
        "AlarmName": alarm.name,
        "AlarmDescription": alarm.description or None,
        "AWSAccountId": transition.account,
        "AlarmConfigurationUpdatedTimestamp": _timestamp(alarm.configuration_updated_timestamp),
        "NewStateValue": transition.new_state,
        "NewStateReason": transition.reason,
        "StateChangeTime": _timestamp(transition.at),
        "Region": display_name(transition.region),
        "AlarmArn": alarm.alarm_arn,
        "OldStateValue": transition.old_state,
        "OKActions": list(alarm.ok_actions or []),
        "AlarmActions": list(alarm.alarm_actions or []),
        "InsufficientDataActions": list(alarm.insufficient_data_actions or []),
    }
    if transition.contributor is not None:
        identity = contributor_id(transition.contributor)
        message |= {"AlarmContributorId": identity, "AlarmContributorAttributes": dict(transition.contributor)}
    if alarm.rule:
        message |= {"AlarmRule": alarm.rule, "TriggeringChildren": _triggering_children(transition)}
    else:
        message |= {"Trigger": log_trigger(alarm) if is_log_alarm(alarm) else _trigger(alarm)}
    return message | tag_members(transition)


def _triggering_children(transition: AlarmTransition) -> list[dict[str, Any]]:
    """Return the alarm whose change changed a composite alarm; none if the composite alarm was just created."""
    data = json.loads(transition.reason_data or "{}")
    # SetAlarmState takes any JSON.
    children = data.get("triggeringAlarms", []) if isinstance(data, dict) else []
    return [
        {
            "Arn": child["arn"],
            "State": {"Value": child["state"]["value"], "Timestamp": child["state"]["timestamp"]},
        }
        for child in children
        if "state" in child
    ]


def _trigger(alarm: Any) -> dict[str, Any]:
    queries = [_query(query) for query in alarm.metric_data_queries]
    what = {"Metrics": queries} if queries else _metric(alarm)
    trigger = {
        **what,
        "Period": alarm.period,
        "EvaluationPeriods": alarm.evaluation_periods,
        "DatapointsToAlarm": alarm.datapoints_to_alarm,
        "ComparisonOperator": alarm.comparison_operator,
        "Threshold": alarm.threshold,
        "TreatMissingData": alarm.treat_missing_data or "missing",
        "EvaluateLowSampleCountPercentile": alarm.evaluate_low_sample_count_percentile or "",
    }
    absent = [key for key in ("Period", "DatapointsToAlarm") if trigger[key] is None]
    return {key: value for key, value in trigger.items() if key not in absent}


def _metric(alarm: Any) -> dict[str, Any]:
    if alarm.extended_statistic:
        statistic = {"StatisticType": "ExtendedStatistic", "ExtendedStatistic": alarm.extended_statistic}
    else:
        statistic = {"StatisticType": "Statistic", "Statistic": str(alarm.statistic).upper()}
    return {
        "MetricName": alarm.metric_name,
        "Namespace": alarm.namespace,
        **statistic,
        "Unit": alarm.unit,
        "Dimensions": _dimensions(alarm.dimensions),
    }


def _query(query: Any) -> dict[str, Any]:
    members: dict[str, Any] = {"Id": query.id, "Label": query.label, "ReturnData": query.return_data == "true"}
    if query.expression:
        members["Expression"] = query.expression
    if query.metric_stat:
        metric = query.metric_stat.metric
        members["MetricStat"] = {
            "Metric": {
                "Dimensions": _dimensions(metric.dimensions),
                "MetricName": metric.metric_name,
                "Namespace": metric.namespace,
            },
            "Period": int(query.metric_stat.period),
            "Stat": query.metric_stat.stat,
        }
    return {key: value for key, value in members.items() if value is not None}


def _dimensions(dimensions: Any) -> list[dict[str, str]]:
    return [{"value": dimension.value, "name": dimension.name} for dimension in dimensions or []]


def email_text(transition: AlarmTransition) -> str:
    """Return the body of the e-mail, without the footer that SNS appends."""
    alarm, region = transition.alarm, transition.region
    when = transition.at.astimezone(UTC).strftime("%A %d %B, %Y %H:%M:%S UTC")
    blocks = [
        f'You are receiving this email because your Amazon CloudWatch Alarm "{alarm.name}" in the '
        f"{display_name(region)} region has entered the {transition.new_state} state, because "
        f'"{transition.reason}" at "{when}".',
        "View this alarm in the AWS Management Console:\n"
        f"https://{region}.console.aws.amazon.com/cloudwatch/deeplink.js?region={region}"
        f"#alarmsV2:alarm/{quote(alarm.name, safe='')}",
        _details(transition, when),
        lines_block(transition),
        f"Alarm Rule:\n- {alarm.rule}" if alarm.rule else "" if is_log_alarm(alarm) else _threshold(alarm),
        "" if alarm.rule or alarm.metric_data_queries or is_log_alarm(alarm) else _monitored_metric(alarm),
        _actions(alarm),
        tag_block(transition),
    ]
    return "\n\n".join(block for block in blocks if block)


def _rows(title: str, width: int, rows: dict[str, Any]) -> str:
    lines = [f"- {name + ':':<{width}} {value}".rstrip() for name, value in rows.items()]
    return "\n".join([f"{title}:", *lines])


def _details(transition: AlarmTransition, when: str) -> str:
    rows = {
        "Name": transition.alarm.name,
        "Description": transition.alarm.description or "",
        "State Change": f"{transition.old_state} -> {transition.new_state}",
        "Reason for State Change": transition.reason,
        "Timestamp": when,
        "AWS Account": transition.account,
        "Alarm Arn": transition.alarm.alarm_arn,
    }
    if transition.contributor is not None:
        # Only the JSON message is documented; these two lines are our reading.
        rows["Alarm Contributor Id"] = contributor_id(transition.contributor)
        rows["Alarm Contributor Attributes"] = " ".join(f"[{k} = {v}]" for k, v in transition.contributor.items())
    return _rows("Alarm Details", 27, rows)


def _threshold(alarm: Any) -> str:
    what = "expression" if alarm.metric_data_queries else "metric"
    return (
        f"Threshold:\n- The alarm is in the ALARM state when the {what} is {alarm.comparison_operator} "
        f"{float(alarm.threshold)} for at least {alarm.datapoints_to_alarm or alarm.evaluation_periods} of the last "
        f"{alarm.evaluation_periods} period(s) of {alarm.period} seconds."
    )


def _monitored_metric(alarm: Any) -> str:
    rows = {
        "MetricNamespace": alarm.namespace,
        "MetricName": alarm.metric_name,
        "Dimensions": " ".join(f"[{dimension.name} = {dimension.value}]" for dimension in alarm.dimensions or []),
        "Period": f"{alarm.period} seconds",
        "Statistic": alarm.extended_statistic or alarm.statistic,
        "Unit": alarm.unit or "not specified",
        "TreatMissingData": alarm.treat_missing_data or "missing",
    }
    return _rows("Monitored Metric", 36, rows)


def _actions(alarm: Any) -> str:
    actions = {
        "OK": alarm.ok_actions,
        "ALARM": alarm.alarm_actions,
        "INSUFFICIENT_DATA": alarm.insufficient_data_actions,
    }
    rows = {name: " ".join(f"[{arn}]" for arn in arns or []) for name, arns in actions.items()}
    return _rows("State Change Actions", 0, rows)


def _timestamp(at: datetime) -> str:
    # moto keeps naive times, which are in UTC.
    moment = at if at.tzinfo else at.replace(tzinfo=UTC)
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}+0000"
