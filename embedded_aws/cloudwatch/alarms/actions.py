"""Execute the actions of an alarm: publish to SNS topics."""

from __future__ import annotations

import json

from embedded_aws.cloudwatch.alarms.message import published_message, subject
from embedded_aws.core.events import AlarmTransition
from embedded_aws.core.state import State
from embedded_aws.sns.permissions import cloudwatch, may_encrypt, may_publish
from embedded_aws.sns.publish import find_topic, publish

NO_KEY_ACCESS = "CloudWatch Alarms does not have authorization to access the SNS topic encryption key."
"""CloudWatch's message in the alarm history, as reported for topics with the key ``alias/aws/sns``."""


def execute_actions(state: State, transition: AlarmTransition) -> None:
    """Execute the actions of a transition, and record each result in the alarm's history."""
    for action in transition.actions:
        error = _execute(state, transition, action)
        state.cloudwatch.registry.history.action(transition, action, state.clock.now(), error)


def _execute(state: State, transition: AlarmTransition, action: str) -> str | None:
    """Publish to the topic of an action. Return the error, or None."""
    if ":sns:" not in action:
        return "The embedded AWS executes only actions that are SNS topics."
    topic = find_topic(action)
    if topic is None:
        return "Topic does not exist"
    alarm_arn = transition.alarm.alarm_arn
    publisher = cloudwatch(transition.account, alarm_arn)
    if not may_publish(publisher, topic):
        return f"Resource: {alarm_arn} is not authorized to perform: SNS:Publish on resource: {action}"
    if not may_encrypt(publisher, topic):
        return NO_KEY_ACCESS
    publish(state, topic, json.dumps(published_message(transition)), subject(transition), "json")
    return None
