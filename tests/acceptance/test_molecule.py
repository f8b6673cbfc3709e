"""The molecule scenarios run on the embedded AWS of the tests, or on one that they start and stop themselves."""

from __future__ import annotations

import re
import subprocess
import urllib.error
from pathlib import Path

import pytest

from tests.conftest import run
from tests.support.embedded_control import ask


def molecule(folder: Path, *arguments: str, endpoint: str = "") -> subprocess.CompletedProcess[str]:
    """Run molecule with its own working folder; by default it has one per user and name of checkout."""
    return run(
        *("molecule", *arguments),
        AWS_ENDPOINT_URL=endpoint,
        MOLECULE_COMMAND_BORDERS="false",
        MOLECULE_EPHEMERAL_DIRECTORY=str(folder),
    )


def scenario(*names: str, endpoint: str, folder: Path) -> None:
    """Run scenarios in one call of molecule, because it starts slowly."""
    result = molecule(folder, "test", *(f"--scenario-name={name}" for name in names), endpoint=endpoint)
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.long
def test_the_default_scenario_builds_verifies_and_removes_the_pipeline(embedded_aws: str, tmp_path: Path) -> None:
    scenario("default", endpoint=embedded_aws, folder=tmp_path)
    assert ask(embedded_aws, "health")["status"] == "ready"


@pytest.mark.long
def test_three_accounts_are_built_verified_and_removed_in_parallel(embedded_aws: str, tmp_path: Path) -> None:
    ask(embedded_aws, "reset", method="POST")
    scenario("multi_account", endpoint=embedded_aws, folder=tmp_path)


@pytest.mark.long
def test_each_role_works_alone(embedded_aws: str, repository: Path, tmp_path: Path) -> None:
    ask(embedded_aws, "reset", method="POST")
    roles = sorted(
        folder.name
        for folder in (repository / "extensions/molecule").iterdir()
        if (repository / "roles" / folder.name).is_dir()
    )
    scenario(*roles, endpoint=embedded_aws, folder=tmp_path)


def test_a_failing_scenario_stops_the_embedded_aws_that_it_started(tmp_path: Path) -> None:
    result = molecule(tmp_path, "test", "--", "--extra-vars=secmon_account_id='999999999999'")
    assert result.returncode != 0
    assert "belong to account 123456789012" in result.stdout
    (endpoint,) = set(re.findall(r'"secmon_endpoint_url": "(http://127\.0\.0\.1:\d+)"', result.stdout))
    with pytest.raises(urllib.error.URLError, match="refused"):
        ask(endpoint, "health")
