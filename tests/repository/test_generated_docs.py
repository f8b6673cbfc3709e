"""The generated parts of the documentation are current, and what they are generated from is complete."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

import pytest
import yaml
from ansible_collections.secmon.aws.plugins.module_utils.preflight.variables import (
    PACKS,
    PROFILES,
    VARIABLES,
)

from tests.support.deployer_actions import UNUSED_BY_ROLES, UNUSED_MODULES
from tools import promises
from tools.generate_docs import blocks, costs, modules, roles

# Called with the credentials that assume the deployer's role, not by the deployer.
BEFORE_THE_DEPLOYER = {"sts:AssumeRole"}
WITHOUT_UPSTREAM = {"log_alarms"}  # no collection has such a module
GROUP = "secmon_accounts"  # hosts that the playbooks take, not a variable


def test_every_generated_block_is_current(repository: Path) -> None:
    stale = [str(path.relative_to(repository)) for path in blocks.outdated()]
    assert stale == [], "run python -m tools.generate_docs"


@pytest.mark.parametrize("role", roles.ROLES)
def test_the_readme_of_a_role_has_the_generated_variables_and_actions(repository: Path, role: str) -> None:
    text = (repository / f"roles/{role}/README.md").read_text()
    assert f"<!-- generated: role-variables {role} -->" in text
    assert f"<!-- generated: role-actions {role} -->" in text


def test_every_module_that_replaces_an_upstream_module_names_its_defect_and_has_a_test() -> None:
    writing = [module for module in modules.writing_modules() if module not in WITHOUT_UPSTREAM]
    assert [module for module in modules.writing_modules() if modules.replaced_module(module)] == writing


def test_roles_drill_and_sweep_need_exactly_what_the_deployer_policy_allows() -> None:
    needed = {action for role in roles.ROLES for action in roles.role_actions(role)}
    for module in set(modules.aws_modules()) - set(modules.writing_modules()) - UNUSED_MODULES:
        needed |= modules.documented_actions(module) | roles.UPSTREAM_ACTIONS.get(f"secmon.aws.{module}", set())
    assert needed - BEFORE_THE_DEPLOYER - UNUSED_BY_ROLES == roles.policy_actions("")
    assert needed >= UNUSED_BY_ROLES


@pytest.mark.parametrize("module", promises.modules())
def test_every_marked_promise_exists(module: str) -> None:
    assert {promise for _path, _name, promise in promises.marked_tests(module)} <= set(promises.PROMISES)


@pytest.mark.parametrize("module", modules.writing_modules())
def test_every_writing_module_has_tests_for_every_promise(module: str) -> None:
    assert {promise for _path, _name, promise in promises.marked_tests(module)} == set(promises.PROMISES)


@pytest.mark.parametrize("profile", PROFILES)
def test_each_rule_of_a_profile_costs_one_metric_and_one_alarm(profile: str) -> None:
    rules = costs.rules_of(profile)
    assert costs.count_metrics_and_alarms(rules) == (len(rules), len(rules))


@pytest.mark.parametrize(
    ("metrics", "alarms", "free", "dollars"),
    [(0, 0, 0, "0.40"), (1, 1, 0, "0.80"), (1, 1, 10, "0.40"), (12, 12, 10, "1.20")],
)
def test_a_month_costs_the_secret_and_what_exceeds_the_free_tier(
    metrics: int, alarms: int, free: int, dollars: str
) -> None:
    assert costs.monthly_cost(metrics, alarms, free, free) == Decimal(dollars)


@pytest.mark.parametrize("folder", ["roles", "playbooks", "inventory"])
def test_every_variable_that_is_used_is_documented(folder: str, repository: Path) -> None:
    for path in (repository / folder).rglob("*"):
        if path.suffix in {".yml", ".yaml", ".j2"}:
            used = set(re.findall(r"\bsecmon_[a-z0-9_]+\b", path.read_text()))
            assert used <= {*VARIABLES, "secmon_connection", "secmon_names", GROUP}, path


def test_the_packs_are_the_folders_of_rules(repository: Path) -> None:
    assert set(PACKS) == {path.name for path in (repository / "rules").iterdir() if path.is_dir()}


WITHOUT_DEFAULT = {"secmon_account_id", "secmon_region"}


@pytest.mark.parametrize("role", [*roles.ROLES, "common"])
def test_the_argument_specification_describes_exactly_the_defaults(repository: Path, role: str) -> None:
    file = "variables" if role == "common" else "argument_specs"
    specification = yaml.safe_load((repository / f"roles/{role}/meta/{file}.yml").read_text())
    defaults = yaml.safe_load((repository / f"roles/{role}/defaults/main.yml").read_text())
    (entry_point,) = specification["argument_specs"].values()
    assert set(entry_point["options"]) - WITHOUT_DEFAULT == set(defaults)


@pytest.mark.parametrize("role", roles.ROLES)
def test_a_role_declares_the_variables_of_the_account_that_it_needs(repository: Path, role: str) -> None:
    specification = yaml.safe_load((repository / f"roles/{role}/meta/argument_specs.yml").read_text())
    (entry_point,) = specification["argument_specs"].values()
    files = [path for path in (repository / "roles" / role).rglob("*") if path.suffix in {".yml", ".j2"}]
    text = "".join(path.read_text() for path in files if path.parent.name != "meta")
    used = {name for name in WITHOUT_DEFAULT if re.search(rf"\b({name}|secmon_names)\b", text)}
    assert used == entry_point["options"].keys() & WITHOUT_DEFAULT


@pytest.mark.parametrize("role", roles.ROLES)
def test_every_variable_of_a_role_begins_with_the_roles_name(repository: Path, role: str) -> None:
    for name in yaml.safe_load((repository / f"roles/{role}/defaults/main.yml").read_text()):
        assert name.startswith(f"{role}_")
