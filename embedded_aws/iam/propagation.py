"""Roles as other services see them: as they were some seconds ago, with the delays of AWS.

Source: see `IAM_CHANGE`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from moto.iam.models import Role, iam_backends
from moto.utilities.utils import get_partition

from embedded_aws.core.call import Answer, Call
from embedded_aws.core.consistency import IAM_CHANGE
from embedded_aws.core.overrides import after
from embedded_aws.core.state import State


@dataclass(frozen=True)
class RoleView:
    """The trust policy of a role and the documents of all its policies."""

    trust: str
    policies: tuple[str, ...]


def role_as_seen(role: Role) -> RoleView | None:
    """Return a role as other services see it, or None if they do not see it yet."""
    if hasattr(role, "seen_as"):
        return cast("RoleView | None", role.seen_as)
    return _as_it_is(role)


def _as_it_is(role: Role) -> RoleView:
    managed = (
        version.document
        for policy in list(role.managed_policies.values())
        for version in policy.versions
        if version.is_default
    )
    return RoleView(role.assume_role_policy_document, (*list(role.policies.values()), *managed))


@after(
    "iam",
    *("CreateRole", "UpdateAssumeRolePolicy"),
    *("PutRolePolicy", "DeleteRolePolicy", "AttachRolePolicy", "DetachRolePolicy"),
)
def delay_change(state: State, call: Call, _answer: Answer) -> None:
    """Keep what other services see of the role, until they see the change."""
    if not state.consistency.lags:
        return
    roles = iam_backends[call.account][get_partition(call.region)].roles.values()
    role = next((role for role in roles if role.name == call.parameters["RoleName"]), None)
    if role is None:
        return
    now = _as_it_is(role)
    if not hasattr(role, "seen_as"):
        role.seen_as = None if call.action == "CreateRole" else getattr(role, "last_view", now)  # type: ignore[attr-defined]
    role.last_view = now  # type: ignore[attr-defined]
    state.consistency.later(IAM_CHANGE, lambda: _show(role, now), role.arn)


def _show(role: Role, view: RoleView) -> None:
    """Show a change; it is the last one if nothing has changed since."""
    if view is role.last_view:  # type: ignore[attr-defined]
        del role.seen_as  # type: ignore[attr-defined]
    else:
        role.seen_as = view  # type: ignore[attr-defined]
