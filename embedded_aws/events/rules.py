"""Send the events of the default bus to the topics, queues and buses of matching rules.

Sources: EventBridge user guide, "AWS service events delivered via CloudTrail", "Event bus targets" and "Sending and
receiving events between AWS Regions"; EventBridge API reference, PutRule (State). Our reading, not seen on AWS: a
forwarded event keeps its id, account and region, and a read-only one reaches only rules that receive all of them.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterator
from typing import Any

from moto.events.models import Rule, events_backends
from moto.sqs.exceptions import QueueDoesNotExist
from moto.sqs.models import sqs_backends

from embedded_aws.cloudwatch.metrics import key_of
from embedded_aws.core.events import AlarmChange, AlarmTransition, MetricSample, Record
from embedded_aws.core.state import State
from embedded_aws.events.bus_event import BusEvent, event_of_alarm, event_of_change, event_of_record
from embedded_aws.events.input_transformer import target_input
from embedded_aws.iam.service_roles import role_error
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
        place = record["recipientAccountId"], record["awsRegion"]
        if any(_rules(*place)):
            self._receive(event_of_record(record), *place)

    def alarm(self, transition: AlarmTransition) -> None:
        """Send an alarm's change of state."""
        if any(_rules(transition.account, transition.region)):
            self._receive(event_of_alarm(transition), transition.account, transition.region)

    def alarm_change(self, change: AlarmChange) -> None:
        """Send a change of an alarm's configuration."""
        if any(_rules(change.account, change.region)):
            self._receive(event_of_change(change), change.account, change.region)

    def put(self, event: BusEvent, bus: str) -> None:
        """Send an event of PutEvents to topics and other buses; moto delivers to the other targets."""
        self._receive(event, event["account"], event["region"], bus, services=("sns", "events"))

    def _receive(
        self,
        event: BusEvent,
        account: str,
        region: str,
        bus: str = "default",
        *,
        services: Collection[str] = (),
        forwarded: bool = False,
    ) -> None:
        """Send an event that reaches a bus to the targets of its rules, or to those of some services."""
        states = _states(event)
        for rule in _rules(account, region, bus):
            pattern = rule.event_pattern
            if rule.state in states and pattern.get_pattern() and pattern.matches_event(event):  # type: ignore[arg-type]
                for target in rule.targets:
                    service = target["Arn"].split(":")[2]
                    if (service in services or not services) and not (forwarded and service == "events"):
                        self._count(rule, done=self._deliver(target, event, rule))

    def _deliver(self, target: dict[str, Any], event: BusEvent, rule: Rule) -> bool:
        arn = target["Arn"]
        service = arn.split(":")[2]
        if service == "events":
            return self._forward(target, event, rule)
        text = target_input(target, event, rule.name, rule.arn)
        if service == "sns":
            return self._publish(arn, text)
        if service == "sqs":
            enqueue(target, text)
            return True
        _LOGGER.warning("The embedded AWS sends no management events to %s", arn)
        return False

    def _forward(self, target: dict[str, Any], event: BusEvent, rule: Rule) -> bool:
        """Send an event to another bus, which does not send it on to a third one."""
        arn = target["Arn"]
        region, account, bus = arn.split(":", 5)[3:]
        needs = [("events:PutEvents", arn)]
        owner = rule.arn.split(":")[4]
        error = role_error(owner, target.get("RoleArn", ""), "events.amazonaws.com", rule.arn, needs)
        if error:
            _LOGGER.warning("EventBridge cannot forward an event to %s: %s", arn, error)
            return False
        self._receive(event, account, region, bus.removeprefix("event-bus/"), forwarded=True)
        return True

    def _count(self, rule: Rule, *, done: bool) -> None:
        """Count an invocation; EventBridge user guide, "Monitoring Amazon EventBridge"."""
        registry, store = self.state.cloudwatch.registry, self.state.cloudwatch.metrics
        region, account = rule.arn.split(":")[3:5]
        place, now = (account, region), self.state.clock.now()
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


def _states(event: BusEvent) -> tuple[str, ...]:
    """Return the states of the rules that receive an event."""
    detail = event["detail"]
    from_aws = event["source"].startswith("aws.") and isinstance(detail, dict)
    read_only = from_aws and detail.get("managementEvent") and detail.get("readOnly")
    return (ALL_MANAGEMENT_EVENTS,) if read_only else ("ENABLED", ALL_MANAGEMENT_EVENTS)


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
