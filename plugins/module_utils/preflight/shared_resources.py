# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Find hosts that would make the same resource, and so undo each other's work at every run."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from ..core.aws_names import log_bucket_name, partition_of
from ..validation.types import shown
from .checks import NotSoundError, Settings

Scope = Callable[[Settings], tuple[str, ...]]


@dataclass(frozen=True)
class Resource:
    """One kind of resource that a host makes.

    Attributes:
        what: Its kind in words.
        variable: What names it.
        existing: What names one that somebody else made instead, or nothing.
        scope: Returns where its name may be taken once.
    """

    what: str
    variable: str
    existing: str
    scope: Scope

    def name(self, settings: Settings) -> str:
        """Return the name that this host makes a resource of, or nothing. Raises NotSoundError."""
        if self.existing and settings.says(self.existing):
            return ""
        if self.variable == "secmon_log_bucket_name":
            return log_bucket_name(settings)
        if self.variable == "secmon_secret_name" and not settings["secmon_create_secret"]:
            return ""
        return str(settings[self.variable])


def _in_the_partition(settings: Settings) -> tuple[str, ...]:
    return (partition_of(settings["secmon_region"]),)


def _in_the_account(settings: Settings) -> tuple[str, ...]:
    return (settings["secmon_account_id"],)


def _in_the_region(settings: Settings) -> tuple[str, ...]:
    return (settings["secmon_account_id"], settings["secmon_region"])


RESOURCES = (
    Resource("secret", "secmon_secret_name", "", _in_the_region),
    Resource("topic", "secmon_topic_name", "secmon_existing_topic_arn", _in_the_region),
    Resource("trail", "secmon_trail_name", "", _in_the_region),
    Resource("log group", "secmon_log_group_name", "secmon_existing_log_group_name", _in_the_region),
    Resource("log group's filters", "secmon_existing_log_group_name", "", _in_the_region),
    Resource("role", "secmon_log_role_name", "secmon_existing_log_role_arn", _in_the_account),
    # The names of buckets are taken once in all accounts and regions of a partition.
    Resource("bucket", "secmon_log_bucket_name", "secmon_existing_log_bucket_name", _in_the_partition),
)


def fights(hosts: Mapping[str, Settings]) -> Iterator[tuple[str, str, str]]:
    """Yield the second host that makes a resource, the variable that names it, and what to tell."""
    first: dict[tuple[str, ...], str] = {}
    for host, settings in hosts.items():
        taken: dict[str, list[tuple[Resource, str]]] = {}
        for resource in RESOURCES:
            claim = _claim(resource, settings)
            other = first.setdefault(claim, host) if claim else host
            if other != host:
                taken.setdefault(other, []).append((resource, claim[-1]))
        for other, resources in taken.items():
            yield host, _to_blame(resources), _told(other, resources, settings)


def _claim(resource: Resource, settings: Settings) -> tuple[str, ...]:
    try:
        name = resource.name(settings)
        return (resource.what, *resource.scope(settings), name) if name else ()
    except NotSoundError:
        return ()


def _to_blame(resources: list[tuple[Resource, str]]) -> str:
    """Several resources in common mean that the account was named twice."""
    return resources[0][0].variable if len(resources) == 1 else "secmon_account_id"


def _told(other: str, resources: list[tuple[Resource, str]], settings: Settings) -> str:
    names = ", ".join(f"{resource.what} {shown(name)}" for resource, name in resources)
    if len(resources) == 1:
        told = f"host {other} makes the {names} too; the two would undo each other's work."
        return f"{told} Give one of them another {resources[0][0].variable}."
    where = f"account {settings['secmon_account_id']} in {settings['secmon_region']}"
    told = f"this host is {where}, and host {other} makes the same {names}; the two would undo each other's work."
    return f"{told} Correct the id or the region, or give the resources other names."
