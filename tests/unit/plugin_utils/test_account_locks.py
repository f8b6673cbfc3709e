"""Test that an account is kept for one run, and no longer than the run lasts."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from ansible_collections.secmon.aws.plugins.plugin_utils.account_locks import account_key, keep_accounts

HOLD = """
import sys
from pathlib import Path
from ansible_collections.secmon.aws.plugins.plugin_utils.account_locks import keep_accounts
print(keep_accounts(Path(sys.argv[1]), {"a": "1_eu", "b": "2_eu"}), flush=True)
sys.stdin.read()
"""


@pytest.fixture
def other(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """Return another run, which keeps two accounts."""
    command = [sys.executable, "-c", HOLD, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None and process.stdout.readline() == "[]\n"
        yield process
        process.kill()


def test_an_account_is_kept_for_one_run_which_the_other_names(other: subprocess.Popen[str], tmp_path: Path) -> None:
    (held,) = keep_accounts(tmp_path, {"mine": "1_eu", "free": "3_eu"})

    assert held.startswith(f"host mine: another run of Ansible (process {other.pid}, since 20")
    assert not (tmp_path / "3_eu").exists()
    assert keep_accounts(tmp_path, {"free": "3_eu"}) == []


def test_a_run_that_was_killed_holds_nothing(other: subprocess.Popen[str], tmp_path: Path) -> None:
    other.kill()
    # The process that started it may not have asked how it ended.
    os.waitid(os.P_PID, other.pid, os.WEXITED | os.WNOWAIT)

    assert keep_accounts(tmp_path, {"mine": "1_eu"}) == []


def test_a_run_may_keep_its_accounts_again(tmp_path: Path) -> None:
    assert [keep_accounts(tmp_path, {"mine": "1_eu"}) for _play in range(2)] == [[], []]


def test_a_later_process_with_the_number_of_the_holder_is_another(tmp_path: Path) -> None:
    (tmp_path / "1_eu").write_text('{"process": ["1", "never"], "since": "then"}')

    assert keep_accounts(tmp_path, {"mine": "1_eu"}) == []


def test_accounts_regions_and_endpoints_have_their_own_locks() -> None:
    here = {"secmon_account_id": "1", "secmon_region": "eu", "secmon_endpoint_url": ""}
    others = [{**here, name: "x:/y"} for name in here]

    assert len({account_key(variables) for variables in (here, *others)}) == 4
    assert account_key(here) == "1_eu_aws"
