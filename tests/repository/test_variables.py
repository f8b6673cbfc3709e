"""The table of variables, its page, and what roles, playbooks and inventories use are the same."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from ansible_collections.secmon.aws.plugins.module_utils.core.aws_names import EXCLUDABLE_EVENT_SOURCES
from ansible_collections.secmon.aws.plugins.module_utils.preflight.variables import PACKS, VARIABLES

from tools.variables_page import page

COMPUTED = {"secmon_connection", "secmon_names"}
NAME = re.compile(r"\bsecmon_[a-z0-9_]+\b")


def used(folder: Path) -> dict[str, set[str]]:
    """Return the variables of this collection that stand in each YAML file and template of a folder."""
    files = [path for path in folder.rglob("*") if path.suffix in {".yml", ".yaml", ".j2"}]
    return {str(path): set(NAME.findall(path.read_text())) for path in files}


def test_the_page_of_variables_is_up_to_date(repository: Path) -> None:
    assert (repository / "docs/variables.md").read_text() == page(), "run python tools/variables_page.py"


@pytest.mark.parametrize("folder", ["roles", "playbooks", "inventory"])
def test_every_variable_that_is_used_is_in_the_table(folder: str, repository: Path) -> None:
    files = used(repository / folder)
    assert any(files.values())
    assert {path: unknown for path, names in files.items() if (unknown := names - {*VARIABLES, *COMPUTED})} == {}


def test_the_packs_are_the_folders_of_rules(repository: Path) -> None:
    assert set(PACKS) == {path.name for path in (repository / "rules").iterdir() if path.is_dir()}


def test_detections_takes_the_packs_and_the_exclusions_of_the_table(repository: Path) -> None:
    source = (repository / "plugins/modules/detections.py").read_text()
    options = yaml.safe_load(source.split('DOCUMENTATION = r"""')[1].split('"""')[0])["options"]
    assert tuple(options["packs"]["choices"]) == PACKS
    assert tuple(options["excluded_event_sources"]["choices"]) == EXCLUDABLE_EVENT_SOURCES
