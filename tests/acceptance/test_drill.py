"""drill.yml on an embedded account: each alarm goes off, no near miss raises one, and a report is written."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from embedded_aws.process import embedded_aws_process
from tests.support.embedded_control import ask, follow, link_in, mails
from tools.demo.playbooks import run_playbook

pytestmark = pytest.mark.long

# Alarms return to OK within minutes of the embedded clock. On a busy machine, events that are sent at a much higher
# speed are too old when they arrive.
SPEED = 15


def test_drill_proves_every_rule_of_an_account(tmp_path: Path) -> None:
    with embedded_aws_process() as endpoint:
        assert run_playbook(endpoint, "site", "--limit", "guide").code == 0
        (mail,) = mails(endpoint, "security@example.com")
        follow(link_in(mail, "ConfirmSubscription"))
        ask(endpoint, "clock", {"speed": SPEED})
        done = run_playbook(endpoint, "drill", "--limit", "guide", "-e", f"secmon_drill_report={tmp_path}")
    report = json.loads((tmp_path / "drill.json").read_text())
    assert done.code == 0 and report["passed"], report
    assert report["counts"] == {"fired": 1, "silent": 1}
    assert {path.suffix for path in tmp_path.iterdir()} == {".txt", ".json", ".xml", ".html"}
