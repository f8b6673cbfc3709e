"""Serve the embedded AWS on a socket."""

from __future__ import annotations

import io
import itertools
import os
import socket
import struct
import sys
import traceback
from http import HTTPStatus
from typing import Any

from moto.moto_server.werkzeug_app import MotoRequestHandler
from werkzeug.serving import BaseWSGIServer, make_server

from embedded_aws.core.application import EmbeddedAws

_LINGER_NOT_AT_ALL = struct.pack("ii", 1, 0)


class QuietRequestHandler(MotoRequestHandler):
    """Answer requests without a log line for each, and keep connections open as AWS does."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # an answer is sent at once
    _connections = itertools.count(1)

    def setup(self) -> None:
        """Number the connection."""
        super().setup()
        self.connection_number = next(self._connections)

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Print nothing."""

    def date_time_string(self, timestamp: float | None = None) -> str:
        """Return the embedded time by default, for the Date header."""
        now = self.server.app.state.clock.now().timestamp()  # type: ignore[attr-defined]
        return super().date_time_string(now if timestamp is None else timestamp)

    def make_environ(self) -> dict[str, Any]:
        """Add the number of the connection, and a function that resets it."""
        own = {"embedded_aws.cut": self.cut, "embedded_aws.connection": self.connection_number}
        return super().make_environ() | own

    def run_wsgi(self) -> None:
        """Answer one request. The connection stays open unless the client asks to close it; werkzeug closes each."""
        environ = self.make_environ()
        if "wsgi.input_terminated" in environ:
            self.close_connection = True  # an application may leave a part of a chunked body
        else:
            environ["wsgi.input"] = io.BytesIO(self.rfile.read(int(self.headers.get("Content-Length") or 0)))
        status, headers, body = self._answer(environ)
        self.send_response(*status)
        has_body = self.command != "HEAD" and status[0] not in (HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED)
        for name, value in headers:
            if not has_body or name.lower() != "content-length":
                self.send_header(name, value)
        if has_body:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if has_body:
            self.wfile.write(body)

    def _answer(self, environ: dict[str, Any]) -> tuple[tuple[int, str], list[tuple[str, str]], bytes]:
        started: list[tuple[str, list[tuple[str, str]]]] = []
        try:
            chunks = self.server.app(environ, lambda *answer: started.append(answer[:2]))  # type: ignore[arg-type]
            body = b"".join(chunks)
        except ConnectionError:
            raise
        except Exception:
            traceback.print_exc(file=sys.stderr)
            return (500, "Internal Server Error"), [], b""
        ((status, headers),) = started
        code, _space, reason = status.partition(" ")
        return (int(code), reason), headers, body

    def cut(self) -> None:
        """Reset the connection."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_NOT_AT_ALL)
        os.close(self.connection.detach())

    def connection_dropped(self, error: BaseException, environ: dict[str, Any] | None = None) -> None:
        """Read no further request from a closed connection."""
        self.close_connection = True


def make_embedded_server(host: str, port: int, application: EmbeddedAws) -> BaseWSGIServer:
    """Return a bound server, not yet serving.

    Args:
        host: the address to bind.
        port: the TCP port, or 0 for any free one (`port` of the result names it).

    Raises:
        OSError: the address cannot be bound, usually because another process uses the port.
    """
    # werkzeug exits the process if the port is in use; our own socket raises OSError instead.
    with socket.create_server((host, port)) as listener:
        return make_server(
            host, port, application, threaded=True, request_handler=QuietRequestHandler, fd=listener.fileno()
        )
