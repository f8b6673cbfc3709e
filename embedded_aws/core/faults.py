"""Injected faults: the format of ``POST /_embedded/faults``, and the faults of a call."""

from __future__ import annotations

import threading
from dataclasses import asdict, dataclass, replace
from typing import Any

from ansible_collections.secmon.aws.plugins.module_utils.core.aws_names import ACCOUNT_ID
from ansible_collections.secmon.aws.plugins.module_utils.validation.document import Document
from ansible_collections.secmon.aws.plugins.module_utils.validation.problems import (
    Place,
    ValidationError,
    quote_value,
    suggestion,
)
from ansible_collections.secmon.aws.plugins.module_utils.validation.structures import list_of, record
from ansible_collections.secmon.aws.plugins.module_utils.validation.types import (
    Found,
    choice,
    integer,
    number,
    string,
)

from embedded_aws.core.call import Call
from embedded_aws.core.errors import AwsError
from embedded_aws.core.protocol import botocore_model, known_services

MODES = ("error", "reset", "kill_after")
_LONGEST_DELAY_SECONDS = 300.0


@dataclass(frozen=True)
class Fault:
    """A fault for the next `times` calls of an operation.

    Attributes:
        service: botocore's name of the service.
        action: the operation, or ``*`` for every one.
        account: apply to calls of this account only; `region` likewise.
        error: the wire code of the error, such as ``ThrottlingException``.
        status: the HTTP status of the error; the model's if None.
        delay: seconds of real time to wait before the fault.
        mode: ``error`` answers with the error; ``reset`` kills the connection before the call is carried out;
            ``kill_after`` carries it out first.
    """

    service: str
    action: str
    account: str | None = None
    region: str | None = None
    error: str | None = None
    message: str = ""
    status: int | None = None
    times: int = 1
    delay: float = 0.0
    mode: str = "error"

    def meets(self, call: Call) -> bool:
        """Return whether the fault applies to the call."""
        return (
            self.service == call.service
            and self.action in ("*", call.action)
            and self.account in (None, call.account)
            and self.region in (None, call.region)
        )

    def raised(self) -> AwsError | None:
        """Return the error of the fault, or None for a delay only."""
        return (
            AwsError(self.error, self.message or f"Fault on demand: {self.error}", self.status) if self.error else None
        )


class Faults:
    """The faults for coming calls, the oldest first."""

    def __init__(self) -> None:
        """Start without faults."""
        self._faults: list[Fault] = []
        self._lock = threading.Lock()

    def add(self, faults: list[Fault]) -> None:
        """Add faults after the existing ones."""
        with self._lock:
            self._faults += faults

    def take(self, call: Call) -> Fault | None:
        """Return the first fault that applies to this call and count it down, or None."""
        if not self._faults:
            return None
        with self._lock:
            for index, fault in enumerate(self._faults):
                if fault.meets(call):
                    left = [replace(fault, times=fault.times - 1)] if fault.times > 1 else []
                    self._faults[index : index + 1] = left
                    return fault
        return None

    def listed(self) -> list[dict[str, Any]]:
        """Return the remaining faults."""
        with self._lock:
            return [asdict(fault) for fault in self._faults]

    def clear(self) -> None:
        """Remove all faults."""
        with self._lock:
            self._faults.clear()


def _check_fault(fault: Fault, place: Place, document: Document) -> None:
    if fault.action != "*" and fault.action not in botocore_model(fault.service).operation_names:
        document.add((*place, "action"), f"{quote_value(fault.action)} is not an operation of {fault.service}")
    if fault.mode != "error" and fault.error is not None:
        document.add((*place, "error"), f"cannot be set with mode {fault.mode}")
    if fault.mode == "error" and not fault.error and not fault.delay:
        document.add(place, "mode error needs an error or a delay")


def _check_service(service: str) -> Found:
    known = known_services()
    return None if service in known else (f"{quote_value(service)} is not a service", suggestion(service, known))


_FAULTS = list_of(
    record(
        Fault,
        {
            "service": string(check=_check_service),
            "action": string(),
            "account": string("account ID", ACCOUNT_ID, "use 12 digits"),
            **{"region": string(), "error": string(), "message": string(empty=True)},
            "status": integer("HTTP status", 400, 599),
            "times": integer(),
            "delay": number(0, _LONGEST_DELAY_SECONDS),
            "mode": choice(MODES, "mode"),
        },
        _check_fault,
    )
)


def read_faults(content: Any) -> list[Fault]:
    """Return the faults of a JSON document. Raise ValidationError with every problem."""
    document = Document("faults", content)
    faults = _FAULTS.read(content, (), document)
    if document.problems:
        raise ValidationError(document.problems)
    return [fault for fault in faults if fault]
