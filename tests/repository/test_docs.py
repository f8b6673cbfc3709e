"""The examples in the documentation run and print what they say."""

from __future__ import annotations

import doctest
from pathlib import Path

import pytest

DOCS = [
    path for path in sorted((Path(__file__).resolve().parents[2] / "docs").glob("*.md")) if ">>> " in path.read_text()
]


@pytest.mark.parametrize("path", DOCS, ids=lambda path: path.stem)
def test_the_examples_run(path: Path, repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(repository)
    result = doctest.testfile(str(path), module_relative=False, optionflags=doctest.NORMALIZE_WHITESPACE)
    assert result.failed == 0
    assert result.attempted > 0
