"""Test the last screen, the lines of a run and the report."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path

import pytest
from ansible_collections.secmon.aws.plugins.plugin_utils.rollout.report import report, write_report
from ansible_collections.secmon.aws.plugins.plugin_utils.rollout.run import Failure, Run
from ansible_collections.secmon.aws.plugins.plugin_utils.rollout.screen import changes, duration, short_names, summary
from ansible_collections.secmon.aws.plugins.plugin_utils.rollout.view import (
    LiveView,
    PlainView,
    is_terminal,
    progress,
    running,
)

from tests.unit.plugin_utils.rollout.runs import TOPIC, site

SCREEN = """\
site: 12 accounts in 6 min 52 s: 10 done, 2 failed.

accounts  created  changed  unchanged  alarms  pending
      10        1        0          1       1        1  shop-01 to shop-10

Failed (2):
  2 accounts (shop-11, shop-12): Ensure the topic and its subscriptions exist: CreateTopic failed
    for the topic SecurityAlarms: AccessDenied.

Warnings (10 accounts): Pending subscriptions of topic SecurityAlarms in account <account>.

Alarms in place: 10 in 10 accounts. Subscriptions pending: 10 (email security@example.com in 10
  accounts).

Next (10 accounts): complete.
Run those that failed again, when the causes are gone: --limit @retry/site.retry
Report: rollout.json"""


def screen(run: Run, width: int = 100) -> str:
    return "\n".join(summary(run, 412, width, "--limit @retry/site.retry", "rollout.json"))


def test_the_last_screen_names_every_failure_and_says_the_rest_once() -> None:
    assert screen(site(built=10, failed=2)) == SCREEN


def test_the_screen_of_a_hundred_accounts_has_the_lines_of_ten() -> None:
    assert len(screen(site(built=98, failed=2)).splitlines()) == len(SCREEN.splitlines())
    many = site(built=0, failed=100)
    assert len(screen(many).splitlines()) < 20 and "Alarms in place" not in screen(many)
    for account in many.accounts.values():
        account.failures = [Failure("Ensure the trail exists", f"Cause {account.host[-2:]} of many.")]
    assert "and 80 accounts more" in screen(many) and len(screen(many).splitlines()) < 50


def test_a_long_reason_keeps_what_failed_and_what_to_do() -> None:
    run = site(built=0, failed=1)
    (account,) = run.accounts.values()
    account.failures = [Failure("Ensure the role exists", f"PutRolePolicy failed. {'word ' * 400}Shorten the policy.")]
    text = screen(run)
    assert "PutRolePolicy failed." in text and "word ... word" in " ".join(text.split())
    assert "Shorten the policy." in text and len(text) < 1_600


def test_warnings_that_differ_in_a_size_only_are_the_same() -> None:
    run = site(built=3)
    for number, account in enumerate(run.accounts.values()):
        account.warnings = [f"The deletion of log group g loses {number}06 bytes of events."]
    assert "Warnings (3 accounts): The deletion of log group g loses some bytes of events." in screen(run)


def test_the_same_address_waits_at_the_topics_of_the_alarms_and_of_the_event_alerts() -> None:
    run = site(built=1)
    second = TOPIC | {"topic": {"name": "SecurityEvents"}, "warnings": []}
    run.add("shop-01", "secmon.aws.alert_topic", "Ensure the topic of the event alerts exists", second)
    assert "Subscriptions pending: 2 (email security@example.com in 1 account)." in " ".join(screen(run).split())


def test_a_refused_run_says_that_nothing_was_done() -> None:
    run = Run("site", refused="1 problem in the variables of 1 of 1 host, listed above.")
    assert screen(run) == "site: nothing was done. 1 problem in the variables of 1 of 1 host, listed above."


def test_an_interrupted_run_says_which_accounts_are_not_done() -> None:
    run = site(built=2)
    run.know({host: {"account": "1", "region": "r"} for host in ("shop-03", "shop-04", "shop-05")})
    run.start_task("shop-03", "secmon.aws.cloudtrail : Ensure the trail exists", at=20.0)
    text = screen(run, width=140)
    assert text.startswith("site: 5 accounts in 6 min 52 s: 2 done, 3 not done.")
    assert "Interrupted (1 account): shop-03. Not begun (2 accounts): shop-04, shop-05." in text
    assert "Run it again: completed changes are kept." in text


def test_a_dry_run_of_a_teardown_counts_by_kind_and_names_the_accounts_to_confirm() -> None:
    run = Run("teardown", check=True)
    run.know({"shop": {"account": "111122223333", "region": "us-east-1"}})
    left = [{"type": "log bucket", "name": "b", "why": "to be removed"}, {"type": "key", "name": "k", "why": "kept"}]
    run.add("shop", "secmon.aws.leftovers", "List what is left", {"leftovers": left, "unexpected": 0})
    run.end("shop", 1.0, failed=False)
    text = screen(run)
    assert "Nothing was changed; the figures are what a run would do." in text
    assert "Would be removed: 1 log bucket." in text
    assert "-e secmon_teardown_confirm=111122223333" in text


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.2, "0 s"), (59, "59 s"), (60, "1 min"), (412, "6 min 52 s"), (7260, "2 h 1 min")]
)
def test_a_time_is_short(seconds: float, text: str) -> None:
    assert duration(seconds) == text


def test_numbered_names_are_named_as_a_range() -> None:
    assert short_names(["shop-03", "audit", "shop-01", "shop-02", "shop-9"]) == "audit, shop-01 to shop-03, shop-9"
    assert short_names(["a1", "a2", "b"]) == "a1, a2, b"


def test_what_a_task_changed_is_one_line_for_each_state() -> None:
    states = {"alarm A": "created", "alarm B": "created", "log bucket x y": "changed"}
    assert list(changes(states)) == ["created    2 alarms", "changed    log bucket x y"]


def test_the_report_has_every_account_with_its_failure(tmp_path: Path) -> None:
    run = site(built=1, failed=1)
    write_report(tmp_path / "new/rollout.json", report(run, "2026-11-29T07:00:00+00:00", 412, complete=True))
    found = json.loads((tmp_path / "new/rollout.json").read_text())
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["rollout.json"]
    assert found["counts"] == {"accounts": 2, "done": 1, "failed": 1, "alarms": 1, "pending": 1}
    built, failed = found["accounts"].values()
    assert (built["created"], built["unchanged"]) == (["topic SecurityAlarms"], ["alarm SecretIsAccessed"])
    assert (built["account"], built["started"], built["seconds"]) == ("000000000001", 10.0, 60.0)
    assert built["failure"] is None
    assert failed["failure"]["message"].startswith("CreateTopic failed")


def test_a_run_shows_how_far_it_is_and_the_part_of_each_account() -> None:
    run = site(built=1, failed=1)
    run.know({"late": {"account": "000000000009"}, "later": {}})
    run.start_task("late", "secmon.aws.cloudwatch_logs : Ensure the log group exists", at=70.0)
    assert (
        progress(run, 60, 120)
        == "site [############............] 2 of 4: 1 done, 1 running, 1 failed, 1 min, about 36 s left"
    )
    assert list(running(run, 75.0, 80)) == ["  late  000000000009         5 s  log group"]


def test_a_narrow_terminal_shows_the_time_left_and_the_parts_of_long_names() -> None:
    run = site(built=1)
    run.start_task("customer-analytics-platform-production-payments-1", "secmon.aws.cloudtrail : Ensure", at=70.0)
    lines = [progress(run, 60, 80), *running(run, 75.0, 80)]
    assert max(map(len, lines)) <= 80
    assert lines[0].startswith("site [######.......]") and lines[0].endswith("about 20 s left")
    assert lines[1].startswith("  customer-analytics") and lines[1].endswith("... " + " " * 22 + "5 s  trail")
    assert progress(run, 60, 60) == "site 1 of 2: 1 done, 1 running, 0 failed, 1 min, about 20..."


def test_without_a_terminal_each_account_that_ended_is_a_line() -> None:
    lines: list[str] = []
    run = site(built=1, failed=1)
    view = PlainView(lines.append)
    for account in run.accounts.values():
        view.end(run, account)
    view.close()
    assert lines == ["[2/2] shop-01 000000000001: 1 created, 1 min", "[2/2] shop-02 000000000002: failed, 2 s"]


def test_on_a_terminal_the_view_changes_and_leaves_nothing_behind() -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    stream = Terminal()
    xterm = {"TERM": "xterm"}
    assert is_terminal(stream, xterm) and not is_terminal(stream, {"TERM": "dumb"})
    in_a_job = xterm | {"AWX_ISOLATED_DATA_DIR": "/runner"}
    assert not is_terminal(io.StringIO(), xterm) and not is_terminal(stream, in_a_job)
    view = LiveView(stream, lambda: 70.0)
    view.update(site(built=1))
    view.close()
    assert "1 of 1: 1 done" in re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", stream.getvalue())
    assert stream.getvalue().rstrip("\r\n").endswith("\x1b[2K")
