# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Find the rules of EventBridge of a deployment, also those that forward the events of other regions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from ..core.account import Account
from ..core.errors import AwsError
from ..core.event_forwarding import regions_in, rule_name
from ..core.tags import is_managed
from ..eventbridge.reads import list_rules, tags_of
from ..iam.reads import find_role
from .resources import EVENT_RULE, Resource
from .search import Search


def event_rules(search: Search) -> Iterator[Resource]:
    """Yield the rules that are named or have the tag, which one call lists."""
    names = search.names(EVENT_RULE)
    rules = list_rules(search.account) if names else {}
    for name in names:
        if name in rules:
            tagged = search.is_tagged(EVENT_RULE, name)
            managed = tagged or is_managed(tags_of(search.account, rules, [name])[name])
            yield Resource(EVENT_RULE, name, rules[name]["Arn"], managed=managed)
    if not search.deployment.orphans:
        name = search.deployment.event_role
        role = forwarder(search, name) if name else None
        former = regions_in((role or {}).get("Description", ""))
        yield from forwarding_rules(search.account, search.deployment.event_regions.union(former))


def forwarder(search: Search, name: str) -> dict[str, Any] | None:
    """Return a role; the deployer of an account without other regions may be denied the one that forwards."""
    try:
        return find_role(search.account, name)
    except AwsError as error:
        if error.is_denial and name == search.deployment.event_role and not search.deployment.event_regions:
            return None
        raise


def forwarding_rules(account: Account, regions: Iterable[str]) -> Iterator[Resource]:
    """Yield the rules in other regions that forward events to this one."""
    name = rule_name(account.region)
    for region in sorted(regions):
        other = account.in_region(region)
        try:
            rules = list_rules(other)
            managed = name in rules and is_managed(tags_of(other, rules, [name])[name])
        except AwsError as error:
            # A service control policy denies the region, or it was disabled. The role or a variable names it.
            arn = replace(account.place, region=region).arn("events", f"rule/{name}")
            obstacle = f"{region} cannot be read ({error.code}), so that the rule may still exist there. {error.hint}"
            yield Resource(EVENT_RULE, name, arn, managed=True, obstacle=obstacle.rstrip())
            continue
        if name in rules:
            yield Resource(EVENT_RULE, name, rules[name]["Arn"], managed=managed)
