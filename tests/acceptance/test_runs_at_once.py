"""Two and four runs of site.yml at once on one account."""

from __future__ import annotations

import os
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY
from tests.support.embedded_control import ask, mails

pytestmark = pytest.mark.long
COMMAND = ("ansible-playbook", "-i", "inventory/embedded", "playbooks/site.yml", "--limit", "guide")


def run_at_once(endpoint: str, homes: list[Path]) -> list[subprocess.CompletedProcess[str]]:
    """Run site.yml at once with each home of Ansible; runs with different homes do not see each other."""

    def run(home: Path) -> subprocess.CompletedProcess[str]:
        settings = {"ANSIBLE_HOME": str(home), "ANSIBLE_STDOUT_CALLBACK": "ansible.builtin.default"}
        environment = os.environ | {"AWS_ENDPOINT_URL": endpoint, **settings}
        return subprocess.run(COMMAND, cwd=REPOSITORY, env=environment, capture_output=True, text=True, check=False)

    with ThreadPoolExecutor(len(homes)) as pool:
        return list(pool.map(run, homes))


@pytest.mark.parametrize("runs", [2, 4])
def test_one_run_builds_the_account_and_the_others_name_it(embedded_aws: str, tmp_path: Path, runs: int) -> None:
    ask(embedded_aws, "reset", method="POST")

    done = run_at_once(embedded_aws, [tmp_path] * runs)

    assert sorted(run.returncode == 0 for run in done) == [False] * (runs - 1) + [True]
    refused = [run.stdout for run in done if run.returncode]
    assert all("host guide: another run of Ansible (process " in output for output in refused)
    assert len(mails(embedded_aws, "security@example.com")) == 1


@pytest.mark.parametrize("runs", [2, 4])
def test_runs_that_do_not_see_each_other_end_in_the_same_state(embedded_aws: str, tmp_path: Path, runs: int) -> None:
    ask(embedded_aws, "reset", method="POST")

    done = run_at_once(embedded_aws, [tmp_path / str(number) for number in range(runs)])

    assert [run.stdout for run in done if run.returncode] == []
    (again,) = run_at_once(embedded_aws, [tmp_path])
    assert "changed=0 " in again.stdout, again.stdout
