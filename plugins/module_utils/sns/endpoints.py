# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Validate and compare the endpoints of subscriptions.

Sources: SNS API reference, Subscribe; RFC 5321, 2.3.11 and 2.4 (the domain of an email address is case-insensitive, the
local part is not); ITU-T E.164.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from ..core.aws_names import LAMBDA_ARN, QUEUE_ARN, Arn

EMAIL_PROTOCOLS = ("email", "email-json")
URL_PROTOCOLS = ("http", "https")
SUBSCRIBABLE = (*EMAIL_PROTOCOLS, "sms", "https", "sqs", "lambda")
REMOVABLE = (*SUBSCRIBABLE, "http", "application", "firehose")

_ADDRESS = re.compile(r"[^@\s<>]{1,64}@(?=.{1,255}$)([^@\s.<>]{1,63}\.)+[^@\s.<>]{2,63}")
_PHONE_NUMBER = re.compile(r"\+[1-9][0-9]{6,14}")
_URL = re.compile(r"(?P<scheme>[A-Za-z]+)://(?P<authority>[^/?#]*)(?P<rest>.*)", re.DOTALL)
_ARNS = {"sqs": re.compile(QUEUE_ARN), "lambda": re.compile(LAMBDA_ARN)}
_EXPECTED = {
    "email": "an address such as security@example.com",
    "email-json": "an address such as security@example.com",
    "sms": "a number in E.164 format, such as +4915112345678",
    "https": "a URL that begins with https://",
    "sqs": "the ARN of a queue",
    "lambda": "the ARN of a function",
}


def identity(protocol: str, endpoint: str) -> tuple[str, str]:
    """Return the same value for every spelling of one subscription."""
    if protocol in EMAIL_PROTOCOLS:
        local, _at, domain = endpoint.rpartition("@")
        return protocol, f"{local}@{domain.lower()}"
    if protocol == "sms":
        return protocol, re.sub(r"\D", "", endpoint)
    return protocol, masked(protocol, endpoint)


def masked(protocol: str, endpoint: str) -> str:
    """Return an endpoint as SNS lists it: **** for the password in a URL, scheme and host in lower case."""
    url = _URL.fullmatch(endpoint) if protocol in URL_PROTOCOLS else None
    if not url:
        return endpoint
    user, at, host = url["authority"].rpartition("@")
    name, colon, _password = user.partition(":")
    return f"{url['scheme'].lower()}://{name}{colon}{'****' if colon else ''}{at}{host.lower()}{url['rest']}"


def label(protocol: str, endpoint: str) -> str:
    """Return the name of a subscription for messages and diffs."""
    return f"{protocol} {masked(protocol, endpoint)}"


def needs_confirmation(protocol: str, endpoint: str, account: str) -> bool:
    """Return whether the owner must confirm a new subscription: email, HTTP(S), and endpoints in other accounts."""
    if protocol in _ARNS:
        return Arn.parse(endpoint).account != account
    return protocol in (*EMAIL_PROTOCOLS, *URL_PROTOCOLS)


def endpoint_problem(subscription: Mapping[str, str], partition: str) -> str:
    """Return why SNS would reject an endpoint, or an empty string."""
    protocol, endpoint = subscription["protocol"], subscription["endpoint"]
    name = label(protocol, endpoint)
    if not _is_valid(protocol, endpoint):
        return f"{name} is not a valid endpoint: {protocol} requires {_EXPECTED[protocol]}."
    if protocol in _ARNS and Arn.parse(endpoint).partition != partition:
        return f"{name} is in partition {Arn.parse(endpoint).partition}, but the topic is in {partition}."
    if protocol == "sqs" and endpoint.endswith(".fifo"):
        return f"{name} is a FIFO queue; a standard topic cannot deliver to it."
    return ""


def _is_valid(protocol: str, endpoint: str) -> bool:
    if protocol in _ARNS:
        return bool(_ARNS[protocol].fullmatch(endpoint))
    if protocol in EMAIL_PROTOCOLS:
        return bool(_ADDRESS.fullmatch(endpoint))
    if protocol == "sms":
        return bool(_PHONE_NUMBER.fullmatch(endpoint))
    return protocol == "https" and _is_https_url(endpoint)


def _is_https_url(endpoint: str) -> bool:
    try:
        url = urlsplit(endpoint)
        return bool(url.scheme == "https" and url.hostname and url.port != 0) and not re.search(r"\s", endpoint)
    except ValueError:  # an invalid port or IPv6 address
        return False
