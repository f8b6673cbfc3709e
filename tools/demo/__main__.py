"""Build, prove, break, repair and remove the system on the embedded AWS, in three accounts.

The exit code is 0 only if every step succeeded.
"""

from __future__ import annotations

import sys
import time

from embedded_aws.process import embedded_aws_process
from tools.demo.acts import DemoError, break_and_repair, build, build_again, prove, remove


def main() -> int:
    """Run all steps, and print the outcome in one line."""
    started = time.monotonic()
    try:
        with embedded_aws_process() as endpoint:
            print(f"An embedded AWS with three accounts is running on {endpoint}; it stops with this demo.")
            for step in (build, build_again, prove, break_and_repair, remove):
                step(endpoint)
    except DemoError as error:
        print(f"\nThe demo failed: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nThe demo was interrupted. The embedded AWS has stopped, and nothing is left of it.", file=sys.stderr)
        return 130
    seconds = time.monotonic() - started
    print(f"\nEvery step succeeded, in {seconds:.0f} seconds, on the embedded AWS (not on AWS itself).")
    return 0


if __name__ == "__main__":
    sys.exit(main())
