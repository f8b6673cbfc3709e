"""An unknown access key belongs to the account's root user."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.support.in_process import ADMINISTRATOR, GUIDE, InProcess, aws

__all__ = ["aws"]


def test_an_unknown_key_is_the_root_user(aws: InProcess) -> None:
    identity = aws.client("sts").get_caller_identity()
    assert (identity["UserId"], identity["Account"], identity["Arn"]) == (GUIDE, GUIDE, f"arn:aws:iam::{GUIDE}:root")


def test_a_users_key_identifies_the_user(aws: InProcess) -> None:
    identity = aws.client("sts", aws_access_key_id=ADMINISTRATOR).get_caller_identity()
    assert identity["Arn"] == f"arn:aws:iam::{GUIDE}:user/administrator"


def test_moto_still_needs_the_override(moto_client: Callable[[str], Any]) -> None:
    """When this fails, moto has been fixed and the override can be removed."""
    assert moto_client("sts").get_caller_identity()["Arn"].endswith(":user/moto")
