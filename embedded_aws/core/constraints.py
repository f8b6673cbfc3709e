"""Reject requests that violate the constraints of the service's model, with AWS's messages."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from botocore.model import ListShape, MapShape, Shape, StringShape, StructureShape

from embedded_aws.core.call import Call
from embedded_aws.core.errors import AwsError
from embedded_aws.core.protocol import operation_model

# Java's classes of letters, numbers and spaces, and a hyphen that Python would parse as a range.
_JAVA_CLASSES = {r"\p{L}": r"\w", r"\p{N}": r"\d", r"\p{Z}": r"\s", r"\w-_": r"\w\-_"}

# The error code of each service for a constraint violation: from the model if it has one, else from the "Common
# errors" of the service's API reference. Not seen on AWS for events, kms, organizations, secretsmanager, sns and sts.
_CODES = {
    "cloudtrail": "InvalidParameterException",
    "cloudwatch": "ValidationError",
    "events": "ValidationException",
    "iam": "ValidationError",
    "kms": "ValidationException",
    "logs": "InvalidParameterException",
    "organizations": "InvalidInputException",
    "resourcegroupstaggingapi": "InvalidParameterException",
    "secretsmanager": "ValidationException",
    "sns": "InvalidParameter",
    "sts": "ValidationError",
}
# CloudTrail has an error for almost every member; CloudTrail API reference.
_CODES_OF_CLOUDTRAIL = {
    "AdvancedEventSelectors": "InvalidEventSelectorsException",
    "EventCategory": "InvalidEventCategoryException",
    "EventSelectors": "InvalidEventSelectorsException",
    "InsightSelectors": "InvalidInsightSelectorsException",
    "LookupAttributes": "InvalidLookupAttributesException",
    "MaxResults": "InvalidMaxResultsException",
    "Name": "InvalidTrailNameException",
    "S3BucketName": "InvalidS3BucketNameException",
    "TagsList": "InvalidTagParameterException",
    "TrailName": "InvalidTrailNameException",
}
# Where AWS differs from the model, by the name of the shape; recorded answers of AWS, 2025 and 2026.
_PATTERNS = {"MetricNamespace": "[^*$]*"}
_ENUMS = {"StateValue": ["INSUFFICIENT_DATA", "ALARM", "OK"]}
_MEMBERS = {
    "MetricTransformation": ("metricName", "metricNamespace", "metricValue", "defaultValue", "unit", "dimensions"),
    # The last two are not in the model.
    "PutEventsRequestEntry": (
        "Time",
        "Source",
        "Resources",
        "DetailType",
        "Detail",
        "EventBusName",
        "TraceHeader",
        "KmsKeyIdentifier",
        "InternalMetadata",
    ),
}
# Parameters whose value is not repeated; seen on AWS by the authors of moto's tests.
_HIDDEN = frozenset({"logGroupIdentifier"})
_LONGEST_LOG_NAME = 512
# The JSON types of each type of the model.
_TYPES: dict[str, tuple[type, ...]] = {
    "boolean": (bool,),
    "double": (int, float),
    "float": (int, float),
    "integer": (int,),
    "list": (list,),
    "long": (int,),
    "map": (dict,),
    "string": (str,),
    "structure": (dict,),
}


def check_constraints(call: Call) -> None:
    """Raise AwsError with the code of the service if a parameter breaks a constraint of botocore's model."""
    model = operation_model(call.service, call.action)
    shape = model.input_shape
    # S3 has an error of its own for each mistake.
    if shape is None or not shape.members or call.service == "s3":
        return
    if call.parsed is None:
        raise _unreadable(call, "The request cannot be parsed.")
    if call.service == "logs":
        _check_log_names(call.parameters)
    missing = [name for name in shape.required_members if name not in call.parameters]
    if call.service == "sns" and missing:
        # A recorded answer of AWS (2025), of Unsubscribe.
        message = f"Invalid parameter: {missing[0]} Reason: no value for required parameter"
        raise AwsError("InvalidParameter", message, 400)
    errors: list[str] = []
    code = _CODES.get(call.service, "ValidationException")
    for name, found in _member_errors(shape, call.parameters, ""):
        if found and not errors and call.service == "cloudtrail":
            special = _CODES_OF_CLOUDTRAIL.get(name, code)
            code = special if special in {error.name for error in model.error_shapes} else code
        errors += found
    if errors:
        count = "1 validation error" if len(errors) == 1 else f"{len(errors)} validation errors"
        raise AwsError(code, f"{count} detected: {'; '.join(errors)}", 400)


def _check_log_names(parameters: Mapping[str, Any]) -> None:
    """Reject a name that is too long in CloudWatch Logs' own words; recorded answer of AWS, 2025."""
    names = [parameters.get(name) for name in ("logGroupName", "logStreamName")]
    if any(isinstance(name, str) and len(name) > _LONGEST_LOG_NAME for name in names):
        message = f"Invalid LogGroup or LogStream, both must have length less than or equal to {_LONGEST_LOG_NAME}."
        raise AwsError("InvalidParameterException", message)


def constraint_error(code: str, value: Any, at: str, constraint: str) -> AwsError:
    """Return the error for a constraint that the model does not have."""
    return AwsError(code, f"1 validation error detected: {_sentence(value, at, constraint)}")


def _check_type(shape: Shape, value: Any) -> None:
    """Reject a value of the wrong type."""
    types = _TYPES.get(shape.type_name)
    if types and not isinstance(value, types):
        message = f"{type(value).__name__} cannot be converted to {shape.type_name}"
        raise AwsError("SerializationException", message, 400)


def _unreadable(call: Call, message: str) -> AwsError:
    """Return the error for a request that cannot be parsed, by its protocol; "Common errors" of the API references."""
    is_form = str(call.environ.get("CONTENT_TYPE", "")).startswith("application/x-www-form-urlencoded")
    return AwsError("MalformedInput" if is_form else "SerializationException", message, 400)


def _errors(shape: Shape, value: Any, at: str) -> Iterator[str]:
    _check_type(shape, value)
    if isinstance(shape, StructureShape):
        for _name, errors in _member_errors(shape, value, at):
            yield from errors
        return
    yield from (_sentence(_java(shape, value), at, constraint) for constraint in _broken(shape, value))
    if isinstance(shape, ListShape):
        for number, item in enumerate(value, 1):
            yield from _errors(shape.member, item, f"{at}.{number}.member")
    elif isinstance(shape, MapShape):
        for key, item in value.items():
            yield from _errors(shape.key, key, f"{at}.key")
            yield from _errors(shape.value, item, f"{at}.{key}.member")


def _member_errors(shape: StructureShape, value: Mapping[str, Any], at: str) -> Iterator[tuple[str, list[str]]]:
    """Yield the name and the errors of each member."""
    for name, member in shape.members.items():
        place = f"{at}.{_lower(name)}" if at else _lower(name)
        if value.get(name) is not None:
            yield name, list(_errors(member, value[name], place))
        elif name in shape.required_members:
            yield name, [f"Value null at '{place}' failed to satisfy constraint: Member must not be null"]


def _broken(shape: Shape, value: Any) -> Iterator[str]:
    sized = isinstance(shape, ListShape | MapShape | StringShape) or shape.type_name == "blob"
    size, what = (len(value), "length") if sized else (value, "value")
    least, most = shape.metadata.get("min"), shape.metadata.get("max")
    pattern = _PATTERNS.get(shape.name, shape.metadata.get("pattern"))
    enum = _ENUMS.get(shape.name, shape.metadata.get("enum"))
    if least is not None and size < least:
        yield f"Member must have {what} greater than or equal to {least}"
    if most is not None and size > most:
        yield f"Member must have {what} less than or equal to {most}"
    if pattern and not _compiled(pattern).fullmatch(value):
        yield f"Member must satisfy regular expression pattern: {pattern}"
    if enum and value not in enum:
        yield f"Member must satisfy enum value set: [{', '.join(enum)}]"


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    """Compile a pattern of a service model, which is a Java regular expression."""
    for java, python in _JAVA_CLASSES.items():
        pattern = pattern.replace(java, python)
    return re.compile(pattern)


def _sentence(value: Any, at: str, constraint: str) -> str:
    shown = "Value" if at in _HIDDEN else f"Value '{value}'"
    return f"{shown} at '{at}' failed to satisfy constraint: {constraint}"


def _lower(name: str) -> str:
    return name[:1].lower() + name[1:]


def _java(shape: Shape | None, value: Any) -> Any:
    """Return a list or structure as Java prints it, which AWS's messages contain; recorded answer of AWS, 2026-02."""
    if value is None:
        return "null"
    if isinstance(shape, ListShape):
        return f"[{', '.join(str(_java(shape.member, item)) for item in value)}]"
    if isinstance(shape, MapShape):
        return f"{{{', '.join(f'{key}={item}' for key, item in value.items())}}}"
    if isinstance(shape, StructureShape):
        names = _MEMBERS.get(shape.name, tuple(shape.members))
        members = (f"{_lower(name)}={_java(shape.members.get(name), value.get(name))}" for name in names)
        return f"{shape.name}({', '.join(members)})"
    return value
