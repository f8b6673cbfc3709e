"""Serve the embedded AWS on a socket."""

from __future__ import annotations

import os
import socket
import struct
from typing import Any

from moto.moto_server.werkzeug_app import MotoRequestHandler
from werkzeug.serving import BaseWSGIServer, make_server

from embedded_aws.core.application import EmbeddedAws

_LINGER_NOT_AT_ALL = struct.pack("ii", 1, 0)


class QuietRequestHandler(MotoRequestHandler):
    """Answer requests without a log line for each, and keep connections open as AWS does."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Print nothing."""

    def date_time_string(self, timestamp: float | None = None) -> str:
        """Return the embedded time by default, for the Date header."""
        now = self.server.app.state.clock.now().timestamp()  # type: ignore[attr-defined]
        return super().date_time_string(now if timestamp is None else timestamp)

    def make_environ(self) -> dict[str, Any]:
        """Add a function that resets the connection."""
        return super().make_environ() | {"embedded_aws.cut": self.cut}

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
