"""Injected faults: the format of ``POST /_embedded/faults``, and the faults of a call."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

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


_TYPES: dict[str, tuple[type, ...]] = {
    "service": (str,),
    "action": (str,),
    "account": (str,),
    "region": (str,),
    "error": (str,),
    "message": (str,),
    "status": (int,),
    "times": (int,),
    "delay": (int, float),
    "mode": (str,),
}


def read_faults(document: Any) -> list[Fault]:
    """Return the faults of a JSON document. Raise ValueError with the entry and the reason."""
    if not isinstance(document, list):
        raise ValueError("expected a list of faults")
    return [_read_fault(f"fault {number}", entry) for number, entry in enumerate(document, start=1)]


def _read_fault(where: str, entry: Any) -> Fault:
    if not isinstance(entry, Mapping):
        raise ValueError(f"{where}: expected an object")
    given = {key: value for key, value in entry.items() if value is not None}
    for key, value in given.items():
        if key not in _TYPES:
            raise ValueError(f"{where}: unknown key {key!r}; known: {', '.join(_TYPES)}")
        if not isinstance(value, _TYPES[key]) or isinstance(value, bool):
            raise ValueError(f"{where}: {key} must be {' or '.join(kind.__name__ for kind in _TYPES[key])}")
    for key in ("service", "action"):
        if not given.get(key):
            raise ValueError(f"{where}: {key} is required")
    fault = Fault(**given)
    _check_target(where, fault)
    _check_values(where, fault)
    return fault


def _check_target(where: str, fault: Fault) -> None:
    if fault.service not in known_services():
        raise ValueError(f"{where}: unknown service {fault.service!r}; use boto3's name, such as secretsmanager")
    if fault.action != "*" and fault.action not in botocore_model(fault.service).operation_names:
        raise ValueError(f"{where}: {fault.service} has no operation {fault.action!r}")
    if fault.account is not None and not (len(fault.account) == 12 and fault.account.isdigit()):
        raise ValueError(f"{where}: account must be 12 digits")


def _check_values(where: str, fault: Fault) -> None:
    if fault.mode not in MODES:
        raise ValueError(f"{where}: mode must be one of {', '.join(MODES)}")
    if fault.mode != "error" and fault.error is not None:
        raise ValueError(f"{where}: error goes with mode error only")
    if fault.mode == "error" and not fault.error and not fault.delay:
        raise ValueError(f"{where}: mode error needs an error or delay")
    if fault.times < 1:
        raise ValueError(f"{where}: times must be at least 1")
    if not 0 <= fault.delay <= _LONGEST_DELAY_SECONDS:
        raise ValueError(f"{where}: delay must be between 0 and {_LONGEST_DELAY_SECONDS:g}")
    if fault.status is not None and not 400 <= fault.status <= 599:
        raise ValueError(f"{where}: status must be between 400 and 599")
