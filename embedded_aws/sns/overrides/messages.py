"""Published messages: the checks of Publish, deliveries that fail, and the envelope, which moto 5.2.5 has in part.

Sources: SNS API reference, Publish; SNS developer guide, "Amazon SNS message delivery retries" (deliveries follow the
answer to Publish) and "Verifying message signatures"; recorded answers of AWS (2023 to 2026).
"""

from __future__ import annotations

import base64
import json
import logging
import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.sns.models import Subscription, sns_backends
from moto.sqs.exceptions import QueueDoesNotExist
from requests.exceptions import RequestException

from embedded_aws.core.call import Call
from embedded_aws.core.errors import AwsError
from embedded_aws.core.overrides import override, patch
from embedded_aws.core.state import State
from embedded_aws.sns.answers import check_arn, invalid, topic_of
from embedded_aws.sns.email import is_pending
from embedded_aws.sns.publish import text_for

_MOST_BYTES = 262_144
_MOST_ENTRIES = 10
_ENTRY_ID = re.compile(r"[A-Za-z0-9_-]*")
_LONGEST_ENTRY_ID = 80
_LONGEST_SUBJECT = 100
_LOGGER = logging.getLogger(__name__)
_publish_by_moto = Subscription.publish
_envelope_by_moto = Subscription.get_post_data


@override("sns", "Publish")
def publish(_state: State, call: Call) -> None:
    """Reject a message that SNS does not take, and a target that does not exist; moto publishes."""
    parameters = call.parameters
    endpoints = sns_backends[call.account][call.region].platform_endpoints
    endpoint = endpoints.get(parameters.get("TargetArn", ""))
    if "PhoneNumber" in parameters or (endpoint is not None and not endpoint.enabled):
        # moto refuses the disabled endpoint, as AWS does before it looks at the message.
        return
    _check_message(parameters)
    if _size(parameters) > _MOST_BYTES:
        raise invalid("Message too long")
    name = "TargetArn" if "TargetArn" in parameters else "TopicArn"
    arn = parameters.get(name, "")
    check_arn(name, arn)
    if not arn.split(":")[5].startswith("endpoint/"):
        topic_of(call, name)
    elif endpoint is None:
        raise invalid("TargetArn Reason: No endpoint found for the target arn specified")


@override("sns", "PublishBatch")
def publish_batch(_state: State, call: Call) -> None:
    """Reject a batch that SNS does not take; moto publishes."""
    topic_of(call)
    entries = call.parameters.get("PublishBatchRequestEntries", [])
    if len(entries) > _MOST_ENTRIES:
        text = "The batch request contains more entries than permissible."
        raise AwsError("TooManyEntriesInBatchRequest", text, 400)
    _check_ids([entry["Id"] for entry in entries])
    if sum(map(_size, entries)) > _MOST_BYTES:
        text = "The length of all the messages put together is more than the limit."
        raise AwsError("BatchRequestTooLong", text, 400)
    for entry in entries:
        _check_message(entry)


def _check_ids(ids: list[str]) -> None:
    for entry_id in ids:
        if len(entry_id) > _LONGEST_ENTRY_ID:
            text = f"The Id of a batch entry in the batch request is too long: {entry_id}"
            raise AwsError("InvalidBatchEntryId", text, 400)
        if not _ENTRY_ID.fullmatch(entry_id):
            text = f"The Id of a batch entry in the batch request contains an impermissible character: {entry_id}"
            raise AwsError("InvalidBatchEntryId", text, 400)
    if len(set(ids)) < len(ids):
        text = "Two or more batch entries in the request have the same Id."
        raise AwsError("BatchEntryIdsNotDistinct", text, 400)


def _check_message(entry: Mapping[str, Any]) -> None:
    if not entry.get("Message"):
        raise invalid("Empty message")
    subject = entry.get("Subject")
    if subject is not None and (not 0 < len(subject) <= _LONGEST_SUBJECT or not subject.isprintable()):
        raise invalid("Subject")
    if entry.get("MessageStructure") == "json":
        try:
            texts = json.loads(entry["Message"])
        except ValueError:
            raise invalid("Message Structure - JSON message body failed to parse") from None
        if not (isinstance(texts, dict) and isinstance(texts.get("default"), str)):
            raise invalid("Message Structure - No default entry in JSON message body")


def _size(entry: Mapping[str, Any]) -> int:
    """Return the bytes of a message with its attributes."""
    attributes: Iterable[tuple[str, Mapping[str, Any]]] = entry.get("MessageAttributes", {}).items()
    counted = [entry.get("Message", "")]
    for name, value in attributes:
        counted += [name, *value.values()]
    return sum(len(item if isinstance(item, bytes) else str(item).encode()) for item in counted)


@patch(Subscription, "publish")
def _publish(subscription: Subscription, *arguments: Any, **named: Any) -> None:
    """Deliver, or log that the endpoint was not reached; moto fails, and later subscribers get no message."""
    if is_pending(subscription):
        return
    try:
        _publish_by_moto(subscription, *arguments, **named)
    except (RequestException, QueueDoesNotExist) as error:
        _LOGGER.warning("%s was not reached for %s: %s", subscription.endpoint, subscription.topic.arn, error)


@patch(Subscription, "_parse_message_structure")
def _text(_subscription: Subscription, message: str, protocol: str) -> str:
    """Return the text for a protocol; moto takes a value that is not a string."""
    return text_for(message, protocol)


@patch(Subscription, "private_key")
def _private_key(_subscription: Subscription) -> rsa.RSAPrivateKey:
    """Return one key for all messages; moto makes one for each subscription."""
    return shared_key()


@cache
def shared_key() -> rsa.RSAPrivateKey:
    """Return the key that signs all messages."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@patch(Subscription, "get_post_data")
def envelope(subscription: Subscription, *arguments: Any, **named: Any) -> dict[str, Any]:
    """Return moto's envelope, signed by the topic's version, with one certificate and the subscription's own link."""
    made = _envelope_by_moto(subscription, *arguments, **named)
    version = getattr(subscription.topic, "signature_version", "1")
    signed = ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type")
    text = "".join(f"{name}\n{made[name]}\n" for name in signed if name in made)
    algorithm = hashes.SHA256() if version == "2" else hashes.SHA1()  # noqa: S303 -- version 1 is SHA1
    region = subscription.topic.sns_backend.region_name
    host = f"https://sns.{region}.amazonaws.com"
    return made | {
        "SignatureVersion": version,
        "Signature": base64.b64encode(shared_key().sign(text.encode(), padding.PKCS1v15(), algorithm)).decode(),
        "SigningCertURL": f"{host}/{_certificate(region)}",
        "UnsubscribeURL": f"{host}/?Action=Unsubscribe&SubscriptionArn={subscription.arn}",
    }


def _certificate(region: str) -> str:
    """Return the name of the first certificate of a Region, and drop those that moto makes for each message."""
    kept = sns_backends[DEFAULT_ACCOUNT_ID][region]._message_public_keys
    first, *others = kept
    for name in others:
        del kept[name]
    return str(first)
