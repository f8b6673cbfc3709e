# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Find hosts that would manage the same resource, and so undo each other's changes at every run."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from ..core.aws_names import builds_bucket, builds_chain, log_bucket_name, partition_of
from ..validation.problems import quote_value
from .checks import InvalidVariableError, Settings
from .event_alerts import reported

Scope = Callable[[Settings], tuple[str, ...]]


# The rules of EventBridge have the same names in each deployment.
_OF_EVENT_ALERTS = {"secmon_event_alerts": "secmon-*", "secmon_event_topic_name": ""}


@dataclass(frozen=True)
class Resource:
    """One kind of resource that a host manages.

    Attributes:
        kind: The kind in words.
        variable: The variable that names it.
        existing: The variable that names an existing resource to use instead, or an empty string.
        scope: Returns the scope in which its name is unique.
    """

    kind: str
    variable: str
    existing: str
    scope: Scope

    def name(self, settings: Settings) -> str:
        """Return the name of the resource that this host manages, or an empty string. Raise InvalidVariableError."""
        if self.existing and settings.is_set(self.existing):
            return ""
        if self.variable == "secmon_log_bucket_name":
            return log_bucket_name(settings) if builds_bucket(settings) else ""
        if self.variable == "secmon_secret_name":
            return str(settings[self.variable]) if settings["secmon_create_secret"] else ""
        if self.variable in _OF_EVENT_ALERTS and not reported(settings):
            return ""
        if self.variable == "secmon_event_forwarder_role_name" and not (
            reported(settings) and settings["secmon_regions"]
        ):
            return ""
        if self.variable.startswith("secmon_log_alarm_") and not settings["secmon_log_alarms"]:
            return ""
        name = _OF_EVENT_ALERTS.get(self.variable) or str(settings[self.variable])
        return name if builds_chain(settings) else ""


def _in_the_partition(settings: Settings) -> tuple[str, ...]:
    return (partition_of(settings["secmon_region"]),)


def _in_the_account(settings: Settings) -> tuple[str, ...]:
    return (settings["secmon_account_id"],)


def _in_the_region(settings: Settings) -> tuple[str, ...]:
    return (settings["secmon_account_id"], settings["secmon_region"])


RESOURCES = (
    Resource("secret", "secmon_secret_name", "", _in_the_region),
    Resource("topic", "secmon_topic_name", "secmon_existing_topic_arn", _in_the_region),
    Resource("event topic", "secmon_event_topic_name", "", _in_the_region),
    Resource("event rules", "secmon_event_alerts", "", _in_the_region),
    Resource("trail", "secmon_trail_name", "", _in_the_region),
    Resource("log group", "secmon_log_group_name", "secmon_existing_log_group_name", _in_the_region),
    Resource("log group's filters", "secmon_existing_log_group_name", "", _in_the_region),
    Resource("role", "secmon_log_role_name", "secmon_existing_log_role_arn", _in_the_account),
    Resource("query role", "secmon_log_alarm_query_role_name", "", _in_the_account),
    Resource("log line role", "secmon_log_alarm_lines_role_name", "", _in_the_account),
    Resource("event forwarder role", "secmon_event_forwarder_role_name", "", _in_the_account),
    # Bucket names are unique in all accounts and regions of a partition.
    Resource("bucket", "secmon_log_bucket_name", "secmon_existing_log_bucket_name", _in_the_partition),
)


@dataclass(frozen=True)
class Shared:
    """Resources that two hosts would manage.

    Attributes:
        host: The second host.
        variable: The variable to correct.
        message: The problem.
        hint: The remedy.
    """

    host: str
    variable: str
    message: str
    hint: str


def find_shared_resources(hosts: Mapping[str, Settings]) -> Iterator[Shared]:
    """Yield the resources that a host shares with an earlier one."""
    first: dict[tuple[str, ...], str] = {}
    for host, settings in hosts.items():
        taken: dict[str, list[tuple[Resource, str]]] = {}
        for resource in RESOURCES:
            claim = _claim(resource, settings)
            other = first.setdefault(claim, host) if claim else host
            if other != host:
                taken.setdefault(other, []).append((resource, claim[-1]))
        for other, resources in taken.items():
            yield _shared(host, other, resources, settings)


def _claim(resource: Resource, settings: Settings) -> tuple[str, ...]:
    try:
        name = resource.name(settings)
        return (resource.kind, *resource.scope(settings), name) if name else ()
    except InvalidVariableError:
        return ()


def _shared(host: str, other: str, resources: list[tuple[Resource, str]], settings: Settings) -> Shared:
    names = ", ".join(f"{resource.kind} {quote_value(name)}" for resource, name in resources)
    undo = "the two would undo each other's changes"
    if len(resources) == 1:
        variable = resources[0][0].variable
        return Shared(host, variable, f"host {other} manages the {names}, too, and {undo}", f"set another {variable}")
    # Several shared resources mean that the account is listed twice.
    place = f"account {settings['secmon_account_id']} in {settings['secmon_region']}"
    message = f"this host is {place}, and host {other} manages the same {names}; {undo}"
    return Shared(host, "secmon_account_id", message, "correct the ID or the region, or set other names")
