"""What stands in two places says the same in both."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.secmon.aws.plugins.module_utils.preflight.variables import VARIABLES

# Defaults such as `secmon_trail_name | default('secrets-manager-trail')`, of values that Python writes as Jinja does.
_DEFAULT = re.compile(r"(secmon_\w+) \| default\(('[^']*'|\d+|true|false|\[\]|\{[^}()]*\})[,)]")


def defaults_in(text: str) -> Iterator[tuple[str, Any]]:
    for name, literal in _DEFAULT.findall(text):
        yield name, ast.literal_eval({"true": "True", "false": "False"}.get(literal, literal))


def test_the_roles_and_playbooks_have_the_defaults_of_the_table(repository: Path) -> None:
    files = [*repository.glob("roles/*/defaults/main.yml"), *repository.glob("playbooks/**/*.yml")]
    found = [(path, name, value) for path in files for name, value in defaults_in(path.read_text())]
    assert len({name for _path, name, _value in found}) > 20
    for path, name, value in found:
        expected = VARIABLES[name].default
        # An empty text in a template often only says that nothing was given.
        assert value == expected or (value == "" and not expected), (path, name)


@pytest.mark.parametrize("wrong", ["secmon_trail_name | default('other')", "secmon_encrypt | default(true)"])
def test_a_default_that_differs_would_be_found(wrong: str) -> None:
    ((name, value),) = defaults_in("{{ " + wrong + " }}")
    assert value != VARIABLES[name].default


def test_the_playbooks_reach_aws_in_the_same_way(repository: Path) -> None:
    settings = [
        play["module_defaults"]
        for name in ("site", "verify", "teardown")
        for play in yaml.safe_load((repository / f"playbooks/{name}.yml").read_text())
        if "module_defaults" in play
    ]
    assert len(settings) >= 3
    assert settings == [settings[0]] * len(settings)
