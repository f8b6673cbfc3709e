# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Find the roles and keys of this collection that no variable names, which takes more than their tag.

The tagging API does not list roles, and lists a key by its ID, while variables name aliases.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from ..core.account import Account
from ..core.errors import AwsError
from ..core.event_forwarding import WORDS, regions_in
from ..core.tags import as_mapping, is_managed
from ..iam.reads import find_role, inline_policies, roles_for
from ..kms.key import ALIAS_MARK
from ..kms.reads import aliases_by_key, find_key
from . import resources as kinds
from .event_rules import forwarding_rules
from .resources import Resource
from .search import Search

_NO_ALIAS = (
    f"it has neither an alias nor the tag {ALIAS_MARK}; delete it with aws kms schedule-key-deletion if it is not used"
)


# In the description of the roles of log alarms. Other roles that CloudWatch may assume would take a call each.
_LOG_ALARMS = "for the log alarms of"


def orphaned_roles(search: Search) -> Iterator[Resource]:
    """Yield roles for log groups and the event bus of this region that no variable names, and the rules for the bus."""
    account, deployment = search.account, search.deployment
    for arn, name in roles_for(account, "cloudtrail.amazonaws.com", _LOG_ALARMS, WORDS).items():
        if name in deployment.names(kinds.ROLE) or arn in deployment.kept or not _is_managed(account, name):
            continue
        try:
            policies = json.dumps(list(inline_policies(account, name).values()))
        except AwsError as error:
            if not error.is_denial:
                raise
            yield Resource(kinds.ROLE, name, arn, managed=True, obstacle=f"its policy may not be read. {error.hint}")
        else:
            # Roles belong to all regions; a deployment of another region has its own variables.
            if f":logs:{account.region}:" in policies:
                yield Resource(kinds.ROLE, name, arn, managed=True)
            elif f":events:{account.region}:" in policies:
                description = (find_role(account, name) or {}).get("Description", "")
                yield from forwarding_rules(account, regions_in(description))
                yield Resource(kinds.ROLE, name, arn, managed=True)


def _is_managed(account: Account, role: str) -> bool:
    try:
        return is_managed(as_mapping((find_role(account, role) or {}).get("Tags", [])))
    except AwsError as error:
        if error.is_denial:  # a deployer may read its own roles at least
            return False
        raise


def orphaned_keys(search: Search) -> Iterator[Resource]:
    """Yield the keys of which no variable names an alias, and keys that are one too many for an alias."""
    tagged, named = search.tagged.get(kinds.KEY, {}), search.deployment.names(kinds.KEY)
    marks = [tags.get(ALIAS_MARK) for tags in tagged.values()]
    if len(set(marks)) == len(marks) and named.issuperset(marks):
        return
    aliases = aliases_by_key(search.account)
    for key_id, tags in tagged.items():
        own = aliases.get(key_id, [])
        key = None if named.intersection([key_id, *own]) else find_key(search.account, key_id)
        if key:
            yield _orphaned_key(search, key, own, tags)


def _orphaned_key(search: Search, key: Mapping[str, Any], aliases: list[str], tags: Mapping[str, str]) -> Resource:
    mark = tags.get(ALIAS_MARK, "")
    surplus = not aliases and mark in search.deployment.names(kinds.KEY)
    return Resource(
        kinds.KEY,
        key["KeyId"] if surplus else aliases[0] if aliases else mark or key["KeyId"],
        key["Arn"],
        managed=True,
        until=key.get("DeletionDate"),
        obstacle="" if aliases or mark else _NO_ALIAS,
        alias=mark if surplus else "",
    )
