"""Every role says the same in its README, its defaults and its argument specification."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

ROLES = sorted(path.name for path in (Path(__file__).resolve().parents[2] / "roles").iterdir())


@pytest.fixture(params=ROLES)
def role(request: pytest.FixtureRequest, repository: Path) -> Path:
    return repository / "roles" / request.param


def test_each_role_has_a_readme_defaults_and_an_argument_specification(role: Path) -> None:
    for name in ("README.md", "defaults/main.yml", "meta/argument_specs.yml"):
        assert (role / name).is_file(), name


def test_the_argument_specification_names_exactly_the_defaults(role: Path) -> None:
    specification = yaml.safe_load((role / "meta/argument_specs.yml").read_text())
    defaults = yaml.safe_load((role / "defaults/main.yml").read_text())
    assert set(specification["argument_specs"]["main"]["options"]) == set(defaults)


def test_each_variable_of_a_role_carries_the_roles_name(role: Path) -> None:
    for name in yaml.safe_load((role / "defaults/main.yml").read_text()):
        assert name.startswith(f"{role.name}_"), name


def test_a_paragraph_stands_above_each_default(role: Path) -> None:
    lines = (role / "defaults/main.yml").read_text().splitlines()
    for number, line in enumerate(lines):
        if line.startswith(f"{role.name}_"):
            above = next(text for text in reversed(lines[:number]) if not text.startswith(f"{role.name}_"))
            assert above.startswith("# "), line


def test_the_readme_names_each_default(role: Path) -> None:
    readme = (role / "README.md").read_text()
    for name in yaml.safe_load((role / "defaults/main.yml").read_text()):
        assert f"`{name}`" in readme, name


def test_the_example_sets_what_the_argument_specification_refers_to(role: Path) -> None:
    """Ansible resolves the whole specification when the role starts, so a name that nobody set stops it."""
    example = (role / "README.md").read_text().split("```yaml")[1].split("```")[0]
    for name in re.findall(r"{{ (secmon_\w+)", (role / "meta/argument_specs.yml").read_text()):
        assert f"{name}:" in example, name
