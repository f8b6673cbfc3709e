"""Nothing in the tree points at the machine or the registry that somebody happened to work with."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.conftest import run

# Folders where people and build machines keep things; a path below one of them works nowhere else.
MACHINE_PATH = re.compile(r"(?<![\w.~*-])/(?:home|Users|root|work|workspace|builds?|farm|mnt|opt)/[\w.-]+")
# Written apart, so that this file does not find itself.
REGISTRY = re.compile(
    r"--(?:extra-)?index-url" + r"[ =]+\S|https?://[^\s\"']*/(?:simple|packages)/|pypi\.org|python" + r"hosted"
)


def offences(text: str) -> list[str]:
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
def test_an_offence_is_found(planted: str) -> None:
    assert offences(planted)


def test_no_file_names_a_path_of_a_machine_or_a_registry(repository: Path) -> None:
    listed = run("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    assert listed.returncode == 0, listed.stderr
    found = {}
    for name in filter(None, listed.stdout.split("\0")):
        path = repository / name
        if path.is_file():
            found[name] = offences(path.read_text(errors="replace"))
    assert found
    assert {name: hits for name, hits in found.items() if hits} == {}
