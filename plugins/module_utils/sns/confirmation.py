# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Confirm subscriptions by the links of their emails, so that only a signed request can end them.

Sources: SNS API reference, ConfirmSubscription; recorded answers of AWS (2026-09): the token alone decides, a second
confirmation with AuthenticateOnUnsubscribe is AuthorizationError, and the token of a subscription that has ended is
NotFound.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import unquote

from ..core.account import Account
from ..core.errors import WritesFailedError
from ..core.plan import Plan, Write
from ..core.problems import NotProvedError, require
from .endpoints import label
from .reads import topic_subscriptions
from .subscriptions import PENDING, open_subscription, states, subscriptions_of

CONFIRMED = "confirmed"
BEFORE = "confirmed before"

_TOKEN = re.compile(r"(?:^|[?&;]Token=)([0-9A-Fa-f]{32,})(?=$|[&;#\s])")
_TOPIC = re.compile(r"TopicArn=(arn:[a-z0-9-]+:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]+)")
_UNWRAPS = 3  # services that check links wrap them in a link of their own, each time quoted once more
_ALREADY = "already confirmed"
_NEW_MAIL = (
    "SNS deletes a subscription that is not confirmed within 48 hours. Run site.yml, which subscribes it again, and use"
    " the link of the new email."
)


def links_of(texts: Iterable[str], topic_arn: str) -> dict[str, str]:
    """Return the tokens of the links of one topic, each with a name for messages that does not contain it.

    Raises:
        RequestError: A text is not a link or token of SNS, or belongs to another topic.
    """
    tokens, problems = dict[str, str](), list[str]()
    for number, text in enumerate(texts, 1):
        link = _unwrapped(text)
        token, topic = _TOKEN.search(link), _TOPIC.search(link)
        name = f"entry {number} of links"
        if token is None:
            problems.append(
                f'{name} contains no token. Copy the whole link below the text "To confirm this subscription" of the'
                " confirmation email, or its part after Token=."
            )
        elif topic and topic[1] != topic_arn:
            problems.append(f"{name} confirms a subscription to {topic[1]}, not to {topic_arn}. Remove it from links.")
        else:
            tokens.setdefault(token[1], name)
    require(problems)
    return tokens


def _unwrapped(text: str) -> str:
    link = text.strip()
    for _attempt in range(_UNWRAPS):
        link = unquote(link)
    return link


def predict(params: Mapping[str, Any], account: Account) -> dict[str, Any]:
    """Return which subscriptions are pending; only the tokens decide which of them would be confirmed."""
    links_of(params["links"], params["topic_arn"])
    found = subscriptions_of(topic_subscriptions(account, params["topic_arn"]))
    pending = [item for item in found if item.state == PENDING]
    before, after = states(pending), dict.fromkeys(states(pending), "confirmed if a link is its own")
    return {"changed": bool(pending), "subscriptions": [], "diff": {"before": before, "after": after}}


def confirm(params: Mapping[str, Any], account: Account) -> dict[str, Any]:
    """Confirm the subscriptions of all links, and return them.

    Raises:
        RequestError: See `links_of`.
        NotProvedError: Links were refused; all others were used.
    """
    confirmed, refused = list[dict[str, Any]](), list[str]()
    for token, name in links_of(params["links"], params["topic_arn"]).items():
        try:
            confirmed.append(_confirm(account, params["topic_arn"], token))
        except WritesFailedError as failure:
            refused.append(f"{name}: {_reason(failure)}")
    new = {label(item["protocol"], item["endpoint"]): CONFIRMED for item in confirmed if item["result"] == CONFIRMED}
    results = {
        "changed": bool(new),
        "subscriptions": confirmed,
        "diff": {"before": dict.fromkeys(new, PENDING), "after": new},
        "warnings": list(_warnings(confirmed)),
    }
    if refused:
        where = f"{account.known_place()}, topic {params['topic_arn']}"
        done = f" Confirmed: {len(confirmed)} of the other links." if confirmed else ""
        raise NotProvedError(f"Refused in {where}:\n" + "\n".join(refused) + done, results)
    return results


def _confirm(account: Account, topic_arn: str, token: str) -> dict[str, Any]:
    """Use one token; raise WritesFailedError if it confirms no subscription."""
    try:
        arn, result = _send(account, topic_arn, token, AuthenticateOnUnsubscribe="true"), CONFIRMED
    except WritesFailedError as failure:
        if failure.error.code != "AuthorizationError" or _ALREADY not in failure.error.message:
            raise
        # Without the parameter the call changes nothing for a confirmed subscription, and returns its ARN.
        arn, result = _send(account, topic_arn, token), BEFORE
    attributes = account.read(
        "sns", "GetSubscriptionAttributes", f"subscription {arn}", {"SubscriptionArn": arn}, resource_arn=arn
    )["Attributes"]
    return {
        "protocol": attributes["Protocol"],
        "endpoint": attributes["Endpoint"],
        "subscription_arn": arn,
        "result": result,
        "authenticated": attributes.get("ConfirmationWasAuthenticated") == "true",
    }


def _send(account: Account, topic_arn: str, token: str, **options: str) -> str:
    write = Write(
        service="sns",
        operation="ConfirmSubscription",
        parameters={"TopicArn": topic_arn, "Token": token, **options},
        resource=f"subscription to {topic_arn}",
        resource_arn=topic_arn,
    )
    (answer,) = account.apply(Plan(before={"state": PENDING}, after={"state": CONFIRMED}, stages=((write,),)))
    return str(answer["SubscriptionArn"])


def _reason(failure: WritesFailedError) -> str:
    error = failure.error
    if error.code == "NotFound":
        return f"its subscription no longer exists. {_NEW_MAIL}"
    if error.code == "InvalidParameter":
        return f"SNS does not know its token ({error.message}). Copy the whole link again."
    return f"{error.code}: {error.message.rstrip('.')}. {error.hint}".rstrip()


def _warnings(confirmed: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    for item in confirmed:
        if not item["authenticated"]:
            yield " ".join(open_subscription(item["endpoint"]))
