# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Refuse a resource policy that would deny its writer to change it.

Secrets Manager has this check in ValidateResourcePolicy only; source: Secrets Manager API reference.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..core.account import Account
from ..core.plan import Plan
from ..core.policy_limits import denies, lock_out_problems
from .state import desired_policy


def lock_outs(params: Mapping[str, Any], account: Account, plan: Plan) -> Iterator[str]:
    """Yield the problem of a policy that is to be written; the caller is read only if the policy denies something."""
    if not any(write.operation == "PutResourcePolicy" for stage in plan.stages for write in stage):
        return
    policy, name = desired_policy(params), params["name"]
    if denies(policy):
        caller = account.read("sts", "GetCallerIdentity", "caller's account")["Arn"]
        # The last characters of the ARN of a new secret are not known.
        arn = plan.results["secret"]["arn"] or account.place.arn("secretsmanager", f"secret:{name}-000000")
        yield from lock_out_problems(f"secret {name}", arn, policy, "secretsmanager:PutResourcePolicy", caller)
