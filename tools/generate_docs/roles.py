"""The roles: their variables from argument_specs and defaults, their IAM actions from the modules that they run."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from tools.generate_docs.markdown import action_list, from_ansible, table, value
from tools.generate_docs.modules import aws_modules, documented_actions

REPOSITORY = Path(__file__).resolve().parents[2]
ROLES = (
    *("account", "secret", "sns_email", "cloudwatch_logs", "cloudtrail", "metric_alarm", "event_alerts"),
    "encryption_key",
)
# The IAM actions of upstream's modules as the roles use them, read in their source, and of AWS's own checks.
UPSTREAM_ACTIONS = {
    # For secmon_existing_log_role_arn and secmon_existing_kms_key_arn.
    "amazon.aws.iam_role_info": {"iam:ListInstanceProfilesForRole"},
    "amazon.aws.kms_key_info": {"kms:ListGrants", "kms:ListKeyPolicies"},
    # AWS checks it for the role of the trail. Source: IAM user guide, "Granting a user permissions to pass a role".
    "secmon.aws.trail": {"iam:PassRole"},
    # AWS checks it for files that are encrypted with a key. Source: CloudTrail user guide, "Encrypting CloudTrail log
    # files with AWS KMS keys".
    "secmon.aws.detection_drill": {"kms:Decrypt"},
    "secmon.aws.log_file_validation": {"kms:Decrypt"},
}


@cache
def _read(role: str, path: str) -> Any:
    return yaml.safe_load((REPOSITORY / "roles" / role / path).read_text())


def _specification(role: str) -> dict[str, Any]:
    specification: dict[str, Any] = _read(role, "meta/argument_specs.yml")["argument_specs"]["main"]
    return specification


def modules_of(role: str) -> set[str]:
    """Return the fully qualified names of the AWS modules that a role's tasks run."""
    tasks = "".join(path.read_text() for path in sorted((REPOSITORY / "roles" / role / "tasks").glob("*.yml")))
    return set(re.findall(r"^ +((?:secmon|amazon|community)\.aws\.\w+):", tasks, re.MULTILINE))


def role_actions(role: str) -> set[str]:
    """Return the IAM actions that the modules of a role can need."""
    found: set[str] = set()
    for name in modules_of(role):
        module = name.removeprefix("secmon.aws.")
        found |= UPSTREAM_ACTIONS.get(name, set())
        found |= documented_actions(module) if module in aws_modules() else set()
    return found


def policy_actions(*kinds: str) -> set[str]:
    """Return the actions of the statements in docs/deployer_policy.json whose Sid begins with one of these words."""
    policy = json.loads((REPOSITORY / "docs/deployer_policy.json").read_text())
    statements = [statement for statement in policy["Statement"] if statement["Sid"].startswith(kinds)]
    return {action for statement in statements for action in statement["Action"]}


def actions(role: str) -> str:
    """Return the lists of the IAM actions of a role: those of every run, and those of repairs and further options.

    Options of modules that no role uses need more; docs/deployer_policy.json leaves their actions out.
    """
    needed = role_actions(role)
    repairs = needed & policy_actions("Repair") - policy_actions("Run", "Encrypt")
    always = needed & (policy_actions("") | {"sts:AssumeRole"}) - repairs
    lists = action_list(always)
    if repairs:
        lists += f"\nTo repair manual changes, or for options that are off by default:\n\n{action_list(repairs)}"
    return lists


def variables(role: str) -> str:
    """Return the table of a role's variables."""
    defaults = _read(role, "defaults/main.yml")
    rows = [
        (f"`{name}`", _default(defaults.get(name), option), from_ansible(option["description"]))
        for name, option in _specification(role)["options"].items()
    ]
    return table(("variable", "default", "meaning"), rows)


def _default(default: Any, option: dict[str, Any]) -> str:
    """Return a default as Markdown; a template as the specification words it, or as its expression."""
    if default is None:
        return "**required**" if option.get("required") else "none"
    if not isinstance(default, str) or "{{" not in default:
        return value(default)
    expression = default.strip("{} ")
    internal = _read("common", "vars/main.yml").get(expression)
    return value(option.get("default", internal or expression))


def all_roles() -> str:
    """Return the table of the roles in the order of site.yml."""
    rows = [(f"[`{role}`](../roles/{role}/README.md)", _specification(role)["short_description"]) for role in ROLES]
    return table(("role", "purpose"), rows)
