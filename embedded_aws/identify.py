"""Tell from a request which operation it calls, in which account and region."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import unquote

from moto.iam.models import get_account_id_from

from embedded_aws.call import Call
from embedded_aws.protocol import action_of, known_services, service_of
from embedded_aws.world import World

_CREDENTIAL = re.compile(
    r"(?:X-Amz-)?Credential=(?P<key>[^/,&]+)/\d{8}/(?P<region>[^/]+)/(?P<service>[^/]+)/aws4_request"
)
_ACTION = re.compile(r"(?:^|&)Action=(\w+)")
# The operations that nobody signs; STS API reference, and the links in the mails of SNS.
_UNSIGNED = {
    "AssumeRoleWithSAML": "sts",
    "AssumeRoleWithWebIdentity": "sts",
    "ConfirmSubscription": "sns",
    "Unsubscribe": "sns",
}
_TOPIC_REGION = re.compile(r"(?:TopicArn|SubscriptionArn)=arn:[\w-]+:sns:([\w-]+):(\d{12}):")


def identify(world: World, environ: dict[str, Any], body: bytes) -> Call | None:
    """Return the call that a request is; None if it is none of AWS's operations."""
    query = environ.get("QUERY_STRING", "")
    signature = environ.get("HTTP_AUTHORIZATION") or unquote(query)
    match = _CREDENTIAL.search(signature)
    account = environ.get("HTTP_X_MOTO_ACCOUNT_ID")
    if match:
        key, region, service = match["key"], match["region"], service_of(match["service"], body)
        if service not in known_services():
            return None
        action = action_of(service, environ, body)
    else:
        key, (service, action, region, owner) = None, _unsigned(environ, query, body)
        account = account or owner
    if not action:
        return None
    return Call(
        id=next(world.ids),
        at=world.clock.now(),
        account=account or get_account_id_from(key or ""),
        region=region,
        service=service,
        action=action,
        access_key=key,
        environ=environ,
        body=body,
    )


def _unsigned(environ: dict[str, Any], query: str, body: bytes) -> tuple[str, str | None, str, str | None]:
    """Return service, action, region and account of an unsigned request; what names no action is S3's."""
    text = f"{query}&{body.decode(errors='replace')}" if body[:7] == b"Action=" or query else ""
    match = _ACTION.search(text)
    if match and match[1] in _UNSIGNED:
        topic = _TOPIC_REGION.search(unquote(text))
        return _UNSIGNED[match[1]], match[1], topic[1] if topic else "us-east-1", topic[2] if topic else None
    return "s3", action_of("s3", environ, body), "us-east-1", None
