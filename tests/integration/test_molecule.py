"""Molecule's scenarios run on the embedded AWS of the tests, and by hand on one that they start and stop themselves."""

from __future__ import annotations

import re
import subprocess
import urllib.error
from pathlib import Path

import pytest

from tests.conftest import run
from tests.embedded_control import ask


def molecule(folder: Path, *arguments: str, endpoint: str = "") -> subprocess.CompletedProcess[str]:
    """Run molecule with a working folder of its own, since it has one per user and name of checkout."""
    return run(
        *("molecule", *arguments),
        AWS_ENDPOINT_URL=endpoint,
        MOLECULE_COMMAND_BORDERS="false",
        MOLECULE_EPHEMERAL_DIRECTORY=str(folder),
    )


def test_the_default_scenario_builds_verifies_and_removes_the_system_on_the_tests_embedded_aws(
    embedded_aws: str, tmp_path: Path
) -> None:
    result = molecule(tmp_path, "test", endpoint=embedded_aws)
    assert result.returncode == 0, result.stdout + result.stderr
    calls = ask(embedded_aws, "calls")
    written = [call["action"] for call in calls if call["access"] == "write" and not call["error"]]
    for built, removed in (("CreateTrail", "DeleteTrail"), ("PutMetricAlarm", "DeleteAlarms")):
        assert written.index(built) < written.index(removed)
    assert ask(embedded_aws, "health")["status"] == "ready"


def test_a_scenario_that_fails_by_hand_leaves_no_embedded_aws_behind(tmp_path: Path) -> None:
    result = molecule(tmp_path, "test", "--", "--extra-vars=secmon_account_id='999999999999'")
    assert result.returncode != 0
    assert "belong to account 123456789012" in result.stdout
    (endpoint,) = set(re.findall(r'"secmon_endpoint_url": "(http://127\.0\.0\.1:\d+)"', result.stdout))
    with pytest.raises(urllib.error.URLError, match="refused"):
        ask(endpoint, "health")
