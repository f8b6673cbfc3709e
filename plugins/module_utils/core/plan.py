# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What a module is about to do, as data: the API calls, and the state before and after them.

A module reads, makes a plan, and carries it out unless in check mode. Since the difference that it shows comes from
the plan in both cases, ``--check --diff`` cannot promise anything else than what the real run does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Write:
    """One API call that changes something.

    Attributes:
        service: boto3's name of the service, such as ``logs``.
        operation: The API's name of the call, such as ``PutMetricFilter``.
        parameters: Its parameters as boto3 takes them. They may hold a secret, so they are never printed.
        resource: What it changes, in words for a message: ``metric filter TrackSecretAccess``.
        resource_arn: What IAM would have to grant it on, if that is known.
        done_if: Error codes that say that the goal is reached, such as "not found" when deleting.
        done_if_repeated: Error codes that say so only after an attempt whose answer was lost, such as "already exists".
        repeatable: Whether to make the call again is harmless if the first answer was lost. If not, the module reads
            and plans again.
        partial_errors: The member of the answer that lists what failed although the call as a whole did not.
        propagating: Error codes, each with a part of its message, that go away once AWS has spread an earlier write.
        remedies: Error codes, each with what the user can do. A blank and a part of the message may follow a code.
    """

    service: str
    operation: str
    parameters: Mapping[str, Any] = field(repr=False)
    resource: str
    resource_arn: str = "*"
    done_if: frozenset[str] = frozenset()
    done_if_repeated: frozenset[str] = frozenset()
    repeatable: bool = True
    partial_errors: str = ""
    propagating: tuple[tuple[str, str], ...] = ()
    remedies: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Plan:
    """What a module would do.

    Attributes:
        before: The state found, as far as it is about to change; without secrets.
        after: The same once the writes are done. It differs from `before` exactly if there is something to write.
        stages: The writes. Those of one stage depend on nothing but earlier stages and may run at the same time.
        unfinished: Whether a plan like this one has to follow, since more is there than one reading shows.
        results: What the module returns besides, in check mode too.
        warnings: What the user should know.
    """

    before: Mapping[str, Any]
    after: Mapping[str, Any]
    stages: tuple[tuple[Write, ...], ...] = ()
    unfinished: bool = False
    results: Mapping[str, Any] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a plan that would report a change without a difference, or hide one: that is a fault of ours."""
        if (self.before != self.after) != self.changed:
            raise AssertionError(f"the difference {self.before} -> {self.after} does not fit the writes {self.stages}")

    @property
    def changed(self) -> bool:
        """Whether there is anything to write."""
        return any(self.stages)

    @property
    def writes(self) -> tuple[Write, ...]:
        """All writes, in an order that works."""
        return tuple(write for stage in self.stages for write in stage)
