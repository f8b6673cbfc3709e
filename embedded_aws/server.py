"""Bind moto's WSGI application to a socket of our own."""

from __future__ import annotations

import socket

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
from werkzeug.serving import BaseWSGIServer, make_server

from embedded_aws.gaps import close_gaps


class QuietRequestHandler(MotoRequestHandler):
    """Answer requests without a log line for each, and keep connections open as AWS does."""

    protocol_version = "HTTP/1.1"

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Print nothing: the ready line is all that a caller waits for."""


def make_embedded_server(host: str, port: int) -> BaseWSGIServer:
    """Return a bound server, not yet serving.

    Args:
        host: the address to bind; loopback unless the caller decides otherwise.
        port: the TCP port, or 0 for any free one (`port` of the result names it).

    Raises:
        OSError: the address cannot be bound, usually since another process has the port.
    """
    close_gaps()
    # werkzeug ends the process when a port is taken; a socket of our own raises instead.
    with socket.create_server((host, port)) as listener:
        application = DomainDispatcherApplication(create_backend_app)
        return make_server(
            host, port, application, threaded=True, request_handler=QuietRequestHandler, fd=listener.fileno()
        )
