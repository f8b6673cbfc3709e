"""Each disagreement with a recording of AWS has a decision, and the recorded tests exist."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fidelity import decisions, summary
from tests.fidelity.oracles import settings

ORACLES = ("vectors", "moto", "localstack")


@pytest.mark.parametrize("oracle", ORACLES)
def test_each_test_that_fails_has_a_decision(oracle: str) -> None:
    known = decisions.load()
    failed = {test: calls for service in summary.load(oracle).values() for test, calls in service["failed"].items()}

    assert [test for test, calls in failed.items() if not decisions.decide(known, oracle, test, calls)] == []


def test_a_decision_has_a_category_and_a_reason() -> None:
    for decision in decisions.load():
        assert decision.category in decisions.CATEGORIES, decision
        assert decision.reason.endswith("."), decision


def test_each_decision_covers_a_test_that_fails() -> None:
    known = decisions.load()
    used = {
        decisions.decide(known, oracle, test, calls)
        for oracle in ORACLES
        for service in summary.load(oracle).values()
        for test, calls in service["failed"].items()
    }

    assert [decision for decision in known if decision not in used] == []


def test_the_recorded_vectors_agree() -> None:
    assert {
        service: figures["failed"] for service, figures in summary.load("vectors").items() if figures["failed"]
    } == {}


def test_the_files_of_the_vectors_exist(repository: Path) -> None:
    paths = [path.partition("::")[0] for paths in settings("vectors")["services"].values() for path in paths]

    assert [path for path in paths if not (repository / path).is_file()] == []


def test_a_lower_agreement_is_a_fall_and_names_the_tests() -> None:
    recorded = {"sns": {"passed": 2, "failed": {"old": ""}}}
    now = {"sns": {"passed": 1, "failed": {"old": "", "new": "sqs"}}}

    assert summary.falls(recorded, now) == ["sns: 1 passed, recorded are 2", "    new"]
    assert summary.falls(recorded, recorded) == []
