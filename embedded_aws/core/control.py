"""The control API of the embedded AWS: ``/_embedded/...``, JSON in and out."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import asdict, fields
from datetime import timedelta
from http.client import responses
from typing import Any
from urllib.parse import parse_qs
from wsgiref.types import StartResponse

from embedded_aws.cloudtrail.records.sign_in import HOST, SignIn, sign_in_record
from embedded_aws.core.faults import read_faults
from embedded_aws.core.pipeline import Pipeline
from embedded_aws.core.state import Asked, SeenCall, State

_Query = dict[str, str]
# What /_embedded/clock takes, with the least and the most.
_CLOCK = {"advance_seconds": (0, 400 * 86_400), "speed": (0, 3_600)}


class RejectedError(Exception):
    """A rejected request; the message says how to correct it."""

    def __init__(self, status: int, message: str) -> None:
        """Set the HTTP status and the message."""
        super().__init__(message)
        self.status = status


class Control:
    """Answers the requests of the control API."""

    def __init__(self, state: State, pipeline: Pipeline) -> None:
        """Serve this state and its pipeline."""
        self.state = state
        self.pipeline = pipeline
        self._routes: dict[tuple[str, str], Callable[[_Query, Any], Any]] = {
            ("GET", "health"): self.health,
            ("GET", "mailbox"): self.mailbox,
            ("GET", "calls"): self.calls,
            ("GET", "permissions"): lambda _query, _body: [_question(asked) for asked in list(self.state.asked)],
            ("GET", "faults"): lambda _query, _body: self.state.faults.listed(),
            ("POST", "drain"): self.drain,
            ("POST", "clock"): self.clock,
            ("POST", "reset"): self.reset,
            ("POST", "faults"): self.faults,
            ("POST", "sign_in"): self.sign_in,
        }

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request: 200 with the result, or an error status with {"error": why}."""
        try:
            status, result = 200, self._answer(environ)
        except RejectedError as rejected:
            status, result = rejected.status, {"error": str(rejected)}
        body = json.dumps(result).encode()
        headers = [("Content-Type", "application/json"), ("Content-Length", str(len(body)))]
        start_response(f"{status} {responses[status]}", headers)
        return [body]

    def _answer(self, environ: dict[str, Any]) -> Any:
        method, name = environ["REQUEST_METHOD"], environ["PATH_INFO"].removeprefix("/_embedded/").rstrip("/")
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        route = self._routes.get((method, name))
        if route is None:
            allowed = [own for own, path in self._routes if path == name]
            if allowed:
                raise RejectedError(405, f"use {' or '.join(allowed)} for /_embedded/{name}, not {method}")
            known = ", ".join(sorted({path for _key, path in self._routes}))
            raise RejectedError(404, f"unknown path /_embedded/{name}; valid: {known}")
        query = {key: values[-1] for key, values in parse_qs(environ.get("QUERY_STRING", "")).items()}
        return route(query, _read_json(body))

    def health(self, _query: _Query, _body: Any) -> dict[str, Any]:
        """Return the status, the embedded time, the consistency, and the errors since the last drain."""
        return {
            "status": "ready",
            "time": self.state.clock.now().isoformat(),
            "consistency": "aws" if self.state.consistency.lags else "strong",
            "failures": list(self.pipeline.failures),
        }

    def mailbox(self, query: _Query, _body: Any) -> list[dict[str, Any]]:
        """List the e-mails, oldest first."""
        return self.state.mailbox.messages(query.get("to"))

    def calls(self, query: _Query, _body: Any) -> list[dict[str, Any]]:
        """List the calls whose id is greater than `since`, in the order in which they ended."""
        since = query.get("since", "0")
        if not since.isdecimal():
            raise RejectedError(400, f"since must be the id of a call (an integer), not {since!r}")
        return [_listed(seen) for seen in list(self.state.calls) if seen.id > int(since)]

    def drain(self, _query: _Query, _body: Any) -> dict[str, Any]:
        """Return when every recorded call is delivered, filtered, evaluated and mailed."""
        failures = self.pipeline.drain()
        if failures:
            raise RejectedError(500, f"the pipeline failed: {'; '.join(failures)}")
        return {"status": "drained"}

    def clock(self, _query: _Query, body: Any) -> dict[str, Any]:
        """Move the clock forward, or let it run faster, and run what is due."""
        (name, value), *more = body.items() if isinstance(body, dict) and body else [("", None)]
        valid = _CLOCK.get(name)
        if valid is None or more or isinstance(value, bool) or not isinstance(value, int | float):
            raise RejectedError(400, 'expected {"advance_seconds": n} or {"speed": n} with a number')
        if not valid[0] <= value <= valid[1]:
            raise RejectedError(400, f"{name} must be between {valid[0]} and {valid[1]}, not {value}")
        self.drain({}, None)
        if name == "speed":
            self.state.clock.run_at(value)
        else:
            self._advance(value)
        self.drain({}, None)
        return {"time": self.state.clock.now().isoformat()}

    def _advance(self, seconds: float) -> None:
        """Move the clock forward, and stop at everything that is due on the way."""
        clock = self.state.clock
        end = clock.now() + timedelta(seconds=seconds)
        while (due := self.pipeline.next_due()) is not None and due <= end:
            clock.advance(max(0.0, (due - clock.now()).total_seconds()))
            self.state.consistency.run_due()
            self.drain({}, None)
        clock.advance(max(0.0, (end - clock.now()).total_seconds()))

    def reset(self, _query: _Query, _body: Any) -> dict[str, Any]:
        """Drop everything, and apply the seed again."""
        self.pipeline.reset()
        return {"status": "reset"}

    def faults(self, _query: _Query, body: Any) -> list[dict[str, Any]]:
        """Add faults after the existing ones; an empty list removes all. Return all faults."""
        try:
            faults = read_faults(body)
        except ValueError as error:
            raise RejectedError(400, str(error)) from error
        if not faults:
            self.state.faults.clear()
        self.state.faults.add(faults)
        return self.state.faults.listed()

    def sign_in(self, _query: _Query, body: Any) -> dict[str, Any]:
        """Record a sign-in to the console, of the root user or of a user; return its record."""
        types = {each.name: str(each.type) for each in fields(SignIn)}
        given = body if isinstance(body, dict) else {}
        wrong = [name for name, value in given.items() if types.get(name) != type(value).__name__]
        if wrong or "account" not in given:
            valid = ", ".join(f"{name} ({kind})" for name, kind in types.items())
            raise RejectedError(400, f"expected an object with account, and optionally more of: {valid}")
        record = sign_in_record(SignIn(**given), self.state.clock.now())
        self.pipeline.submit_event(record, HOST)
        return record


def _listed(seen: SeenCall) -> dict[str, Any]:
    return asdict(seen) | {"at": seen.at.isoformat()}


def _read_json(body: bytes) -> Any:
    """Return the parsed body, or None if it is empty. Raise RejectedError for invalid JSON."""
    try:
        return json.loads(body) if body.strip() else None
    except (ValueError, RecursionError) as error:
        raise RejectedError(400, f"the body is not valid JSON: {error}") from error


def _question(asked: Asked) -> dict[str, Any]:
    return {**asdict(asked), "context": dict(asked.context)}
