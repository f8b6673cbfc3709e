"""Files, functions and folders of code stay small, and a common prefix of file names becomes a package."""

from __future__ import annotations

import ast
from collections import Counter
from pathlib import Path

import pytest

CODE = ("plugins", "embedded_aws", "tools")
DOCUMENTATION = {"DOCUMENTATION", "EXAMPLES", "RETURN"}


@pytest.fixture(scope="module")
def sources(repository: Path) -> list[Path]:
    return [path for folder in CODE for path in sorted((repository / folder).rglob("*.py"))]


def lines_of(node: ast.stmt) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def is_documentation(node: ast.stmt) -> bool:
    """Return whether a statement is the documentation of an Ansible plugin."""
    return isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) in DOCUMENTATION


def test_no_file_has_more_than_300_lines_without_its_documentation(sources: list[Path]) -> None:
    for path in sources:
        text = path.read_text()
        documentation = sum(lines_of(node) for node in ast.parse(text).body if is_documentation(node))
        assert len(text.splitlines()) - documentation <= 300, path


def test_no_function_has_more_than_40_lines(sources: list[Path]) -> None:
    for path in sources:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef):
                assert lines_of(node) <= 40, (path, node.name)


def test_no_folder_has_more_than_20_files(sources: list[Path]) -> None:
    # Ansible takes the name of a module from its place in this folder.
    folders = Counter(path.parent for path in sources if path.parent.name != "modules")
    assert {folder for folder, count in folders.items() if count > 20} == set()


def test_no_four_files_of_a_folder_have_a_common_prefix(sources: list[Path]) -> None:
    # Ansible finds modules in one folder only.
    apart = [path for path in sources if path.parent.name != "modules"]
    prefixes = Counter((path.parent, path.stem.split("_")[0]) for path in apart if "_" in path.stem.strip("_"))
    assert {prefix for prefix, count in prefixes.items() if count >= 4} == set()
