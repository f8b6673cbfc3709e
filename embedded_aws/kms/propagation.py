"""New keys, which other services do not know at once with the delays of AWS.

Source: see `KMS_KEY`.
"""

from __future__ import annotations

from moto.kms.models import Key, kms_backends

from embedded_aws.core.call import Answer, Call
from embedded_aws.core.consistency import KMS_KEY
from embedded_aws.core.overrides import after
from embedded_aws.core.state import State


def is_known(key: Key) -> bool:
    """Return whether other services can use a key that exists."""
    return not getattr(key, "is_new", False)


@after("kms", "CreateKey")
def delay_key(state: State, call: Call, answer: Answer) -> None:
    """Hide a new key from other services until it has propagated."""
    key = kms_backends[call.account][call.region].keys[answer.parsed(call)["KeyMetadata"]["KeyId"]]
    key.is_new = True  # type: ignore[attr-defined]
    state.consistency.later(KMS_KEY, lambda: setattr(key, "is_new", False), call.account, call.region)
