# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Derive the values for teardown.yml and prune.yml from the variables: confirmed accounts, and resources to remove."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from ..core.aws_names import builds_bucket, builds_chain, deployment_names, trail_account
from ..core.event_forwarding import rule_name
from ..event_alerts.deployment import EventRules
from ..rules.deployment import Detections
from ..rules.packs import Packs
from ..s3.log_folders import log_folders
from .checks import Settings
from .event_alerts import reported
from .log_alarms import role_names


def confirmation(settings: Settings, variable: str, known: Collection[str]) -> dict[str, Any]:
    """Return whether a variable confirms the removal of resources, and which IDs in it are not of `known` accounts."""
    ids = set(filter(None, settings[variable].split(",")))
    return {"confirmed": settings["secmon_account_id"] in ids, "unknown_accounts": sorted(ids.difference(known))}


def leftovers_options(settings: Settings, chosen: Detections, shipped: Packs) -> dict[str, Any]:
    """Return the options of secmon.aws.leftovers that name the resources of one account.

    Args:
        settings: The variables of the account, all valid.
        chosen: The detections of the account.
        shipped: The rules of the collection by pack. Their metric filters belong to the collection as well.
    """
    names, chain = deployment_names(settings), builds_chain(settings)
    outlines = [outline for found in shipped.outlines.values() for outline in found]
    chosen_filters = [entry["name"] for entry in chosen.filters if chain]
    creates_secret, secret = settings["secmon_create_secret"], settings["secmon_secret_name"]
    creates_keys = chain and settings["secmon_encrypt"] and not settings["secmon_existing_kms_key_arn"]

    def unless(existing: str, name: str) -> str:
        return name if chain and not settings[existing] else ""

    return {
        "trail_name": settings["secmon_trail_name"] if chain else "",
        "log_group_name": unless("secmon_existing_log_group_name", names["log_group_name"]),
        "role_name": unless("secmon_existing_log_role_arn", settings["secmon_log_role_name"]),
        "topic_name": unless("secmon_existing_topic_arn", settings["secmon_topic_name"]),
        "secret_name": secret if creates_secret else "",
        "key_aliases": _used_aliases(settings, names["key_aliases"]) if creates_keys else [],
        "bucket_key_alias": names["key_aliases"]["trail"] if creates_keys else "",
        "alarm_names": [alarm["name"] for alarm in chosen.alarms if chain],
        "log_alarm_names": [alarm["name"] for alarm in chosen.log_alarms if chain],
        "log_alarm_role_names": list(role_names(settings).values()) if chosen.log_alarms and chain else [],
        "filter_names": chosen_filters,
        "other_filter_names": sorted({outline.filter_name for outline in outlines} - set(chosen_filters)),
        "metric_namespaces": sorted({*chosen.namespaces, *(outline.namespace for outline in outlines)}),
        "existing_log_group_name": settings["secmon_existing_log_group_name"],
        "existing_role_arn": settings["secmon_existing_log_role_arn"],
        "existing_topic_arn": settings["secmon_existing_topic_arn"],
        "existing_key_arn": settings["secmon_existing_kms_key_arn"],
        "existing_secret_name": "" if creates_secret else secret,
        "kept_arns": _kept_arns(settings, names["trail_arn"]),
        "purge_keys": settings["secmon_purge_orphaned_keys"],
        **_bucket_options(settings, names),
    }


def _kept_arns(settings: Settings, trail_arn: str) -> list[str]:
    # The management account owns the trail that a delegated administrator looks after.
    of_delegate = not builds_chain(settings) and settings["secmon_account_id"] == trail_account(settings)
    return [*settings["secmon_kept_resources"], *([trail_arn] if of_delegate else [])]


def _used_aliases(settings: Settings, aliases: Mapping[str, str]) -> list[str]:
    return [name for purpose, name in aliases.items() if purpose != "events" or reported(settings)]


def event_options(settings: Settings, found: EventRules) -> dict[str, Any]:
    """Return the options of secmon.aws.leftovers about the event alerts of one account."""
    regions = list(settings["secmon_regions"]) if found.event_rules else []
    forwarding = [rule_name(settings["secmon_region"])] if found.event_rules else []
    return {
        "event_topic_name": settings["secmon_event_topic_name"] if reported(settings) else "",
        "event_rule_names": [*(rule["name"] for rule in found.event_rules), *forwarding],
        "event_regions": regions,
        "event_role_name": settings["secmon_event_forwarder_role_name"] if found.event_rules else "",
    }


def _bucket_options(settings: Settings, names: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options about the log bucket and what is in it."""
    own, owner = builds_bucket(settings), names["bucket_owner"]
    # The bucket of an organization's log archive is an existing one for the account of the trail.
    existing = names["bucket_name"] if builds_chain(settings) and not own else ""
    prefix, organization = settings["secmon_log_bucket_prefix"], settings["secmon_trail_organization_id"]
    # In an organization a former bucket has the log files of a former trail of this account.
    accounts = {settings["secmon_account_id"], trail_account(settings)}
    return {
        "bucket_name": names["bucket_name"] if own else "",
        "existing_bucket_name": existing,
        "existing_bucket_owner": owner if existing and owner != settings["secmon_account_id"] else "",
        "log_folders": log_folders(prefix or "", accounts, organization or ""),
        "purge_others": settings["secmon_purge_other_objects"],
        "keep_bucket": not settings["secmon_purge_log_bucket"],
    }
