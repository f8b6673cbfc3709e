"""The caller behind a key that nobody owns is the account's root; moto 5.2.5 answers a user "moto" that does not exist.

Its ARN there, ``arn:aws:sts::123456789012:user/moto``, is of no kind that AWS has.
Source: STS API reference, GetCallerIdentity.
"""

from __future__ import annotations

from typing import Any

from embedded_aws.call import Call
from embedded_aws.overrides import override
from embedded_aws.stages.identity import user_identity
from embedded_aws.world import World


@override("sts", "GetCallerIdentity")
def get_caller_identity(_world: World, call: Call) -> dict[str, Any]:
    """Return who calls, in the words of the call's own record."""
    identity = user_identity(call)
    return {"UserId": identity["principalId"], "Account": identity["accountId"], "Arn": identity["arn"]}
