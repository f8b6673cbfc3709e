# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Plan the API calls that create, change or delete a role with exactly one inline policy.

Sources: IAM API reference (CreateRole, PutRolePolicy, UpdateRole, UpdateAssumeRolePolicy, PutRolePermissionsBoundary,
DeleteRole); IAM user guide, "Changes that I make are not always immediately visible".
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..core.aws_names import IAM_NAME, POLICY_ARN, Place, role_arn
from ..core.plan import Plan, Write
from ..core.policy_documents import same_policy
from ..core.policy_limits import ROLE_POLICIES_CHARACTERS, TRUST_POLICY_CHARACTERS, document_problems
from ..core.problems import require
from ..core.tags import as_list, as_mapping, own_tags, require_ownership, tag_change, tag_problems

_ADVICE = (
    "Choose another name (secmon_log_role_name, secmon_log_alarm_*_role_name), use the role of the trail by its ARN"
    " (secmon_existing_log_role_arn), or adopt it with adopt: true."
)
# With the characters that IAM counts; a policy in ASCII has as many bytes.
_DOCUMENTS = {"trust_policy": TRUST_POLICY_CHARACTERS, "policy": ROLE_POLICIES_CHARACTERS}


@dataclass(frozen=True)
class Role:
    """An existing role.

    Attributes:
        described: The role in the form of GetRole.
        policies: Its inline policies by name.
        attached: The ARNs of the policies that are attached to it.
    """

    described: Mapping[str, Any]
    policies: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    attached: Sequence[str] = ()

    @property
    def tags(self) -> dict[str, str]:
        """Return the tags."""
        return as_mapping(self.described.get("Tags", []))

    def settings(self) -> dict[str, Any]:
        """Return the role in the terms of the module's result."""
        return {
            "name": self.described["RoleName"],
            "arn": self.described["Arn"],
            "description": self.described.get("Description", ""),
            "trust_policy": self.described["AssumeRolePolicyDocument"],
            "policies": dict(self.policies),
            "attached_policies": sorted(self.attached),
            "permissions_boundary_arn": self.described.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn", ""),
            "tags": own_tags(self.tags),
        }


def check_trail_role(params: Mapping[str, Any]) -> None:
    """Raise RequestError with every invalid option."""
    require(_problems(params))


def _problems(params: Mapping[str, Any]) -> Iterator[str]:
    name, boundary = params["name"], params.get("permissions_boundary_arn")
    for option, kind in (("name", "role"), ("policy_name", "policy")):
        if params.get(option) is not None and not re.fullmatch(IAM_NAME, params[option]):
            yield f"{params[option]!r} is not a valid {kind} name: use 1-64 characters from a-z A-Z 0-9 _ + = , . @ -."
    if boundary and not re.fullmatch(POLICY_ARN, boundary):
        yield f"Role {name}: {boundary!r} is not a valid permissions_boundary_arn: use the ARN of a managed policy."
    for option, most_bytes in _DOCUMENTS.items():
        if params.get(option) is not None:
            yield from document_problems(f"role {name}", option, params[option], most_bytes)
    yield from tag_problems(params.get("tags"))


def require_role_ownership(params: Mapping[str, Any], role: Role) -> None:
    """Raise RequestError for a role that is not managed by this collection."""
    require_ownership(f"role {params['name']}", role.tags, adopt=params["adopt"], advice=_ADVICE)


def plan_present(params: Mapping[str, Any], role: Role | None, place: Place) -> Plan:
    """Plan the role that the task describes.

    Args:
        params: The module's parameters.
        role: The existing role, or None.
        place: Partition and account, for its ARN.
    """
    if role is None:
        return _plan_creation(params, place)
    require_role_ownership(params, role)
    before = role.settings()
    after = _desired(params, before)
    session = role.described.get("MaxSessionDuration", 3600)
    return Plan(
        before=before,
        after=after,
        stages=(tuple(_updates(before, after, session)),),
        results={"trail_role": after},
    )


def plan_absent(params: Mapping[str, Any], role: Role | None) -> Plan:
    """Plan the deletion of a role with its policies; the arguments are those of `plan_present`."""
    if role is None:
        return Plan(before={}, after={}, results={"trail_role": {}})
    require_role_ownership(params, role)
    before = role.settings()
    gone = frozenset({"NoSuchEntity"})
    profile = "The role is in an instance profile. Remove it with aws iam remove-role-from-instance-profile."
    return Plan(
        before=before,
        after={},
        stages=(
            tuple(_removals(before, {**before, "policies": {}, "attached_policies": []})),
            (_write("DeleteRole", before, done_if=gone, remedies={"DeleteConflict": profile}),),
        ),
        results={"trail_role": {}},
    )


def _desired(params: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    trust = _document(params, "trust_policy", before["trust_policy"])
    policies = before["policies"]
    if params.get("policy") is not None:
        name = params["policy_name"]
        policies = {name: _document(params, "policy", before["policies"].get(name, {}))}
    return {
        **before,
        "description": before["description"] if params.get("description") is None else params["description"],
        "trust_policy": trust,
        "policies": policies,
        "attached_policies": before["attached_policies"] if params.get("policy") is None else [],
        "permissions_boundary_arn": params.get("permissions_boundary_arn") or before["permissions_boundary_arn"],
        "tags": dict(tag_change(before["tags"], params.get("tags"), params["purge_tags"]).after),
    }


def _document(params: Mapping[str, Any], option: str, before: Mapping[str, Any]) -> Mapping[str, Any]:
    if params.get(option) is None:
        return before
    wanted: dict[str, Any] = json.loads(params[option])
    return before if same_policy(wanted, before) else wanted


def _plan_creation(params: Mapping[str, Any], place: Place) -> Plan:
    name = params["name"]
    nothing = {
        "name": name,
        "arn": role_arn(place.partition, place.account, name),
        "description": "",
        "trust_policy": {},
        "policies": {},
        "attached_policies": [],
        "permissions_boundary_arn": "",
        "tags": {},
    }
    after = _desired(params, nothing)
    if not after["trust_policy"]:
        require([f"Role {name} does not exist, and to create it, trust_policy must be set. Nothing was changed."])
    settings = {
        "AssumeRolePolicyDocument": json.dumps(after["trust_policy"]),
        "Description": after["description"],
        "PermissionsBoundary": after["permissions_boundary_arn"],
        "Tags": as_list(after["tags"]),
    }
    # A concurrent run, or this call before its answer was lost, may have made the role: then the module looks again
    # whose it is.
    exists = frozenset({"EntityAlreadyExists"})
    create = _write("CreateRole", after, outdated_if=exists, **{key: value for key, value in settings.items() if value})
    return Plan(
        before={},
        after=after,
        stages=((create,), tuple(_policy_puts(nothing, after))),
        results={"trail_role": after},
    )


def _updates(before: Mapping[str, Any], after: Mapping[str, Any], session: int) -> Iterator[Write]:
    if before["trust_policy"] != after["trust_policy"]:
        yield _write("UpdateAssumeRolePolicy", after, PolicyDocument=json.dumps(after["trust_policy"]))
    if before["description"] != after["description"]:
        # Without the session duration, IAM resets it.
        yield _write("UpdateRole", after, Description=after["description"], MaxSessionDuration=session)
    if before["permissions_boundary_arn"] != after["permissions_boundary_arn"]:
        yield _write("PutRolePermissionsBoundary", after, PermissionsBoundary=after["permissions_boundary_arn"])
    yield from _policy_puts(before, after)
    yield from _removals(before, after)
    change = tag_change(before["tags"], after["tags"])
    if change.add:
        yield _write("TagRole", after, Tags=as_list(change.add))
    if change.remove:
        yield _write("UntagRole", after, TagKeys=list(change.remove))


def _policy_puts(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Write]:
    for name, document in after["policies"].items():
        if before["policies"].get(name) != document:
            # A new role is not known everywhere at once.
            unknown = (("NoSuchEntity", ""),)
            text = json.dumps(document)
            yield _write("PutRolePolicy", after, propagating=unknown, PolicyName=name, PolicyDocument=text)


def _removals(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Write]:
    gone = frozenset({"NoSuchEntity"})
    for name in before["policies"]:
        if name not in after["policies"]:
            yield _write("DeleteRolePolicy", after, done_if=gone, PolicyName=name)
    for arn in before["attached_policies"]:
        if arn not in after["attached_policies"]:
            yield _write("DetachRolePolicy", after, done_if=gone, PolicyArn=arn)


_OPTIONS = ("done_if", "outdated_if", "propagating", "remedies")


def _write(operation: str, role: Mapping[str, Any], **arguments: Any) -> Write:
    options = {name: arguments.pop(name) for name in _OPTIONS if name in arguments}
    return Write(
        service="iam",
        operation=operation,
        parameters={"RoleName": role["name"], **arguments},
        resource=f"role {role['name']}",
        resource_arn=role["arn"],
        **options,
    )
