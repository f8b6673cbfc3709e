# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The types of all variables of an account. Their defaults and descriptions are in roles/common."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..cloudtrail.checks import INSIGHT_TYPES
from ..cloudtrail.selector_options import OPERATOR_OPTIONS
from ..core.aws_names import EXCLUDABLE_EVENT_SOURCES
from ..rules.selection import PACKS
from ..sns.endpoints import REMOVABLE, SUBSCRIBABLE
from ..sns.topic_policy import PUBLISHERS
from ..validation.structures import any_mapping, either, fields, list_of, mapping_of
from ..validation.types import ValueType, boolean, choice, integer, string
from . import aws_types

try:
    import yaml
except ImportError:  # the controller has it; a managed host that only imports this file may not
    yaml = None  # type: ignore[assignment]

PREFIX = "secmon_"


def _read_common(name: str) -> dict[str, Any]:
    path = Path(__file__).resolve().parents[3] / f"roles/common/{name}/main.yml"
    read: dict[str, Any] = yaml.safe_load(path.read_text()) if yaml else {}
    return read


# A default that is a template is filled in by Ansible only.
_DEFAULTS = {name: None if "{{" in repr(value) else value for name, value in _read_common("defaults").items()}
PROFILES: Mapping[str, Mapping[str, list[str]]] = _read_common("vars").get("__common_profiles", {})
"""The defaults that depend on the profile, by profile."""


@dataclass(frozen=True)
class Variable:
    """One variable.

    Attributes:
        name: Its name.
        type: The type of its values.
        default_words: The default in the documentation, if it is not a constant.
        required: Whether every account needs it.
        secret: Whether its value is left out of messages.
    """

    name: str
    type: ValueType[Any]
    default_words: str = ""
    required: bool = False
    secret: bool = False

    @property
    def default(self) -> Any:
        """Return the value of an account that does not set it, or None."""
        return _DEFAULTS.get(self.name)

    @property
    def may_be_empty(self) -> bool:
        """Return whether an empty string means that it is not set."""
        return not (self.default or self.default_words or self.required)


def _profile_hint(value: str) -> str:
    return " (for a named profile of the AWS configuration use secmon_aws_profile)"


def _subscriptions(protocols: Iterable[str]) -> ValueType[tuple[dict[str, Any], ...]]:
    entry = fields({"protocol": choice(protocols, "protocol"), "endpoint": aws_types.SUBSCRIPTION_ENDPOINT}, {})
    return list_of(entry, "list of mappings of `protocol`, `endpoint`")


_PACKS = list_of(choice(PACKS, "pack"), f"list of {', '.join(f'`{pack}`' for pack in PACKS)}", unique=True)
_SOURCES = list_of(
    choice(EXCLUDABLE_EVENT_SOURCES, "event source"),
    f"list of {', '.join(f'`{source}`' for source in EXCLUDABLE_EVENT_SOURCES)}",
    unique=True,
)
_NAMES = mapping_of(aws_types.RULE_ID, aws_types.ALARM_NAME, "mapping of rule IDs to names")
_TAGS = mapping_of(aws_types.TAG_TEXT, aws_types.TAG_TEXT, "mapping of strings to strings")
_ROTATION = fields(
    {"lambda_arn": aws_types.LAMBDA_ARN},
    {"days": integer("1 to 1000 days", 1, 1000)},
    "mapping of `lambda_arn`, `days`",
    empty=True,
)
_VALUE = either(aws_types.SECRET_TEXT, any_mapping("mapping"), "string or mapping")
_RULES = any_mapping("mapping of rule IDs to fields")
_ORGANIZATION_ID = string("organization ID", "o-[a-z0-9]{10,32}", "write it as o-exampleorgid")
_TOPIC = either(aws_types.TOPIC_NAME, aws_types.TOPIC_ARN, "topic name or ARN")
_STRINGS = list_of(string(), "list of strings", unique=True)
_DATA_RESOURCES = list_of(
    fields({"type": string(), "values": _STRINGS}, {"events": choice(("all", "read", "write"))}),
    "list of data resources",
)
_FIELD_SELECTOR = fields({"field": string()}, dict.fromkeys(OPERATOR_OPTIONS, _STRINGS))
_ADVANCED_SELECTORS = list_of(
    fields({"field_selectors": list_of(_FIELD_SELECTOR)}, {"name": string()}), "list of advanced event selectors"
)
_INSIGHTS = list_of(choice(INSIGHT_TYPES, "insight type"), "list of insight types", unique=True)
_PUBLISHERS = list_of(choice(PUBLISHERS, "publisher"), "list of `cloudwatch`, `eventbridge`", unique=True)
_TOKENS = mapping_of(aws_types.TAG_TEXT, aws_types.CREDENTIAL, "mapping of endpoints to tokens")
_DAYS = integer("number of days", 0, 36_500)

TABLE: Mapping[str, tuple[Variable, ...]] = {
    "The account": (
        Variable("secmon_account_id", aws_types.ACCOUNT_ID, required=True),
        Variable("secmon_region", aws_types.REGION_NAME, required=True),
        Variable("secmon_tags", _TAGS),
    ),
    "Credentials and connection": (
        Variable("secmon_aws_profile", aws_types.PROFILE_NAME),
        Variable("secmon_access_key", aws_types.CREDENTIAL, secret=True),
        Variable("secmon_secret_key", aws_types.CREDENTIAL, secret=True),
        Variable("secmon_session_token", aws_types.CREDENTIAL, secret=True),
        Variable("secmon_assume_role_arn", aws_types.ROLE_ARN),
        Variable("secmon_assume_role_external_id", aws_types.EXTERNAL_ID),
        Variable("secmon_assume_role_session_name", aws_types.SESSION_NAME),
        Variable("secmon_endpoint_url", aws_types.URL),
    ),
    "Detections": (
        Variable("secmon_profile", choice(PROFILES, "profile", _profile_hint)),
        Variable("secmon_packs", _PACKS, default_words="by `secmon_profile`"),
        Variable("secmon_rules", _RULES),
        Variable("secmon_alarm_names", _NAMES),
        Variable("secmon_test_filters_on_aws", boolean()),
    ),
    "The secret": (
        Variable("secmon_create_secret", boolean()),
        Variable("secmon_secret_name", aws_types.SECRET_NAME),
        Variable("secmon_secret_description", aws_types.DESCRIPTION),
        Variable("secmon_secret_value", _VALUE, default_words="generated", secret=True),
        Variable("secmon_secret_kms_key_id", aws_types.KEY_ID),
        Variable("secmon_secret_resource_policy", any_mapping("mapping")),
        Variable("secmon_secret_replica_regions", list_of(aws_types.REGION_NAME, "list of regions", unique=True)),
        Variable("secmon_secret_rotation", _ROTATION),
        Variable("secmon_secret_update_value", choice(("on_create", "always"))),
        Variable("secmon_secret_value_hmac_key", aws_types.HMAC_KEY, secret=True),
        Variable("secmon_secret_recovery_window_days", aws_types.RECOVERY_DAYS),
    ),
    "Notifications": (
        Variable("secmon_emails", list_of(aws_types.EMAIL, "list of e-mail addresses", unique=True)),
        Variable("secmon_subscriptions", _subscriptions(SUBSCRIBABLE)),
        Variable("secmon_remove_subscriptions", _subscriptions(REMOVABLE)),
        Variable("secmon_confirmation_tokens", _TOKENS, secret=True),
        Variable(
            "secmon_topic_publishers", list_of(choice(PUBLISHERS), "list of `cloudwatch`, `eventbridge`", unique=True)
        ),
        Variable("secmon_topic_name", aws_types.TOPIC_NAME),
        Variable("secmon_topic_display_name", aws_types.DISPLAY_NAME),
        Variable("secmon_existing_topic_arn", aws_types.TOPIC_ARN),
    ),
    "The trail": (
        Variable("secmon_trail_name", aws_types.TRAIL_NAME),
        Variable("secmon_multi_region", boolean()),
        Variable("secmon_management_events", choice(("all", "read", "write"))),
        Variable("secmon_excluded_event_sources", _SOURCES, default_words="by `secmon_profile`"),
        Variable("secmon_log_file_validation", boolean()),
        Variable("secmon_trail_organization_id", _ORGANIZATION_ID),
        Variable("secmon_trail_data_resources", _DATA_RESOURCES),
        Variable("secmon_trail_advanced_event_selectors", _ADVANCED_SELECTORS),
        Variable("secmon_trail_insight_types", _INSIGHTS),
        Variable("secmon_trail_topic_name", _TOPIC),
        Variable("secmon_log_bucket_name", aws_types.BUCKET_NAME, default_words="`<trail name>-<account id>`"),
        Variable("secmon_existing_log_bucket_name", aws_types.BUCKET_NAME),
        Variable("secmon_log_bucket_prefix", aws_types.KEY_PREFIX),
        Variable("secmon_log_archive_days", _DAYS),
        Variable("secmon_log_expiration_days", _DAYS),
        Variable("secmon_access_log_bucket_name", aws_types.BUCKET_NAME),
        Variable("secmon_purge_log_bucket", boolean()),
    ),
    "The log group": (
        Variable("secmon_log_group_name", aws_types.LOG_GROUP_NAME),
        Variable("secmon_existing_log_group_name", aws_types.LOG_GROUP_NAME),
        Variable("secmon_retention_days", aws_types.RETENTION),
        Variable("secmon_log_group_deletion_protection", boolean()),
        Variable("secmon_log_role_name", aws_types.ROLE_NAME),
        Variable("secmon_existing_log_role_arn", aws_types.ROLE_ARN),
    ),
    "Encryption": (
        Variable("secmon_encrypt", boolean()),
        Variable("secmon_kms_alias", aws_types.KMS_ALIAS),
        Variable("secmon_existing_kms_key_arn", aws_types.KEY_ARN),
    ),
    "Running": (
        Variable("secmon_verify_timeout_seconds", integer("1 to 86400 seconds", 1, 86_400)),
        Variable("secmon_teardown_confirm", aws_types.CONFIRMATION),
    ),
}

VARIABLES: Mapping[str, Variable] = {variable.name: variable for group in TABLE.values() for variable in group}
SECRETS = tuple(name for name, variable in VARIABLES.items() if variable.secret)
ALARM_NAMES: Mapping[str, str] = VARIABLES["secmon_alarm_names"].default
