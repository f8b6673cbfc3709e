# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Read the rules of the default event bus, their targets and tags."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from ..core.account import Account
from ..core.tags import as_mapping


def list_rules(account: Account) -> dict[str, dict[str, Any]]:
    """Return the rules of the default event bus, by name."""
    rules = account.read_all("events", "ListRules", "event rules", "Rules", {"Limit": 100})
    for rule in rules[:1]:
        account.learn_place(rule["Arn"])
    return {rule["Name"]: rule for rule in rules}


def rules_with_target(account: Account, target_arn: str) -> set[str]:
    """Return the names of the rules that have a target."""
    parameters = {"TargetArn": target_arn, "Limit": 100}
    names = account.read_all("events", "ListRuleNamesByTarget", f"event rules of {target_arn}", "RuleNames", parameters)
    return {str(name) for name in names}


def targets_of(account: Account, name: str, arn: str) -> list[dict[str, Any]]:
    """Return the targets of a rule."""
    parameters = {"Rule": name, "Limit": 100}
    return account.read_all(
        "events", "ListTargetsByRule", f"event rule {name}", "Targets", parameters, resource_arn=arn
    )


def tags_of(account: Account, rules: dict[str, dict[str, Any]], names: Collection[str]) -> dict[str, dict[str, str]]:
    """Return the tags of some rules, by name."""
    found = {}
    for name in sorted(names):
        arn = rules[name]["Arn"]
        answer = account.read(
            "events", "ListTagsForResource", f"event rule {name}", {"ResourceARN": arn}, resource_arn=arn
        )
        found[name] = as_mapping(answer.get("Tags", []))
    return found
