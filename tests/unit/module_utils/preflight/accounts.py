"""Accounts for tests: the variables of a host, as an inventory sets them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.secmon.aws.plugins.module_utils.preflight.checks import RawValue, Settings, check_variables
from ansible_collections.secmon.aws.plugins.module_utils.validation.document import Document
from ansible_collections.secmon.aws.plugins.module_utils.validation.problems import Problem

ACCOUNT_ID = "123456789012"
REQUIRED = {"secmon_account_id": ACCOUNT_ID, "secmon_region": "us-east-1"}


def raw(**values: Any) -> dict[str, RawValue]:
    """Return an account's variables with the required ones; names without the prefix."""
    named = {f"secmon_{name}": value for name, value in values.items()}
    every = {**REQUIRED, **named}
    return {
        name: value if isinstance(value, RawValue) else RawValue(value, command_line=True)
        for name, value in every.items()
    }


def checked(variables: Mapping[str, RawValue]) -> tuple[Settings, list[Problem]]:
    """Return the settings of an account and the problems of its single variables."""
    document = Document("host")
    return check_variables(variables, document), document.problems


def settings(**values: Any) -> Settings:
    """Return the settings of an account whose variables are valid one by one."""
    found, problems = checked(raw(**values))
    assert problems == []
    return found
