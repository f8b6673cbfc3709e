"""Tables of docs/fidelity.md: what tests/fidelity recorded, and the decisions on what disagrees."""

from __future__ import annotations

from collections import Counter

from tests.fidelity import decisions, summary
from tests.fidelity.oracles import settings
from tools.generate_docs.markdown import table

ORACLES = ("vectors", "moto", "localstack")
UNDECIDED = "undecided"


def _before(oracle: str, service: str) -> int | None:
    """Return how many tests release 0.3.0 passed, if it was asked."""
    number: int | None = settings(oracle)["before"].get(service)
    return number


def _totals(oracle: str) -> list[str]:
    """Return the tests of an oracle, and how many passed before and now."""
    recorded = summary.load(oracle)
    before = sum(_before(oracle, service) or 0 for service in recorded)
    numbers = (sum(figures["total"] for figures in recorded.values()), before)
    return [str(numbers[0]), str(numbers[1] or "-"), str(sum(figures["passed"] for figures in recorded.values()))]


def oracles() -> str:
    """Return the agreement with each oracle."""
    return table(["oracle", "tests", "0.3.0 passed", "now"], ([oracle, *_totals(oracle)] for oracle in ORACLES))


def services(oracle: str) -> str:
    """Return the agreement by service, and the decisions on what disagrees."""
    known, rows = decisions.load(), []
    for service, figures in summary.load(oracle).items():
        decided = (decisions.decide(known, oracle, *failed) for failed in figures["failed"].items())
        counted = Counter(decision.category if decision else UNDECIDED for decision in decided)
        numbers = [str(figures["total"]), str(_before(oracle, service) or "-"), str(figures["passed"])]
        rows.append([service, *numbers, *(str(counted[category] or "") for category in decisions.CATEGORIES)])
    rows.append(["all", *_totals(oracle), *("" for _category in decisions.CATEGORIES)])
    return table(["service", "tests", "0.3.0 passed", "now", *decisions.CATEGORIES], rows)


def operations(oracle: str) -> str:
    """Return the agreement by operation: those with a test that fails, then the others of each service."""
    differ, agree = [], []
    for service, recorded in summary.load(oracle).items():
        complete = []
        for operation, (passed, total) in recorded["operations"].items():
            if passed < total:
                differ.append([service, operation, str(total), str(passed)])
            else:
                complete.append(f"{operation} {total}")
        agree.append([service, ", ".join(complete)])
    return "\n".join(
        (
            table(["service", "operation", "tests that call it", "pass"], differ),
            table(["service", "operations on which all tests pass, with their number of tests"], agree),
        )
    )


def disagreements(oracle: str) -> str:
    """Return the decisions that cover a failed test, with their number of tests by service."""
    known = decisions.load()
    counted: dict[decisions.Decision, Counter[str]] = {}
    for service, figures in summary.load(oracle).items():
        for test, calls in figures["failed"].items():
            decision = decisions.decide(known, oracle, test, calls)
            if decision:
                counted.setdefault(decision, Counter())[service] += 1
    rows = [
        [decision.category, ", ".join(f"{service} {number}" for service, number in tests.items()), decision.reason]
        for decision, tests in sorted(counted.items(), key=lambda item: decisions.CATEGORIES.index(item[0].category))
    ]
    return table(["decision", "tests", "reason"], rows)
