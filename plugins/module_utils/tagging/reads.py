# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""List what has the tag of this collection, with all tags.

Source: Resource Groups Tagging API reference, GetResources: it is eventually consistent and does not list IAM roles. It
may omit a new resource, show old tags, or show a deleted resource.
"""

from __future__ import annotations

from ..core.account import Account
from ..core.tags import OWNER_KEY, OWNER_VALUE, as_mapping


def managed_resources(account: Account, *types: str) -> dict[str, dict[str, str]]:
    """Return the tags of the resources in this region that are tagged as managed by this collection, by ARN.

    Args:
        account: The account.
        types: The types to list, in the form of the tagging API; all if there is none.
    """
    parameters = {
        **({"ResourceTypeFilters": list(types)} if types else {}),
        "TagFilters": [{"Key": OWNER_KEY, "Values": [OWNER_VALUE]}],
        "ResourcesPerPage": 100,
    }
    what = f"tagged {', '.join(types) or 'resources'}"
    listed = account.read_all("resourcegroupstaggingapi", "GetResources", what, "ResourceTagMappingList", parameters)
    return {entry["ResourceARN"]: as_mapping(entry["Tags"]) for entry in listed}
