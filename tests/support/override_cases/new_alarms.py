"""The requests of override_cases for log alarms and mute rules of CloudWatch."""

from __future__ import annotations

from typing import Any

QUERY = {
    "QueryString": 'filter eventName = "GetSecretValue"',
    "AggregationExpression": "count(*) by userIdentity.arn",
    "LogGroupIdentifiers": ["kept"],
    "ScheduledQueryRoleARN": "arn:aws:iam::123456789012:role/none",
    "ScheduleConfiguration": {"ScheduleExpression": "rate(5 minutes)", "StartTimeOffset": 300},
}
LOG_ALARM = {
    "AlarmName": "put-log",
    "ScheduledQueryConfiguration": QUERY,
    "QueryResultsToEvaluate": 1,
    "QueryResultsToAlarm": 1,
    "Threshold": 1.0,
    "ComparisonOperator": "GreaterThanOrEqualToThreshold",
    "Tags": [{"Key": "owner", "Value": "secmon"}],
}
SCHEDULE = {"Expression": "cron(0 2 * * SUN)", "Duration": "PT4H"}
MUTE_RULE = {
    "Name": "put",
    "Rule": {"Schedule": SCHEDULE},
    "MuteTargets": {"AlarmNames": ["kept"]},
    "ExpireDate": "<soon>",
    "Tags": [{"Key": "owner", "Value": "secmon"}],
}

ACCEPTED: list[tuple[str, dict[str, Any]]] = [
    ("PutLogAlarm", LOG_ALARM),
    ("DescribeAlarms", {"AlarmTypes": ["LogAlarm"]}),
    ("PutAlarmMuteRule", MUTE_RULE),
    ("GetAlarmMuteRule", {"AlarmMuteRuleName": "put"}),
    ("ListAlarmMuteRules", {"AlarmName": "kept"}),
    ("DeleteAlarmMuteRule", {"AlarmMuteRuleName": "put"}),
]

REJECTED: list[tuple[str, dict[str, Any], str]] = [
    ("PutLogAlarm", LOG_ALARM | {"QueryResultsToAlarm": 2}, "ValidationError"),
    ("PutAlarmMuteRule", MUTE_RULE | {"MuteTargets": {"AlarmNames": ["none"]}}, "ValidationError"),
    ("GetAlarmMuteRule", {"AlarmMuteRuleName": "none"}, "ResourceNotFoundException"),
    ("ListAlarmMuteRules", {"NextToken": "x"}, "InvalidNextToken"),
    ("DeleteAlarmMuteRule", {"AlarmMuteRuleName": ""}, "ValidationError"),
]
