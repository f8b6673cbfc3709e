# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What is read from CloudWatch Logs."""

from __future__ import annotations

from typing import Any

from ..core.account import Account


def find_log_group(account: Account, name: str) -> dict[str, Any] | None:
    """Return the group of exactly this name as DescribeLogGroups gives it, or None.

    Groups come in ASCII order, so that among those with this prefix the name itself is the first.
    """
    page = account.read("logs", "DescribeLogGroups", f"log group {name}", {"logGroupNamePrefix": name})
    found = next((group for group in page["logGroups"] if group["logGroupName"] == name), None)
    if found:
        account.learn_place(found["arn"])
    return found


def log_group_tags(account: Account, group: dict[str, Any]) -> dict[str, str]:
    """Return a group's tags. Tagging takes the ARN without the ``:*`` that other calls want."""
    arn = group["arn"].removesuffix(":*")
    name = group["logGroupName"]
    answer = account.read("logs", "ListTagsForResource", f"log group {name}", {"resourceArn": arn}, resource_arn=arn)
    tags: dict[str, str] = answer.get("tags", {})
    return tags
