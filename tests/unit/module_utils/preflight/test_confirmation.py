"""A teardown is confirmed on the command line only."""

from __future__ import annotations

from ansible_collections.secmon.aws.plugins.module_utils.preflight.checks import RawValue

from tests.unit.module_utils.preflight.accounts import ACCOUNT_ID, checked, raw


def test_a_confirmation_in_the_inventory_is_refused() -> None:
    _settings, (problem,) = checked({**raw(), "secmon_teardown_confirm": RawValue(ACCOUNT_ID)})
    assert problem.key == "secmon_teardown_confirm"
    assert "is set in the inventory" in problem.text and "-e secmon_teardown_confirm=" in problem.text


def test_a_confirmation_on_the_command_line_is_accepted() -> None:
    found, problems = checked({**raw(), "secmon_teardown_confirm": RawValue(ACCOUNT_ID, command_line=True)})
    assert problems == [] and found["secmon_teardown_confirm"] == ACCOUNT_ID


def test_an_empty_confirmation_in_the_inventory_confirms_nothing() -> None:
    found, problems = checked({**raw(), "secmon_teardown_confirm": RawValue("")})
    assert problems == [] and found["secmon_teardown_confirm"] == ""
