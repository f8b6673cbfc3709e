"""The IAM actions that the READMEs of the roles list are those of their modules, and together those of the policy."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.support.deployer_actions import BEYOND_THE_ROLES, MODULES, allowed, deployer_policy
from tests.support.module_runner import documented_actions

ROLES = sorted(path.name for path in (Path(__file__).resolve().parents[2] / "roles").iterdir() if path.name != "common")
READERS = ("detection_drill", "leftovers", "log_file_validation")
# Made with the credentials that assume the deployer's role, not by the deployer.
BEFORE_THE_DEPLOYER = {"sts:AssumeRole"}


def listed_actions(role: Path) -> set[str]:
    """Return what the README lists, one action a line."""
    section = (role / "README.md").read_text().split("## IAM actions\n")[1].split("\n## ")[0]
    return set(re.findall(r"^- `(\w+:\w+)`$", section, re.MULTILINE))


def modules_of(role: Path) -> set[str]:
    """Return the modules of ours that the role's tasks run and that call AWS."""
    tasks = "".join(path.read_text() for path in sorted((role / "tasks").glob("*.yml")))
    return set(re.findall(r"^ +secmon\.aws\.(\w+):", tasks, re.MULTILINE)) & set(MODULES)


@pytest.mark.parametrize("name", ROLES)
def test_a_readme_lists_every_action_of_the_roles_modules(repository: Path, name: str) -> None:
    role = repository / "roles" / name
    documented = {action for module in modules_of(role) for action in documented_actions(module)}
    assert listed_actions(role) >= documented - BEYOND_THE_ROLES


@pytest.mark.parametrize("name", ROLES)
def test_a_readme_lists_actions_and_no_reference_to_a_list(repository: Path, name: str) -> None:
    readme = (repository / "roles" / name / "README.md").read_text()
    assert listed_actions(repository / "roles" / name)
    assert "those of `secmon.aws" not in readme


def test_roles_drill_and_sweep_need_exactly_what_the_policy_allows(repository: Path) -> None:
    needed = {action for name in ROLES for action in listed_actions(repository / "roles" / name)}
    needed |= {action for module in READERS for action in documented_actions(module)}
    assert needed - BEFORE_THE_DEPLOYER == allowed(deployer_policy(repository), "")
