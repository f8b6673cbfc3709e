"""Each sabotage of a monitored account turns exactly the right controls red, and none stays red when it is undone.

RECORD_POSTURE=1 writes the table in docs/posture.md.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from tests.integration.posture.foreign_stack import Stack
from tests.integration.posture.sabotages import SABOTAGES, Sabotage, table


@pytest.fixture(scope="module")
def stack(embedded_aws: str) -> Stack:
    built = Stack(embedded_aws)
    built.build()
    return built


def test_nothing_is_red_in_a_stack_that_others_built(stack: Stack) -> None:
    assert stack.red() == {}


@pytest.mark.parametrize("sabotage", SABOTAGES, ids=lambda sabotage: sabotage.name)
def test_a_sabotage_turns_exactly_its_checks_red(stack: Stack, sabotage: Sabotage) -> None:
    sabotage.act(stack)
    try:
        found = stack.red()
        assert set(found) == sabotage.red, found
    finally:
        sabotage.undo(stack)


def test_nothing_is_red_when_all_is_undone(stack: Stack) -> None:
    assert stack.red() == {}


def test_the_documentation_shows_every_sabotage(repository: Path) -> None:
    path = repository / "docs/posture.md"
    text = path.read_text()
    before, _old, after = re.split(
        r"(?<=<!-- sabotages -->\n)(.*?)(?=<!-- end of sabotages -->)", text, flags=re.DOTALL
    )
    current = before + table() + after
    if os.environ.get("RECORD_POSTURE"):
        path.write_text(current)
    assert path.read_text() == current, "run this test with RECORD_POSTURE=1"
