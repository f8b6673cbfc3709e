"""A web hook that does not answer is SNS's matter; moto 5.2.5 fails Publish, and no later subscriber gets the message.

And Subscribe takes the protocols that SNS has, each with an endpoint of its own, while moto takes any.
Sources: SNS developer guide, "Amazon SNS message delivery retries": deliveries follow the answer to Publish; SNS API
reference, Subscribe.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from moto.sns.models import Subscription
from requests.exceptions import RequestException

from embedded_aws.errors import AwsError
from embedded_aws.overrides import override

if TYPE_CHECKING:
    from embedded_aws.call import Call
    from embedded_aws.world import World

_PROTOCOLS = frozenset({"application", "email", "email-json", "firehose", "http", "https", "lambda", "sms", "sqs"})
_LOGGER = logging.getLogger(__name__)
_publish_by_moto = Subscription.publish


@override("sns", "Subscribe")
def check_protocol(_world: World, call: Call) -> None:
    """Refuse what is no protocol of SNS, or an address of another one; others answer the rest."""
    protocol, address = str(call.parameters.get("Protocol")), str(call.parameters.get("Endpoint", ""))
    if protocol not in _PROTOCOLS:
        message = f"Invalid parameter: Amazon SNS does not support this protocol string: {protocol}"
        raise AwsError("InvalidParameter", message, 400)
    if protocol in ("http", "https") and not address.startswith(f"{protocol}://"):
        raise AwsError("InvalidParameter", "Invalid parameter: Endpoint must match the specified protocol", 400)


def _publish(subscription: Subscription, *arguments: Any, **named: Any) -> None:
    try:
        _publish_by_moto(subscription, *arguments, **named)
    except RequestException as error:
        _LOGGER.warning("%s was not reached for %s: %s", subscription.endpoint, subscription.topic.arn, error)


def close() -> None:
    """Replace moto's method."""
    Subscription.publish = _publish  # type: ignore[assignment, method-assign]
