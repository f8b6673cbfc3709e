"""Overrides of the operations on mute rules, which moto 5.2.5 lacks.

Source: CloudWatch API reference, PutAlarmMuteRule, GetAlarmMuteRule, ListAlarmMuteRules, DeleteAlarmMuteRule.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from ansible_collections.secmon.aws.plugins.module_utils.cloudwatch.mute_windows import mute_schedule
from moto.cloudwatch.models import cloudwatch_backends

from embedded_aws.cloudwatch.alarms.mutes import MuteRule, Place
from embedded_aws.cloudwatch.alarms.registry import alarms_at
from embedded_aws.cloudwatch.overrides.alarms import place_and_parameters
from embedded_aws.core.call import Call
from embedded_aws.core.errors import AwsError
from embedded_aws.core.overrides import override
from embedded_aws.core.pages import page
from embedded_aws.core.state import State
from embedded_aws.iam.resources import arn

RULES_PER_PAGE = 50


@override("cloudwatch", "PutAlarmMuteRule")
def put_alarm_mute_rule(state: State, call: Call) -> dict[str, Any]:
    """Create or replace a mute rule; its alarms must exist."""
    place, parameters = place_and_parameters(call)
    try:
        schedule = mute_schedule(parameters["Rule"]["Schedule"])
    except ValueError as error:
        raise AwsError("ValidationError", f"The schedule is not valid: {error}.") from error
    names = (parameters.get("MuteTargets") or {}).get("AlarmNames", [])
    registry = state.cloudwatch.registry
    with registry.lock:
        missing = [name for name in names if name not in alarms_at(place)]
        if missing:
            raise AwsError("ValidationError", f"These alarms do not exist: {', '.join(missing)}.")
        times = {name: _aware(parameters[name]) for name in ("StartDate", "ExpireDate") if parameters.get(name)}
        rule = MuteRule(
            arn(call, "cloudwatch", f"alarm-mute-rule:{parameters['Name']}"), parameters | times, schedule, call.at
        )
        if parameters.get("Tags") and parameters["Name"] not in registry.mutes.rules.get(place, {}):
            cloudwatch_backends[place[0]][place[1]].tagger.tag_resource(rule.arn, parameters["Tags"])
        registry.mutes.rules.setdefault(place, {})[parameters["Name"]] = rule
    return {}


@override("cloudwatch", "GetAlarmMuteRule")
def get_alarm_mute_rule(state: State, call: Call) -> dict[str, Any]:
    """Return a mute rule."""
    place, parameters = place_and_parameters(call)
    name = parameters["AlarmMuteRuleName"]
    rule = _rules(state, place).get(name)
    if rule is None:
        raise AwsError("ResourceNotFoundException", f"The mute rule {name} does not exist.", 404)
    shown = {key: rule.parameters[key] for key in _SHOWN if rule.parameters.get(key)}
    return {**shown, **_summary(rule, call.at)}


@override("cloudwatch", "ListAlarmMuteRules")
def list_alarm_mute_rules(state: State, call: Call) -> dict[str, Any]:
    """List mute rules by name, by default all of them."""
    place, parameters = place_and_parameters(call)
    alarm, statuses = parameters.get("AlarmName"), parameters.get("Statuses")
    found = [
        rule
        for _name, rule in sorted(_rules(state, place).items())
        if (not alarm or alarm in rule.targets) and (not statuses or rule.status(call.at) in statuses)
    ]
    question = (place, alarm, tuple(statuses or ()))
    rejection = AwsError("InvalidNextToken", "The next token is invalid.")
    shown, token = page(
        found, parameters.get("MaxRecords", RULES_PER_PAGE), parameters.get("NextToken"), question, rejection
    )
    answer = {"AlarmMuteRuleSummaries": [_summary(rule, call.at) for rule in shown]}
    return answer | ({"NextToken": token} if token else {})


@override("cloudwatch", "DeleteAlarmMuteRule")
def delete_alarm_mute_rule(state: State, call: Call) -> dict[str, Any]:
    """Delete a mute rule, if it exists; the pipeline then runs the actions that it held back."""
    place, parameters = place_and_parameters(call)
    with state.cloudwatch.registry.lock:
        rule = _rules(state, place).pop(parameters["AlarmMuteRuleName"], None)
        if rule:
            cloudwatch_backends[place[0]][place[1]].tagger.delete_all_tags_for_resource(rule.arn)
    return {}


_SHOWN = ("Name", "Description", "Rule", "MuteTargets", "StartDate")


def _rules(state: State, place: Place) -> dict[str, MuteRule]:
    return state.cloudwatch.registry.mutes.rules.setdefault(place, {})


def _summary(rule: MuteRule, now: datetime) -> dict[str, Any]:
    once = rule.parameters["Rule"]["Schedule"]["Expression"].startswith("at(")
    expiry = rule.parameters.get("ExpireDate")
    return {
        "AlarmMuteRuleArn": rule.arn,
        **({"ExpireDate": expiry} if expiry else {}),
        "Status": rule.status(now),
        "MuteType": "ONE_TIME" if once else "RECURRING",
        "LastUpdatedTimestamp": rule.updated,
    }


def _aware(at: datetime) -> datetime:
    """Return a request's time, which is parsed as naive UTC, as an aware time."""
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at
