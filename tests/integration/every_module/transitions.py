"""For each module that writes: what a run starts from, what it is asked for, and how boto3 sees the result."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tests.integration.alert_topic import topic_setup
from tests.integration.encryption_key import test_encryption_key as encryption_key
from tests.integration.event_rules import rule_setup
from tests.integration.log_alarms import test_log_alarms as log_alarms
from tests.integration.log_bucket import bucket_setup
from tests.integration.log_group import test_log_group as log_group
from tests.integration.metric_alarms import alarm_setup
from tests.integration.metric_filters import metric_filter_setup as filter_setup
from tests.integration.secret import secret_setup
from tests.integration.trail_role import test_trail_role as trail_role
from tests.support import trail_prerequisites
from tests.support.embedded_control import mails

Aws = Callable[..., Any]
Task = Mapping[str, Any]


@dataclass(frozen=True)
class Kind:
    """A module and the tasks that make each of its writes.

    Attributes:
        service: The service that most of its calls go to.
        task: Arguments that create the resource from nothing.
        history: Tasks after which `update` changes, adds and removes as much as the module can.
        update: Arguments that change what `history` left.
        absent: Arguments that remove what `task` created.
        read: Return the state of the resource; the same before `task` and after `absent`.
        prepare: Create what the module needs, and return values for the placeholders of its tasks.
        anywhere: Like `task`, with what every region of every partition has.
    """

    service: str
    task: Task
    history: tuple[Task, ...]
    update: Task
    absent: Task
    read: Callable[[Aws], Any]
    prepare: Callable[[Aws], Mapping[str, str] | None] = lambda _aws: None
    anywhere: Task | None = None


@dataclass(frozen=True)
class Transition:
    """One run of a module: from a state of the account to another one."""

    module: str
    name: str
    history: tuple[Task, ...]
    task: Task

    @property
    def kind(self) -> Kind:
        """Return the module's entry."""
        return KINDS[self.module]


def _read_topic(aws: Aws) -> Any:
    sns = aws("sns")
    found = topic_setup.topic(sns)
    # A subscription that is requested again would send a second e-mail.
    return found and found | {"mails": len(mails(sns.meta.endpoint_url, topic_setup.ALICE["endpoint"]))}


def _read_bucket(aws: Aws) -> Any:
    found = bucket_setup.bucket(aws("s3"))
    return found and bucket_setup.comparable(found)


def _read_keys(aws: Aws) -> Any:
    found = encryption_key.keys(aws("kms"))
    # A second key would be seen beside the one in use.
    return found if any(key["state"] != "PendingDeletion" for key in found) else []


def _read_secret(aws: Aws) -> Any:
    found = secret_setup.state_of(aws)
    return {} if "deleted" in found else found


def _read_trail(aws: Aws) -> Any:
    found = trail_prerequisites.read_trail(aws("cloudtrail"))
    # Each preparation makes another key.
    return found and found | {"KmsKeyId": "KmsKeyId" in found}


def _prepare_secret(aws: Aws) -> None:
    secret_setup.make_function(aws)
    secret_setup.make_keys(aws)


def _only(task: Task, **changes: Any) -> Task:
    """Return a task with some options, without those that are None."""
    return {name: value for name, value in {**task, **changes}.items() if value is not None}


_ALWAYS = {"update_value": "always", "value_hmac_key": secret_setup.KEY}
_SECRET = {**secret_setup.DESIRED, **_ALWAYS}
_TRAIL = trail_prerequisites.full_task("<key>")
_OLD_TAGS = {"old": "yes"}
_OLD_ALARMS = {"purge_tag": _OLD_TAGS}

KINDS = {
    "alert_topic": Kind(
        "sns",
        topic_setup.TASK,
        ({"name": topic_setup.NAME, "subscriptions": [topic_setup.QUEUE], "tags": _OLD_TAGS},),
        _only(topic_setup.TASK, subscriptions=[topic_setup.ALICE], remove_subscriptions=[topic_setup.QUEUE]),
        {"name": topic_setup.NAME, "state": "absent"},
        _read_topic,
    ),
    "encryption_key": Kind(
        "kms",
        encryption_key.TASK,
        ({"alias": encryption_key.ALIAS, "tags": _OLD_TAGS},),
        encryption_key.TASK,
        {"alias": encryption_key.ALIAS, "state": "absent"},
        _read_keys,
    ),
    "event_rules": Kind(
        "events",
        rule_setup.TASK,
        (
            {
                "rules": [
                    {"name": "secmon-read", **rule_setup.MINIMAL},
                    {"name": "secmon-old", **rule_setup.MINIMAL},
                ]
            },
        ),
        {**rule_setup.TASK, "purge_prefix": "secmon-"},
        rule_setup.ABSENT,
        lambda aws: rule_setup.rules(aws("events")),
    ),
    "log_alarms": Kind(
        "cloudwatch",
        log_alarms.TASK,
        (
            {
                "alarms": [{**log_alarms.ALARM, "name": "old"}, {**log_alarms.ALARM, "threshold": 7}],
                "tags": _OLD_TAGS,
            },
        ),
        {**log_alarms.TASK, **_OLD_ALARMS},
        {"alarms": [{"name": "reads"}], "state": "absent"},
        lambda aws: log_alarms.alarms(aws("cloudwatch")),
    ),
    "log_bucket": Kind(
        "s3",
        bucket_setup.TASK,
        ({"name": bucket_setup.NAME, "tags": _OLD_TAGS},),
        bucket_setup.TASK,
        {"name": bucket_setup.NAME, "state": "absent"},
        _read_bucket,
    ),
    "log_group": Kind(
        "logs",
        log_group.TASK,
        ({"name": log_group.NAME, "retention_days": 30, "tags": _OLD_TAGS, "deletion_protection": True},),
        log_group.TASK,
        {"name": log_group.NAME, "state": "absent"},
        lambda aws: log_group.group(aws("logs")),
    ),
    "metric_alarms": Kind(
        "cloudwatch",
        alarm_setup.TASK,
        (
            {
                "alarms": [{"name": name, **alarm_setup.MINIMAL} for name in ("read", "old")],
                "tags": _OLD_TAGS,
            },
        ),
        {**alarm_setup.TASK, **_OLD_ALARMS},
        alarm_setup.ABSENT,
        lambda aws: alarm_setup.alarms(aws("cloudwatch")),
    ),
    "metric_filters": Kind(
        "logs",
        filter_setup.TASK,
        (
            {
                "log_group_name": filter_setup.GROUP,
                "filters": [{**filter_setup.READS, "name": "Old"}, {**filter_setup.READS, "metric_value": "2"}],
            },
        ),
        {**filter_setup.TASK, "purge_namespace": filter_setup.NAMESPACE, "test_messages": ["x"]},
        {**filter_setup.TASK, "state": "absent"},
        lambda aws: filter_setup.filters(aws("logs")),
        lambda aws: filter_setup.make_group(aws("logs")),
    ),
    "secret": Kind(
        "secretsmanager",
        _SECRET,
        # The value A is that of an earlier version, and the secret is to be deleted.
        (
            {**_SECRET, "value": "A"},
            {"name": secret_setup.NAME, "value": "B", **_ALWAYS},
            {"name": secret_setup.NAME, "state": "absent"},
        ),
        {
            **{"name": secret_setup.NAME, "value": "A", **_ALWAYS, "description": "other", "resource_policy": {}},
            "replica_regions": [{"region": "eu-west-1", "kms_key_id": "alias/west"}],
            **{"rotation": {"days": 90}, "tags": {"other": "tag"}},
        },
        {"name": secret_setup.NAME, "state": "absent"},
        _read_secret,
        _prepare_secret,
        _only(_SECRET, replica_regions=None),
    ),
    "trail": Kind(
        "cloudtrail",
        _TRAIL,
        ({**trail_prerequisites.SIMPLE, "logging": False, "tags": _OLD_TAGS},),
        _TRAIL,
        {"name": trail_prerequisites.NAME, "state": "absent"},
        _read_trail,
        trail_prerequisites.make_prerequisites,
        trail_prerequisites.SIMPLE,
    ),
    "trail_role": Kind(
        "iam",
        trail_role.TASK,
        (
            {
                **{"name": trail_role.NAME, "trust_policy": trail_role.OTHER_TRUST, "tags": _OLD_TAGS},
                **{"policy_name": "Old", "policy": trail_role.READ},
            },
        ),
        trail_role.TASK,
        {"name": trail_role.NAME, "state": "absent"},
        lambda aws: trail_role.role(aws("iam")),
    ),
}


def transitions() -> Iterator[Transition]:
    """Yield what each module can do: create, update and delete."""
    for module, kind in KINDS.items():
        yield Transition(module, "create", (), kind.task)
        yield Transition(module, "update", kind.history, kind.update)
        yield Transition(module, "delete", (kind.task,), kind.absent)


def anywhere() -> Iterator[Transition]:
    """Yield for each module what it can create in any region."""
    for module, kind in KINDS.items():
        yield Transition(module, "create", (), kind.anywhere or kind.task)


def filled(task: Task, values: Mapping[str, str] | None, region: str, partition: str) -> dict[str, Any]:
    """Return a task with the values of its placeholders, for a region."""
    text = json.dumps(task).replace("us-east-1", region).replace("arn:aws:", f"arn:{partition}:")
    for name, value in (values or {}).items():
        text = text.replace(f"<{name}>", value)
    return dict(json.loads(text))
