"""An error as AWS answers it."""

from __future__ import annotations

from moto.core.exceptions import ServiceException
from werkzeug.exceptions import HTTPException

MOTO_ERRORS = (ServiceException, HTTPException)
"""What moto raises for an error that AWS would answer."""


class AwsError(ServiceException):
    """An error that a client sees with this wire code and message; the HTTP status is the model's, or `status`."""

    def __init__(self, code: str, message: str, status: int | None = None) -> None:
        """Keep the parts under the names that moto's serializers read."""
        super().__init__(code, message)
        self.status = status


def as_aws_error(error: ServiceException | HTTPException) -> AwsError:
    """Return an error of moto's as one of ours."""
    if isinstance(error, AwsError):
        return error
    if isinstance(error, ServiceException):
        return AwsError(error.code, error.message)
    code = getattr(error, "error_type", None) or type(error).__name__
    # AWS's JSON protocols may put a namespace before the code.
    text = getattr(error, "message", None) or str(error.description or "")
    return AwsError(str(code).rpartition("#")[2], text, error.code)
