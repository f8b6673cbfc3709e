"""Whether a service may use a role: it exists, trusts the service, and allows what the service does with it."""

from __future__ import annotations

from collections.abc import Sequence

from ansible_collections.secmon.aws.plugins.module_utils.core.policy_evaluation import (
    Caller,
    Request,
    Verdict,
    evaluate,
)

from embedded_aws.cloudtrail.trails import find_role
from embedded_aws.iam.propagation import role_as_seen


def role_error(
    account: str, role_arn: str, service: str, source: str, needs: Sequence[tuple[str, str]] = ()
) -> str | None:
    """Return why a service may not use a role, or None.

    Args:
        account: The account of what the service works for.
        role_arn: The role.
        service: The principal of the service.
        source: The ARN of what the service works for, such as an alarm.
        needs: Actions that the role must allow, each with its resource.
    """
    role = find_role(role_arn)
    seen = role_as_seen(role) if role else None
    if role is None or seen is None:
        return f"The role {role_arn} does not exist."
    context = {"aws:SourceAccount": account, "aws:SourceArn": source, "aws:SecureTransport": "true"}
    trust = Request("sts:AssumeRole", role.arn, Caller(service=service), context)
    if evaluate([seen.trust], trust) is not Verdict.ALLOWED:
        return f"{service} may not assume the role {role_arn}."
    for action, resource in needs:
        request = Request(action, resource, Caller(service=service), {"aws:SecureTransport": "true"})
        if evaluate(seen.policies, request) is not Verdict.ALLOWED:
            return f"The role {role_arn} does not allow {action} on {resource}."
    return None
