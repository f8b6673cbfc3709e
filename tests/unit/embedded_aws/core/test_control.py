"""The control API of the embedded AWS, and its errors for invalid requests."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import pytest

Client = Callable[[str], Any]


def ask(endpoint: str, path: str, body: bytes | None = None) -> tuple[int, Any]:
    """Return status and document; a body makes it a POST."""
    try:
        with urllib.request.urlopen(urllib.request.Request(f"{endpoint}/_embedded/{path}", data=body)) as response:
            return response.status, json.load(response)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


def test_health_says_ready(embedded_aws: str) -> None:
    status, health = ask(embedded_aws, "health")
    assert (status, health["status"], health["failures"]) == (200, "ready", [])


def test_a_call_that_ends_after_a_later_one_is_not_lost(embedded_aws: str, aws_client: Client) -> None:
    slow = [{"service": "secretsmanager", "action": "ListSecrets", "error": "AccessDeniedException", "delay": 1}]
    assert ask(embedded_aws, "faults", json.dumps(slow).encode())[0] == 200
    secrets = aws_client("secretsmanager")
    with ThreadPoolExecutor(1) as thread:
        refused = thread.submit(secrets.list_secrets)
        while ask(embedded_aws, "faults")[1]:  # the slow call has taken its fault
            time.sleep(0.01)
        aws_client("sts").get_caller_identity()
        seen = ask(embedded_aws, "calls")[1]
        assert refused.exception(30)
    later = ask(embedded_aws, f"calls?since={seen[-1]['id']}")[1]
    assert [call["action"] for call in (seen[-1], *later)][:2] == ["GetCallerIdentity", "ListSecrets"]


def test_calls_are_listed_with_access_and_error(embedded_aws: str, aws_client: Client) -> None:
    since = max((call["id"] for call in ask(embedded_aws, "calls")[1]), default=0)
    secrets = aws_client("secretsmanager")
    secrets.create_secret(Name="calls", SecretString="x")
    secrets.get_secret_value(SecretId="calls")
    with pytest.raises(secrets.exceptions.ResourceNotFoundException):
        secrets.describe_secret(SecretId="unknown")
    _first, calls = ask(embedded_aws, f"calls?since={since}")
    assert [(call["action"], call["access"], call["error"]) for call in calls] == [
        ("CreateSecret", "write", None),
        ("GetSecretValue", "read", None),
        ("DescribeSecret", "read", "ResourceNotFoundException"),
    ]
    assert {(call["account"], call["region"], call["service"]) for call in calls} == {
        ("123456789012", "us-east-1", "secretsmanager")
    }
    assert set(calls[0]) == {"id", "at", "account", "region", "service", "action", "access", "error", "connection"}


def test_the_clock_moves_forward(embedded_aws: str) -> None:
    before = datetime.fromisoformat(ask(embedded_aws, "health")[1]["time"])
    status, moved = ask(embedded_aws, "clock", b'{"advance_seconds": 3600}')
    assert status == 200
    assert 3600 <= (datetime.fromisoformat(moved["time"]) - before).total_seconds() < 3700


def test_reset_drops_everything_and_applies_the_seed(embedded_aws: str, aws_client: Client) -> None:
    aws_client("secretsmanager").create_secret(Name="reset", SecretString="x")
    assert ask(embedded_aws, "reset", b"")[0] == 200
    assert ask(embedded_aws, "calls")[1] == []
    assert ask(embedded_aws, "mailbox")[1] == []
    assert aws_client("secretsmanager").list_secrets()["SecretList"] == []
    accounts = aws_client("organizations").list_accounts()["Accounts"]
    assert [account["Name"] for account in accounts] == ["guide", "production", "sandbox"]


@pytest.mark.parametrize(
    ("path", "body", "status", "reason"),
    [
        ("nothing", None, 404, "unknown path /_embedded/nothing; valid: calls,"),
        ("drain", None, 405, "use POST for /_embedded/drain, not GET"),
        ("health", b"{}", 405, "use GET for /_embedded/health, not POST"),
        ("calls?since=yesterday", None, 400, "since must be the id of a call"),
        ("clock", b"", 400, "advance_seconds"),
        ("clock", b"{", 400, "the body is not valid JSON"),
        ("clock", b'{"advance_seconds": "1"}', 400, "with a number"),
        ("clock", b'{"advance_seconds": true}', 400, "with a number"),
        ("clock", b'{"advance_seconds": -1}', 400, "between 0 and"),
        ("clock", b'{"advance_seconds": NaN}', 400, "between 0 and"),
        ("clock", b'{"advance_seconds": 1, "x": 2}', 400, "expected"),
        ("clock", b"[]", 400, "expected"),
        (
            "sign_in",
            b'{"user": "alice"}',
            400,
            "expected an object with account, and optionally more of: account (str), ",
        ),
        ("sign_in", b'{"account": 1}', 400, "success (bool)"),
        ("faults", b"{}", 400, "must be a list, not an empty mapping"),
    ],
)
def test_rejects_invalid_input_with_the_reason(
    embedded_aws: str, path: str, body: bytes | None, status: int, reason: str
) -> None:
    answered, document = ask(embedded_aws, path, body)
    assert answered == status
    assert reason in document["error"]


def test_the_date_header_has_the_embedded_time(embedded_aws: str, aws_client: Client) -> None:
    ask(embedded_aws, "clock", b'{"advance_seconds": 7200}')
    now = datetime.fromisoformat(ask(embedded_aws, "health")[1]["time"])
    headers = aws_client("sts").get_caller_identity()["ResponseMetadata"]["HTTPHeaders"]
    assert abs((parsedate_to_datetime(headers["date"]) - now).total_seconds()) < 60


def test_the_clock_runs_faster_until_it_is_told_otherwise(embedded_aws: str) -> None:
    before = datetime.fromisoformat(ask(embedded_aws, "health")[1]["time"])
    assert ask(embedded_aws, "clock", b'{"speed": 3600}')[0] == 200
    ask(embedded_aws, "clock", b'{"advance_seconds": 0}')
    after = datetime.fromisoformat(ask(embedded_aws, "clock", b'{"speed": 1}')[1]["time"])
    assert after > before
    for invalid in (b'{"speed": -1}', b'{"speed": "fast"}', b'{"speed": 2, "advance_seconds": 1}', b"{}", b"[]"):
        assert ask(embedded_aws, "clock", invalid)[0] == 400, invalid


def test_a_clock_that_stands_still_is_moved_by_advancing_it_only(embedded_aws: str) -> None:
    before = ask(embedded_aws, "clock", b'{"speed": 0}')[1]["time"]
    assert ask(embedded_aws, "health")[1]["time"] == before
    after = ask(embedded_aws, "clock", b'{"advance_seconds": 60}')[1]["time"]
    assert datetime.fromisoformat(after) - datetime.fromisoformat(before) == timedelta(seconds=60)


def test_health_names_the_consistency(embedded_aws: str) -> None:
    assert ask(embedded_aws, "health")[1]["consistency"] == "strong"
