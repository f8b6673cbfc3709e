"""metric_filters in a real playbook, with rules as they are shipped: quotes, dollars and braces arrive unharmed."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.secmon.aws.plugins.module_utils.rules.catalog import load_rules

from tests.conftest import REPOSITORY, run

GROUP = "/aws/cloudtrail/logs"
RULES = REPOSITORY / "rules/cis"
PLAYBOOK = """
- hosts: localhost
  gather_facts: false
  vars:
    ansible_python_interpreter: "{{ ansible_playbook_python }}"
    paths: "{{ query('ansible.builtin.fileglob', folder ~ '/*.yml') | sort }}"
    rules: "{{ query('ansible.builtin.file', *paths) | map('from_yaml') }}"
    filters: >-
      {%- set found = [] -%}
      {%- for rule in rules -%}
      {%- set _added = found.append({'name': rule.filter_name, 'pattern': rule.pattern,
      'metric_namespace': rule.metric.namespace, 'metric_name': rule.metric.name,
      'metric_value': rule.metric.value, 'default_value': rule.metric.default_value}) -%}
      {%- endfor -%}
      {{ found }}
  tasks:
    - name: Ensure the filters of the rules exist
      secmon.aws.metric_filters:
        log_group_name: /aws/cloudtrail/logs
        filters: "{{ filters }}"
        use_existing_group: true
        purge_namespace: LogMetrics
        test_messages: "{{ events }}"
        region: us-east-1
        access_key: deployer
        secret_key: embedded
      register: result

    - name: See that AWS and the engine agree
      ansible.builtin.assert:
        that:
          - result.disagreements == []
          - result.tests | selectattr('aws_matches') | map(attribute='filter') | unique | sort
            == filters | map(attribute='name') | sort
"""


@pytest.fixture
def play(tmp_path: Path, embedded_aws: str) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Return a function that runs the playbook with further arguments."""
    playbook = tmp_path / "filters.yml"
    playbook.write_text(PLAYBOOK)
    events = tmp_path / "events.json"
    events.write_text(json.dumps({"events": [rule.tests[0].event for rule in load_rules([RULES])]}))
    command = (
        "ansible-playbook",
        "-i",
        "localhost,",
        "-c",
        "secmon.aws.warm",
        playbook,
        "-e",
        f"folder={RULES}",
        "-e",
        f"@{events}",
    )
    return lambda *arguments: run(*command, *arguments, AWS_ENDPOINT_URL=embedded_aws)


def test_the_patterns_of_the_shipped_rules_arrive_as_they_are_written(
    play: Callable[..., subprocess.CompletedProcess[str]], aws_client: Callable[[str], Any]
) -> None:
    logs = aws_client("logs")
    logs.create_log_group(logGroupName=GROUP)
    first = play("--diff")
    assert first.returncode == 0 and "changed=1" in first.stdout, first.stdout + first.stderr
    found = logs.describe_metric_filters(logGroupName=GROUP)["metricFilters"]
    assert {own["filterName"]: own["filterPattern"] for own in found} == {
        rule.filter_name: rule.pattern for rule in load_rules([RULES])
    }
    again = play()
    assert again.returncode == 0 and "changed=0" in again.stdout, again.stdout + again.stderr
