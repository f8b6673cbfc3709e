"""The last stage: publish alarm actions, and what clients publish, to the subscribers of a topic."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from embedded_aws.cloudwatch.alarms.message import published_message, subject
from embedded_aws.core.call import Answer, Call
from embedded_aws.core.events import AlarmTransition
from embedded_aws.core.state import State
from embedded_aws.sns.permissions import cloudwatch, may_encrypt, may_publish
from embedded_aws.sns.publish import Notification, find_topic, mail_subscribers, publish

NO_KEY_ACCESS = "CloudWatch Alarms does not have authorization to access the SNS topic encryption key."
"""CloudWatch's message in the alarm history, as reported for topics with the key ``alias/aws/sns``."""


class Notifier:
    """Executes the actions of alarms, and e-mails what clients publish."""

    def __init__(self, state: State) -> None:
        """Publish with the mailbox of this state."""
        self.state = state

    def alarm(self, transition: AlarmTransition) -> None:
        """Execute the actions of a transition, and record each result in the alarm's history."""
        for action in transition.actions:
            error = self._execute(transition, action)
            self.state.cloudwatch.book.history.action(transition, action, self.state.clock.now(), error)

    def _execute(self, transition: AlarmTransition, action: str) -> str | None:
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
        publish(self.state, topic, json.dumps(published_message(transition)), subject(transition), "json")
        return None

    def published(self, call: Call, answer: Answer) -> None:
        """E-mail the messages of a client's Publish or PublishBatch; moto has delivered the other protocols."""
        topic = find_topic(call.parameters.get("TopicArn") or call.parameters.get("TargetArn") or "")
        if topic and not answer.error_code:
            for notification in _notifications(call.parameters, answer.parsed(call)):
                mail_subscribers(self.state, topic, notification)


def _notifications(parameters: dict[str, Any], response: dict[str, Any]) -> Iterator[Notification]:
    entries = {entry["Id"]: entry for entry in parameters.get("PublishBatchRequestEntries", [])}
    if not entries:
        yield _notification(response["MessageId"], parameters)
    for success in response.get("Successful", []):
        yield _notification(success["MessageId"], entries[success["Id"]])


def _notification(message_id: str, entry: dict[str, Any]) -> Notification:
    attributes = {
        name: {"Type": value["DataType"], "Value": value.get("StringValue") or value.get("BinaryValue")}
        for name, value in entry.get("MessageAttributes", {}).items()
    }
    return Notification(message_id, entry["Message"], entry.get("Subject"), entry.get("MessageStructure"), attributes)
