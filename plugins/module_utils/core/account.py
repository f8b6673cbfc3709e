# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Call AWS in one account and region: paged reads and concurrent writes, with retries, rate limits and clear errors."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

from .aws_names import Arn, Place, partition_of
from .errors import (
    AnswerLostError,
    AwsError,
    OutdatedError,
    Subject,
    WritesFailedError,
    error_code,
    is_expired_page,
    is_lost_answer,
    is_passing,
    is_propagating,
    is_unreachable,
    partial_failure,
    translate,
)
from .iam_actions import names_a_version
from .plan import Plan, Write
from .rate_limits import Pace
from .retries import Budget

try:
    from botocore import xform_name
    from botocore.config import Config
    from botocore.exceptions import BotoCoreError, ClientError
except ImportError:  # AnsibleAWSModule reports it when the module runs
    pass

# boto3 keeps ten connections, and the published rates allow fewer concurrent calls than that.
_WORKERS = 8
# To survive transient DNS failures.
_ATTEMPTS_TO_REACH = 3
# The budget of `Account` covers all retries, so botocore makes none of its own.
_CLIENT_CONFIG = {
    "retries": {"total_max_attempts": 1},
    "connect_timeout": 10,
    "read_timeout": 30,
    # Shows in CloudTrail's records that a call is one of this collection.
    "user_agent_extra": "secmon.aws",
}
Use = Callable[[dict[str, Any]], Any]
# The members of request and answer that hold the token of a page.
_PAGE_TOKENS = {
    "iam": ("Marker", "Marker"),
    "kms": ("Marker", "NextMarker"),
    "logs": ("nextToken", "nextToken"),
    "resourcegroupstaggingapi": ("PaginationToken", "PaginationToken"),
}


def client_config() -> Any:
    """Return the botocore configuration of the clients of an `Account`."""
    return Config(**_CLIENT_CONFIG)


@dataclass
class Account:
    """One account in one region.

    Attributes:
        make_client: Creates the boto3 client of a service, configured by `client_config`.
        region: The name of the region.
        budget: The time for retries.
        elsewhere: Returns the same account in another region.
        impersonate: Returns the account of other credentials, the arguments of a boto3 client, here.
    """

    make_client: Callable[[str], Any]
    region: str
    budget: Budget
    elsewhere: Callable[[str], Account] | None = None
    impersonate: Callable[[Mapping[str, Any]], Account] | None = None
    _clients: dict[str, Any] = field(default_factory=dict)
    _lock: Any = field(default_factory=threading.Lock)
    _place: Place | None = None
    _pace: Pace = field(init=False)

    def __post_init__(self) -> None:
        """Limit the rate of calls by the clock of the budget."""
        self._pace = Pace(self.budget.now, self.budget.sleep)

    @property
    def place(self) -> Place:
        """Partition, region and account ID. The first access makes a call to STS unless `learn_place` came first."""
        if self._place is None:
            self.learn_place(self.read("sts", "GetCallerIdentity", "caller's account")["Arn"])
        return self._place or self.place

    def in_region(self, region: str) -> Account:
        """Return the account in a region, which shares the time for retries."""
        other = self.elsewhere(region) if self.elsewhere and region != self.region else self
        other._place = replace(self.place, region=other.region)
        return other

    def learn_place(self, arn: str) -> None:
        """Take partition and account from the ARN of a resource of the caller's account, which saves a call to STS."""
        self._place = Place(Arn.parse(arn).partition, self.region, Arn.parse(arn).account)

    def know_place(self, account: str) -> None:
        """Take the caller's account from one who has asked STS."""
        self._place = Place(partition_of(self.region), self.region, account)

    def known_place(self) -> str:
        """Describe account and region for a message, even if STS does not answer."""
        with suppress(AwsError):
            return f"account {self.place.account}, region {self.region}"
        return f"an unknown account of partition {partition_of(self.region)}, region {self.region}"

    def place_if_known(self) -> str:
        """Describe account and region in parentheses; return an empty string if no client was created yet."""
        return f" ({self.known_place()})" if self._place or self._clients else ""

    def read(
        self,
        service: str,
        operation: str,
        resource: str,
        parameters: Mapping[str, Any] | None = None,
        *,
        resource_arn: str = "*",
        remedies: Mapping[str, str] | None = None,
    ) -> dict[str, Any]:
        """Make one call that reads.

        Args:
            service: The boto3 name of the service.
            operation: The name of the API operation.
            resource: The resource in words, for messages, such as ``topic Alarms``.
            parameters: The parameters for boto3.
            resource_arn: The resource that an IAM policy must name.
            remedies: Instructions for the user by error code.

        Raises:
            AwsError: The call failed permanently.
        """
        subject = Subject(service, operation, resource, resource_arn, remedies)
        answer: dict[str, Any] = self._call(subject, parameters or {})
        return answer

    def read_stream(self, subject: Subject, parameters: Mapping[str, Any], use: Use) -> Any:
        """Return what `use` reads from the answer of a call, which is made again if its stream breaks."""
        return self._call(subject, parameters, use=use)

    def read_if_any(self, service: str, operation: str, resource: str, *missing: str, **options: Any) -> dict[str, Any]:
        """Make one call that reads; return an empty answer for the error codes in `missing`."""
        try:
            return self.read(service, operation, resource, **options)
        except AwsError as error:
            if error.code in missing:
                return {}
            raise

    def read_all(
        self,
        service: str,
        operation: str,
        resource: str,
        items: str,
        parameters: Mapping[str, Any] | None = None,
        *,
        resource_arn: str = "*",
        remedies: Mapping[str, str] | None = None,
    ) -> list[dict[str, Any]]:
        """Return the items of all pages of a listing. It starts again if its page token expires.

        The arguments are those of `read`, and `items`, the key of the answer that contains the items.
        """
        pages = self.read_pages(service, operation, resource, parameters, resource_arn=resource_arn, remedies=remedies)
        return [item for page in pages for item in page.get(items, [])]

    def read_pages(
        self,
        service: str,
        operation: str,
        resource: str,
        parameters: Mapping[str, Any] | None = None,
        *,
        resource_arn: str = "*",
        remedies: Mapping[str, str] | None = None,
    ) -> list[dict[str, Any]]:
        """Return all pages of a listing; the arguments are those of `read`."""
        subject = Subject(service, operation, resource, resource_arn, remedies)
        attempt = 1
        while True:
            try:
                return list(self._pages(subject, parameters or {}))
            except AwsError as error:
                cause = error.__cause__
                expired = isinstance(cause, Exception) and is_expired_page(cause)
                if not expired or not self.budget.wait(attempt):
                    raise
                attempt += 1

    def _pages(self, subject: Subject, parameters: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        asked, answered = _PAGE_TOKENS.get(subject.service, ("NextToken", "NextToken"))
        token = ""
        while True:
            page = self._call(subject, {**parameters, **({asked: token} if token else {})})
            yield page
            token = page.get(answered) or ""
            if not token:
                return

    def apply(self, plan: Plan) -> list[dict[str, Any]]:
        """Apply a plan and return the answers in the order of `plan.writes`.

        Raises:
            WritesFailedError: A write failed permanently. Writes of its stage that had started were finished; no other
                was started.
        """
        answers: dict[int, dict[str, Any]] = {}
        for stage in plan.stages:
            failure = self._apply_stage(stage, answers)
            if failure:
                done = tuple(write for write in plan.writes if id(write) in answers)
                not_done = tuple(write for write in plan.writes if id(write) not in answers)
                raise WritesFailedError(failure, done, not_done)
        return [answers[id(write)] for write in plan.writes]

    def _apply_stage(self, stage: tuple[Write, ...], answers: dict[int, dict[str, Any]]) -> AwsError | None:
        failures: list[AwsError] = []

        def apply_one(write: Write) -> None:
            if failures:
                return
            try:
                answers[id(write)] = self._write(write.completed(answers))
            except AwsError as error:
                failures.append(error)

        if len(stage) == 1:
            apply_one(stage[0])
        else:
            for write in stage:
                self.client(write.service)  # creating boto3 clients is not thread-safe
            with ThreadPoolExecutor(max_workers=min(_WORKERS, len(stage) or 1)) as workers:
                list(workers.map(apply_one, stage))
        return failures[0] if failures else None

    def _write(self, write: Write) -> dict[str, Any]:
        of_version = names_a_version(write.parameters)
        subject = Subject(
            write.service, write.operation, write.resource, write.resource_arn, write.remedies, of_version
        )
        answer: dict[str, Any] = self._call(subject, write.parameters, write)
        return answer

    def client(self, service: str) -> Any:
        """Return the boto3 client of a service, which is created once."""
        with self._lock:
            if service not in self._clients:
                self._clients[service] = self.make_client(service)
            return self._clients[service]

    def _call(
        self, subject: Subject, parameters: Mapping[str, Any], write: Write | None = None, use: Use | None = None
    ) -> Any:
        attempt = 1
        answer_lost = False
        while True:
            self._pace.wait(subject.service, subject.operation)
            try:
                method = getattr(self.client(subject.service), xform_name(subject.operation))
                answer: dict[str, Any] = method(**parameters)
                if write and write.partial_errors and answer.get(write.partial_errors):
                    raise partial_failure(answer[write.partial_errors], subject)
                return use(answer) if use else answer
            except (ClientError, BotoCoreError) as error:
                if write and _is_done(write, error, answer_lost):
                    return {}
                if write and error_code(error) in write.outdated_if:
                    raise translate(error, subject, OutdatedError) from error
                answer_lost = answer_lost or is_lost_answer(error)
                if answer_lost and write and not write.repeatable:
                    raise translate(error, subject, AnswerLostError) from error
                again = is_passing(error) or (write is not None and is_propagating(error, write.propagating))
                if is_unreachable(error) and attempt >= _ATTEMPTS_TO_REACH:
                    again = False
                if not again or not self.budget.wait(attempt):
                    raise translate(error, subject) from error
                attempt += 1


def _is_done(write: Write, error: Exception, answer_lost: bool) -> bool:
    code = error_code(error)
    return code in write.done_if or (answer_lost and code in write.done_if_repeated)
