"""The commands and paths that the documentation and CI name exist."""

from __future__ import annotations

import re
from pathlib import Path

PUBLIC_TARGETS = {"demo", "test", "lint", "docs", "bench", "clean"}


def targets(makefile: str) -> set[str]:
    return set(re.findall(r"^([a-z-]+):.*## ", makefile, flags=re.MULTILINE))


def commands(markdown: str) -> set[str]:
    """Return the make targets in the shell blocks of a document."""
    blocks = re.findall(r"```(?:sh|shell|console)\n(.*?)```", markdown, flags=re.DOTALL)
    return {target for block in blocks for target in re.findall(r"^\$? ?make ([a-z-]+)", block, flags=re.MULTILINE)}


def test_the_makefile_has_every_public_target(repository: Path) -> None:
    assert targets((repository / "Makefile").read_text()) >= PUBLIC_TARGETS


def test_the_readme_names_the_demo_and_the_tests(repository: Path) -> None:
    assert {"demo", "test"} <= commands((repository / "README.md").read_text())


def test_every_make_command_in_the_documents_exists(repository: Path) -> None:
    known = targets((repository / "Makefile").read_text())
    for name in ("README.md", "CONTRIBUTING.md"):
        assert commands((repository / name).read_text()) <= known, name


def test_every_path_that_ci_names_exists(repository: Path) -> None:
    paths = re.findall(r"tests/[\w/.]+", (repository / ".ci/run").read_text())
    assert len(paths) > 5
    assert [path for path in paths if not (repository / path).exists()] == []


def test_ci_runs_the_test_command_of_the_readme_and_the_linters(repository: Path) -> None:
    script = (repository / ".ci/run").read_text()
    assert re.search(r"^\s*make_with .* test ", script, flags=re.MULTILINE)
    assert re.search(r"^\s*make_with .* lint ", script, flags=re.MULTILINE)
