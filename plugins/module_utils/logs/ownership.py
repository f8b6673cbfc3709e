# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Which metric filters this collection made.

Metric filters have no tags. In a log group of this collection, tags of the group record its filters: each by a digest
of its name, since a group has at most 50 tags with values of 256 characters, and 100 filters with names of up to 512.
Log groups of others are not tagged; there, an alarm of this collection that watches the metric of a filter, and whose
tag names the log group, shows that the filter is part of the same rule.

Source: CloudWatch Logs API reference, TagResource; quotas.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from ..core.tags import OWNER_KEY, OWNER_VALUE, is_managed
from .metric_filter import MetricFilter

RECORD_KEY = "secmon:metric-filters"
LOG_GROUP_KEY = "secmon:log-group"
_DIGEST_LENGTH = 6
_DIGESTS_PER_TAG = 42
_MAX_VALUE_LENGTH = 256
_KEPT_LENGTH = 215


def log_group_mark(name: str) -> dict[str, str]:
    """Return the tag by which the alarms of a log group are found.

    A tag's value has no ``#`` and at most 256 characters, a log group's name up to 512. ``=`` and ``@`` are in no name,
    so that each name has a value of its own.
    """
    value = name.replace("#", "=")
    if len(value) > _MAX_VALUE_LENGTH:
        value = f"{value[:_KEPT_LENGTH]}@{hashlib.sha1(value.encode(), usedforsecurity=False).hexdigest()}"
    return {LOG_GROUP_KEY: value}


def record_of(names: Iterable[str], former: Iterable[str] = ()) -> dict[str, str]:
    """Return the tags that record filters; of the keys `former`, those that are not needed any more become empty."""
    digests = sorted({_digest(name) for name in names})
    parts = [digests[start : start + _DIGESTS_PER_TAG] for start in range(0, len(digests), _DIGESTS_PER_TAG)]
    tags = {_key(number): "".join(part) for number, part in enumerate(parts or [[]], 1)}
    return {**dict.fromkeys(former, ""), **tags}


def record_in(tags: Mapping[str, str]) -> dict[str, str]:
    """Return those tags of a log group that record its filters."""
    return {key: value for key, value in tags.items() if key.startswith(RECORD_KEY)}


def without_record(tags: Mapping[str, str]) -> dict[str, str]:
    """Return the other tags of a log group."""
    return {key: value for key, value in tags.items() if not key.startswith(RECORD_KEY)}


def _key(number: int) -> str:
    return RECORD_KEY if number == 1 else f"{RECORD_KEY}-{number}"


def _digest(name: str) -> str:
    digest = hashlib.sha256(name.encode(errors="surrogatepass")).digest()
    return base64.urlsafe_b64encode(digest).decode()[:_DIGEST_LENGTH]


@dataclass(frozen=True)
class Scope:
    """What a task is about to do, before it is known who made the filters.

    Attributes:
        writes: Whether there is anything to write.
        claimed: The existing filters of the task that are changed or deleted only if this collection made them, each
            with the namespace and name of the metric whose alarm shows that.
        purged: The same for filters of other names; None if the metric is one of the task's filters, so that its alarm
            shows nothing.
    """

    writes: bool
    claimed: Mapping[str, tuple[str, str] | None]
    purged: Mapping[str, tuple[str, str] | None]


@dataclass(frozen=True)
class Ownership:
    """What is known of the owner of a log group and of its filters.

    Attributes:
        group_arn: The log group's ARN for its tags; empty unless the group is recorded there.
        record: The tags that record its filters.
        alarmed: The names of further filters with an alarm of this collection.
    """

    group_arn: str = ""
    record: Mapping[str, str] = field(default_factory=dict)
    alarmed: frozenset[str] = frozenset()

    def made(self, name: str) -> bool:
        """Return whether this collection made the filter of this name."""
        return name in self.alarmed or self.is_recorded(name)

    def is_recorded(self, name: str) -> bool:
        """Return whether the tags of the log group record the filter of this name."""
        digest = _digest(name)
        digests = (
            value[start : start + _DIGEST_LENGTH]
            for value in self.record.values()
            for start in range(0, len(value), _DIGEST_LENGTH)
        )
        return digest in digests


def group_problem(name: str, tags: Mapping[str, str]) -> Iterator[str]:
    """Yield why filters of a log group with these tags are not written."""
    if not is_managed(tags):
        yield (
            f"The log group {name} is not managed by this collection (it lacks the tag {OWNER_KEY}={OWNER_VALUE}), so"
            " that its metric filters are left alone. Nothing was changed. Use another log group, or allow the use of"
            " this one with use_existing_group: true (variable secmon_existing_log_group_name)."
        )


def filter_problem(log_group_name: str, own: MetricFilter) -> str:
    """Return the message about a filter that this collection did not make."""
    return (
        f"The metric filter {own.name} of log group {log_group_name} exists and was not made by this collection: it"
        f" publishes the metric {own.metric_name} in namespace {', '.join(sorted(own.namespaces))}, and neither the tag"
        f" {RECORD_KEY} of the log group nor an alarm of this collection refers to it. Nothing was changed. Choose"
        " another name, or take the filter over with adopt: true (variable metric_alarm_adopt)."
    )


def kept_warning(log_group_name: str, own: MetricFilter) -> str:
    """Return the warning about a filter in a namespace of the task that is not purged."""
    return (
        f"The metric filter {own.name} of log group {log_group_name} publishes to namespace"
        f" {', '.join(sorted(own.namespaces))}, but this collection did not make it, so that it was kept. If it is no"
        " longer needed, delete it with state: absent and adopt: true."
    )
