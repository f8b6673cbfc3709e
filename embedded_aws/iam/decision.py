"""Decide a question as IAM does: identity policies, permissions boundary, session policy and policy of the resource.

Source: IAM user guide, "Policy evaluation logic", "How AWS enforcement code logic evaluates requests" and "Permissions
boundaries for IAM entities" (resource-based policies). Left out: resource control policies of AWS Organizations, and
policy variables; service control policies are in `organizations.limits`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from ansible_collections.secmon.aws.plugins.module_utils.core.policy_documents import statements_of
from ansible_collections.secmon.aws.plugins.module_utils.core.policy_evaluation import (
    Caller,
    Request,
    Verdict,
    evaluate,
)
from moto.iam.models import ManagedPolicy, Policy, iam_backends
from moto.s3.models import s3_backends
from moto.secretsmanager.models import secretsmanager_backends
from moto.sns.models import sns_backends
from moto.sts.models import sts_backends
from moto.utilities.utils import get_partition

from embedded_aws.core.call import Call
from embedded_aws.iam.identity import user_identity
from embedded_aws.iam.question import EVERY_RESOURCE, Question
from embedded_aws.iam.resources import find_key, find_role

Document = Mapping[str, Any]

_SHARED = frozenset({"kms", "secretsmanager", "sns"})
"""The services whose resources have policies that can admit other accounts."""
_ACCOUNT = 4


@dataclass(frozen=True)
class Permissions:
    """The caller of a call and its policies.

    Attributes:
        caller: its ARN, and the ARN of the role of a session.
        identity: the policies of the user and its groups, or of the role.
        boundary: the permissions boundary; None if there is none.
        session: the policy of the session; None if there is none.
    """

    caller: Caller
    identity: tuple[Document, ...]
    boundary: tuple[Document, ...] | None = None
    session: tuple[Document, ...] | None = None

    def by_name(self) -> dict[str, tuple[Document, ...] | None]:
        """Return the policies that must all allow, by AWS's names of them."""
        return {
            "identity-based policy": self.identity,
            "permissions boundary": self.boundary,
            "session policy": self.session,
        }


def permissions_of(call: Call, attached: Iterable[Any]) -> Permissions:
    """Return the permissions of a caller whose own policies moto has collected."""
    identity = user_identity(call)
    issuer = identity.get("sessionContext", {}).get("sessionIssuer", {})
    role = find_role(call, issuer["userName"]) if issuer.get("type") == "Role" else None
    boundary = getattr(role, "permissions_boundary_arn", None)
    return Permissions(
        Caller(arn=str(identity.get("arn")), role_arn=issuer.get("arn")),
        tuple(_documents(attached)),
        (_managed(call, boundary),) if boundary else None,
        _session_policy(call),
    )


def refusal(permissions: Permissions, call: Call, question: Question) -> str | None:
    """Return why IAM refuses, in the words of AWS, or None if it allows."""
    asked = Request(question.action, question.resource, permissions.caller, question.context)
    own = {
        name: _verdict(documents, asked, question.by_name)
        for name, documents in permissions.by_name().items()
        if documents is not None
    }
    policy = _resource_policy(call, question)
    of_resource = Verdict.NEITHER if policy is None else evaluate([policy], asked)
    for name, verdict in (*own.items(), ("resource-based policy", of_resource)):
        if verdict is Verdict.DENIED:
            return f"with an explicit deny in {'an' if name[0] == 'i' else 'a'} {name}"
    if _is_key(question) and of_resource is not Verdict.ALLOWED:
        # The policy of a key must allow the caller, or leave the decision to the account.
        return f"because no resource-based policy allows the {question.action} action"
    caller = permissions.caller
    if _is_of_another_account(call, question):
        # IAM user guide, "Cross-account policy evaluation logic": both accounts must allow.
        if of_resource is not Verdict.ALLOWED:
            return f"because no resource-based policy allows the {question.action} action"
    elif policy is not None and _names_the_caller(policy, replace(asked, caller=replace(caller, role_arn=None))):
        return None
    elif policy is not None and _names_the_caller(policy, asked):
        # What a policy gives a role, rather than one session of it, the boundary and the session policy limit.
        del own["identity-based policy"]
    missing = next((name for name, verdict in own.items() if verdict is not Verdict.ALLOWED), None)
    return f"because no {missing} allows the {question.action} action" if missing else None


def _verdict(documents: Iterable[Document], asked: Request, by_name: bool) -> Verdict:
    return evaluate(map(_on_any_resource, documents) if by_name else documents, asked)


def _on_any_resource(document: Document) -> Document:
    """Widen a policy so that an action is allowed if it is on any resource, and denied if it is on all."""
    widened = [
        {key: value for key, value in statement.items() if key in ("Effect", "Action", "NotAction")}
        if statement["Effect"] == "Allow"
        else statement
        for statement in statements_of(document)
    ]
    return {"Statement": widened}


def _is_key(question: Question) -> bool:
    return ":kms:" in question.resource and ":key/" in question.resource


def _is_of_another_account(call: Call, question: Question) -> bool:
    """Return whether another account has the topic, secret or key; `check_bucket_owner` has this rule for buckets."""
    parts = question.resource.split(":")
    return len(parts) > _ACCOUNT and parts[2] in _SHARED and parts[_ACCOUNT] not in ("", call.account)


def _names_the_caller(policy: Document, asked: Request) -> bool:
    """Return whether a policy of a resource allows the caller itself, rather than the caller's account."""
    own = [statement for statement in statements_of(policy) if not _names_the_account(statement, asked.caller)]
    return evaluate([{"Statement": own}], asked) is Verdict.ALLOWED


def _names_the_account(statement: Document, caller: Caller) -> bool:
    principal = statement.get("Principal")
    names = principal.get("AWS", ()) if isinstance(principal, Mapping) else ()
    listed = [names] if isinstance(names, str) else list(names)
    return any(name == caller.account or name.endswith(f":iam::{caller.account}:root") for name in listed)


def _documents(policies: Iterable[Any]) -> Iterator[Document]:
    """Yield the documents of moto's policies, which are Policy objects, strings or mappings."""
    for policy in policies:
        if isinstance(policy, Policy):
            yield _default_version(policy)
        else:
            yield json.loads(policy if isinstance(policy, str) else policy["policy_document"])


def _default_version(policy: Policy | ManagedPolicy) -> Document:
    document: Document = next(json.loads(version.document) for version in policy.versions if version.is_default)
    return document


def _managed(call: Call, arn: str) -> Document:
    """Return a managed policy; one that does not exist allows nothing."""
    policy = iam_backends[call.account][get_partition(call.region)].managed_policies.get(arn)
    return _default_version(policy) if policy else {"Statement": []}


def _session_policy(call: Call) -> tuple[Document, ...] | None:
    sessions = sts_backends[call.account][get_partition(call.region)].assumed_roles
    session = next((each for each in sessions if each.access_key_id == call.access_key), None)
    return (json.loads(session.policy),) if session and session.policy else None


def _resource_policy(call: Call, question: Question) -> Document | None:
    """Return the policy of a key, topic, secret or bucket in the caller's account, or None."""
    text = question.key_policy or _policy_text(call, question.resource)
    try:
        return json.loads(text) if text else None
    except ValueError:
        return None


def _policy_text(call: Call, resource: str) -> str | None:
    parts = resource.split(":", 5)
    if resource == EVERY_RESOURCE or len(parts) < 6:
        return None
    _arn, _partition, service, region, account, name = parts
    if service == "kms" and name.startswith("key/"):
        key = find_key(call, resource)
        return str(key.policy) if key else None
    if service == "sns":
        topic = sns_backends[account][region].topics.get(resource)
        return topic.policy if topic else None
    if service == "secretsmanager":
        return getattr(secretsmanager_backends[account][region].secrets.get(resource), "policy", None)
    if service == "s3":
        partition, owner = s3_backends.bucket_accounts.get(name.split("/", 1)[0], ("", ""))
        bucket = s3_backends[owner][partition].buckets.get(name.split("/", 1)[0]) if owner == call.account else None
        return bucket.policy.decode() if bucket and bucket.policy else None
    return None
