# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The plan of a module as data: the API calls, and the state before and after them.

A module reads, makes a plan, and applies it unless in check mode. The diff comes from the plan in both cases, so
``--check --diff`` shows what the real run does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import reduce
from typing import Any


@dataclass(frozen=True)
class Write:
    """One API call that changes something.

    Attributes:
        service: The boto3 name of the service, such as ``logs``.
        operation: The name of the API operation, such as ``PutMetricFilter``.
        parameters: The parameters for boto3. They may contain a secret, so they are never printed.
        resource: The resource in words, for messages: ``metric filter TrackSecretAccess``.
        resource_arn: The resource that an IAM policy must name, if known.
        done_if: Error codes that mean success, such as "not found" for a deletion.
        done_if_repeated: Error codes that mean success after an attempt with a lost answer, such as "already exists".
        repeatable: Whether the call may be repeated after a lost answer. If not, the module reads and plans again.
        partial_errors: The key of the answer that lists failures of a call that succeeded as a whole.
        propagating: Error codes, each with a part of the message, that end when AWS has propagated an earlier write.
        outdated_if: Error codes that mean that the state has changed since it was read; the module then plans again.
        remedies: Instructions for the user by error code. A space and a part of the message may follow the code.
        from_answers: Further parameters that only an answer has: the earlier write and the keys in its answer.
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
    outdated_if: frozenset[str] = frozenset()
    remedies: Mapping[str, str] = field(default_factory=dict)
    from_answers: Mapping[str, tuple[Write, tuple[str, ...]]] = field(default_factory=dict)

    def completed(self, answers: Mapping[int, Any]) -> Write:
        """Return the write with the parameters that the answers of earlier writes, by the id of the write, hold."""
        if not self.from_answers:
            return self
        found = {}
        for name, (earlier, keys) in self.from_answers.items():
            found[name] = reduce(lambda answer, key: answer[key], keys, answers[id(earlier)])
        return replace(self, parameters={**self.parameters, **found})


@dataclass(frozen=True)
class Plan:
    """The changes that a module would make.

    Attributes:
        before: The current state, as far as it changes; without secrets.
        after: The state after the writes. It differs from `before` if and only if there are writes.
        stages: The writes. Writes of one stage depend only on earlier stages and may run concurrently.
        unfinished: Whether the module must read and plan again, since one read shows only a part of the work.
        results: Further results of the module, in check mode as well.
        warnings: Warnings for the user.
    """

    before: Mapping[str, Any]
    after: Mapping[str, Any]
    stages: tuple[tuple[Write, ...], ...] = ()
    unfinished: bool = False
    results: Mapping[str, Any] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Raise AssertionError for a change without a difference or a difference without a change, which is a bug."""
        if (self.before != self.after) != self.changed:
            raise AssertionError(
                f"the difference {self.before} -> {self.after} does not match the writes {self.stages}"
            )

    @property
    def changed(self) -> bool:
        """Whether there are writes."""
        return any(self.stages)

    @property
    def writes(self) -> tuple[Write, ...]:
        """All writes in a valid order."""
        return tuple(write for stage in self.stages for write in stage)
