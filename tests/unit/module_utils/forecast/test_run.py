"""A scan of many files: in processes, stopped and gone on with, and of a selection."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.secmon.aws.plugins.module_utils.forecast import run
from ansible_collections.secmon.aws.plugins.module_utils.forecast.records import list_files
from ansible_collections.secmon.aws.plugins.module_utils.forecast.run import Progress, Work, run_scan
from ansible_collections.secmon.aws.plugins.module_utils.forecast.scan import Scan, Selection
from ansible_collections.secmon.aws.plugins.module_utils.forecast.tally import caller_of

PATTERNS = {"users": '{ $.eventName = "CreateUser" }', "denied": '{ $.errorCode = "AccessDenied" }'}
ROLE = "arn:aws:iam::111122223333:role/deployer"


def event(number: int, **changes: Any) -> dict[str, Any]:
    identity = {"type": "AssumedRole", "arn": f"{ROLE}/{number}", "sessionContext": {"sessionIssuer": {"arn": ROLE}}}
    return {
        "eventSource": "iam.amazonaws.com",
        "eventName": "CreateUser" if number % 3 else "GetUser",
        "eventTime": f"2026-05-{1 + number % 28:02d}T{number % 24:02d}:00:00Z",
        "eventID": f"{number:08d}",
        "recipientAccountId": "111122223333",
        "userIdentity": identity,
        **changes,
    }


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with 20 files of 30 records."""
    files = tmp_path / "files"
    files.mkdir()
    for number in range(20):
        document = {"Records": [event(30 * number + each) for each in range(30)]}
        (files / f"{number:02d}.json.gz").write_bytes(gzip.compress(json.dumps(document).encode()))
    return files


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Scan two files at a time, and keep every state."""
    monkeypatch.setattr(run, "_BATCH_FILES", 2)
    monkeypatch.setattr(run, "_SAVE_SECONDS", -1.0)


def work_of(folder: Path, **selection: str) -> Work:
    return Work(folder, list_files(folder), PATTERNS, Selection(**selection))


def scanned(folder: Path, processes: int = 1, report: Any = lambda progress: None, **selection: str) -> Scan:
    return run_scan(work_of(folder, **selection), processes, folder.parent / "state", report)


def test_processes_find_what_one_finds(folder: Path) -> None:
    alone = scanned(folder)
    assert scanned(folder, processes=2).as_json() == alone.as_json()
    assert alone.records == 600 and alone.tallies["users"].matches == 400 and "denied" not in alone.tallies


def test_a_stopped_scan_goes_on_and_finds_the_same(folder: Path) -> None:
    whole = scanned(folder)
    state, steps = folder.parent / "state", []

    def stop(progress: Progress) -> None:
        steps.append(progress)
        if len(steps) == 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        scanned(folder, report=stop)
    assert state.exists()
    again: list[Progress] = []
    assert scanned(folder, report=again.append).as_json() == whole.as_json()
    assert len(again) == 7 and again[-1].done == again[-1].total and not state.exists()


@pytest.mark.parametrize("change", ["an earlier file", "another selection", "a damaged state"])
def test_a_state_of_other_work_is_not_used(folder: Path, change: str) -> None:
    steps: list[Progress] = []

    def stop(progress: Progress) -> None:
        steps.append(progress)
        if len(steps) == 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        scanned(folder, report=stop)
    selection = {}
    if change == "an earlier file":
        (folder / "00.json.gz").write_bytes(gzip.compress(json.dumps([event(1)]).encode()))
    elif change == "another selection":
        selection = {"first_day": "2026-05-02"}
    else:
        (folder.parent / "state").write_text('{"fingerprint": ')
    other = scanned(folder, **selection)
    (folder.parent / "state").unlink(missing_ok=True)
    assert other.as_json() == scanned(folder, **selection).as_json()


def test_only_records_of_the_days_and_the_account_count(folder: Path) -> None:
    (folder / "20.json").write_text(json.dumps([event(1, recipientAccountId="444455556666"), {"eventTime": "?"}]))
    found = scanned(folder, first_day="2026-05-02", last_day="2026-05-03", account="111122223333")
    assert {found.first[:10], found.last[:10]} == {"2026-05-02", "2026-05-03"}
    assert found.records + found.others == 601


def test_the_events_of_a_drill_are_no_match(folder: Path) -> None:
    before = scanned(folder).tallies["users"].matches
    (folder / "20.json").write_text(json.dumps([event(1, userAgent="aws-cli secmon-drill/20261129T081500Z-4f1a2b")]))
    assert scanned(folder).tallies["users"].matches == before


def test_a_damaged_file_is_a_problem_and_does_not_stop_the_others(folder: Path) -> None:
    (folder / "00.json.gz").write_bytes(b"\x1f\x8bdamaged")
    found = scanned(folder)
    assert found.records == 570 and found.unreadable == 1 and found.problems[0].startswith("00.json.gz: ")


def test_all_sessions_of_a_role_are_one_caller(folder: Path) -> None:
    assert scanned(folder).tallies["users"].callers == {ROLE: 400}
    assert caller_of({"userIdentity": {"type": "Root", "accountId": "1"}}) == "root of 1"
    assert caller_of({"userIdentity": {"type": "AWSService", "invokedBy": "ec2.amazonaws.com"}}) == "ec2.amazonaws.com"
    assert caller_of({}) == "unknown"


def test_the_number_of_callers_is_bounded_and_the_frequent_ones_stay(folder: Path) -> None:
    many = [event(1, userIdentity={"arn": f"arn:{number}"}) for number in range(3000)]
    (folder / "20.json").write_text(json.dumps(many))
    callers = scanned(folder).tallies["users"].callers
    assert len(callers) <= 1000 and callers[ROLE] == 400
