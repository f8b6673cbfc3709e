# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The monthly costs of the monitoring, with the activity that was seen.

Prices are US dollars for us-east-1; docs/costs.md lists their sources and how reliable they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

METRIC = Decimal("0.30")
ALARM = Decimal("0.10")
SECRET = Decimal("0.40")
KEY = Decimal("1.00")
INGESTED_GB = Decimal("0.50")
STORED_GB = Decimal("0.03")
SCANNED_GB = Decimal("0.005")
EMAIL = Decimal("0.00002")
_DAYS = Decimal("30.4")
_GB = 1_000_000_000
# Each log event is billed with 26 more bytes (CloudWatch Logs quotas, "Batch size"; our reading for billing).
_BYTES_PER_EVENT = 26
_RATE = re.compile(r"rate\((\d+) minutes?\)")


@dataclass(frozen=True)
class Deployed:
    """What an account deploys.

    Attributes:
        metrics: Custom metrics with data in every hour.
        alarms: Alarms of standard resolution on one metric each.
        keys: Keys of KMS.
        scans: How often the log alarms scan each event, in sum.
    """

    metrics: int
    alarms: int
    keys: int = 0
    scans: Decimal = Decimal()


@dataclass(frozen=True)
class Activity:
    """What was seen in some days: records, their bytes as JSON, and notifications."""

    records: int
    size: int
    days: float
    notifications: int = 0


def scans_of(log_alarms: Iterable[Mapping[str, Any]]) -> Decimal:
    """Return how often log alarms scan each event, in sum: a query looks back further than to the one before."""
    found = ((each["start_seconds"] - each["end_seconds"], _RATE.fullmatch(each["schedule"])) for each in log_alarms)
    return sum((Decimal(seconds) / (60 * int(rate[1])) for seconds, rate in found if rate), Decimal())


def monthly_costs(deployed: Deployed, activity: Activity) -> dict[str, str]:
    """Return the US dollars per month by what costs them, and the total; e-mails are those to one address."""
    months = Decimal(activity.days) / _DAYS
    gigabytes = Decimal(activity.size + _BYTES_PER_EVENT * activity.records) / _GB / months
    costs = {
        "metrics": METRIC * deployed.metrics,
        "alarms": ALARM * deployed.alarms,
        "secret": SECRET,
        "keys": KEY * deployed.keys,
        "events": INGESTED_GB * gigabytes,
        "storage": STORED_GB * gigabytes,
        "log alarms": SCANNED_GB * gigabytes * deployed.scans,
        "e-mails": EMAIL * activity.notifications / months,
    }
    costs["total"] = sum(costs.values(), Decimal())
    return {what: f"{amount:.2f}" for what, amount in costs.items()}
