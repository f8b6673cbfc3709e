"""Errors as AWS answers them: raise them, and read them from an answer."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import botocore.parsers
from botocore.exceptions import BotoCoreError
from botocore.model import OperationNotFoundError
from moto.core.exceptions import ServiceException
from werkzeug.exceptions import HTTPException

# An error as AWS answers it.

MOTO_ERRORS = (ServiceException, HTTPException)
"""moto's exceptions for errors of the AWS API."""


class AwsError(ServiceException):
    """An error with this wire code and message; the HTTP status is `status` or that of the model.

    `members` are further members of an error of S3, by their names in XML.
    """

    def __init__(
        self, code: str, message: str, status: int | None = None, members: Mapping[str, str] | None = None
    ) -> None:
        """Set the attributes that moto's serializers read."""
        super().__init__(code, message)
        self.status = status
        self.members = dict(members or {})

    def __str__(self) -> str:
        """Return the message, which moto's serializers fall back to where it is empty."""
        return str(self.message)


def as_aws_error(error: ServiceException | HTTPException) -> AwsError:
    """Return one of moto's errors as an AwsError."""
    if isinstance(error, AwsError):
        return error
    if isinstance(error, ServiceException):
        bucket = getattr(error, "bucket_name", None)
        return AwsError(error.code, error.message, members={"BucketName": bucket} if bucket else None)
    code = getattr(error, "error_type", None) or type(error).__name__
    # AWS's JSON protocols may put a namespace before the code.
    text = getattr(error, "message", None) or str(error.description or "")
    return AwsError(str(code).rpartition("#")[2], text, error.code)


# Parse the error of an answer in any protocol.

# Answers to HEAD have no body; S3 API reference, HeadObject and HeadBucket.
_HEAD_CODES = {
    ("HeadBucket", 404): "NoSuchBucket",
    ("HeadObject", 404): "NoSuchKey",
    ("HeadBucket", 403): "AccessDenied",
    ("HeadObject", 403): "AccessDenied",
}


def error_of(
    protocol: str, action: str, status: int, headers: tuple[tuple[str, str], ...], body: bytes
) -> tuple[str, str] | tuple[None, None]:
    """Return code and message as the client sees them, or (None, None) for a success."""
    if status < HTTPStatus.BAD_REQUEST:
        return None, None
    if (action, status) in _HEAD_CODES:
        return _HEAD_CODES[action, status], HTTPStatus(status).phrase
    error = _parsed_error(protocol, status, headers, body)
    code = str(error.get("Code") or status)
    return code, str(error.get("Message") or "")


def _parsed_error(protocol: str, status: int, headers: tuple[tuple[str, str], ...], body: bytes) -> dict[str, Any]:
    response = {"status_code": status, "headers": {name.lower(): value for name, value in headers}, "body": body}
    try:
        parser = botocore.parsers.create_parser(protocol)
        parsed: dict[str, Any] = parser.parse(response, None)
    except (BotoCoreError, OperationNotFoundError, ValueError):
        return {}
    error: dict[str, Any] = parsed.get("Error", {})
    return error
