"""The table of docs/modules.md says which promise of which module has tests, and none lacks one."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.promises import DOCUMENT, PROMISES, document, held_promises

TEST_FILES = sorted((Path(__file__).resolve().parents[1] / "integration").glob("*/test_*.py"))
# Modules that only read keep no resource, so that most promises have no meaning for them.
READERS = {"detection_drill", "log_file_validation", "leftovers"}


def test_the_table_is_up_to_date() -> None:
    assert DOCUMENT.read_text() == document()


@pytest.mark.parametrize("path", TEST_FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_every_marked_promise_is_one_of_the_table(path: Path) -> None:
    assert set(held_promises(path)) <= set(PROMISES)


def test_every_module_that_writes_is_held_to_every_promise(repository: Path) -> None:
    talks_to_aws = {
        path.stem
        for path in (repository / "plugins/modules").glob("*.py")
        if "amazon.aws.common.modules" in path.read_text()
    }
    for module in sorted(talks_to_aws - READERS):
        held = {promise for path in TEST_FILES if path.parent.name == module for promise in held_promises(path)}
        assert held == set(PROMISES), module
