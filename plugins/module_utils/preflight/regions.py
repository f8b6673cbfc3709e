# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Find misspelt regions before the first call, which would wait for an address that does not exist.

Source: botocore, `data/partitions.json`. It cannot list the regions that AWS adds later, so a name is rejected only if
its direction is not a word of AWS's.
"""

from __future__ import annotations

from ..core.problems import did_you_mean
from ..validation.types import Found

_DIRECTIONS = frozenset(
    ("central", "north", "south", "east", "west", "northeast", "northwest", "southeast", "southwest")
)
_BY_AREA = {
    "af": "south-1",
    "ap": "east-1 east-2 northeast-1 northeast-2 northeast-3 south-1 south-2 southeast-1 southeast-2 southeast-3"
    " southeast-4 southeast-5 southeast-6 southeast-7",
    "ca": "central-1 west-1",
    "cn": "north-1 northwest-1",
    "eu": "central-1 central-2 north-1 south-1 south-2 west-1 west-2 west-3",
    "eusc": "de-east-1",
    "il": "central-1",
    "me": "central-1 south-1",
    "mx": "central-1",
    "sa": "east-1",
    "us": "east-1 east-2 west-1 west-2 gov-east-1 gov-west-1",
}
REGIONS = tuple(f"{area}-{rest}" for area, names in _BY_AREA.items() for rest in names.split())


def region_problem(name: str) -> Found:
    """Return what is wrong with the name of a region that has the shape of one, and what to do; None if nothing is."""
    if name.split("-")[-2] in _DIRECTIONS:
        return None
    # Letters in another order are the most common slip.
    similar = [region for region in REGIONS if sorted(region) == sorted(name)] or REGIONS
    return "is not a region of AWS", did_you_mean(name, similar).strip() or "use a region code such as eu-central-1"
