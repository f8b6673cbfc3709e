"""Decisions on the disagreements that remain."""

from __future__ import annotations

import fnmatch
from dataclasses import dataclass
from pathlib import Path

import yaml

CATEGORIES = ("other service", "harness", "outside the purpose", "ours")
PATH = Path(__file__).resolve().parent / "decisions.yml"


@dataclass(frozen=True)
class Decision:
    """Why tests that match disagree, and what follows.

    ``tests`` are patterns of test IDs; ``calls`` are services, one of which a test must call.
    """

    oracle: str
    category: str
    reason: str
    tests: tuple[str, ...] = ("*",)
    calls: frozenset[str] = frozenset()

    def covers(self, oracle: str, test: str, calls: str) -> bool:
        """Return whether the decision is about a failed test that calls these other services."""
        return (
            oracle == self.oracle
            and any(fnmatch.fnmatchcase(test, pattern.replace("[", "[[]")) for pattern in self.tests)
            and (not self.calls or bool(self.calls & set(calls.split())))
        )


def load(path: Path = PATH) -> list[Decision]:
    """Return all decisions; the first that covers a test holds."""
    return [
        Decision(
            item["oracle"],
            item["decision"],
            item["reason"],
            tuple(item.get("tests", ["*"])),
            frozenset(item.get("calls", [])),
        )
        for item in yaml.safe_load(path.read_text(encoding="utf-8"))
    ]


def decide(decisions: list[Decision], oracle: str, test: str, calls: str) -> Decision | None:
    """Return the decision on a failed test."""
    return next((decision for decision in decisions if decision.covers(oracle, test, calls)), None)
