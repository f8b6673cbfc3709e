"""Run the embedded AWS: python -m embedded_aws --port 4599."""

from __future__ import annotations

import argparse
import signal
import sys
import warnings
from pathlib import Path

from embedded_aws.core.application import EmbeddedAws
from embedded_aws.core.consistency import MODES
from embedded_aws.core.server import make_embedded_server
from embedded_aws.core.services import apply_patches
from embedded_aws.core.state import State
from embedded_aws.iam.permissions import enforce_iam
from embedded_aws.seeds.seed import DEFAULT_SEED, SeedError, load_seed

DEFAULT_PORT = 4599


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > 65_535:
        raise argparse.ArgumentTypeError(f"{text!r} is not a valid port: use 0 to 65535")
    return int(text)


def _smtp(text: str) -> tuple[str, int]:
    host, _colon, port = text.rpartition(":")
    if not host:
        raise argparse.ArgumentTypeError(f"{text!r} is not a valid HOST:PORT")
    return host, _port(port)


def _directory(text: str) -> Path:
    path = Path(text)
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise argparse.ArgumentTypeError(f"cannot create the directory {text}: {error.strerror}") from error
    return path


def parse_arguments(arguments: list[str] | None = None) -> argparse.Namespace:
    """Parse the command line; with `--port 0` the ready line names the port."""
    parser = argparse.ArgumentParser(prog="python -m embedded_aws", description="An AWS in memory, for one machine.")
    parser.add_argument("--host", default="127.0.0.1", help="address to bind (default: %(default)s)")
    parser.add_argument("--port", type=_port, default=DEFAULT_PORT, help="0 for any free port (default: %(default)s)")
    parser.add_argument("--seed", type=Path, default=DEFAULT_SEED, metavar="FILE", help="YAML with the accounts")
    parser.add_argument("--data", type=_directory, metavar="DIR", help="copy log files and mails into this directory")
    parser.add_argument("--smtp", type=_smtp, metavar="HOST:PORT", help="send the mails to this SMTP server")
    parser.add_argument(
        "--consistency", choices=MODES, default="strong", help="aws: changes become visible with the delays of AWS"
    )
    parser.add_argument(
        "--consistency-seed", type=int, default=0, metavar="N", help="draw other delays (default: %(default)s)"
    )
    parser.add_argument("--iam", action="store_true", help="reject calls that IAM would reject")
    return parser.parse_args(arguments)


def main() -> int:
    """Serve until SIGTERM or SIGINT. Exit code 1 if the seed cannot be used or the port cannot be bound."""
    options = parse_arguments()

    def stop(_signal: int, _frame: object) -> None:
        raise SystemExit(0)

    # First of all, since the parent process may stop this one before it is ready.
    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    # moto warns about errors that botocore's model does not list, but AWS returns many of them.
    warnings.filterwarnings("ignore", message="Exception.*does not match an error shape", module="moto")
    apply_patches()
    try:
        state = State(load_seed(options.seed), options.data, options.smtp, options.consistency)
        state.consistency.seed = options.consistency_seed
    except SeedError as error:
        print(f"embedded AWS: {error}", file=sys.stderr)
        return 1
    application = EmbeddedAws(state)
    try:
        return _serve(options, application)
    finally:
        application.close()


def _serve(options: argparse.Namespace, application: EmbeddedAws) -> int:
    enforce_iam(options.iam)
    try:
        server = make_embedded_server(options.host, options.port, application)
    except OSError as error:
        # Python appends the address; the error number alone has no text for an unknown host name.
        reason = str(error.strerror).partition(" (while attempting")[0]
        print(f"embedded AWS: cannot bind {options.host}:{options.port}: {reason}", file=sys.stderr)
        return 1
    print(f"embedded AWS: ready on http://{options.host}:{server.port}", flush=True)
    with server:
        server.serve_forever()
    return 0


if __name__ == "__main__":
    sys.exit(main())
