# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Check the variables of hosts that share the trail of an organization (secmon_topology: organization)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import NamedTuple

from ..core.aws_names import ORGANIZATION, bucket_account, builds_bucket, builds_chain
from ..validation.document import Document
from ..validation.problems import quote_value
from .checks import InvalidVariableError, Settings

_CENTRAL, _ARCHIVE = "secmon_central_account", "secmon_log_archive_account"
# What a member needs to find the trail, and the log archive to admit it.
_AGREED = (
    *("secmon_region", _CENTRAL, "secmon_management_account", _ARCHIVE, "secmon_trail_name"),
    *("secmon_log_bucket_name", "secmon_log_bucket_prefix", "secmon_log_group_name", "secmon_topic_name"),
)
_NEEDED = (_CENTRAL, "secmon_trail_organization_id")


class Doubt(NamedTuple):
    """A problem of several hosts, shown at one of them; a warning prevents no run."""

    host: str
    variable: str
    message: str
    hint: str
    is_warning: bool = False


def organization_conflicts(settings: Settings, document: Document) -> None:
    """Report variables of one host that do not fit its topology."""
    if settings["secmon_topology"] != ORGANIZATION:
        return
    for name in _NEEDED:
        if not settings.is_set(name):
            document.add((name,), "is missing, and secmon_topology is organization", "set it for all hosts")
    if settings.is_set("secmon_existing_log_group_name"):
        message = "cannot be combined with secmon_topology: organization, since the metrics there have no account"
        document.add(("secmon_existing_log_group_name",), message, "remove it")
    role, central = settings["secmon_central_role_arn"], settings[_CENTRAL]
    if role and role.split(":")[4] != central:
        message = f"is in account {role.split(':')[4]}, but {_CENTRAL} is {central}"
        document.add(("secmon_central_role_arn",), message, "name a role of the central account")


def organization_doubts(hosts: Mapping[str, Settings], *, whole: bool) -> Iterator[Doubt]:
    """Yield the problems that only several hosts together show.

    Args:
        hosts: The settings by host.
        whole: Whether the hosts are those of the whole inventory, not those of --limit or of a slice.
    """
    members: dict[str, dict[str, Settings]] = {}
    for host, settings in hosts.items():
        with suppress(InvalidVariableError):
            if settings["secmon_topology"] == ORGANIZATION and all(map(settings.is_set, _NEEDED)):
                members.setdefault(settings["secmon_trail_organization_id"], {})[host] = settings
    for organization, own in members.items():
        with suppress(InvalidVariableError):
            yield from _disagreements(organization, own)
        with suppress(InvalidVariableError):
            yield from _absent(organization, own, whole)
        with suppress(InvalidVariableError):
            yield from _bucket_in_use(own)


def log_archive(hosts: Mapping[str, Settings]) -> str:
    """Return the host that has only the bucket of an organization, or an empty string."""
    for host, settings in hosts.items():
        with suppress(InvalidVariableError):
            if settings["secmon_topology"] == ORGANIZATION and builds_bucket(settings) and not builds_chain(settings):
                return host
    return ""


def _disagreements(organization: str, members: Mapping[str, Settings]) -> Iterator[Doubt]:
    first, *others = members
    for host in others:
        for name in _AGREED:
            here, there = members[host][name], members[first][name]
            if here != there:
                message = (
                    f"is {quote_value(here)}, but host {first} of the same organization {organization} has"
                    f" {quote_value(there)}"
                )
                yield Doubt(host, name, message, "set it once for all hosts of the organization")


def _absent(organization: str, members: Mapping[str, Settings], whole: bool) -> Iterator[Doubt]:
    """Yield that the central account or the log archive is the account of no host."""
    host = min(members)
    settings = members[host]
    ids = {own["secmon_account_id"] for own in members.values()}
    needed = {_CENTRAL: settings[_CENTRAL]}
    if not settings.is_set("secmon_existing_log_bucket_name"):
        needed.setdefault(_ARCHIVE, bucket_account(settings))
    for name, account in needed.items():
        if account in ids or (name == _ARCHIVE and account == settings[_CENTRAL]):
            continue
        message = f"is {account}, which is the account of no host of this run of organization {organization}"
        if whole:
            hint = "add a host for this account, correct the ID, or select other hosts with --limit"
        else:
            hint = "this run changes nothing there"
        yield Doubt(host, name, message, hint, not whole)


def _bucket_in_use(members: Mapping[str, Settings]) -> Iterator[Doubt]:
    """Yield a log archive that would delete its bucket while the trail still writes to it."""
    ids = {own["secmon_account_id"] for own in members.values()}
    for host, settings in members.items():
        central = settings[_CENTRAL]
        if settings["secmon_purge_log_bucket"] and builds_bucket(settings) and central not in ids:
            message = f"is true, but the trail of {central} writes to the bucket, which is not in this run"
            yield Doubt(host, "secmon_purge_log_bucket", message, "run with the host of the central account too")
