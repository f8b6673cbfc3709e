"""Profile cis with encryption meets every control, and an account that cannot be read is a line of the report."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import boto3
import pytest

from tests.support.embedded_control import advance, follow, link_in, mails
from tools.demo.playbooks import run_playbook

pytestmark = pytest.mark.long

CIS: dict[str, Any] = {
    "secmon_profile": "cis",
    "secmon_encrypt": True,
    "secmon_emails": ["security@example.com"],
}


def test_profile_cis_with_encryption_meets_every_control(embedded_aws: str, tmp_path: Path) -> None:
    options = ("--limit", "guide", "-e", json.dumps(CIS | {"secmon_posture_report": str(tmp_path)}))
    assert run_playbook(embedded_aws, "site", *options).code == 0
    (mail,) = mails(embedded_aws, "security@example.com")
    follow(link_in(mail, "ConfirmSubscription"))
    logs = boto3.client(
        "logs",
        endpoint_url=embedded_aws,
        region_name="us-east-1",
        aws_access_key_id="tester",
        aws_secret_access_key="tester",
    )
    logs.create_log_stream(logGroupName="/aws/cloudtrail/logs", logStreamName="secmon-drill")
    advance(embedded_aws, 3 * 3600)
    assert run_playbook(embedded_aws, "posture", *options).code == 0
    text = (tmp_path / "posture.txt").read_text()
    assert text.endswith("Everything is met.\n")

    refusing = CIS | {
        "secmon_posture_report": str(tmp_path),
        "secmon_posture_report_only": True,
        "secmon_assume_role_arn": "arn:aws:iam::{{ secmon_account_id }}:role/None",
    }
    assert run_playbook(embedded_aws, "posture", "--limit", "guide,production", "-e", json.dumps(refusing)).code == 0
    text = (tmp_path / "posture.txt").read_text()
    assert "production: not judged." in text and "guide: not judged." in text
