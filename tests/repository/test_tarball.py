"""The tarball of `ansible-galaxy collection build` contains the collection and nothing else."""

from __future__ import annotations

import tarfile
from pathlib import Path

import pytest
import yaml

from tests.conftest import run

SHIPPED = {
    *("CHANGELOG.rst", "CONTRIBUTING.md", "FILES.json", "LICENSE", "MANIFEST.json", "README.md", "SECURITY.md"),
    *("changelogs", "docs", "extensions", "inventory", "meta", "playbooks", "plugins", "roles", "rules"),
}


@pytest.fixture(scope="module")
def tarball(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tarball")
    built = run("ansible-galaxy", "collection", "build", "--output-path", folder)
    assert built.returncode == 0, built.stderr
    return next(folder.glob("secmon-aws-*.tar.gz"))


@pytest.fixture(scope="module")
def installed(tarball: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("collections")
    result = run("ansible-galaxy", "collection", "install", tarball, "--no-deps", "--offline", "-p", folder)
    assert result.returncode == 0, result.stderr
    return folder


def test_the_tarball_contains_only_files_for_users(tarball: Path) -> None:
    with tarfile.open(tarball) as archive:
        names = archive.getnames()
    assert {name.split("/")[0] for name in names} <= SHIPPED
    unwanted = ("inventory/embedded", "extensions/molecule")
    assert not [name for name in names if name.startswith(unwanted) or name.endswith(".pyc")]


def test_the_tarball_contains_every_plugin_role_playbook_and_rule(tarball: Path, repository: Path) -> None:
    with tarfile.open(tarball) as archive:
        packed = set(archive.getnames())
    for folder in ("extensions/audit", "extensions/patterns", "meta", "playbooks", "plugins", "roles", "rules"):
        for path in (repository / folder).rglob("*"):
            if path.is_file() and "__pycache__" not in path.parts:
                assert str(path.relative_to(repository)) in packed


def test_the_installed_collection_documents_all_of_its_modules(installed: Path, repository: Path) -> None:
    listed = run("ansible-doc", "-l", "secmon.aws", "--json", ANSIBLE_COLLECTIONS_PATH=str(installed))
    assert listed.returncode == 0, listed.stderr
    modules = {f"secmon.aws.{path.stem}" for path in (repository / "plugins/modules").glob("*.py")}
    assert set(yaml.safe_load(listed.stdout)) == modules


def test_the_installed_collection_has_its_playbooks(installed: Path) -> None:
    listed = run(
        *("ansible-playbook", "-i", "guide,", "secmon.aws.site", "--list-tasks"),
        cwd=installed,
        ANSIBLE_COLLECTIONS_PATH=str(installed),
    )
    assert listed.returncode == 0, listed.stderr
    assert "Build the security monitoring system" in listed.stdout
