# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Validate the module's parameters and inspect the configuration of the chain."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ..core.aws_names import ACCOUNT_ID, STANDARD_TOPIC_ARN
from ..core.problems import require
from .alarm_findings import alarm_findings, filter_findings
from .existing import remedy_of_owner
from .facts import Facts
from .mute_findings import log_alarm_findings, mute_findings
from .timeline import Finding, in_order
from .topic_findings import (
    key_findings,
    open_subscription_findings,
    subscription_findings,
    topic_findings,
)
from .trail_findings import (
    log_group_findings,
    role_findings,
    secret_findings,
    selector_findings,
    status_findings,
    trail_findings,
)

Check = Callable[[Mapping[str, Any], Facts], Iterator[Finding]]

# Each check, with the fact that it requires.
_CHECKS: tuple[tuple[str, Check], ...] = (
    ("secret", secret_findings),
    ("trail", trail_findings),
    ("status", status_findings),
    ("selectors", selector_findings),
    ("log_group", log_group_findings),
    ("role", role_findings),
    ("metric_filter", filter_findings),
    ("alarm", alarm_findings),
    ("mute_rules", mute_findings),
    ("log_alarm", log_alarm_findings),
    ("topic", topic_findings),
    ("key", key_findings),
    ("subscriptions", subscription_findings),
    ("open_subscriptions", open_subscription_findings),
)
_NAMES = ("secret_id", "trail_name", "log_group_name", "filter_name", "alarm_name")


def check_drill(params: Mapping[str, Any]) -> None:
    """Raise RequestError with all invalid parameters, before any call."""
    require(_problems(params))


def _problems(params: Mapping[str, Any]) -> Iterator[str]:
    for name in _NAMES:
        if not params[name]:
            yield f"{name} is empty."
    if not re.fullmatch(STANDARD_TOPIC_ARN, params["topic_arn"]):
        yield f"topic_arn is {params['topic_arn']!r}, which is not the ARN of a standard SNS topic."
    if params["bucket_owner"] and not re.fullmatch(ACCOUNT_ID, params["bucket_owner"]):
        yield f"bucket_owner is {params['bucket_owner']!r}, which is not an account ID of 12 digits."
    for name in ("timeout_seconds", "poll_seconds"):
        if params[name] < 1:
            yield f"{name} is {params[name]}; use 1 or more seconds."


def inspect(params: Mapping[str, Any], facts: Facts) -> list[Finding]:
    """Return all findings in the order of the stages, including those about parts that could not be read."""
    if _is_not_built(params, facts):
        return [_not_built(facts)]
    found = [*facts.unread.values()]
    for needed, check in _CHECKS:
        if needed not in facts.unread:
            found += check(params, facts)
    return in_order([remedy_of_owner(finding, params["existing"]) for finding in found])


def _is_not_built(params: Mapping[str, Any], facts: Facts) -> bool:
    """Return whether none of the parts exists that site.yml creates."""
    secret = facts.secret and not facts.secret.get("DeletedDate")
    parts = {"secret": secret, "log_group": facts.log_group, "topic": facts.topic}
    own = [part for name, part in parts.items() if name not in params["existing"]]
    found = [*own, facts.trail, facts.trail_elsewhere, facts.metric_filter, facts.alarm]
    return not facts.unread and not any(found)


def _not_built(facts: Facts) -> Finding:
    cause = f"Nothing of the system exists in {facts.where}."
    return Finding(
        "call", "not_built", cause, "Build it: run site.yml (secmon.aws.site). Or correct the region or names."
    )
