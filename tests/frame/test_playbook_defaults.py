"""The playbooks take a variable that is not set for what the table of variables says, and reach AWS alike."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from ansible_collections.secmon.aws.plugins.module_utils.plans.variables import VARIABLES

DEFAULT = re.compile(r"(secmon_\w+) \| default\(('[^']*'|true|false|\d+)[,)]")


def test_teardown_takes_what_is_not_set_for_the_documented_default(repository: Path) -> None:
    text = "".join(path.read_text() for path in sorted((repository / "playbooks").rglob("*.yml")))
    found = {(name, yaml.safe_load(value)) for name, value in DEFAULT.findall(text)}
    assert ("secmon_topic_name", "SecurityAlarms") in found
    assert [
        (name, value) for name, value in sorted(found, key=str) if (VARIABLES[name].default or "") != (value or "")
    ] == []


@pytest.mark.parametrize("name", ["teardown"])
def test_every_playbook_connects_as_site_does(repository: Path, name: str) -> None:
    site, other = (
        yaml.safe_load((repository / f"playbooks/{playbook}.yml").read_text())[1]["module_defaults"]
        for playbook in ("site", name)
    )
    assert other == site
