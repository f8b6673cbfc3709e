"""Print how many tests hold each module to each promise: python -m tools.promises

A test names its promise by ``@pytest.mark.promise``; its folder is named after the module, or is `every_module`.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1] / "tests/integration"
EVERY_MODULE = "every_module"

PROMISES = {
    "changed": "Create, rerun, delete, rerun: `changed` is correct each time",
    "drift": "Every manual change is detected and repaired, field by field",
    "unset_options": "An omitted option keeps its current value; an empty one clears it",
    "check": "`--check` writes nothing and predicts the run, also in an empty account",
    "diff": "`--diff` shows every changed value before and after",
    "secrets": "No output contains a secret, in any encoding, including failures",
    "retry": "Throttling, server errors, lost connections and lost answers are retried",
    "budget": "All retries share `timeout_seconds`",
    "denied": "A denied call reports action, resource, account, region and the missing permission",
    "prerequisite": "A missing prerequisite is reported with the task that creates it",
    "calls": "No unnecessary API calls",
    "ownership": "Resources without the tag are rejected unless `adopt: true`",
    "resume": "The next run completes what an interrupted run left",
    "partition": "Works in every partition; names and limits are validated before the first call",
    "iam": "The documented IAM actions are exactly those that are called",
    "upstream": "The upstream module still has the defect",
}


def promises_of(test: ast.FunctionDef) -> Iterator[str]:
    """Yield the promises that the decorators of a test name."""
    for decorator in test.decorator_list:
        if isinstance(decorator, ast.Call) and ast.unparse(decorator.func) == "pytest.mark.promise":
            yield ast.literal_eval(decorator.args[0])


def marked_tests(module: str) -> Iterator[tuple[Path, str, str]]:
    """Yield the file, the name and the promise of each marked test of a module that writes."""
    for path in sorted([*(TESTS / module).glob("test_*.py"), *(TESTS / EVERY_MODULE).glob("test_*.py")]):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef):
                yield from ((path, node.name, promise) for promise in promises_of(node))


def tests_of_promise(module: str, promise: str) -> list[tuple[Path, str]]:
    """Return the file and the name of each test that holds a module to a promise."""
    return [(path, name) for path, name, held in marked_tests(module) if held == promise]


def modules() -> list[str]:
    """Return the modules that have integration tests."""
    return sorted({path.parent.name for path in TESTS.glob("*/test_*.py")} - {EVERY_MODULE})


if __name__ == "__main__":
    for promise, meaning in PROMISES.items():
        sys.stdout.write(f"{promise}: {meaning}\n")
        for module in modules():
            sys.stdout.write(f"  {len(tests_of_promise(module, promise)):3} {module}\n")
