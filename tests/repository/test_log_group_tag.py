"""The tag by which alarms of a log group are found is legal for every name of a log group."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from ansible_collections.secmon.aws.plugins.module_utils.core.tags import tag_problems

NAMES = ["/aws/cloudtrail/logs", "a#b", "a/b", f"{'x' * 256}", f"{'x' * 256}#", f"{'x' * 511}#", f"{'x' * 512}"]
# A process of its own, since the controller's code changes how modules in the same process report warnings.
PROGRAM = """
import json, sys, yaml
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar, trust_as_template

variables = yaml.safe_load(open(sys.argv[1]))
marks = []
for name in json.load(sys.stdin):
    templar = Templar(DataLoader(), {"metric_alarm_log_group_name": name})
    group = templar.template(trust_as_template(variables["__metric_alarm_log_group"]))
    templar.available_variables |= {"__metric_alarm_log_group": group}
    mark = variables["__metric_alarm_mark"]
    marks.append({key: str(templar.template(trust_as_template(text))) for key, text in mark.items()})
print(json.dumps(marks))
"""


@pytest.fixture(scope="module")
def marks(repository: Path) -> list[dict[str, str]]:
    """Return the tags of the alarms of each log group."""
    command = [sys.executable, "-c", PROGRAM, repository / "roles/metric_alarm/vars/main.yml"]
    run = subprocess.run(command, input=json.dumps(NAMES), capture_output=True, text=True, check=True)
    found: list[dict[str, str]] = json.loads(run.stdout)
    return found


def test_the_tags_are_legal(marks: list[dict[str, str]]) -> None:
    assert [problem for mark in marks for problem in tag_problems(mark)] == []


def test_each_name_has_its_own_tag(marks: list[dict[str, str]]) -> None:
    values = [mark["secmon:log-group"] for mark in marks]
    assert len(set(values)) == len(NAMES)
    assert values[0] == NAMES[0]
