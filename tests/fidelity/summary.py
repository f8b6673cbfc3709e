"""Results of an oracle, by service and operation, and what failed."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

RECORDED = Path(__file__).resolve().parent / "recorded"

Results = list[dict[str, Any]]


def read_results(path: Path) -> Results:
    """Return the lines that recorder.py wrote."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []


def summarize(service: str, results: Results) -> dict[str, Any]:
    """Return the figures of one service: tests, operations, and the failed tests with the other services they call."""
    operations: dict[str, list[int]] = {}
    for result in results:
        for call in result["calls"]:
            called, _colon, operation = call.partition(":")
            if called == service:
                figures = operations.setdefault(operation, [0, 0])
                figures[0] += result["passed"]
                figures[1] += 1
    return {
        "passed": sum(result["passed"] for result in results),
        "total": len(results),
        # Of the tests that call it: those that pass, and all.
        "operations": dict(sorted(operations.items())),
        "failed": {result["id"]: _other_services(service, result) for result in results if not result["passed"]},
    }


def _other_services(service: str, result: dict[str, Any]) -> str:
    return " ".join(sorted({call.partition(":")[0] for call in result["calls"]} - {service}))


def load(oracle: str) -> dict[str, Any]:
    """Return the recorded summary of an oracle, by service."""
    path = RECORDED / f"{oracle}.json"
    summary: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return summary


def save(oracle: str, summary: dict[str, Any]) -> None:
    """Write the summary of an oracle."""
    RECORDED.mkdir(exist_ok=True)
    text = re.sub(r"\[\s+(\d+),\s+(\d+)\s+\]", r"[\1, \2]", json.dumps(summary, indent=1))
    (RECORDED / f"{oracle}.json").write_text(text + "\n", encoding="utf-8")


def falls(recorded: dict[str, Any], now: dict[str, Any]) -> list[str]:
    """Return what fell below the recorded agreement, with the tests that failed since."""
    found = []
    for service, figures in now.items():
        old = recorded.get(service)
        if old and figures["passed"] < old["passed"]:
            new = sorted(figures["failed"].keys() - old["failed"].keys())
            found.append(f"{service}: {figures['passed']} passed, recorded are {old['passed']}")
            found += [f"    {test}" for test in new]
    return found
