# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The message of an event alert: what happened, what to do first, and where the record is.

EventBridge sends the quotation marks of a template, so each line of the mail stands in them (EventBridge user guide,
"Amazon EventBridge input transformation"). It does not escape the values that it fills in (same page); so only values
without quotation marks are used, and neither userAgent nor errorMessage, which a caller can choose.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby

from ..rules.rule import Rule
from ..rules.runbook import is_command
from .outcomes import Outcome
from .subjects import SUBJECTS, subject

PATHS: Mapping[str, str] = {
    **SUBJECTS,
    "account": "$.detail.recipientAccountId",
    "address": "$.detail.sourceIPAddress",
    "arn": "$.detail.userIdentity.arn",
    "call": "$.detail.eventName",
    "error": "$.detail.errorCode",
    "event": "$.detail.eventID",
    "owner": "$.detail.userIdentity.accountId",
    "provider": "$.detail.userIdentity.identityProvider",
    "region": "$.detail.awsRegion",
    "service": "$.detail.userIdentity.invokedBy",
    "sign_in": "$.detail.responseElements.ConsoleLogin",
    "source": "$.detail.eventSource",
    "time": "$.detail.eventTime",
    "type": "$.detail.userIdentity.type",
}
"""The values that a mail can name, with their paths in the event."""

MOST_CHARACTERS = 8_192
"""EventBridge API reference, InputTransformer (InputTemplate)."""

_CONSOLES = {
    "aws": "console.aws.amazon.com",
    "aws-cn": "console.amazonaws.cn",
    "aws-us-gov": "console.amazonaws-us-gov.com",
}
_FIRST_STEPS = 3
_STEP = re.compile(r"\d+\. ")
_NAMES = re.compile(r"<([a-z_]+)>")


@dataclass(frozen=True)
class Style:
    """How the messages of an account are written.

    Attributes:
        account_name: What people call the account.
        partition: The partition of the account, for the link to the record.
        chat: Whether they are cards of Amazon Q Developer in chat applications instead of mails.
    """

    account_name: str
    partition: str
    chat: bool = False


def template(rule: Rule, outcome: Outcome, pattern: str, style: Style) -> str:
    """Return the template of a message.

    Args:
        rule: The detection, with the runbook of the account, whose names are filled in.
        outcome: The kind of caller and outcome.
        pattern: The event pattern of both.
        style: How it is written.
    """
    name = subject(pattern) if outcome.done else ""
    on = f" on {name.replace('_', ' ')} <{name}>" if name else ""
    title = f"{rule.severity.upper()}: {_plain(rule.title)}"
    happened = (
        f"{outcome.text}{on} from <address> at <time> in account {_account(style.account_name)}, region <region>."
    )
    steps = [_plain(step) for step in first_steps(rule.runbook)]
    link = ""
    if style.partition in _CONSOLES:
        url = f"https://{_CONSOLES[style.partition]}/cloudtrailv2/home?region=<region>#/events/<event>"
        link = f"The record, in some minutes: {url}"
    if style.chat:
        return _card(title, f"{happened} {link}".strip(), steps, [rule.id, rule.severity])
    lines = [f"{title}. {happened}", "What to do first:", *steps, link, f"Rule {rule.id}; event <event>."]
    return "\n".join(f'"{line}"' for line in lines if line)


def _card(title: str, description: str, steps: list[str], keywords: list[str]) -> str:
    """Return a card in the only form that Amazon Q Developer renders of texts.

    Source: Amazon Q Developer in chat applications administrator guide, "Custom notifications".
    """
    content = {
        "textType": "client-markdown",
        "title": title,
        "description": description,
        "nextSteps": steps,
        "keywords": keywords,
    }
    card = {"version": "1.0", "source": "custom", "id": "<event>", "content": content}
    return json.dumps(card, ensure_ascii=False)


def drill_template(style: Style) -> str:
    """Return the template of the message that a drill causes."""
    title = f"DRILL: The event alerts of account {_account(style.account_name)}, region <region>, reach you"
    why = "A person ran drill.yml, or sent its event. No call was made that an event alert reports."
    if style.chat:
        return _card(title, why, [], ["drill"])
    return "\n".join(f'"{line}"' for line in (f"{title}.", why, "Event <event>."))


def paths_of(text: str) -> dict[str, str]:
    """Return the values that a template names, with their paths."""
    return {name: PATHS[name] for name in sorted(set(_NAMES.findall(text)))}


def first_steps(runbook: str) -> Iterator[str]:
    """Yield the first steps of a runbook, each as one line; commands, which have quotation marks, are left out."""
    steps: list[list[str]] = []
    for line in runbook.splitlines():
        if _STEP.match(line) or not steps:
            steps.append([])
        steps[-1].append(line.strip())
    for step in steps[:_FIRST_STEPS]:
        parts = [(command, " ".join(lines)) for command, lines in groupby(step, is_command)]
        yield " ".join("(command: see the runbook)." if command else text.rstrip(":") for command, text in parts)


def _account(name: str) -> str:
    return f"{_plain(name)} (<account>)" if name else "<account>"


def _plain(text: str) -> str:
    """Return a text without the characters that mean something in a template."""
    for character, instead in (("\\", "/"), ('"', "'"), ("<", "["), (">", "]")):
        text = text.replace(character, instead)
    return " ".join(text.split())
