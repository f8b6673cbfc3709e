# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Derive the values for a teardown from the variables: the confirmed accounts, and the resources to remove."""

from __future__ import annotations

from typing import Any

from ..core.aws_names import deployment_names
from ..rules.deployment import Detections
from ..rules.selection import Packs
from .checks import Settings


def confirmed_ids(settings: Settings) -> set[str]:
    """Return the ids of the accounts that a teardown may remove resources from. Raise InvalidVariableError."""
    return set(filter(None, settings["secmon_teardown_confirm"].split(",")))


def leftovers_options(settings: Settings, chosen: Detections, shipped: Packs) -> dict[str, Any]:
    """Return the options of secmon.aws.leftovers that name the resources of one account.

    Args:
        settings: The variables of the account, all valid.
        chosen: The detections of the account.
        shipped: The rules of the collection by pack. Their metric filters belong to the collection as well.
    """
    names = deployment_names(settings)
    owner = names["bucket_owner"]
    shipped_rules = [rule for rules in shipped.values() for rule in rules if rule.enabled]
    chosen_filters = [entry["name"] for entry in chosen.filters]
    creates_secret, secret = settings["secmon_create_secret"], settings["secmon_secret_name"]
    creates_keys = settings["secmon_encrypt"] and not settings["secmon_existing_kms_key_arn"]

    def unless(existing: str, name: str) -> str:
        return "" if settings[existing] else name

    return {
        "trail_name": settings["secmon_trail_name"],
        "bucket_name": unless("secmon_existing_log_bucket_name", names["bucket_name"]),
        "log_group_name": unless("secmon_existing_log_group_name", names["log_group_name"]),
        "role_name": unless("secmon_existing_log_role_arn", settings["secmon_log_role_name"]),
        "topic_name": unless("secmon_existing_topic_arn", settings["secmon_topic_name"]),
        "secret_name": secret if creates_secret else "",
        "key_aliases": list(names["key_aliases"].values()) if creates_keys else [],
        "bucket_key_alias": names["key_aliases"]["trail"] if creates_keys else "",
        "alarm_names": [alarm["name"] for alarm in chosen.alarms],
        "filter_names": chosen_filters,
        "other_filter_names": sorted({rule.filter_name for rule in shipped_rules} - set(chosen_filters)),
        "metric_namespaces": sorted({*chosen.namespaces, *(rule.metric.namespace for rule in shipped_rules)}),
        "existing_bucket_name": settings["secmon_existing_log_bucket_name"],
        "existing_bucket_owner": owner if owner != settings["secmon_account_id"] else "",
        "existing_log_group_name": settings["secmon_existing_log_group_name"],
        "existing_role_arn": settings["secmon_existing_log_role_arn"],
        "existing_topic_arn": settings["secmon_existing_topic_arn"],
        "existing_key_arn": settings["secmon_existing_kms_key_arn"],
        "existing_secret_name": "" if creates_secret else secret,
        "keep_bucket": not settings["secmon_purge_log_bucket"],
    }
