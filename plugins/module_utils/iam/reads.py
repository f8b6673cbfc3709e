# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Read roles and their policies from IAM."""

from __future__ import annotations

import json
from typing import Any

from ..core.account import Account


def find_role(account: Account, name: str) -> dict[str, Any] | None:
    """Return a role in the form of GetRole, or None if it does not exist."""
    parameters = {"RoleName": name}
    answer = account.read_if_any("iam", "GetRole", f"role {name}", "NoSuchEntity", parameters=parameters)
    role: dict[str, Any] | None = answer.get("Role")
    return role


def roles_for(account: Account, service: str, *words: str) -> dict[str, str]:
    """Return the names of the roles by ARN that a service may assume, or that have some words in the description."""
    listed = account.read_all("iam", "ListRoles", "roles", "Roles", {"MaxItems": 1000})
    return {
        role["Arn"]: role["RoleName"]
        for role in listed
        if service in json.dumps(role["AssumeRolePolicyDocument"])
        or any(some in role.get("Description", "") for some in words)
    }


def inline_policies(account: Account, role: str) -> dict[str, dict[str, Any]]:
    """Return the documents of a role's inline policies by name."""
    what, of_role = f"role {role}", {"RoleName": role}
    documents: dict[str, dict[str, Any]] = {}
    for page in account.read_pages("iam", "ListRolePolicies", what, of_role):
        for name in page["PolicyNames"]:
            answer = account.read("iam", "GetRolePolicy", what, {**of_role, "PolicyName": name})
            documents[name] = answer["PolicyDocument"]
    return documents


def attached_policies(account: Account, role: str) -> list[str]:
    """Return the ARNs of the policies that are attached to a role."""
    attached = account.read_all(
        "iam", "ListAttachedRolePolicies", f"role {role}", "AttachedPolicies", {"RoleName": role}
    )
    return [policy["PolicyArn"] for policy in attached]


def role_policies(account: Account, role: str) -> list[dict[str, Any]]:
    """Return the documents of a role's inline policies and attached policies."""
    documents = list(inline_policies(account, role).values())
    for arn in attached_policies(account, role):
        version = account.read("iam", "GetPolicy", f"policy {arn}", {"PolicyArn": arn})["Policy"]["DefaultVersionId"]
        parameters = {"PolicyArn": arn, "VersionId": version}
        answer = account.read("iam", "GetPolicyVersion", f"policy {arn}", parameters)
        documents.append(answer["PolicyVersion"]["Document"])
    return documents
