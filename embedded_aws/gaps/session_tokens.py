"""GetSessionToken gives keys of the caller's own; moto 5.2.5 gives everybody the same key, which nobody owns.

So a user's session was the root of the management account. Under enforced IAM moto does not know such keys.
Sources: STS API reference, GetSessionToken; CloudTrail user guide, "CloudTrail userIdentity element".
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from moto.iam.models import AccessKey, iam_backends
from moto.sts.utils import random_session_token
from moto.utilities.utils import get_partition

from embedded_aws.errors import AwsError
from embedded_aws.overrides import override
from embedded_aws.stages.identity import TEMPORARY_KEY, user_identity

if TYPE_CHECKING:
    from embedded_aws.call import Call
    from embedded_aws.world import World

_DURATION_SECONDS = 43_200


@override("sts", "GetSessionToken")
def get_session_token(world: World, call: Call) -> dict[str, Any]:
    """Make a key of the user, or of the account's root, that calls. AwsError for who has a session already."""
    identity = user_identity(call)
    if identity["type"] == "AssumedRole" or "sessionContext" in identity:
        raise AwsError("AccessDenied", "Cannot call GetSessionToken with session credentials", 403)
    key = AccessKey(identity.get("userName"), TEMPORARY_KEY, call.account)  # type: ignore[abstract]
    iam_backends[call.account][get_partition(call.region)].access_keys[key.access_key_id] = key
    duration = timedelta(seconds=int(call.parameters.get("DurationSeconds") or _DURATION_SECONDS))
    return {
        "Credentials": {
            "AccessKeyId": key.access_key_id,
            "SecretAccessKey": key.secret_access_key,
            "SessionToken": random_session_token(),
            "Expiration": world.clock.now() + duration,
        }
    }
