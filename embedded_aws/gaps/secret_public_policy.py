"""PutResourcePolicy with BlockPublicPolicy refuses a policy that lets anybody in; moto 5.2.5 does not look.

AWS asks an automated reasoning engine; here a statement is public that allows everybody without a condition.
Source: Secrets Manager API reference, PutResourcePolicy.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from embedded_aws.errors import AwsError
from embedded_aws.overrides import override

if TYPE_CHECKING:
    from embedded_aws.call import Call
    from embedded_aws.world import World

_PUBLIC = "You can't attach a resource policy to the secret because it grants public access."
_MALFORMED = "This resource policy contains a syntax error."


@override("secretsmanager", "PutResourcePolicy")
def put_resource_policy(_world: World, call: Call) -> None:
    """Refuse what is no policy, and a public one if the caller wishes that."""
    try:
        statements = json.loads(call.parameters.get("ResourcePolicy", ""))["Statement"]
    except (ValueError, TypeError, KeyError):
        raise AwsError("MalformedPolicyDocumentException", _MALFORMED) from None
    listed = statements if isinstance(statements, list) else [statements]
    if call.parameters.get("BlockPublicPolicy") and any(_is_public(statement) for statement in listed):
        raise AwsError("PublicPolicyException", _PUBLIC)


def _is_public(statement: dict[str, Any]) -> bool:
    principal = statement.get("Principal")
    named = principal.get("AWS") if isinstance(principal, dict) else principal
    everybody = "*" in (named if isinstance(named, list) else [named])
    return everybody and statement.get("Effect") == "Allow" and not statement.get("Condition")
