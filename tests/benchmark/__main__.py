"""Run every benchmark and print one table: python -m tests.benchmark [word in a file's name ...]."""

from __future__ import annotations

import importlib
import platform
import sys
from pathlib import Path

from tests.benchmark.table import Row, table


def benchmark_modules(words: list[str]) -> list[str]:
    """Return the dotted names of the bench_*.py files whose name contains one of the words, or of all files."""
    names = sorted(path.stem for path in Path(__file__).parent.glob("bench_*.py"))
    return [f"tests.benchmark.{name}" for name in names if not words or any(word in name for word in words)]


def main() -> int:
    """Print the table; return exit code 1 if no benchmark matches."""
    modules = benchmark_modules(sys.argv[1:])
    if not modules:
        print("No benchmark matches.", file=sys.stderr)
        return 1
    rows: list[Row] = []
    for name in modules:
        print(f"{name} ...", file=sys.stderr, flush=True)
        rows += importlib.import_module(name).run()
    print(f"Python {platform.python_version()}, {platform.machine()}. A ratio compares both sides in one run.\n")
    print(table(rows))
    return 0


if __name__ == "__main__":
    sys.exit(main())
