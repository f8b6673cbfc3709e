# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Check the variables for event selectors, whose types are valid, as the module `trail` does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ..cloudtrail.checks import selector_problems
from ..cloudtrail.selector_options import recorded_management
from ..core.aws_names import partition_of
from .checks import Settings

_DATA, _ADVANCED = "secmon_trail_data_resources", "secmon_trail_advanced_event_selectors"


def trail_selector_problems(settings: Settings) -> Iterator[tuple[str, str]]:
    """Yield each problem as the name of its variable and a message."""
    partition, data, advanced = partition_of(settings["secmon_region"]), settings[_DATA], settings[_ADVANCED]
    for name, option in ((_DATA, "data_resources"), (_ADVANCED, "advanced_event_selectors")):
        for problem in selector_problems({option: settings[name]}, partition):
            yield name, problem
    if data and advanced:
        yield _DATA, f"has no effect, since {_ADVANCED} is set. Remove one of the two."
    if advanced:
        yield from _mismatches(advanced, partition, settings)


def _mismatches(advanced: Sequence[Mapping[str, Any]], partition: str, settings: Settings) -> Iterator[tuple[str, str]]:
    """Yield management events that the selectors do not record, though the rules are checked for them."""
    level, excluded = recorded_management(advanced, partition)
    for name, recorded in (("secmon_management_events", level), ("secmon_excluded_event_sources", excluded)):
        expected = settings[name] if isinstance(recorded, str) else sorted(settings[name])
        if recorded != expected:
            problem = (
                f"corresponds to {name}: {recorded}, but the rules are checked for {expected}. Change one of the two."
            )
            yield _ADVANCED, problem
