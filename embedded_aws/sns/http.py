"""The confirmation request that SNS posts to the URL of a subscription.

Source: SNS developer guide, "HTTP/HTTPS subscription confirmation JSON format". The signature is not a real one.
"""

from __future__ import annotations

import json
import logging
import threading
import uuid
from datetime import datetime

import requests

_LOGGER = logging.getLogger(__name__)
_TIMEOUT_SECONDS = 15


def post_confirmation(url: str, topic_arn: str, token: str, link: str, at: datetime) -> None:
    """Post a confirmation request without waiting for the answer, which only the log shows if it is an error."""
    message_id = str(uuid.uuid4())
    content = {
        "Type": "SubscriptionConfirmation",
        "MessageId": message_id,
        "Token": token,
        "TopicArn": topic_arn,
        "Message": (
            f"You have chosen to subscribe to the topic {topic_arn}.\n"
            "To confirm the subscription, visit the SubscribeURL included in this message."
        ),
        "SubscribeURL": link,
        "Timestamp": at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03}Z",
        "SignatureVersion": "1",
        "Signature": "EXAMPLE",
        "SigningCertURL": f"https://sns.{topic_arn.split(':')[3]}.amazonaws.com/SimpleNotificationService-embedded.pem",
    }
    headers = {
        "Content-Type": "text/plain; charset=UTF-8",
        "User-Agent": "Amazon Simple Notification Service Agent",
        "x-amz-sns-message-type": "SubscriptionConfirmation",
        "x-amz-sns-message-id": message_id,
        "x-amz-sns-topic-arn": topic_arn,
    }
    threading.Thread(target=_send, args=(url, json.dumps(content, indent=2), headers), daemon=True).start()


def _send(url: str, body: str, headers: dict[str, str]) -> None:
    try:
        requests.post(url, data=body.encode(), headers=headers, timeout=_TIMEOUT_SECONDS)
    except requests.RequestException as error:
        # Without the URL, which can hold a password.
        _LOGGER.warning("A confirmation request was not delivered: %s", type(error).__name__)
