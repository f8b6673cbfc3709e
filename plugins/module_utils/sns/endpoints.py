# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Where a topic delivers: what an endpoint looks like, and when two are the same.

Sources: SNS API reference, Subscribe; RFC 5321, 2.3.11 and 2.4 (the domain of an address ignores case, the part before
the @ does not); ITU-T E.164.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import urlsplit

E_MAIL = ("email", "email-json")
URLS = ("http", "https")
CONFIRMED_BY_THEIR_OWNERS = (*E_MAIL, *URLS)
SUBSCRIBABLE = (*E_MAIL, "sms", "https", "sqs", "lambda")
REMOVABLE = (*SUBSCRIBABLE, "http", "application", "firehose")

_ADDRESS = re.compile(r"[^@\s<>]{1,64}@(?=.{1,255}$)([^@\s.<>]{1,63}\.)+[^@\s.<>]{2,63}")
_PHONE_NUMBER = re.compile(r"\+[1-9][0-9]{6,14}")
_URL = re.compile(r"(?P<scheme>[A-Za-z]+)://(?P<authority>[^/?#]*)(?P<rest>.*)", re.DOTALL)
_ARNS = {
    "sqs": re.compile(r"arn:(?P<partition>aws[a-z-]*):sqs:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]{1,80}(\.fifo)?"),
    "lambda": re.compile(
        r"arn:(?P<partition>aws[a-z-]*):lambda:[a-z0-9-]+:[0-9]{12}:function:[A-Za-z0-9_-]{1,140}(:[$A-Za-z0-9_-]{1,128})?"
    ),
}
_SHAPES = {
    "email": "an address such as security@example.com",
    "email-json": "an address such as security@example.com",
    "sms": "a number as E.164 has it, such as +4915112345678",
    "https": "an address that begins with https://",
    "sqs": "the ARN of a queue",
    "lambda": "the ARN of a function",
}


def identity(protocol: str, endpoint: str) -> tuple[str, str]:
    """Return what two spellings of the same subscription have in common."""
    if protocol in E_MAIL:
        local, _at, domain = endpoint.rpartition("@")
        return protocol, f"{local}@{domain.lower()}"
    if protocol == "sms":
        return protocol, re.sub(r"\D", "", endpoint)
    return protocol, shown(protocol, endpoint)


def shown(protocol: str, endpoint: str) -> str:
    """Return an endpoint as SNS lists it: with **** for the password of a URL; scheme and host in lower case."""
    url = _URL.fullmatch(endpoint) if protocol in URLS else None
    if not url:
        return endpoint
    user, at, host = url["authority"].rpartition("@")
    name, colon, _password = user.partition(":")
    return f"{url['scheme'].lower()}://{name}{colon}{'****' if colon else ''}{at}{host.lower()}{url['rest']}"


def labelled(protocol: str, endpoint: str) -> str:
    """Return the words for a subscription in a message or a difference."""
    return f"{protocol} {shown(protocol, endpoint)}"


def needs_confirmation(protocol: str, endpoint: str, account: str) -> bool:
    """Whether somebody has to confirm a new subscription: people and servers do, and owners in other accounts."""
    return protocol in CONFIRMED_BY_THEIR_OWNERS or (protocol in _ARNS and endpoint.split(":")[4] != account)


def endpoint_problem(subscription: Mapping[str, str], partition: str) -> str:
    """Say why SNS would refuse an endpoint, or nothing."""
    protocol, endpoint = subscription["protocol"], subscription["endpoint"]
    found = _ARNS[protocol].fullmatch(endpoint) if protocol in _ARNS else None
    if not (found or _fits(protocol, endpoint)):
        return f"{labelled(protocol, endpoint)} is no endpoint: {protocol} takes {_SHAPES[protocol]}."
    if found and found["partition"] != partition:
        return f"{labelled(protocol, endpoint)} is in partition {found['partition']}, the topic in {partition}."
    if protocol == "sqs" and endpoint.endswith(".fifo"):
        return f"{labelled(protocol, endpoint)} is a FIFO queue, to which no standard topic can deliver."
    return ""


def _fits(protocol: str, endpoint: str) -> bool:
    if protocol in E_MAIL:
        return bool(_ADDRESS.fullmatch(endpoint))
    if protocol == "sms":
        return bool(_PHONE_NUMBER.fullmatch(endpoint))
    return protocol == "https" and _is_https(endpoint)


def _is_https(endpoint: str) -> bool:
    try:
        url = urlsplit(endpoint)
        return bool(url.scheme == "https" and url.hostname and url.port != 0) and not re.search(r"\s", endpoint)
    except ValueError:  # a port or an IPv6 address that is none
        return False
