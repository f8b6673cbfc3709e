# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Check a policy before it is written: its size, and that it does not lock out the one who writes it.

Sources: S3 user guide, "Bucket policies" (20 KB); KMS API reference, PutKeyPolicy (32 KB); SNS developer guide, "Policy
quotas" (30 KB, 100 statements); Secrets Manager user guide, "Secrets Manager quotas" (20,480 characters); IAM user
guide, "IAM and AWS STS quotas" (without white space). That white space does not count in a bucket or topic policy is
our reading, not seen on AWS.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from .policy_documents import statements_of
from .policy_evaluation import Caller, Request, Verdict, evaluate

BUCKET_POLICY_BYTES = 20_480
KEY_POLICY_BYTES = 32_768
TOPIC_POLICY_BYTES = 30_720
TOPIC_POLICY_STATEMENTS = 100
SECRET_POLICY_CHARACTERS = 20_480
ROLE_POLICIES_CHARACTERS = 10_240
TRUST_POLICY_CHARACTERS = 2_048
MANAGED_POLICY_CHARACTERS = 6_144

_SESSION = re.compile(
    r"arn:(?P<partition>[^:]+):sts::(?P<account>\d{12}):assumed-role/(?P<role>[^/]+)/.+",
)


def policy_bytes(policy: Mapping[str, Any]) -> int:
    """Return the size of a policy without white space between its elements."""
    return len(json.dumps(policy, separators=(",", ":"), ensure_ascii=False).encode())


def size_problems(
    resource: str, policy: Mapping[str, Any], most_bytes: int, most_statements: int | None = None
) -> Iterator[str]:
    """Yield what AWS would refuse about the size of a policy that keeps the statements of others."""
    size, count = policy_bytes(policy), len(statements_of(policy))
    advice = "Remove statements that are no longer needed from the policy. Nothing was written."
    if size > most_bytes:
        yield f"The policy of {resource} would have {size} bytes; AWS allows {most_bytes}. {advice}"
    if most_statements is not None and count > most_statements:
        yield f"The policy of {resource} would have {count} statements; AWS allows {most_statements}. {advice}"


def document_problems(resource: str, option: str, text: str, most_bytes: int) -> Iterator[str]:
    """Yield what is wrong with an option that contains a whole policy in JSON."""
    try:
        policy = json.loads(text)
    except ValueError as error:
        yield f"{option} of {resource} is not valid JSON: {error}."
        return
    if not isinstance(policy, dict) or not policy.get("Statement"):
        yield f"{option} of {resource} is not a policy: use a mapping with Version and Statement."
    elif policy_bytes(policy) > most_bytes:
        yield f"{option} of {resource} has {policy_bytes(policy)} bytes; AWS allows {most_bytes}. Nothing was written."


def denies(policy: Mapping[str, Any]) -> bool:
    """Return whether a policy denies anything."""
    return any(statement.get("Effect") == "Deny" for statement in statements_of(policy))


def lock_out_problems(
    resource: str, arn: str, policy: Mapping[str, Any], action: str, caller_arn: str
) -> Iterator[str]:
    """Yield a problem if a policy certainly denies the caller to change it again.

    Args:
        resource: For the message, such as ``secret db``.
        arn: The ARN of the resource.
        policy: The new policy.
        action: The action that changes the policy.
        caller_arn: The caller's ARN by STS.
    """
    caller = _caller(caller_arn, policy)
    context = {"aws:PrincipalArn": caller.role_arn or caller_arn, "aws:PrincipalAccount": str(caller.account)}
    asked = Request(action, arn, caller, context, whole_context=False)
    if evaluate([policy], asked) is Verdict.DENIED:
        yield (
            f"The policy of {resource} would deny {action} to {caller_arn}, which then could not correct it. Nothing"
            " was written. Except this caller from the Deny statement, or write the policy as the administrator that"
            " it leaves in control."
        )


def _caller(arn: str, policy: Mapping[str, Any]) -> Caller:
    """Return the caller with the ARN of its role. A session does not show the path of its role, but the policy may."""
    session = _SESSION.fullmatch(arn)
    if session is None:
        return Caller(arn=arn)
    roles = f"arn:{session['partition']}:iam::{session['account']}:role/"
    named = re.search(rf"{re.escape(roles)}[^\"]+/{re.escape(session['role'])}(?=\")", json.dumps(policy))
    return Caller(arn=arn, role_arn=named[0] if named else roles + session["role"])
