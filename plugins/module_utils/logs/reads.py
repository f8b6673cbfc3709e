# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Read log groups and metric filters from CloudWatch Logs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from ..cloudwatch.reads import tags_of_alarms_on
from ..core.account import Account
from ..core.aws_names import Place, partition_of
from ..core.errors import AwsError
from ..core.problems import require
from ..core.tags import OWNER_MARK, Listed, listed_tags
from .ownership import Ownership, Scope, group_problem, log_group_mark, record_in

_PAGE_SIZE = 50


def find_log_group(account: Account, name: str) -> dict[str, Any] | None:
    """Return the group of exactly this name in the form of DescribeLogGroups, or None.

    Groups are sorted in ASCII order, so among those with this prefix the name itself is the first.
    """
    page = account.read("logs", "DescribeLogGroups", f"log group {name}", {"logGroupNamePrefix": name})
    found = next((group for group in page["logGroups"] if group["logGroupName"] == name), None)
    if found:
        account.learn_place(found["arn"])
    return found


def log_group_tags(account: Account, group: dict[str, Any], listed: Listed | None = None) -> dict[str, str]:
    """Return a group's tags, read unless they are listed.

    Tagging uses the ARN without the suffix ``:*`` that other calls require.
    """
    arn = group["arn"].removesuffix(":*")
    known = listed_tags(listed, arn)
    if known:
        return known
    name = group["logGroupName"]
    answer = account.read("logs", "ListTagsForResource", f"log group {name}", {"resourceArn": arn}, resource_arn=arn)
    tags: dict[str, str] = answer.get("tags", {})
    return tags


def log_group_arn(account: Account, name: str) -> str:
    """Return the ARN of a group for an IAM policy, with ``*`` for the account, which saves a call to STS.

    Source: CloudWatch Logs user guide, "Identity-based policies": all actions but tagging use the form with ``:*``.
    """
    return Place(partition_of(account.region), account.region, "*").arn("logs", f"log-group:{name}:*")


def list_metric_filters(account: Account, log_group_name: str, prefix: str = "") -> list[dict[str, Any]] | None:
    """Return the filters of a group in the form of DescribeMetricFilters, or None if the group does not exist.

    Args:
        account: The account.
        log_group_name: The group.
        prefix: The beginning of the filters' names; all filters if it is empty.
    """
    named = {"filterNamePrefix": prefix} if prefix else {}
    try:
        return account.read_all(
            "logs",
            "DescribeMetricFilters",
            f"metric filters of log group {log_group_name}",
            "metricFilters",
            {"logGroupName": log_group_name, "limit": _PAGE_SIZE, **named},
            resource_arn=log_group_arn(account, log_group_name),
        )
    except AwsError as error:
        if error.code == "ResourceNotFoundException":
            return None
        raise


def read_ownership(account: Account, params: Mapping[str, Any], scope: Scope) -> Ownership:
    """Return who made a log group and the doubtful filters of a task.

    Raises:
        RequestError: The log group is not managed by this collection, and the task does not allow its use.
    """
    group = None if params["use_existing_group"] else find_log_group(account, params["log_group_name"])
    tags = log_group_tags(account, group) if group else {}
    if group:
        require(group_problem(params["log_group_name"], tags))
    known = Ownership(group["arn"].removesuffix(":*") if group else "", record_in(tags))
    mark = {**OWNER_MARK, **log_group_mark(params["log_group_name"])}
    doubtful = {name: metric for name, metric in {**scope.claimed, **scope.purged}.items() if not known.made(name)}
    shown = {metric for metric in {*doubtful.values()} if metric and _has_alarm(account, metric, mark)}
    return replace(known, alarmed=frozenset(name for name, metric in doubtful.items() if metric in shown))


def _has_alarm(account: Account, metric: tuple[str, str], mark: Mapping[str, str]) -> bool:
    return any(mark.items() <= tags.items() for tags in tags_of_alarms_on(account, *metric))


def matches_on_aws(account: Account, name: str, pattern: str, messages: Sequence[str]) -> list[dict[str, Any]]:
    """Return the matches that TestMetricFilter finds among 1 to 50 messages."""
    answer = account.read(
        "logs",
        "TestMetricFilter",
        f"metric filter {name}",
        {"filterPattern": pattern, "logEventMessages": list(messages)},
        remedies={
            "InvalidParameterException": "AWS rejects a pattern that the collection's engine accepts. Nothing was"
            " changed. Rewrite the pattern, and report it to this collection."
        },
    )
    matches: list[dict[str, Any]] = answer.get("matches", [])
    return matches
