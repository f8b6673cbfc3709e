"""Which part of the repository may import which, as the import statements show it."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

COLLECTION = "ansible_collections.secmon.aws"
MODULE_UTILS = "plugins/module_utils"
# The only files of module_utils that may import what comes neither with Python nor from this collection.
MAY_IMPORT = {
    "core/account.py": {"botocore"},
    "core/errors.py": {"botocore"},
    "core/runner.py": {"ansible", "ansible_collections"},
    "cloudtrail/signatures.py": {"cryptography"},
    "sigma/members.py": {"botocore"},
    "sigma/reading.py": {"sigma"},
}
# Packages that know nothing of AWS calls or Ansible.
PURE = {"engines", "event_alerts", "log_alarms", "event_pattern", "filter_pattern", "rules", "validation"}
# Files of `core` that know nothing of them either.
PURE_CORE = {
    "core.aws_names",
    "core.iam_actions",
    "core.policy_documents",
    "core.policy_evaluation",
    "core.policy_limits",
}
# What the embedded AWS may use of the collection.
EMBEDDED_MAY_USE = PURE | PURE_CORE | {"cloudwatch.mute_windows"}


def imported_modules(source: str, package: str) -> Iterator[str]:
    """Yield the dotted name of every import in a file of `package`, relative ones resolved, wherever they stand."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            parents = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            base = ".".join([*parents, node.module or ""]).strip(".")
            # A name may be a module of the package.
            yield from ([base] if node.module else [])
            yield from (f"{base}.{alias.name}" for alias in node.names)


def third_party(names: Iterator[str]) -> set[str]:
    """Return the top-level packages that come neither with Python nor from this collection; PyYAML is allowed."""
    outside = {name.split(".")[0] for name in names if not name.startswith(f"{COLLECTION}.plugins.module_utils")}
    return outside - sys.stdlib_module_names - {"yaml"}


def imports_of(repository: Path, folder: str) -> dict[str, list[str]]:
    """Return what each Python file below `folder` imports, by its path relative to that folder."""
    found = {}
    for path in sorted((repository / folder).rglob("*.py")):
        package = ".".join(path.relative_to(repository).parts[:-1])
        dotted = f"{COLLECTION}.{package}" if folder.startswith("plugins") else package
        found[str(path.relative_to(repository / folder))] = list(imported_modules(path.read_text(), dotted))
    assert found, folder
    return found


def packages_used(imports: dict[str, list[str]]) -> dict[str, set[str]]:
    """Return which packages of module_utils each package imports, itself left out."""
    prefix = f"{COLLECTION}.plugins.module_utils."
    used: dict[str, set[str]] = {}
    for file, names in imports.items():
        package = file.split("/")[0]
        targets = {name.removeprefix(prefix).split(".")[0] for name in names if name.startswith(prefix)}
        used.setdefault(package, set()).update(targets - {package})
    return used


def files_imported(
    imports: dict[str, list[str]], root: str = f"{COLLECTION}.plugins.module_utils"
) -> dict[str, set[str]]:
    """Return which files below the package `root` each file imports."""
    prefix = f"{root}."
    return {
        file: {name.removeprefix(prefix).replace(".", "/") + ".py" for name in names if name.startswith(prefix)}
        for file, names in imports.items()
    }


def circular(used: dict[str, set[str]]) -> set[str]:
    """Return the keys that remain when everything that depends on nothing is removed again and again."""
    rest = dict(used)
    while free := {name for name, targets in rest.items() if not targets & rest.keys()}:
        rest = {name: targets for name, targets in rest.items() if name not in free}
    return set(rest)


@pytest.mark.parametrize(
    "statement", ["import boto3", "from ansible.module_utils import basic", "def f():\n import botocore"]
)
def test_a_forbidden_import_is_found_anywhere_in_a_file(statement: str) -> None:
    assert third_party(imported_modules(f"import json\nimport yaml\n{statement}\n", "plugins"))


def test_a_relative_import_is_resolved() -> None:
    assert list(imported_modules("from ..core.tags import x\nfrom . import y", "a.sns")) == [
        "a.core.tags",
        "a.core.tags.x",
        "a.sns.y",
    ]


def test_a_circular_import_is_found() -> None:
    assert circular({"a": {"b"}, "b": {"c"}, "c": {"b"}, "d": set()}) == {"a", "b", "c"}


def test_only_the_listed_files_of_module_utils_import_ansible_or_the_aws_sdk(repository: Path) -> None:
    imports = imports_of(repository, MODULE_UTILS)
    assert {file: found for file, names in imports.items() if (found := third_party(iter(names)))} == MAY_IMPORT


def test_the_packages_of_module_utils_import_each_other_without_circles(repository: Path) -> None:
    assert circular(packages_used(imports_of(repository, MODULE_UTILS))) == set()


def test_the_files_of_module_utils_import_each_other_without_circles(repository: Path) -> None:
    assert circular(files_imported(imports_of(repository, MODULE_UTILS))) == set()


def test_the_files_of_embedded_aws_import_each_other_without_circles(repository: Path) -> None:
    assert circular(files_imported(imports_of(repository, "embedded_aws"), "embedded_aws")) == set()


def test_the_pure_packages_reach_neither_ansible_nor_the_aws_sdk(repository: Path) -> None:
    imports = files_imported(imports_of(repository, MODULE_UTILS))
    reached = {file for file in imports if file.split("/")[0] in PURE}
    reached |= {f"{name.replace('.', '/')}.py" for name in PURE_CORE}
    assert reached <= imports.keys()
    while more := {target for file in reached for target in imports.get(file, set())} - reached:
        reached |= more
    assert reached & MAY_IMPORT.keys() == set()


def test_no_plugin_imports_the_embedded_aws(repository: Path) -> None:
    for file, names in imports_of(repository, "plugins").items():
        assert not [name for name in names if "embedded_aws" in name], file


def test_the_embedded_aws_uses_only_the_pure_packages_of_the_collection(repository: Path) -> None:
    for file, names in imports_of(repository, "embedded_aws").items():
        for name in names:
            if name.startswith(COLLECTION):
                used = name.removeprefix(f"{COLLECTION}.plugins.module_utils.")
                assert {used.split(".")[0], ".".join(used.split(".")[:2])} & EMBEDDED_MAY_USE, (file, name)
