"""Publish succeeds if an HTTP endpoint does not answer; moto 5.2.5 fails, and later subscribers get no message.

Source: SNS developer guide, "Amazon SNS message delivery retries": deliveries follow the answer to Publish.
"""

from __future__ import annotations

import logging
from typing import Any

from moto.sns.models import Subscription
from requests.exceptions import RequestException

from embedded_aws.core.overrides import patch

_LOGGER = logging.getLogger(__name__)
_publish_by_moto = Subscription.publish


@patch(Subscription, "publish")
def _publish(subscription: Subscription, *arguments: Any, **named: Any) -> None:
    try:
        _publish_by_moto(subscription, *arguments, **named)
    except RequestException as error:
        _LOGGER.warning("%s was not reached for %s: %s", subscription.endpoint, subscription.topic.arn, error)
