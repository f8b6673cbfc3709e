"""drill.yml on embedded accounts: each alarm goes off, no near miss raises one, and a report is written.

Waits move the clock, which stands still otherwise, so that a busy machine has the same results.
RECORD_DRILL=1 writes the table of docs/drill.md.
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest

from tests.support.still_aws import build, still_aws
from tools.demo.playbooks import Run, run_playbook
from tools.generate_docs.markdown import table

__all__ = ["still_aws"]

HOSTS = ("guide", "production", "sandbox")
EACH_ENGINE = {
    "secmon_log_alarms": ["secret_access"],
    "secmon_event_alerts": ["secret_access"],
    "secmon_regions": ["eu-west-1"],
}
EVERY_PACK = {"secmon_packs": ["guide", "cis", "operational", "guard", "threat"], "secmon_excluded_event_sources": []}


def drill(endpoint: str, folder: Path, *options: str) -> tuple[Run, dict[str, Any]]:
    # One account after the other, since the waits of all would move the one clock.
    done = run_playbook(endpoint, "drill", "--forks", "1", "-e", f"secmon_drill_report={folder}", *options)
    return done, json.loads((folder / "drill.json").read_text())


# It builds three accounts with 88 rules each.
@pytest.mark.long
def test_every_rule_of_every_pack_fires_in_three_accounts_and_none_on_its_near_miss(
    still_aws: str, repository: Path, tmp_path: Path
) -> None:
    options = ("-e", json.dumps(EVERY_PACK))
    build(still_aws, *options)
    done, report = drill(still_aws, tmp_path, *options)
    assert done.code == 0 and report["passed"], report["counts"]
    assert {account["host"] for account in report["accounts"]} == set(HOSTS)
    assert all(statuses(account) == {"fired, silent"} for account in report["accounts"])
    path = repository / "docs/drill.md"
    before, _old, after = re.split(
        r"(?<=<!-- drilled rules -->\n)(.*?)(?=<!-- end of drilled rules -->)", path.read_text(), flags=re.DOTALL
    )
    current = before + rows(report) + after
    if os.environ.get("RECORD_DRILL"):
        path.write_text(current)
    assert path.read_text() == current, "run this test with RECORD_DRILL=1"


def statuses(account: dict[str, Any]) -> set[str]:
    return {f"{rule['status']}, {rule['near_miss']['status']}" for rule in account["rules"]}


def rows(report: dict[str, Any]) -> str:
    """Return a row for each rule: what went off on its test event and not on its near miss, in each account."""
    found: dict[str, dict[str, list[str]]] = {}
    for account in report["accounts"]:
        for rule in account["rules"]:
            if (rule["status"], rule["near_miss"]["status"]) == ("fired", "silent"):
                cells = found.setdefault(f"`{rule['id']}`", {host: [] for host in HOSTS})
                cells[account["host"]].append(rule["engine"].removesuffix("s").lower())
    return table(
        ("rule", *HOSTS), [(name, *map(" and ".join, cells.values())) for name, cells in sorted(found.items())]
    )


def test_a_drill_proves_an_account_with_each_engine(still_aws: str, tmp_path: Path) -> None:
    one = ("--limit", "guide", "-e", json.dumps(EACH_ENGINE))
    build(still_aws, *one)
    done, report = drill(still_aws, tmp_path, *one)
    assert done.code == 0 and report["counts"] == {"fired": 4, "silent": 3}, report
    engines = ["Alarms", "Log alarms", "Event alerts", "Event alerts"]
    assert [rule["engine"] for rule in report["accounts"][0]["rules"]] == engines
    assert {path.suffix for path in tmp_path.iterdir()} == {".txt", ".json", ".xml", ".html"}


@pytest.mark.long
def test_real_calls_and_a_scenario_prove_an_account(still_aws: str, tmp_path: Path) -> None:
    one = ("--limit", "guide", "-e", json.dumps(EACH_ENGINE))
    build(still_aws, *one)
    done, report = drill(still_aws, tmp_path, *one, "-e", "secmon_drill_mode=live")
    assert done.code == 0 and report["counts"] == {"fired": 2}, report
    assert report["accounts"][0]["rules"][0]["first_event"].startswith("GetSecretValue, request ")

    scenario = tmp_path / "attack"
    scenario.mkdir()
    calls = [{"eventSource": "sts.amazonaws.com", "eventName": "GetCallerIdentity"}]
    calls += [{"eventSource": "secretsmanager.amazonaws.com", "eventName": "GetSecretValue"}]
    (scenario / "1.json").write_text(json.dumps({"Records": calls}))
    done, report = drill(still_aws, tmp_path, *one, "-e", f"secmon_drill_scenario={scenario}")
    assert done.code == 0 and report["counts"] == {"fired": 2}, report
    assert report["accounts"][0]["rules"][0]["first_event"] == "1.json:2 GetSecretValue"
