"""No file contains a path of a development machine or the address of a package registry."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.conftest import run

# Paths below these folders exist on one machine only.
MACHINE_PATH = re.compile(r"(?<![\w.~*-])/(?:home|Users|root|work|workspace|builds?|farm|mnt|opt)/[\w.-]+")
# Split strings, so that this file does not match itself.
REGISTRY = re.compile(
    r"--(?:extra-)?index-url" + r"[ =]+\S|https?://[^\s\"']*/(?:simple|packages)/|pypi\.org|python" + r"hosted"
)


def machine_references(text: str) -> list[str]:
    return [match.group(0) for pattern in (MACHINE_PATH, REGISTRY) for match in pattern.finditer(text)]


@pytest.mark.parametrize(
    "planted",
    [
        "see /home/" + "me/project",
        'open("/ro' + 'ot/.ssh/id")',
        "--index" + "-url https://mirror.example/x",
        "https://mirror.example/" + "simple/boto3",
    ],
)
def test_a_machine_path_or_registry_is_found(planted: str) -> None:
    assert machine_references(planted)


def test_no_file_contains_a_machine_path_or_a_registry(repository: Path) -> None:
    listed = run("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    assert listed.returncode == 0, listed.stderr
    found = {}
    for name in filter(None, listed.stdout.split("\0")):
        path = repository / name
        if path.is_file():
            found[name] = machine_references(path.read_text(errors="replace"))
    assert found
    assert {name: hits for name, hits in found.items() if hits} == {}
