"""The tag by which alarms of a log group are found is legal for every name of a log group."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar, trust_as_template
from ansible_collections.secmon.aws.plugins.module_utils.core.tags import tag_problems

NAMES = ["/aws/cloudtrail/logs", "a#b", "a/b", f"{'x' * 256}", f"{'x' * 256}#", f"{'x' * 511}#", f"{'x' * 512}"]


def mark(repository: Path, name: str) -> dict[str, str]:
    variables = yaml.safe_load((repository / "roles/metric_alarm/vars/main.yml").read_text())
    value = variables["__metric_alarm_log_group"]
    templar = Templar(DataLoader(), {"metric_alarm_log_group_name": name})
    templar.available_variables |= {"__metric_alarm_log_group": templar.template(trust_as_template(value))}
    return {key: templar.template(trust_as_template(text)) for key, text in variables["__metric_alarm_mark"].items()}


@pytest.mark.parametrize("name", NAMES)
def test_the_tag_is_legal(repository: Path, name: str) -> None:
    assert list(tag_problems(mark(repository, name))) == []


def test_each_name_has_its_own_tag(repository: Path) -> None:
    marks = [mark(repository, name)["secmon:log-group"] for name in NAMES]
    assert len(set(marks)) == len(NAMES)
    assert marks[0] == NAMES[0]
