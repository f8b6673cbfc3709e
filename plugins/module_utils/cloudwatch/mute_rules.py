# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Read the mute rules of an alarm, which hold back its actions although they are enabled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from ..core.account import Account
from ..core.errors import AwsError
from ..core.supported import is_supported
from .mute_windows import mute_schedule

# What a region without mute rules answers; CloudWatch API reference, "Common Errors".
_UNKNOWN = ("InvalidAction", "UnknownOperationException")


@dataclass(frozen=True)
class MuteRule:
    """A mute rule.

    Attributes:
        name: Its name.
        is_active: Whether it mutes now; otherwise it will.
        end: When the mute ends; None if it is not known.
    """

    name: str
    is_active: bool
    end: datetime | None


def mute_rules(account: Account, alarm: str, now: datetime) -> list[MuteRule]:
    """Return the rules that mute an alarm now or later; none if botocore or the region does not know mute rules."""
    if not is_supported(account, "cloudwatch", "ListAlarmMuteRules"):
        return []
    parameters = {"AlarmName": alarm, "Statuses": ["ACTIVE", "SCHEDULED"], "MaxRecords": 100}
    what = f"mute rules of alarm {alarm}"
    answer = account.read_if_any("cloudwatch", "ListAlarmMuteRules", what, *_UNKNOWN, parameters=parameters)
    return [_rule(account, found, now) for found in answer.get("AlarmMuteRuleSummaries", [])]


def _rule(account: Account, found: Mapping[str, Any], now: datetime) -> MuteRule:
    arn = found["AlarmMuteRuleArn"]
    name = arn.split(":", 6)[-1]
    try:
        parameters = {"AlarmMuteRuleName": name}
        rule = account.read("cloudwatch", "GetAlarmMuteRule", f"mute rule {name}", parameters, resource_arn=arn)
    except AwsError as error:
        if not error.is_denial:
            raise
        rule = {}
    return MuteRule(name, found.get("Status") == "ACTIVE", mute_end(rule, now))


def mute_end(rule: Mapping[str, Any], now: datetime) -> datetime | None:
    """Return when the window of a rule that `now` is in ends, or None if that is not known."""
    try:
        window = mute_schedule(rule["Rule"]["Schedule"]).window(now)
    except (KeyError, ValueError):
        return None
    expiry = rule.get("ExpireDate") or now + timedelta(days=365)
    return min(window[1], expiry) if window else None
