"""module_defaults for group/secmon.aws.aws apply to the modules of all three collections."""

from __future__ import annotations

import importlib
import json
import shutil
from pathlib import Path

import pytest
import yaml

from tests.conftest import run

PROBE = """\
from ansible.module_utils.basic import AnsibleModule

names = ("region", "endpoint_url", "access_key", "secret_key")
module = AnsibleModule(argument_spec={name: {"type": "str", "no_log": False} for name in names})
module.exit_json(**module.params)
"""

PLAYBOOK = """\
- hosts: localhost
  gather_facts: false
  vars:
    ansible_python_interpreter: "{{ ansible_playbook_python }}"
  module_defaults:
    group/secmon.aws.aws:
      region: eu-central-1
      endpoint_url: "{{ lookup('env', 'ENDPOINT') }}"
      access_key: probe
      secret_key: probe
  tasks:
    - secmon.aws.probe:
    - amazon.aws.aws_caller_info:
    - community.aws.sns_topic:
        name: alarms
"""


@pytest.fixture
def collection_with_probe(repository: Path, tmp_path: Path) -> Path:
    """Return a folder with a copy of this collection that has one more module in its action group."""
    copy = tmp_path / "ansible_collections/secmon/aws"
    (copy / "plugins/modules").mkdir(parents=True)
    (copy / "plugins/modules/probe.py").write_text(PROBE)
    shutil.copy(repository / "galaxy.yml", copy)
    runtime = yaml.safe_load((repository / "meta/runtime.yml").read_text())
    runtime["action_groups"]["own"].append("probe")
    (copy / "meta").mkdir()
    (copy / "meta/runtime.yml").write_text(yaml.safe_dump(runtime))
    return tmp_path


def test_module_defaults_apply_to_all_three_collections(
    collection_with_probe: Path, tmp_path: Path, embedded_aws: str
) -> None:
    (tmp_path / "play.yml").write_text(PLAYBOOK)
    ran = run(
        *("ansible-playbook", "-i", "localhost,", "-c", "local", "play.yml"),
        cwd=tmp_path,
        ANSIBLE_COLLECTIONS_PATH=str(collection_with_probe),
        ANSIBLE_STDOUT_CALLBACK="ansible.posix.json",
        ENDPOINT=embedded_aws,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    own, amazon, community = (task["hosts"]["localhost"] for task in json.loads(ran.stdout)["plays"][0]["tasks"])
    assert own["region"] == "eu-central-1"
    assert amazon["account"] == "123456789012"
    assert community["sns_arn"] == "arn:aws:sns:eu-central-1:123456789012:alarms"


def test_the_group_lists_every_module_that_calls_aws(repository: Path) -> None:
    runtime = yaml.safe_load((repository / "meta/runtime.yml").read_text())
    listed = set(runtime["action_groups"]["own"])
    calls_aws = {
        path.stem
        for path in (repository / "plugins/modules").glob("*.py")
        if "amazon.aws.common.modules" in path.read_text()
    }
    assert listed == calls_aws


def test_every_module_of_the_group_takes_the_account_and_the_time_that_is_left_to_it(repository: Path) -> None:
    names = {"account_id", "timeout_seconds"}
    runtime = yaml.safe_load((repository / "meta/runtime.yml").read_text())
    for name in runtime["action_groups"]["own"]:
        module = importlib.import_module(f"ansible_collections.secmon.aws.plugins.modules.{name}")
        assert names - set(module.OPTIONS) == set(), name
