"""Overrides of the operations on log streams: AWS's errors, where moto 5.2.5 speaks of the log group or takes the call.

Source: recorded answers of AWS, 2025.
"""

from __future__ import annotations

from embedded_aws.core.call import Call
from embedded_aws.core.errors import AwsError
from embedded_aws.core.overrides import override
from embedded_aws.core.state import State
from embedded_aws.logs.overrides.log_groups import backend_and_parameters, log_group, not_found


@override("logs", "CreateLogStream")
def create_log_stream(_state: State, call: Call) -> None:
    """Reject a stream that exists; otherwise moto answers."""
    backend, parameters = backend_and_parameters(call)
    if parameters["logStreamName"] in log_group(backend, parameters["logGroupName"]).streams:
        raise AwsError("ResourceAlreadyExistsException", "The specified log stream already exists")


@override("logs", "DescribeLogStreams")
def describe_log_streams(_state: State, call: Call) -> None:
    """Reject a name together with an identifier; otherwise moto answers."""
    _backend, parameters = backend_and_parameters(call)
    if parameters.get("logGroupName") and parameters.get("logGroupIdentifier"):
        message = "LogGroup name and LogGroup ARN are mutually exclusive parameters."
        raise AwsError("ValidationException", message)


@override("logs", "GetLogEvents")
def get_log_events(_state: State, call: Call) -> None:
    """Reject an unknown stream; otherwise moto answers."""
    backend, parameters = backend_and_parameters(call)
    name = parameters.get("logGroupName") or parameters.get("logGroupIdentifier")
    if name and parameters["logStreamName"] not in log_group(backend, name).streams:
        raise not_found("log stream")
