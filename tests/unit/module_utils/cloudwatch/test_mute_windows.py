"""When mute rules mute their alarms."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from ansible_collections.secmon.aws.plugins.module_utils.cloudwatch.mute_windows import mute_schedule


@pytest.mark.parametrize(
    ("expression", "duration", "zone", "now", "end"),
    [
        ("at(2026-11-29T08:00)", "PT1H30M", "UTC", "2026-11-29T09:29", "2026-11-29T09:30"),
        ("at(2026-11-29T08:00)", "PT1H30M", "UTC", "2026-11-29T09:30", None),
        ("at(2026-11-29T08:00)", "PT1H", "Europe/Berlin", "2026-11-29T07:30", "2026-11-29T08:00"),
        ("cron(0 18 * * FRI)", "P2DT12H", "UTC", "2026-11-29T23:00", "2026-11-30T06:00"),
        ("cron(0 18 * * FRI)", "P2DT12H", "UTC", "2026-12-03T23:00", None),
        ("cron(0,30 1-3 1 JAN *)", "PT1M", "UTC", "2027-01-01T02:30", "2027-01-01T02:31"),
        ("cron(0 2 * * *)", "P1D", "America/New_York", "2026-11-29T07:30", "2026-11-30T07:00"),
    ],
)
def test_ends_where_the_duration_ends(expression: str, duration: str, zone: str, now: str, end: str | None) -> None:
    schedule = mute_schedule({"Expression": expression, "Duration": duration, "Timezone": zone})
    window = schedule.window(datetime.fromisoformat(now).replace(tzinfo=UTC))
    assert (window and window[1]) == (end and datetime.fromisoformat(end).replace(tzinfo=UTC))
