"""Test what the results of tasks say about the resources and the state of an account."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.secmon.aws.plugins.plugin_utils.rollout.results import alarms_of, resource_states
from ansible_collections.secmon.aws.plugins.plugin_utils.rollout.run import DONE, FAILED, HIDDEN, Run

SECRET = {"name": "S", "deletion": ""}


@pytest.mark.parametrize(
    ("module", "result", "states"),
    [
        (
            "trail",
            {"changed": True, "diff": {"before": {}, "after": {"name": "T"}}, "trail": {}},
            {"trail T": "created"},
        ),
        (
            "trail",
            {"changed": True, "diff": {"before": {"name": "T", "a": 1}, "after": {"name": "T", "a": 2}}},
            {"trail T": "changed"},
        ),
        (
            "trail",
            {"changed": False, "diff": {"before": {}, "after": {}}, "trail": {"name": "T"}},
            {"trail T": "unchanged"},
        ),
        (
            "trail",
            {"changed": True, "diff": {"before": {"name": "T"}, "after": {}}, "trail": {}},
            {"trail T": "removed"},
        ),
        ("trail", {"changed": False, "diff": {"before": {}, "after": {}}, "trail": {}}, {}),
        (
            "secret",
            {"changed": True, "diff": {"before": SECRET, "after": SECRET | {"deletion": "after 30 days"}}},
            {"secret S": "removed"},
        ),
        (
            "metric_alarms",
            {
                "changed": True,
                "alarms": [{"name": "A"}, {"name": "B"}, {"name": "C"}],
                "diff": {"before": {"alarms": {"B": 1, "D": 1}}, "after": {"alarms": {"A": 1, "B": 2}}},
                "removed": ["D"],
            },
            {"alarm A": "created", "alarm B": "changed", "alarm C": "unchanged", "alarm D": "removed"},
        ),
        # The check before the first write names a filter that does not exist yet.
        (
            "metric_filters",
            {
                "changed": False,
                "filters": [{"name": "F"}, {"name": "G"}],
                "created": ["F"],
                "updated": [],
                "removed": ["H"],
            },
            {"metric filter G": "unchanged"},
        ),
    ],
)
def test_a_result_says_what_was_done_with_each_resource(
    module: str, result: dict[str, Any], states: dict[str, str]
) -> None:
    assert resource_states(f"secmon.aws.{module}", result) == states


def test_modules_of_others_have_no_resources_or_alarms_of_this_collection() -> None:
    assert resource_states("trail", {"changed": True}) == {}
    assert alarms_of("secmon.aws.metric_filters", {"filters": [{}]}) == 0


def test_a_resource_keeps_what_was_done_with_it_when_a_later_task_finds_it_unchanged() -> None:
    run = Run("site")
    created = {"changed": True, "diff": {"before": {}, "after": {"name": "T"}}}
    assert run.add("shop", "secmon.aws.trail", "Ensure", created) == {"trail T": "created"}
    assert run.add("shop", "secmon.aws.trail", "Ensure", {"changed": False, "trail": {"name": "T"}}) == {}
    assert run.accounts["shop"].resources == {"trail T": "created"}


def test_the_changed_tasks_of_other_playbooks_are_counted() -> None:
    run = Run("mine")
    run.add("shop", "ansible.builtin.copy", "Copy a file", {"changed": True})
    assert run.accounts["shop"].resources == {"task Copy a file": "changed"}


def test_a_hidden_message_stays_hidden_and_a_loop_names_the_items_that_failed() -> None:
    run = Run("site")
    assert run.fail("shop", "role : Task", {"censored": "hidden", "failed": True}).message == HIDDEN
    items = {"msg": "One or more items failed", "results": [{"msg": "fine"}, {"failed": True, "msg": "broken"}]}
    assert run.fail("shop", "role : Task", items).message == "broken"
    command = {"msg": "non-zero return code", "stderr": "no such file\n"}
    assert run.fail("shop", "Task", command).message == "non-zero return code no such file"


def test_a_rescued_failure_is_the_reason_of_the_failure_that_sums_up_and_of_no_success() -> None:
    run = Run("teardown")
    for host in ("dead", "repaired"):
        run.fail(host, "Ensure the trail does not exist", {"msg": "DeleteTrail failed."}, rescued=True)
    run.fail("dead", "Require that every part could be removed", {"msg": "1 of the parts could not be removed."})
    run.end("dead", 1.0, failed=True)
    run.end("repaired", 1.0, failed=False)
    assert (run.accounts["dead"].state, run.accounts["repaired"].state) == (FAILED, DONE)
    failure = run.accounts["dead"].failure
    assert failure and failure.message == "DeleteTrail failed."
    assert run.accounts["repaired"].failure is None


def test_the_cause_of_a_broken_chain_is_why_the_proof_failed() -> None:
    run = Run("verify")
    drill = {"broken_hop": "alarm", "cause": "The alarm is disabled.", "total_seconds": 3.0}
    run.add("shop", "secmon.aws.detection_drill", "Read the secret", drill)
    run.fail("shop", "Require the proof", {"msg": "It is not proved. The report above says why."})
    failure = run.accounts["shop"].failure
    assert failure and (failure.task, failure.message) == ("proof, alarm", "The alarm is disabled.")


@pytest.mark.parametrize("dry_run", [True, False])
def test_a_teardown_counts_what_it_removed_and_what_is_left(dry_run: bool) -> None:
    run = Run("teardown")
    trail, bucket = (
        {"type": "trail", "name": "T", "why": "to be removed"},
        {"type": "log bucket", "name": "B", "why": "kept"},
    )
    run.say("shop", "Say whether this is a dry run", "DRY RUN: nothing" if dry_run else "Removing trail")
    run.add("shop", "secmon.aws.leftovers", "List what exists", {"leftovers": [trail, bucket], "unexpected": 0})
    assert ("trail T" in run.accounts["shop"].left) is not dry_run, "it is still there"
    last = {
        "leftovers": [trail, bucket] if dry_run else [bucket],
        "removed": [] if dry_run else [trail],
        "unexpected": 0,
    }
    run.add("shop", "secmon.aws.leftovers", "List what is left", last)
    account = run.accounts["shop"]
    assert (account.resources, account.left, run.check) == ({"trail T": "removed"}, {"log bucket B": "kept"}, dry_run)
