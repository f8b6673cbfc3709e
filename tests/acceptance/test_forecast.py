"""`ansible-playbook secmon.aws.forecast`: what an account would have cost, with its log alarms and event alerts."""

from __future__ import annotations

import json
from pathlib import Path

from tests.conftest import run

ACCOUNT = {
    "secmon_account_id": "111122223333",
    "secmon_region": "us-east-1",
    "secmon_emails": ["security@example.com"],
    "secmon_profile": "cis",
    "secmon_encrypt": True,
    "secmon_log_alarms": ["root_usage", "console_authentication_failures"],
}
RECORD = {
    "userIdentity": {"type": "Root", "arn": "arn:aws:iam::111122223333:root", "accountId": "111122223333"},
    "eventTime": "2026-05-01T10:00:00Z",
    "eventSource": "signin.amazonaws.com",
    "eventName": "ConsoleLogin",
    "eventType": "AwsConsoleSignIn",
    "recipientAccountId": "111122223333",
    "userAgent": "x" * 1_000_000,
}


def test_the_costs_have_the_scans_of_log_alarms_and_the_messages_of_event_alerts(tmp_path: Path) -> None:
    (tmp_path / "hosts.json").write_text(json.dumps({"all": {"hosts": {"guide": ACCOUNT}}}))
    (tmp_path / "records").mkdir()
    (tmp_path / "records/a.json").write_text(json.dumps({"Records": [RECORD] * 25}))
    options = ("-e", f"log_files={tmp_path}/records", "-e", f"report_file={tmp_path}/report.json")
    done = run("ansible-playbook", "secmon.aws.forecast", "-i", tmp_path / "hosts.json", *options)

    assert done.returncode == 0, done.stdout
    assert "Event alerts: 25 messages, 25.0 a day." in done.stdout
    costs = json.loads((tmp_path / "report.json").read_text())["costs_per_month"]
    # 25 MB a day are 0.76 GB a month; two log alarms scan each event 1.4 times.
    assert {name: costs[name] for name in ("keys", "events", "log alarms", "e-mails")} == {
        "keys": "4.00",
        "events": "0.38",
        "log alarms": "0.01",
        "e-mails": "0.02",
    }
