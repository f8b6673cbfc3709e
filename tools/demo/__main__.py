"""Build, repeat, prove, break, mend and remove the system on the embedded AWS, in three accounts.

The exit code is 0 only if every act kept its promise.
"""

from __future__ import annotations

import sys
import time

from embedded_aws.process import embedded_aws_process
from tools.demo.acts import DemoError, break_and_mend, build, build_again, prove, remove


def main() -> int:
    """Run the acts, and say in one line how it ended."""
    started = time.monotonic()
    with embedded_aws_process() as endpoint:
        print(f"An embedded AWS with three accounts is running on {endpoint}; it ends with this demo.")
        try:
            for act in (build, build_again, prove, break_and_mend, remove):
                act(endpoint)
        except DemoError as error:
            print(f"\nThe demo ended here: {error}", file=sys.stderr)
            return 1
    seconds = time.monotonic() - started
    print(f"\nAll of it held, in {seconds:.0f} seconds: on the embedded AWS, not on AWS itself.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
