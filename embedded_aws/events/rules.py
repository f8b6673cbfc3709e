"""Send the events of the default bus to the topics and queues of matching rules.

Sources: EventBridge user guide, "AWS service events delivered via CloudTrail" and "Event bus targets"; EventBridge API
reference, PutRule (State).
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

from moto.events.models import Rule, events_backends
from moto.sqs.exceptions import QueueDoesNotExist
from moto.sqs.models import sqs_backends

from embedded_aws.cloudwatch.metrics import key_of
from embedded_aws.core.events import AlarmChange, AlarmTransition, MetricSample, Record
from embedded_aws.core.state import State
from embedded_aws.events.bus_event import BusEvent, event_of_alarm, event_of_change, event_of_record
from embedded_aws.events.input_transformer import target_input
from embedded_aws.sns.permissions import eventbridge, may_encrypt, may_publish
from embedded_aws.sns.publish import find_topic, publish

ALL_MANAGEMENT_EVENTS = "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"
"""The state of a rule that also receives read-only management events."""

_LOGGER = logging.getLogger(__name__)


class EventBridge:
    """Sends events to the targets of matching rules in their account and region."""

    def __init__(self, state: State) -> None:
        """Publish with the mailbox of this state."""
        self.state = state

    def handle(self, record: Record) -> None:
        """Send a record that a trail logs."""
        rules = list(_rules(record["recipientAccountId"], record["awsRegion"]))
        if rules:
            only_all = record.get("managementEvent") and record.get("readOnly")
            states = (ALL_MANAGEMENT_EVENTS,) if only_all else ("ENABLED", ALL_MANAGEMENT_EVENTS)
            self._send(event_of_record(record), [rule for rule in rules if rule.state in states])

    def alarm(self, transition: AlarmTransition) -> None:
        """Send an alarm's change of state."""
        rules = [rule for rule in _rules(transition.account, transition.region) if rule.state != "DISABLED"]
        if rules:
            self._send(event_of_alarm(transition), rules)

    def alarm_change(self, change: AlarmChange) -> None:
        """Send a change of an alarm's configuration."""
        rules = [rule for rule in _rules(change.account, change.region) if rule.state != "DISABLED"]
        if rules:
            self._send(event_of_change(change), rules)

    def send_to_topics(self, event: BusEvent, bus: str) -> None:
        """Send an event of PutEvents to topics; moto delivers to the other targets."""
        rules = [rule for rule in _rules(event["account"], event["region"], bus) if rule.state != "DISABLED"]
        self._send(event, rules, only="sns")

    def _send(self, event: BusEvent, rules: list[Rule], only: str | None = None) -> None:
        for rule in rules:
            if rule.event_pattern.get_pattern() and rule.event_pattern.matches_event(event):  # type: ignore[arg-type]
                for target in rule.targets:
                    if only in (None, target["Arn"].split(":")[2]):
                        done = self._deliver(target, target_input(target, event, rule.name, rule.arn))
                        self._count(event, rule, done=done)

    def _deliver(self, target: dict[str, Any], text: str) -> bool:
        arn = target["Arn"]
        service = arn.split(":")[2]
        if service == "sns":
            return self._publish(arn, text)
        if service == "sqs":
            enqueue(target, text)
            return True
        _LOGGER.warning("The embedded AWS sends no management events to %s", arn)
        return False

    def _count(self, event: BusEvent, rule: Rule, *, done: bool) -> None:
        """Count an invocation; EventBridge user guide, "Monitoring Amazon EventBridge"."""
        registry, store = self.state.cloudwatch.registry, self.state.cloudwatch.metrics
        place, now = (event["account"], event["region"]), self.state.clock.now()
        dimensions = (("RuleName", rule.name),)
        with registry.lock:
            for name in ("InvocationAttempts", "SuccessfulInvocationAttempts" if done else "FailedInvocations"):
                sample = MetricSample(*place, "AWS/Events", name, dimensions, 1.0, "Count", now)
                store.add(sample)
                registry.touched.add(key_of(sample))

    def _publish(self, topic_arn: str, text: str) -> bool:
        """Publish if the topic policy allows EventBridge; AWS only counts failures, as FailedInvocations."""
        topic = find_topic(topic_arn)
        if topic and may_publish(eventbridge(), topic) and may_encrypt(eventbridge(), topic):
            # Without a subject: e-mails get the default one. A recorded answer of AWS (2024).
            publish(self.state, topic, text)
            return True
        _LOGGER.warning("EventBridge may not publish to %s, or the topic does not exist", topic_arn)
        return False


def _rules(account: str, region: str, bus: str = "default") -> Iterator[Rule]:
    regions = events_backends[account]
    # A client can sign for a Region that does not exist.
    found = regions[region].event_buses.get(bus) if region in regions else None
    yield from list(found.rules.values()) if found else ()


def enqueue(target: dict[str, Any], text: str) -> None:
    """Send the input of a target to its queue."""
    region, account, queue = target["Arn"].split(":", 5)[3:]
    group = target.get("SqsParameters", {}).get("MessageGroupId")
    try:
        sqs_backends[account][region].send_message(queue, text, group_id=group)
    except QueueDoesNotExist:
        _LOGGER.warning("EventBridge finds no queue %s", target["Arn"])
