# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Wait for an alarm that is in ALARM already, whose actions would not run for the read of the drill."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from ..core.account import Account
from .alarm_findings import already_in_alarm, counts_every_secret, kept_in_alarm
from .broken_stage import BrokenStageError, breaking
from .central import central_account
from .facts import Facts
from .reads import find_alarm

# One read keeps an alarm of a one-minute period in ALARM for a few minutes.
_BUSY = timedelta(minutes=15)


def wait_until_not_in_alarm(account: Account, params: Mapping[str, Any], facts: Facts) -> None:
    """Wait until the alarm is not in ALARM. Raise BrokenStageError if that would take too long."""
    name, center = params["alarm_name"], central_account(account, params)
    alarm = facts.alarm
    if _blocks(center, alarm, facts):
        _require_that_it_will_end(center, params, facts)
    while _blocks(center, alarm, facts):
        if not account.budget.pause(params["poll_seconds"]):
            raise BrokenStageError(already_in_alarm(name))
        alarm = find_alarm(center, name)


def _blocks(center: Account, alarm: Mapping[str, Any] | None, facts: Facts) -> bool:
    """Return whether the alarm is in ALARM already: for an alarm on each account, the contributor of this one."""
    if not alarm or alarm["StateValue"] != "ALARM":
        return False
    if not alarm.get("group_by"):
        return True
    name = alarm["AlarmName"]
    operation, items = "DescribeAlarmContributors", "AlarmContributors"
    with breaking("alarm"):
        found = center.read_all("cloudwatch", operation, f"alarm {name}", items, {"AlarmName": name})
    return any(facts.place.account in one["ContributorAttributes"].values() for one in found)


def _require_that_it_will_end(account: Account, params: Mapping[str, Any], facts: Facts) -> None:
    """Raise BrokenStageError if reads of other secrets keep the alarm in ALARM, so that waiting would be in vain."""
    name, alarm = params["alarm_name"], facts.alarm or {}
    if not counts_every_secret(params, facts):
        return
    parameters = {"AlarmName": name, "HistoryItemType": "StateUpdate", "MaxRecords": 1}
    with breaking("alarm"):
        answer = account.read("cloudwatch", "DescribeAlarmHistory", f"alarm {name}", parameters)
    since = alarm["StateUpdatedTimestamp"]
    if parsedate_to_datetime(answer["ResponseMetadata"]["HTTPHeaders"]["date"]) - since > _BUSY:
        raise BrokenStageError(kept_in_alarm(name, since))
