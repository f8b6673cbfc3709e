"""The layers of the house, as the imports of its files show them."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

COLLECTION = "ansible_collections.secmon.aws.plugins"


def imported_modules(source: str) -> Iterator[str]:
    """Yield the dotted name of every absolute import, wherever in the file it stands."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield node.module


def relative_imports_beyond_the_folder(source: str) -> list[int]:
    """Return the lines of relative imports that leave the file's own folder."""
    return [node.lineno for node in ast.walk(ast.parse(source)) if isinstance(node, ast.ImportFrom) and node.level > 1]


def impurities(source: str) -> list[str]:
    """Return what a file of the pure layer imports beyond the standard library, PyYAML and its own folder."""
    allowed = sys.stdlib_module_names | {"yaml"}
    return [name for name in imported_modules(source) if name.split(".")[0] not in allowed]


def python_files(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.py"))


@pytest.mark.parametrize(
    "planted", ["import boto3", "from ansible.module_utils import basic", "def f():\n import botocore"]
)
def test_an_impure_import_is_found_wherever_it_stands(planted: str) -> None:
    assert impurities(f"import json\nimport yaml\n{planted}\n")


@pytest.mark.parametrize("layer", ["detection", "plans"])
def test_the_pure_layers_import_neither_ansible_nor_boto3(repository: Path, layer: str) -> None:
    files = python_files(repository / "plugins/module_utils" / layer)
    assert files
    assert {path.name: found for path in files if (found := impurities(path.read_text()))} == {}


def test_the_detection_core_knows_no_other_layer(repository: Path) -> None:
    for path in python_files(repository / "plugins/module_utils/detection"):
        assert relative_imports_beyond_the_folder(path.read_text()) == [], path


def layers_used(source: str) -> set[str]:
    """Return the layers of module_utils that a file imports relatively."""
    nodes = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.ImportFrom) and node.level > 1]
    return {(node.module or "").split(".")[0] for node in nodes}


@pytest.mark.parametrize(
    ("layer", "below"), [("plans", {"detection"}), ("aws", {"plans"}), ("shell", {"aws", "plans", "detection"})]
)
def test_a_layer_uses_only_those_below(repository: Path, layer: str, below: set[str]) -> None:
    files = python_files(repository / "plugins/module_utils" / layer)
    assert files
    assert {path.name: used for path in files if (used := layers_used(path.read_text()) - below)} == {}


def test_the_aws_layer_knows_nothing_of_ansible(repository: Path) -> None:
    files = python_files(repository / "plugins/module_utils/aws")
    assert files
    for path in files:
        assert not [name for name in imported_modules(path.read_text()) if name.split(".")[0].startswith("ansible")], (
            path
        )


def test_no_plugin_knows_the_embedded_aws(repository: Path) -> None:
    for path in python_files(repository / "plugins"):
        assert not [name for name in imported_modules(path.read_text()) if "embedded_aws" in name], path


def test_the_embedded_aws_takes_only_the_detection_core_from_the_collection(repository: Path) -> None:
    for path in python_files(repository / "embedded_aws"):
        for name in imported_modules(path.read_text()):
            assert not name.startswith(COLLECTION) or name.startswith(f"{COLLECTION}.module_utils.detection"), path
