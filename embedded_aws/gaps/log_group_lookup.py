"""Find a log group by its name or ARN, or answer as CloudWatch Logs does when there is none."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from moto.logs.models import LogGroup, LogsBackend, logs_backends

from embedded_aws.errors import AwsError

if TYPE_CHECKING:
    from embedded_aws.call import Call

INVALID = "InvalidParameterException"


def backend_and_parameters(call: Call) -> tuple[LogsBackend, dict[str, Any]]:
    """Return moto's backend and the parameters of a call."""
    return logs_backends[call.account][call.region], call.parameters


def not_found(what: str) -> AwsError:
    """Return the error for something that does not exist."""
    return AwsError("ResourceNotFoundException", f"The specified {what} does not exist.")


def log_group(backend: LogsBackend, name_or_arn: str) -> LogGroup:
    """Return a log group; ResourceNotFoundException if there is none."""
    name = name_or_arn.split(":log-group:", 1)[-1].removesuffix(":*")
    if name not in backend.groups:
        raise not_found("log group")
    return backend.groups[name]


def one_of(parameters: Mapping[str, Any], first: str, second: str) -> str:
    """Return the one of two parameters that is given; InvalidParameterException for both or none."""
    if bool(parameters.get(first)) == bool(parameters.get(second)):
        raise AwsError(INVALID, f"Exactly one of {first} and {second} must be specified.")
    return str(parameters.get(first) or parameters[second])
