"""The caller behind a key that nobody owns is the account's root."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.support.in_process import ADMINISTRATOR, GUIDE, InProcess, aws

__all__ = ["aws"]


def test_the_key_of_nobody_is_root(aws: InProcess) -> None:
    identity = aws.client("sts").get_caller_identity()
    assert (identity["UserId"], identity["Account"], identity["Arn"]) == (GUIDE, GUIDE, f"arn:aws:iam::{GUIDE}:root")


def test_the_key_of_a_user_is_the_users(aws: InProcess) -> None:
    identity = aws.client("sts", aws_access_key_id=ADMINISTRATOR).get_caller_identity()
    assert identity["Arn"] == f"arn:aws:iam::{GUIDE}:user/administrator"


def test_moto_still_has_the_gap(moto_client: Callable[[str], Any]) -> None:
    """When this fails, moto has closed the gap and our override can go."""
    assert moto_client("sts").get_caller_identity()["Arn"].endswith(":user/moto")
