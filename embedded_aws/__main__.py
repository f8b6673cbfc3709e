"""Run the embedded AWS: python -m embedded_aws --port 4599."""

from __future__ import annotations

import argparse
import os
import signal
import sys

from embedded_aws.server import make_embedded_server

DEFAULT_PORT = 4599


def parse_arguments(arguments: list[str] | None = None) -> argparse.Namespace:
    """Read the command line; `--port 0` takes a free port, which the ready line then names."""
    parser = argparse.ArgumentParser(prog="python -m embedded_aws", description="An AWS for one machine, in memory.")
    parser.add_argument("--host", default="127.0.0.1", help="address to bind (default: %(default)s)")
    parser.add_argument("--port", type=int, default=DEFAULT_PORT, help="port to bind; 0 for any (default: %(default)s)")
    return parser.parse_args(arguments)


def main() -> int:
    """Serve until SIGTERM or SIGINT. Exit code 1 if the port cannot be bound."""
    options = parse_arguments()
    try:
        server = make_embedded_server(options.host, options.port)
    except OSError as error:
        print(
            f"embedded AWS: cannot bind {options.host}:{options.port}: {os.strerror(error.errno or 0)}", file=sys.stderr
        )
        return 1

    def stop(_signal: int, _frame: object) -> None:
        raise SystemExit(0)

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    print(f"embedded AWS: ready on http://{options.host}:{server.port}", flush=True)
    with server:
        server.serve_forever()
    return 0


if __name__ == "__main__":
    sys.exit(main())
