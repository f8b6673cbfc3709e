"""Accounts for tests: what a host says, from what an inventory would."""

from __future__ import annotations

from typing import Any

from ansible_collections.secmon.aws.plugins.module_utils.preflight.checks import Given, Settings, check_variables

ACCOUNT_ID = "123456789012"
REQUIRED = {"secmon_account_id": ACCOUNT_ID, "secmon_region": "us-east-1"}


def given(**values: Any) -> dict[str, Given]:
    """Return an account's variables as an inventory gives them; names without the prefix."""
    named = {f"secmon_{name}": value for name, value in values.items()}
    return {name: value if isinstance(value, Given) else Given(value) for name, value in {**REQUIRED, **named}.items()}


def settings(**values: Any) -> Settings:
    """Return what holds in an account whose variables are sound one by one."""
    found, problems = check_variables(given(**values))
    assert problems == ()
    return found
