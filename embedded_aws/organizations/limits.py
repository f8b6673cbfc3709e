"""What a call may not do whatever its caller may: service control policies, and regions that are not enabled.

Both hold without --iam too. Every level from the root to the account must allow an action, and a deny at any level
wins. The management account is free, and so are service-linked roles.
Sources: Organizations user guide, "SCP evaluation"; IAM user guide, "Manage AWS STS in an AWS Region" (credentials are
rejected in a region that the account has not enabled); the codes of that rejection are from public reports.
"""

from __future__ import annotations

import json
from typing import Any

from ansible_collections.secmon.aws.plugins.module_utils.core.policy_evaluation import (
    Caller,
    Request,
    Verdict,
    evaluate,
)
from moto.organizations.models import FakePolicy, organizations_backends
from moto.utilities.utils import get_partition

from embedded_aws.core.call import Call
from embedded_aws.core.errors import AwsError
from embedded_aws.core.protocol import botocore_model
from embedded_aws.core.state import State
from embedded_aws.iam.identity import user_identity
from embedded_aws.iam.permissions import denial
from embedded_aws.iam.question import Question
from embedded_aws.iam.questions import questions

_KIND = "SERVICE_CONTROL_POLICY"
_SERVICE_LINKED = "AWSServiceRoleFor"


def check_limits(state: State, call: Call) -> None:
    """Raise the error of a call that the organization denies, or in a region that its account has not enabled."""
    if call.access_key is None:
        return
    if (call.account, call.region) in state.disabled_regions:
        raise _unknown_credentials(call)
    levels = _levels(call)
    if not levels:
        return
    identity = user_identity(call)
    issuer = identity.get("sessionContext", {}).get("sessionIssuer", {})
    if str(issuer.get("userName", "")).startswith(_SERVICE_LINKED):
        return
    caller = Caller(arn=str(identity.get("arn")), role_arn=issuer.get("arn"))
    for question in questions(call):
        reason = _refusal(levels, caller, question)
        if reason:
            raise denial(call, question, reason)


def _unknown_credentials(call: Call) -> AwsError:
    protocol = botocore_model(call.service).resolved_protocol
    if call.service == "s3":
        return AwsError("InvalidToken", "The provided token is malformed or otherwise invalid.", 400)
    message = "The security token included in the request is invalid"
    if protocol.endswith("json") or "cbor" in protocol:
        return AwsError("UnrecognizedClientException", f"{message}.", 400)
    return AwsError("InvalidClientTokenId", message, 403)


def _levels(call: Call) -> list[list[FakePolicy]]:
    """Return the service control policies of the account and of everything above it; nothing if they allow all."""
    partition = get_partition(call.region)
    owner, partition = organizations_backends.master_accounts.get(call.account, (call.account, partition))
    backend = organizations_backends[owner][partition]
    if backend.org is None or call.account == owner or all(policy.aws_managed for policy in backend.policies):
        return []
    units: dict[str, Any] = {unit.id: unit for unit in backend.ou}
    place: Any = next((account for account in backend.accounts if account.id == call.account), None)
    found = []
    while place is not None:
        found.append([policy for policy in place.attached_policies if policy.type == _KIND])
        place = units.get(place.parent_id)
    return found


def _refusal(levels: list[list[FakePolicy]], caller: Caller, question: Question) -> str | None:
    asked = Request(question.action, question.resource, caller, question.context)
    missing = False
    for policies in levels:
        verdicts = {policy: evaluate([json.loads(str(policy.content))], asked) for policy in policies}
        denying = next((policy for policy, verdict in verdicts.items() if verdict is Verdict.DENIED), None)
        if denying:
            return f"with an explicit deny in a service control policy: {denying.arn}"
        missing = missing or Verdict.ALLOWED not in verdicts.values()
    return f"because no service control policy allows the {question.action} action" if missing else None
