"""The tags of an alarm in its notification, and what a log alarm adds: its query and log lines.

Sources: CloudWatch user guide, "Alarm tags in action payloads" (the field AlarmTagsStatus, the tags as a list, keys
that begin with aws: left out); CloudWatch API reference, AlarmTagsPropagation, PutLogAlarm. The other names of fields,
all texts of the e-mail, and that only e-mails have log lines are our reading, not seen on AWS.
"""

from __future__ import annotations

from typing import Any

from moto.cloudwatch.models import cloudwatch_backends

from embedded_aws.cloudwatch.alarms.history import alarm_type
from embedded_aws.core.events import AlarmTransition

_QUERY = ("QueryString", "AggregationExpression", "LogGroupIdentifiers", "ScheduleConfiguration")
_CONDITION = ("QueryResultsToEvaluate", "QueryResultsToAlarm", "ComparisonOperator", "Threshold", "TreatMissingData")


def is_log_alarm(alarm: Any) -> bool:
    """Return whether an alarm is a log alarm."""
    return alarm_type(alarm.configuration) == "LogAlarm"


def log_trigger(alarm: Any) -> dict[str, Any]:
    """Return the query and the condition of a log alarm."""
    query = alarm.configuration["ScheduledQueryConfiguration"]
    found = {key: query[key] for key in _QUERY if key in query}
    return found | {key: alarm.configuration[key] for key in _CONDITION if key in alarm.configuration}


def lines_block(transition: AlarmTransition) -> str:
    """Return the log lines of a transition, for the e-mail."""
    return "\n".join(("Log Lines:", *transition.lines)) if transition.lines else ""


def tag_members(transition: AlarmTransition) -> dict[str, Any]:
    """Return the tags of the alarm, for the JSON message; empty if they are not propagated."""
    tags = _propagated(transition)
    if tags is None:
        return {}
    return {"AlarmTags": [{"Key": key, "Value": tags[key]} for key in tags], "AlarmTagsStatus": "SUCCESS"}


def tag_block(transition: AlarmTransition) -> str:
    """Return the tags of the alarm, for the e-mail."""
    tags = _propagated(transition)
    return "\n".join(("Alarm Tags:", *(f"- {key}: {value}" for key, value in tags.items()))) if tags else ""


def _propagated(transition: AlarmTransition) -> dict[str, str] | None:
    alarm = transition.alarm
    settings = (alarm.configuration.get("ActionConfiguration") or {}).get("AlarmTagsPropagation") or {}
    if not settings.get("Enabled"):
        return None
    tagger = cloudwatch_backends[transition.account][transition.region].tagger
    tags = tagger.get_tag_dict_for_resource(alarm.alarm_arn)
    included, excluded = settings.get("IncludedTagKeys"), settings.get("ExcludedTagKeys") or ()
    return {
        key: str(value)
        for key, value in sorted(tags.items())
        if not key.startswith("aws:") and key not in excluded and (not included or key in included)
    }
