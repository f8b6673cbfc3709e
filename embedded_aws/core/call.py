"""An API call and its answer."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from embedded_aws.core.protocol import parse_parameters, parse_response


@dataclass(frozen=True)
class Call:
    """A call of a known operation; its parameters are parsed on first use.

    Attributes:
        at: the embedded time of arrival, UTC.
        account: 12 digits; the account of the caller's credentials.
        region: the region that the request was signed for.
        service: botocore's name of the service, such as ``secretsmanager`` or ``cloudwatch``.
        action: the operation's name, such as ``GetSecretValue``.
        access_key: the access key of the signature; None for an unsigned request.
        environ: the WSGI environment, whose ``wsgi.input`` can be read from the start.
    """

    at: datetime
    account: str
    region: str
    service: str
    action: str
    access_key: str | None
    environ: dict[str, Any] = field(repr=False)
    body: bytes = field(repr=False)

    @cached_property
    def parsed(self) -> dict[str, Any] | None:
        """Return the parameters by the names of botocore's model; None if they cannot be parsed."""
        return parse_parameters(self.service, self.action, self.environ, self.body)

    @property
    def parameters(self) -> dict[str, Any]:
        """Return the parameters by the names of botocore's model; empty if they cannot be parsed."""
        return self.parsed or {}

    @property
    def source_ip(self) -> str:
        """Return the client's address."""
        return str(self.environ.get("HTTP_X_FORWARDED_FOR") or self.environ.get("REMOTE_ADDR") or "127.0.0.1")

    @property
    def user_agent(self) -> str:
        """Return the client's user agent."""
        return str(self.environ.get("HTTP_USER_AGENT", ""))

    @property
    def host(self) -> str:
        """Return the host that the client called, without the port."""
        return str(self.environ.get("HTTP_HOST", "")).rsplit(":", 1)[0]


@dataclass(frozen=True)
class Answer:
    """The answer to a call; ``error_code`` is None for a success."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes = field(repr=False)
    error_code: str | None = None
    error_message: str | None = None

    def parsed(self, call: Call) -> dict[str, Any]:
        """Return the response by the names of botocore's model; empty for an error."""
        if self.error_code:
            return {}
        headers = {name.lower(): value for name, value in self.headers}
        response = {"status_code": self.status, "headers": headers, "body": self.body}
        return parse_response(call.service, call.action, call.environ.get("CONTENT_TYPE", ""), response)
