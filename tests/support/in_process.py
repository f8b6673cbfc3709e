"""An embedded AWS in the process of the test: boto3 without a socket, and access to the record of each call."""

from __future__ import annotations

import io
from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import boto3
import pytest
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.config import Config

from embedded_aws.core.application import EmbeddedAws
from embedded_aws.core.consistency import Mode
from embedded_aws.core.events import Record
from embedded_aws.core.state import State
from embedded_aws.seeds.seed import DEFAULT_SEED, load_seed

GUIDE, PRODUCTION = "123456789012", "222222222222"
ADMINISTRATOR = "AKIAEMBEDDEDGUIDE001"
_SEEDS = cache(load_seed)
# Clients that no test uses at the moment, by their arguments: to create one takes longer than most tests.
_IDLE: defaultdict[tuple[Any, ...], list[Any]] = defaultdict(list)


class _Raw(io.BytesIO):
    def stream(self, **_options: Any) -> Iterator[bytes]:
        yield self.read()


def _create(service: str, region: str, credentials: dict[str, str]) -> Any:
    keys = {"aws_access_key_id": "tester", "aws_secret_access_key": "embedded"} | credentials
    return boto3.client(service, region_name=region, config=Config(retries={"total_max_attempts": 1}), **keys)


class InProcess:
    """The application, its state and its pipeline, and clients for it."""

    def __init__(self, consistency: Mode = "strong", seed: Path = DEFAULT_SEED) -> None:
        self.state = State(_SEEDS(seed), consistency=consistency)
        self.app = EmbeddedAws(self.state)
        self.pipeline = self.app.pipeline
        self._used: dict[tuple[Any, ...], Any] = {}

    def client(self, service: str, region: str = "us-east-1", **credentials: str) -> Any:
        """Return a client, which another test may use afterwards."""
        key = (service, region, *sorted(credentials.items()))
        if key not in self._used:
            idle = _IDLE[key].pop() if _IDLE[key] else _create(service, region, credentials)
            self._used[key] = self._connected(idle)
        return self._used[key]

    def own_client(self, service: str) -> Any:
        """Return a client that the test may change."""
        return self._connected(_create(service, "us-east-1", {}))

    def _connected(self, client: Any) -> Any:
        client.meta.events.register("before-send", self._answer)
        return client

    def calls(self, service: str) -> Counter[str]:
        """Count the calls of a service by operation."""
        return Counter(call.action for call in self.state.calls if call.service == service)

    def session(self, role: str, account: str = PRODUCTION) -> dict[str, str]:
        """Return the credentials of a role's session, as options of `client`."""
        arn = f"arn:aws:iam::{account}:role/{role}"
        credentials = self.client("sts").assume_role(RoleArn=arn, RoleSessionName="tester")["Credentials"]
        return {
            "aws_access_key_id": credentials["AccessKeyId"],
            "aws_secret_access_key": credentials["SecretAccessKey"],
            "aws_session_token": credentials["SessionToken"],
        }

    def record(self) -> Record:
        """Return the record of the last management event."""
        assert self.pipeline.drain() == []
        return self.state.cloudtrail.history[-1]

    def _answer(self, request: AWSPreparedRequest, **_arguments: Any) -> AWSResponse:
        url = urlsplit(request.url)
        body = request.body or b""
        body = body if isinstance(body, bytes) else body.encode() if isinstance(body, str) else body.read()
        environ: dict[str, Any] = {
            "REQUEST_METHOD": request.method,
            "SCRIPT_NAME": "",
            "PATH_INFO": url.path or "/",
            "QUERY_STRING": url.query,
            "REMOTE_ADDR": "203.0.113.7",
            "SERVER_NAME": url.hostname,
            "SERVER_PORT": "443",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "wsgi.url_scheme": "https",
            "wsgi.input": io.BytesIO(body),
            "HTTP_HOST": url.netloc,
            "CONTENT_LENGTH": str(len(body)),
        }
        for name, value in request.headers.items():
            key = name.upper().replace("-", "_")
            text = value.decode() if isinstance(value, bytes) else value
            environ[key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"] = text
        started: list[Any] = []

        def start_response(status: str, headers: list[tuple[str, str]], _info: Any = None) -> Any:
            started[:] = [int(status.split()[0]), dict(headers)]

        content = b"".join(self.app(environ, start_response))
        return AWSResponse(request.url, started[0], started[1], _Raw(content))

    def advance(self, seconds: float) -> None:
        """Move the clock forward, and run what is due."""
        self.app.control.clock({}, {"advance_seconds": seconds})

    def close(self) -> None:
        for key, client in self._used.items():
            client.meta.events.unregister("before-send", self._answer)
            # Those of a session are used once.
            if "aws_session_token" not in dict(key[2:]):
                _IDLE[key].append(client)
        self.state.seed = None
        self.pipeline.reset()
        self.app.close()


@pytest.fixture
def aws() -> Iterator[InProcess]:
    """Return an embedded AWS with the default seed."""
    # No patch of moto is applied here: another test of this process checks that moto still needs it.
    embedded = InProcess()
    yield embedded
    embedded.close()


@pytest.fixture
def organization_aws() -> Iterator[InProcess]:
    """Return an embedded AWS with an organization of 100 active accounts."""
    embedded = InProcess(seed=DEFAULT_SEED.with_name("organization_100.yml"))
    yield embedded
    embedded.close()


@pytest.fixture
def slow_aws() -> Iterator[InProcess]:
    """Return an embedded AWS with the default seed and the delays of AWS."""
    embedded = InProcess("aws")
    yield embedded
    embedded.close()
