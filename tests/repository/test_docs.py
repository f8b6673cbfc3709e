"""The Python examples in the documentation run and print the documented output."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

import pytest

DOCS = [
    path for path in sorted((Path(__file__).resolve().parents[2] / "docs").glob("*.md")) if ">>> " in path.read_text()
]


@pytest.mark.parametrize("path", DOCS, ids=lambda path: path.stem)
def test_examples_print_the_documented_output(path: Path, repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(repository)
    result = doctest.testfile(str(path), module_relative=False, optionflags=doctest.NORMALIZE_WHITESPACE)
    assert result.failed == 0
    assert result.attempted > 0


def test_the_map_names_only_paths_that_exist(repository: Path) -> None:
    text = (repository / "docs/architecture.md").read_text()
    paths = set(re.findall(r"`([\w./]+/[\w./]*)`", text))
    roots = (repository, repository / "plugins", repository / "plugins/module_utils")
    assert len(paths) > 40
    assert [path for path in sorted(paths) if not any((root / path).exists() for root in roots)] == []
