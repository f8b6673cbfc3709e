# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The monthly costs of the monitoring, with the activity that was seen.

Prices are US dollars for us-east-1; docs/costs.md lists their sources and how reliable they are.
"""

from __future__ import annotations

from decimal import Decimal

METRIC = Decimal("0.30")
ALARM = Decimal("0.10")
SECRET = Decimal("0.40")
INGESTED_GB = Decimal("0.50")
STORED_GB = Decimal("0.03")
_DAYS = Decimal("30.4")
_GB = 1_000_000_000
# Each log event is billed with 26 more bytes (CloudWatch Logs quotas, "Batch size"; our reading for billing).
_BYTES_PER_EVENT = 26


def monthly_costs(metrics: int, alarms: int, records: int, size: int, days: float) -> dict[str, str]:
    """Return the US dollars per month by what costs them, and the total.

    Args:
        metrics: Custom metrics with data in every hour.
        alarms: Alarms of standard resolution on one metric each.
        records: Records in the time that was seen.
        size: Their bytes as JSON.
        days: The length of this time.
    """
    gigabytes = Decimal(size + _BYTES_PER_EVENT * records) / _GB / Decimal(days) * _DAYS
    costs = {
        "metrics": METRIC * metrics,
        "alarms": ALARM * alarms,
        "secret": SECRET,
        "events": INGESTED_GB * gigabytes,
        "storage": STORED_GB * gigabytes,
    }
    costs["total"] = sum(costs.values(), Decimal())
    return {what: f"{amount:.2f}" for what, amount in costs.items()}
