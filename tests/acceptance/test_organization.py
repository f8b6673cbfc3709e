"""The example inventory shows an organization, and an organization that cannot be read stops the run."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from embedded_aws.process import embedded_aws_process
from tests.conftest import run
from tests.support.embedded_control import ask

EXAMPLE = "inventory/examples/organization"


@pytest.fixture(scope="module")
def endpoint(repository: Path) -> Iterator[str]:
    with embedded_aws_process("--seed", str(repository / "embedded_aws/seeds/organization_100.yml")) as endpoint:
        yield endpoint


def groups_above(lines: list[str], depth: int) -> list[str]:
    """Return the last group of each depth above the end of a graph."""
    named = [line.partition("@") for line in lines if "@" in line and line.endswith(":")]
    last = {indent.count("|"): f"@{name}" for indent, _at, name in named}
    return [last[level] for level in range(depth)]


def test_the_example_shows_the_organization_with_the_variables_of_its_units(
    endpoint: str, repository: Path, tmp_path: Path
) -> None:
    folder = shutil.copytree(repository / EXAMPLE, tmp_path / "organization")
    # A run in this folder has written what is no inventory.
    (folder / "retry").mkdir()
    (folder / "retry/site.retry").write_text("shop-01\n")
    (folder / "rollout.json").write_text('{"accounts": {"shop-01": {"state": "done"}}, "counts": {"done": 1}}')
    keys = {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": "AKIAEMBEDDEDGUIDE001",
        "AWS_SECRET_ACCESS_KEY": "embedded",
    }
    result = run("ansible-inventory", "-i", ".", "--graph", "--vars", "-v", cwd=folder, **keys)
    assert (result.returncode, result.stderr) == (0, "")
    lines = result.stdout.splitlines()
    shop = lines.index("  |  |  |  |  |  |--shop-01")
    assert groups_above(lines[:shop], depth=6) == [
        "@all:",
        "@secmon_accounts:",
        "@ou_workloads:",
        "@ou_workloads_retail:",
        "@ou_workloads_retail_production:",
        "@ou_workloads_retail_production_shops:",
    ]
    own = {line.strip(" |-{}") for line in lines[shop : lines.index("  |  |  |  |  |  |--shop-02")]}
    assert {
        "secmon_account_id = 000000000101",
        "secmon_assume_role_arn = arn:aws:iam::000000000101:role/SecurityMonitoringDeployer",
        "secmon_profile = cis",
    } <= own
    assert sum("secmon_account_id = " in line for line in lines) == 100
    assert sum("left out: account" in line for line in lines) == 4
    calls = ask(endpoint, "calls")
    assert Counter(call["service"] for call in calls) == {"organizations": 35}
    assert {call["access"] for call in calls} == {"read"}


def test_an_organization_that_cannot_be_read_stops_the_run(endpoint: str, repository: Path) -> None:
    ask(endpoint, "faults", [{"service": "organizations", "action": "ListRoots", "error": "AccessDeniedException"}])
    keys = {"AWS_ENDPOINT_URL": endpoint, "AWS_ACCESS_KEY_ID": "tester", "AWS_SECRET_ACCESS_KEY": "tester"}
    # The configuration of the example has Ansible stop.
    result = run("ansible-playbook", "-i", ".", repository / "playbooks/site.yml", cwd=repository / EXAMPLE, **keys)
    assert result.returncode != 0
    assert "Allow organizations:ListRoots on * to the caller." in result.stderr
    assert "Completely failed to parse inventory source" in result.stderr
    assert "TASK" not in result.stdout
