"""Test that the role account says whose credentials were refused, or that later tasks would use others."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.secmon.aws.plugins.module_utils.sts.refusal import refusal

ACCOUNT, OTHER = "111122223333", "444455556666"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/Deployer"
ASKED = {"required_account": ACCOUNT, "region": "eu-central-1"}
FOUND = {"account": ACCOUNT, "arn": ROLE}


def refused(result: dict[str, Any], passed_on: bool = True, **asked: str) -> str:
    return refusal({**ASKED, **asked}, result, "production", passed_on)


def test_accepts_the_account_of_the_inventory() -> None:
    assert refused(FOUND) == refused(FOUND, role_arn=ROLE) == ""


def test_names_the_other_account() -> None:
    message = refused({**FOUND, "account": OTHER, "failed": True})

    assert f"host production belong to account {OTHER} ({ROLE}), but the inventory says {ACCOUNT}" in message


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({"profile": "audit"}, "those of the profile audit (secmon_aws_profile). Correct"),
        ({"access_key": "AKIA"}, "those of secmon_access_key. Correct"),
        ({"role_arn": ROLE, "external_id": "x"}, f"{ROLE} (secmon_assume_role_arn) with an external id"),
        ({"role_arn": ROLE}, "as neither secmon_aws_profile nor secmon_access_key is set, which"),
    ],
)
def test_a_refusal_names_the_variables(asked: dict[str, str], says: str) -> None:
    message = refused({"failed": True, "msg": "AWS refused it"}, **asked)

    assert message.startswith(f"No credentials for host production, account {ACCOUNT}, region eu-central-1;")
    assert "nothing was changed. AWS refused it. The credentials" in message and says in message


def test_the_message_of_the_module_is_kept_without_a_required_account() -> None:
    assert refused({"failed": True, "msg": "AWS refused it"}, required_account="") == "AWS refused it."


@pytest.mark.parametrize("source", ["role_arn", "profile", "access_key"])
def test_later_tasks_must_use_the_same_credentials(source: str) -> None:
    assert "module_defaults for group/secmon.aws.aws" in refused(FOUND, passed_on=False, **{source: "x"})
    assert refused(FOUND, passed_on=False) == ""
