"""The stages of the pipeline in their order: record, select, deliver, filter, evaluate, notify."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from embedded_aws.cloudtrail.delivery.delivery import Delivery
from embedded_aws.cloudtrail.delivery.schedule import Arrival, Schedule
from embedded_aws.cloudtrail.records.operations import data_resource_type
from embedded_aws.cloudtrail.records.record import make_record
from embedded_aws.cloudtrail.records.service_events import RoleSessions, kms_record, shared_records
from embedded_aws.cloudtrail.selection import TrailView, receiving_trails
from embedded_aws.cloudtrail.trails import find_trail
from embedded_aws.cloudwatch.alarms.actions import execute_actions
from embedded_aws.cloudwatch.alarms.evaluation import Alarms
from embedded_aws.core.call import Answer, Call
from embedded_aws.core.events import AlarmTransition, LogEvent, Record, TrailRef
from embedded_aws.core.state import State
from embedded_aws.events.rules import EventBridge
from embedded_aws.logs.metric_filters import MetricFilters, put_log_events
from embedded_aws.sns.publish import email_published_messages

# A call on its way from the thread that answers it to the worker.


@dataclass(frozen=True, slots=True)
class RecordedCall:
    """A call and its answer, with the caller's identity and the trails that were logging at the time."""

    call: Call
    answer: Answer
    identity: dict[str, Any]
    views: tuple[TrailView, ...]


@dataclass(frozen=True, slots=True)
class RecordedEvent:
    """The record of what is no call, such as a sign-in, and the trails that were logging at the time."""

    record: Record
    host: str
    views: tuple[TrailView, ...]


# Everything here runs on the worker thread.

Selected = tuple[Record, tuple[TrailRef, ...]]
"""A record and the trails that log it."""


class Chain:
    """The stages in their order."""

    def __init__(self, state: State) -> None:
        """Create the stages."""
        self.state = state
        self.delivery = Delivery(state)
        self.schedule = Schedule(state.consistency)
        self.filters = MetricFilters(state)
        self.alarms = Alarms(state)
        self.eventbridge = EventBridge(state)
        self._sessions = RoleSessions(state)

    def run(self, batch: Sequence[RecordedCall | RecordedEvent]) -> None:
        """Run calls through all stages; log files are written by `tick` or when they are full.

        With the delays of AWS, records are delivered by the `tick` at which they are due.

        An error with one call does not affect the others; the first error is raised at the end.
        """
        put: list[LogEvent] = []
        selected: list[Selected] = []
        failed: list[Exception] = []
        for recorded in batch:
            try:
                if isinstance(recorded, RecordedEvent):
                    selected += self._select(recorded.views, recorded.host, recorded.record)
                elif recorded.call.service == "logs" and recorded.call.action == "PutLogEvents":
                    put += put_log_events(recorded.call, recorded.answer)
                else:
                    selected += self._selected(recorded)
            except Exception as error:
                # One client's input must not affect the calls of others.
                failed.append(error)
        self.carry(selected, put)
        if any(isinstance(each, RecordedCall) and each.call.service == "cloudwatch" for each in batch):
            with self.state.cloudwatch.registry.lock:
                changes = self.state.cloudwatch.registry.history.take_changes()
            for change in changes:
                self.eventbridge.alarm_change(change)
            # PutMetricData and SetAlarmState change alarms without a log event.
            self._notify(self.alarms.tick(self.state.clock.now()))
        if failed:
            raise failed[0]

    def carry(self, selected: Sequence[Selected], put: Sequence[LogEvent] = ()) -> None:
        """Deliver records to their trails, and run the metric filters over them and over the events of PutLogEvents."""
        events = list(put)
        self.delivery.begin_batch()
        for record, trails in selected:
            self.eventbridge.handle(record)
            if self.state.consistency.lags:
                self.schedule.add(record, trails, datetime.fromisoformat(record["eventTime"]))
            else:
                events += self.delivery.deliver(record, trails)
        self._observe(events)

    def tick(self) -> None:
        """Write the open log files, and do what is due: delayed deliveries, alarm evaluations and digest files."""
        now = self.state.clock.now()
        self._arrive(self.schedule.take_due(now))
        self._notify(self.alarms.tick(now))
        self.delivery.tick(now)

    def land_files(self, bucket: str) -> None:
        """Write the records that are still on their way to the log files in a bucket, although they are not due."""

        def writes_there(ref: TrailRef) -> bool:
            trail = find_trail(self.state, ref)
            return trail is not None and trail.bucket_name == bucket

        self._arrive(self.schedule.take_files(writes_there))
        self.delivery.flush()

    def _arrive(self, arrivals: Iterable[Arrival]) -> None:
        events: list[LogEvent] = []
        self.delivery.begin_batch()
        for record, trail, to_logs in arrivals:
            events += self.delivery.deliver(record, [trail], files=not to_logs, logs=to_logs)
        self._observe(events)

    def _observe(self, events: Sequence[LogEvent]) -> None:
        if events:
            self._notify(self.alarms.observe(self.filters.samples(events)))

    def _notify(self, transitions: Sequence[AlarmTransition]) -> None:
        for transition in transitions:
            execute_actions(self.state, transition)
            if transition.contributor is None:
                self.eventbridge.alarm(transition)

    def _selected(self, recorded: RecordedCall) -> list[Selected]:
        """Return the records of a call and of the service calls it causes, each with its trails."""
        call = recorded.call
        if call.service == "sns" and call.action in ("Publish", "PublishBatch"):
            email_published_messages(self.state, call, recorded.answer)
        record = self._record(recorded)
        if record is None:
            return []
        views = recorded.views
        selected = [found for each in shared_records(record) for found in self._select(views, call.host, each)]
        used = kms_record(call, record)
        if used:
            selected += self._select(views, call.host, used)
        for own, trails in tuple(selected):
            for begun in self._sessions.begun(own, trails, call.at):
                selected += self._select(views, call.host, begun)
        return selected

    def _select(self, views: tuple[TrailView, ...], host: str, record: Record) -> list[Selected]:
        """Add a record to the event history, and return it with its trails; empty if no trail logs it."""
        if record["managementEvent"]:
            self.state.cloudtrail.history.append(record)
        trails = receiving_trails(views, record, host)
        return [(record, trails)] if trails else []

    def _record(self, recorded: RecordedCall) -> Record | None:
        call = recorded.call
        data = data_resource_type(call.service, call.action) is not None
        if data and not any(view.logs_data_events for view in recorded.views):
            return None
        return make_record(call, recorded.answer, recorded.identity)
