# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What is read about metric filters."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..core.account import Account
from ..core.aws_names import Place, partition_of
from ..core.errors import AwsError

_PAGE_SIZE = 50


def log_group_arn(account: Account, name: str) -> str:
    """Return the ARN that a policy about a group's filters takes, for any account: asking STS for ours costs a call.

    Source: CloudWatch Logs user guide, "Identity-based policies": all but tagging take the form with ``:*``.
    """
    return Place(partition_of(account.region), account.region, "*").arn("logs", f"log-group:{name}:*")


def list_metric_filters(account: Account, log_group_name: str) -> list[dict[str, Any]] | None:
    """Return all filters of a group as DescribeMetricFilters gives them, or None if there is no such group."""
    try:
        return account.read_all(
            "logs",
            "DescribeMetricFilters",
            f"metric filters of log group {log_group_name}",
            "metricFilters",
            {"logGroupName": log_group_name, "limit": _PAGE_SIZE},
            resource_arn=log_group_arn(account, log_group_name),
        )
    except AwsError as error:
        if error.code == "ResourceNotFoundException":
            return None
        raise


def matches_on_aws(account: Account, name: str, pattern: str, messages: Sequence[str]) -> list[dict[str, Any]]:
    """Return what TestMetricFilter says of 1 to 50 messages: those that the pattern matches."""
    answer = account.read(
        "logs",
        "TestMetricFilter",
        f"metric filter {name}",
        {"filterPattern": pattern, "logEventMessages": list(messages)},
        remedies={
            "InvalidParameterException": "AWS refuses a pattern that our engine takes. Nothing was changed. Rewrite it,"
            " and report it to this collection."
        },
    )
    matches: list[dict[str, Any]] = answer.get("matches", [])
    return matches
