"""What a run changes raises only alarms that the run has announced, with an assumed role and the pack guard."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.support.embedded_control import follow, link_in, mails
from tools.demo.playbooks import Run, run_playbook

pytestmark = pytest.mark.long

GUARD: dict[str, Any] = {
    "secmon_packs": ["guide", "guard"],
    "secmon_excluded_event_sources": [],
    "secmon_emails": ["security@example.com"],
}
# The bucket's lifecycle, the log group's retention, the topic, and a rule that is switched off.
CHANGES: dict[str, Any] = GUARD | {
    "secmon_log_expiration_days": 3000,
    "secmon_retention_days": 400,
    "secmon_topic_display_name": "Alarms",
    "secmon_rules": {"trail_stopped": {"enabled": False}},
}
EXPECTED = {"AlarmSilenced", "LogBucketTampered", "MetricFilterDeleted"}


def test_a_run_raises_only_the_alarms_that_its_check_has_announced(embedded_aws: str) -> None:
    def site(variables: dict[str, Any], *arguments: str) -> str:
        done = run_playbook(embedded_aws, "site", "--limit", "production", "-e", json.dumps(variables), *arguments)
        assert done.code == 0
        return said(done)

    assert "Expect" not in site(GUARD)
    (mail,) = mails(embedded_aws, "security@example.com")
    follow(link_in(mail, "ConfirmSubscription"))
    checked = site(CHANGES, "--check")
    assert alarms(embedded_aws) == set()
    for text in (checked, site(CHANGES)):
        assert f"Expect the alarms {', '.join(sorted(EXPECTED))}" in text
    assert alarms(embedded_aws) == EXPECTED
    assert "Expect" not in site(CHANGES)


def said(done: Run) -> str:
    """Return the last words of site.yml about the account."""
    return str(done.result("Say how to go on")["production"]["msg"])


def alarms(endpoint: str) -> set[str]:
    subjects = [mail["subject"] for mail in mails(endpoint, "security@example.com")]
    return {subject.split('"')[1] for subject in subjects if subject.startswith("ALARM")}
