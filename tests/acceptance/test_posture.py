"""Profile cis with encryption meets every control, and an account that cannot be read is a line of the report."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import boto3
import pytest

from tests.support.embedded_control import advance, now_of
from tests.support.still_aws import build, still_aws
from tools.demo.playbooks import run_playbook

__all__ = ["still_aws"]
pytestmark = pytest.mark.long

CIS: dict[str, Any] = {
    "secmon_profile": "cis",
    "secmon_encrypt": True,
    "secmon_emails": ["security@example.com"],
}


def test_profile_cis_with_encryption_meets_every_control_after_a_drill(still_aws: str, tmp_path: Path) -> None:
    embedded_aws = still_aws
    reports = {"secmon_posture_report": str(tmp_path), "secmon_drill_report": str(tmp_path)}
    options = ("--limit", "guide", "-e", json.dumps(CIS | reports))
    build(embedded_aws, *options)
    advance(embedded_aws, 3 * 3600)
    assert run_playbook(embedded_aws, "posture", *options).code == 2
    red = [each["name"] for each in json.loads((tmp_path / "posture.json").read_text())["rows"] if fails(each)]
    assert red == ["drill"]
    assert run_playbook(embedded_aws, "drill", *options).code == 0
    assert run_playbook(embedded_aws, "posture", *options).code == 0
    text = (tmp_path / "posture.txt").read_text()
    assert text.endswith("Everything is met.\n")

    evidence(embedded_aws, tmp_path / "evidence", *options)
    strict(embedded_aws, tmp_path, *options)
    refusing = CIS | {
        "secmon_posture_report": str(tmp_path),
        "secmon_posture_report_only": True,
        "secmon_assume_role_arn": "arn:aws:iam::{{ secmon_account_id }}:role/None",
    }
    assert run_playbook(embedded_aws, "posture", "--limit", "guide,production", "-e", json.dumps(refusing)).code == 0
    text = (tmp_path / "posture.txt").read_text()
    assert "production: not judged." in text and "guide: not judged." in text


def fails(row: dict[str, Any]) -> bool:
    return any(cell["status"] in ("fail", "unread") for cell in row["cells"].values())


def strict(endpoint: str, folder: Path, *options: str) -> None:
    """Check that the variables for what a scanner still asks meet it."""
    s3 = client(endpoint, "s3")
    s3.create_bucket(Bucket="access-logs")
    allow = {"Effect": "Allow", "Principal": {"Service": "logging.s3.amazonaws.com"}, "Action": "s3:PutObject"}
    policy = {"Version": "2012-10-17", "Statement": [allow | {"Resource": "arn:aws:s3:::access-logs/*"}]}
    s3.put_bucket_policy(Bucket="access-logs", Policy=json.dumps(policy))
    chosen = {
        "secmon_access_log_bucket_name": "access-logs",
        "secmon_trail_insight_types": ["ApiCallRateInsight", "ApiErrorRateInsight"],
        "secmon_trail_data_resources": [{"type": "AWS::S3::Object", "values": ["arn:aws:s3"]}],
    }
    wanted = ("-e", json.dumps({"secmon_posture_strict": True}))
    assert run_playbook(endpoint, "posture", *options, *wanted).code == 2
    rows = json.loads((folder / "posture.json").read_text())["rows"]
    assert {each["name"] for each in rows if fails(each) and each["group"] == "secmon.aws"} == {"insights"}
    assert run_playbook(endpoint, "site", *options, "-e", json.dumps(chosen)).code == 0
    assert run_playbook(endpoint, "posture", *options, *wanted).code == 0
    assert (folder / "posture.txt").read_text().endswith("Everything is met.\n")


def client(endpoint: str, service: str) -> Any:
    keys = {"aws_access_key_id": "tester", "aws_secret_access_key": "tester"}
    return boto3.client(service, endpoint_url=endpoint, region_name="us-east-1", **keys)


def evidence(endpoint: str, folder: Path, *options: str) -> None:
    """Check that the folder of an auditor lists each file with its hash, and has no secret."""
    day = f"{now_of(endpoint):%Y-%m-%d}"
    wrong = ("-e", f"folder={folder} first_day=2026-11-30 last_day=2026-11-01")
    assert run_playbook(endpoint, "evidence", *options, *wrong, intended_failure=True).code != 0
    assert not folder.exists()
    period = ("-e", f"folder={folder} first_day={day} last_day={day}")
    assert run_playbook(endpoint, "evidence", *options, *period).code == 0
    sums = dict(reversed(line.split("  ")) for line in (folder / "SHA256SUMS").read_text().splitlines())
    files = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    assert (
        files.keys() - {"SHA256SUMS"}
        == sums.keys()
        > {"posture.html", "rules.json", "guide/changes.json", "drill.json"}
    )
    assert all(hashlib.sha256(files[name].read_bytes()).hexdigest() == digest for name, digest in sums.items())
    assert json.loads(files["guide/log_files.json"].read_text())["state"] in ("due", "validated")
    assert "CreateTrail" in files["guide/changes.json"].read_text()
    assert all(test["passed"] for rule in json.loads(files["rules.json"].read_text()) for test in rule["tests"])
    value = client(endpoint, "secretsmanager").get_secret_value(SecretId="MySampleSecret")["SecretString"]
    assert not any(value in path.read_text() for path in files.values())
