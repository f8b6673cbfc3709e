# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Find configuration errors between the log group and the notification: filter, alarm, topic, key, subscriptions.

Sources: CloudWatch user guide, "Evaluating an alarm" and "Configuring how alarms treat missing data"; CloudWatch Logs
user guide, "Creating metric filters" (default value); SNS developer guide, "Key management" and "Confirm the
subscription".
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from ..core.policy_evaluation import Caller, Request, evaluate
from ..core.problems import listed, sentence
from ..filter_pattern.pattern import PatternError, compile_pattern
from ..sns.subscriptions import open_subscription
from .facts import Facts
from .record import certainly_missed, expected_record, pattern_matches
from .timeline import Finding, Weight

_FILTER_TASK = "secmon.aws.metric_filters (site.yml --tags alarms)"
_ALARM_TASK = "secmon.aws.metric_alarms (site.yml --tags alarms)"
_TOPIC_TASK = "secmon.aws.alert_topic (site.yml --tags notify)"
_CLOUDWATCH = "cloudwatch.amazonaws.com"
_COMPARISONS = {
    "GreaterThanOrEqualToThreshold": float.__ge__,
    "GreaterThanThreshold": float.__gt__,
    "LessThanThreshold": float.__lt__,
    "LessThanOrEqualToThreshold": float.__le__,
}


def filter_findings(params: Mapping[str, Any], facts: Facts) -> Iterator[Finding]:
    """Yield why the metric filter would not count the event."""
    if facts.log_group is None:
        return
    name, group = params["filter_name"], params["log_group_name"]
    if facts.metric_filter is None:
        cause = f"The log group {group} has no metric filter {name}."
        yield Finding("metric", "filter_missing", cause, f"Create it with {_FILTER_TASK}, or correct filter_name.")
        return
    pattern = facts.metric_filter.get("filterPattern", "")
    record = expected_record(params["secret_id"], facts.caller_arn, facts.place)
    if certainly_missed(pattern, record):
        yield pattern_mismatch(name, pattern)
    elif not _is_supported(pattern):
        cause = f"This collection cannot evaluate the pattern of the metric filter {name}: {sentence(pattern)}"
        yield Finding("metric", "pattern_unknown", cause, f"Correct it with {_FILTER_TASK}.", Weight.DOUBT)


def _is_supported(pattern: str) -> bool:
    try:
        compile_pattern(pattern)
    except PatternError:
        return False
    return True


def pattern_mismatch(name: str, pattern: str) -> Finding:
    """Return the finding that a filter does not count the event."""
    cause = f"The pattern of the metric filter {name} does not match the read: {sentence(pattern)}"
    return Finding(
        "metric", "pattern_mismatch", cause, f"Correct it with {_FILTER_TASK}, or read the secret that it matches."
    )


def filter_mismatch(params: Mapping[str, Any], facts: Facts, record: Mapping[str, Any]) -> Finding | None:
    """Return the finding that the filter does not match the record that CloudTrail wrote, or None."""
    pattern = (facts.metric_filter or {}).get("filterPattern", "")
    try:
        matches = pattern_matches(pattern, record)
    except PatternError:
        return None
    return None if matches else pattern_mismatch(params["filter_name"], pattern)


def alarm_findings(params: Mapping[str, Any], facts: Facts) -> Iterator[Finding]:
    """Yield why the alarm would not fire, or would not notify the topic."""
    name, alarm = params["alarm_name"], facts.alarm
    if alarm is None:
        cause = f"The alarm {name} does not exist in {facts.where}."
        yield Finding("alarm", "alarm_missing", cause, f"Create it with {_ALARM_TASK}, or correct alarm_name.")
        return
    if facts.metric_filter is not None:
        yield from _other_metric(name, alarm, facts.transformation)
        yield from _threshold_too_high(name, alarm, facts.transformation)
        yield from _diluted(name, alarm, facts.transformation)
    # An alarm for each account fires for this one while it is in ALARM for another one.
    if alarm.get("StateValue") == "ALARM" and not alarm.get("group_by"):
        yield already_in_alarm(name, Weight.DOUBT)
    yield from _action_findings(name, alarm, params["topic_arn"])


def already_in_alarm(name: str, weight: Weight = Weight.CERTAIN) -> Finding:
    """Return the finding that an alarm is in ALARM already and so cannot fire."""
    cause = f"The alarm {name} is in ALARM already, and its actions run only when its state changes."
    remedy = "Wait until it has returned to OK, or find out what keeps it in ALARM, and run the drill again."
    return Finding("alarm", "already_in_alarm", cause, remedy, weight)


def kept_in_alarm(name: str, since: datetime) -> Finding:
    """Return the finding that reads of other secrets keep an alarm in ALARM."""
    cause = (
        f"The alarm {name} has been in ALARM since {since:%Y-%m-%dT%H:%M:%SZ}, and its filter counts the reads of every"
        " secret: other reads keep it there, and its actions run only when its state changes. The secret was not read."
    )
    remedy = (
        "Let the rule count one secret: secmon_rules: {secret_access: {parameters: {secret: NAME}}}. Or run the drill"
        " when the alarm is OK."
    )
    return Finding("alarm", "kept_in_alarm", cause, remedy)


def counts_every_secret(params: Mapping[str, Any], facts: Facts) -> bool:
    """Return whether the metric filter counts reads of other secrets too."""
    pattern = (facts.metric_filter or {}).get("filterPattern", "")
    other = expected_record(f"{params['secret_id']}-other", facts.caller_arn, facts.place)
    return not certainly_missed(pattern, other)


def _other_metric(name: str, alarm: Mapping[str, Any], counted: Mapping[str, Any]) -> Iterator[Finding]:
    published = f"{counted.get('metricNamespace')}/{counted.get('metricName')}"
    evaluated = f"{alarm.get('Namespace')}/{alarm.get('MetricName')}"
    remedy = f"Correct the one that was changed: secmon.aws.metric_filters or {_ALARM_TASK}."
    if evaluated != published:
        cause = f"The alarm {name} evaluates the metric {evaluated}, but the filter publishes {published}."
        yield Finding("alarm", "other_metric", cause, remedy)
    elif _dimensions(alarm) != set(counted.get("dimensions") or {}):
        cause = f"The alarm {name} evaluates other dimensions of {published} than the filter publishes."
        yield Finding("alarm", "other_metric", cause, remedy)
    elif alarm.get("Unit") and alarm["Unit"] != (counted.get("unit") or "None"):
        cause = (
            f"The alarm {name} evaluates {published} in {alarm['Unit']}, but the filter publishes without that unit."
        )
        yield Finding("alarm", "other_metric", cause, remedy)


def _dimensions(alarm: Mapping[str, Any]) -> set[str]:
    return {*(each["Name"] for each in alarm.get("Dimensions", [])), *alarm.get("group_by", [])}


def _threshold_too_high(name: str, alarm: Mapping[str, Any], counted: Mapping[str, Any]) -> Iterator[Finding]:
    """Yield that one read is not enough. This is certain unless missing data can breach the threshold too."""
    remedy = f"Use the rule's values with {_ALARM_TASK}: Sum >= 1 over one period."
    needed = alarm.get("DatapointsToAlarm") or alarm.get("EvaluationPeriods", 1)
    if needed > 1:
        certain = alarm.get("TreatMissingData") == "notBreaching"
        cause = f"The alarm {name} needs {needed} periods with reads; one read is in one period only."
        yield Finding("alarm", "too_many_datapoints", cause, remedy, Weight.CERTAIN if certain else Weight.RISK)
    compare = _COMPARISONS.get(alarm.get("ComparisonOperator", ""))
    one = 1.0 if alarm.get("Statistic") == "SampleCount" else _number(counted.get("metricValue", ""))
    if compare and one is not None and not compare(one, float(alarm.get("Threshold", 0))):
        cause = f"One read counts {one:g}, which is not {alarm['ComparisonOperator']} {alarm['Threshold']:g}: it cannot"
        both = f"Use the rule's values: metric_value 1 in secmon.aws.metric_filters, Sum >= 1 with {_ALARM_TASK}."
        yield Finding("alarm", "threshold", f"{cause} trigger the alarm {name}.", both)


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _diluted(name: str, alarm: Mapping[str, Any], counted: Mapping[str, Any]) -> Iterator[Finding]:
    statistic = alarm.get("Statistic") or alarm.get("ExtendedStatistic", "")
    if counted.get("defaultValue") is None or statistic in ("Sum", "Maximum"):
        return
    cause = (
        f"The alarm {name} uses {statistic} of a metric with the default value {counted['defaultValue']:g}: all other"
        " events of the same period count too, so a single read seldom reaches the threshold."
    )
    yield Finding("alarm", "diluted_statistic", cause, f"Use Sum with {_ALARM_TASK}.", Weight.RISK)


def _action_findings(name: str, alarm: Mapping[str, Any], topic: str) -> Iterator[Finding]:
    if not alarm.get("ActionsEnabled", True):
        cause = f"The alarm {name} is muted: its actions are disabled, so it changes its state without a notification."
        remedy = f"Set actions_enabled: true with {_ALARM_TASK}, or run `aws cloudwatch enable-alarm-actions`."
        yield Finding("notification", "alarm_muted", cause, remedy)
    actions = alarm.get("AlarmActions", [])
    if topic not in actions:
        instead = f"only {', '.join(actions)}" if actions else "none at all"
        cause = f"The topic {topic} is not an action of the alarm {name}, which has {instead}."
        yield Finding(
            "notification", "no_action", cause, f"Set alarm_actions with {_ALARM_TASK}, or correct topic_arn."
        )


def topic_findings(params: Mapping[str, Any], facts: Facts) -> Iterator[Finding]:
    """Yield why CloudWatch could not publish to the topic."""
    arn = params["topic_arn"]
    if facts.topic is None:
        cause = f"The topic {arn} does not exist."
        yield Finding("notification", "topic_missing", cause, f"Create it with {_TOPIC_TASK}, or correct topic_arn.")
        return
    policy = json.loads(facts.topic.get("Policy") or "{}")
    if evaluate([policy], _request_of_alarm("sns:Publish", arn, params, facts)).refuses:
        alarm = params["alarm_name"]
        cause = f"The policy of the topic {arn} does not allow {_CLOUDWATCH} to publish for the alarm {alarm}."
        remedy = f"Add a statement with publishers: [cloudwatch] of {_TOPIC_TASK}."
        yield Finding("notification", "topic_denied", cause, remedy)


def _request_of_alarm(action: str, resource: str, params: Mapping[str, Any], facts: Facts) -> Request:
    context = {
        "aws:SourceArn": facts.center.arn("cloudwatch", f"alarm:{params['alarm_name']}"),
        "aws:SourceAccount": facts.center.account,
        # The default policy of a topic uses this older key for the account.
        "aws:SourceOwner": facts.center.account,
        "aws:SecureTransport": "true",
    }
    return Request(action, resource, Caller(_CLOUDWATCH), context, whole_context=False)


def key_findings(params: Mapping[str, Any], facts: Facts) -> Iterator[Finding]:
    """Yield why CloudWatch could not encrypt what it publishes."""
    key_id = (facts.topic or {}).get("KmsMasterKeyId", "")
    if not key_id:
        return
    remedy = (
        f"Use a customer managed key whose policy allows {_CLOUDWATCH} to call kms:GenerateDataKey* and kms:Decrypt"
    )
    remedy += f": kms_key_arn of {_TOPIC_TASK} (secmon_encrypt)."
    topic = f"The topic {params['topic_arn']} is encrypted with"
    if facts.key is None:
        yield Finding("notification", "key_missing", f"{topic} {key_id}, which does not exist.", remedy)
    elif facts.key.get("KeyManager") == "AWS" or key_id.rsplit(":", 1)[-1].startswith("alias/aws/"):
        cause = f"{topic} the AWS managed key ({key_id}), which CloudWatch alarms cannot use."
        yield Finding("notification", "key_of_aws", cause, remedy)
    elif not facts.key.get("Enabled", True):
        cause = f"{topic} {key_id}, which is {facts.key.get('KeyState', 'Disabled')}."
        yield Finding("notification", "key_disabled", cause, remedy)
    else:
        for action in ("kms:GenerateDataKey", "kms:Decrypt"):
            request = _request_of_alarm(action, facts.key.get("Arn", key_id), params, facts)
            if "Policy" in facts.key and evaluate([facts.key["Policy"]], request).refuses:
                cause = f"{topic} {key_id}, whose policy does not allow {_CLOUDWATCH} to call {action}."
                yield Finding("notification", "key_denied", cause, remedy)
                return


def subscription_findings(params: Mapping[str, Any], facts: Facts) -> Iterator[Finding]:
    """Yield that some or all subscriptions would not receive the notification."""
    if facts.topic is None:
        return
    arn, confirmed = params["topic_arn"], confirmed_endpoints(facts)
    pending = [each["Endpoint"] for each in facts.subscriptions if each["SubscriptionArn"] == "PendingConfirmation"]
    confirm = (
        'Paste the link of the email "AWS Notification - Subscription Confirmation" into confirm.yml'
        " (secmon_confirmation_links); it is valid for 48 hours;"
    )
    confirm += f" after that, subscribe again with {_TOPIC_TASK}."
    if not confirmed and not pending:
        cause = f"The topic {arn} has no subscription, so its messages reach no recipient."
        yield Finding("notification", "no_subscription", cause, f"Subscribe with {_TOPIC_TASK} (secmon_emails).")
    elif not confirmed:
        cause = f"No subscription of the topic {arn} is confirmed; pending: {listed(pending)}."
        yield Finding("notification", "subscription_pending", cause, confirm)
    elif pending:
        cause = f"Some subscriptions are not confirmed; pending: {listed(pending)}."
        yield Finding("notification", "subscription_pending", cause, confirm, Weight.RISK)


def open_subscription_findings(_params: Mapping[str, Any], facts: Facts) -> Iterator[Finding]:
    """Yield that anybody who has one of the emails can end a subscription, as mail scanners do."""
    for address in facts.open_subscriptions:
        yield Finding("notification", "subscription_open", *open_subscription(address), Weight.RISK)


def confirmed_endpoints(facts: Facts) -> list[str]:
    """Return the endpoints that receive the notification."""
    return [each["Endpoint"] for each in facts.subscriptions if each["SubscriptionArn"].startswith("arn:")]
