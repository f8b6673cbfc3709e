# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The variables of an account and the types of their values.

roles/common declares each variable: its description, plain type and choices in meta/variables.yml, its default in
defaults/main.yml. `TYPES` adds what the plain type cannot express.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ..cloudtrail.checks import INSIGHT_TYPES
from ..cloudtrail.selector_options import OPERATOR_OPTIONS
from ..core.aws_names import EXCLUDABLE_EVENT_SOURCES
from ..rules.limits import SEVERITIES
from ..rules.packs import PACKS
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


def _read_common(folder: str, name: str = "main") -> dict[str, Any]:
    path = Path(__file__).resolve().parents[3] / f"roles/common/{folder}/{name}.yml"
    return _parsed(path.read_text()) if yaml else {}


def _parsed(text: str) -> dict[str, Any]:
    """Return a file of this collection by the parser of libyaml, if it is there, which is ten times as fast."""
    parsed: dict[str, Any] = yaml.load(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    return parsed


_OPTIONS: Mapping[str, Mapping[str, Any]] = (
    _read_common("meta", "variables").get("argument_specs", {}).get("variables", {}).get("options", {})
)
# A default that is a template is filled in by Ansible only.
_DEFAULTS = {name: None if "{{" in repr(value) else value for name, value in _read_common("defaults").items()}
PROFILES: Mapping[str, Mapping[str, list[str]]] = _read_common("vars").get("__common_profiles", {})
"""The defaults that depend on the profile, by profile."""


def _read_roles() -> dict[str, list[str]]:
    """Return the names of the variables of each role, as its argument_specs list them; `common` has none."""
    folder = Path(__file__).resolve().parents[3] / "roles"
    specs = {path.parts[-3]: path.read_text() for path in sorted(folder.glob("*/meta/argument_specs.yml")) if yaml}
    read = {role: _parsed(text)["argument_specs"] for role, text in specs.items()}
    return {role: sorted({name for spec in found.values() for name in spec["options"]}) for role, found in read.items()}


ROLES: Mapping[str, list[str]] = _read_roles()
"""The variables of each role, which `-e` can set."""


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


_REMOVED: ValueType[Any] = either(
    _subscriptions(REMOVABLE), boolean(), "`true`, or list of mappings of `protocol`, `endpoint`"
)
_REMOVED = replace(_REMOVED, from_text=boolean().from_text)
_PACKS = list_of(choice(PACKS, "pack"), f"list of {', '.join(f'`{pack}`' for pack in PACKS)}", unique=True)
_SEVERITIES = list_of(
    choice(SEVERITIES, "severity"), f"list of {', '.join(f'`{severity}`' for severity in SEVERITIES)}", unique=True
)
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
_PLAIN_TYPES: Mapping[str, ValueType[Any]] = {
    "bool": boolean(),
    "dict": any_mapping("mapping"),
    "int": integer(),
    "list": _STRINGS,
    "str": string(),
}

TYPES: Mapping[str, ValueType[Any]] = {
    "secmon_account_id": aws_types.ACCOUNT_ID,
    "secmon_region": aws_types.REGION_NAME,
    "secmon_regions": list_of(aws_types.REGION_NAME, "list of regions", unique=True),
    "secmon_central_account": aws_types.ACCOUNT_ID,
    "secmon_management_account": aws_types.ACCOUNT_ID,
    "secmon_log_archive_account": aws_types.ACCOUNT_ID,
    "secmon_central_role_arn": aws_types.ROLE_ARN,
    "secmon_tags": _TAGS,
    "secmon_aws_profile": aws_types.PROFILE_NAME,
    "secmon_access_key": aws_types.CREDENTIAL,
    "secmon_secret_key": aws_types.CREDENTIAL,
    "secmon_session_token": aws_types.CREDENTIAL,
    "secmon_assume_role_arn": aws_types.ROLE_ARN,
    "secmon_assume_role_external_id": aws_types.EXTERNAL_ID,
    "secmon_assume_role_session_name": aws_types.SESSION_NAME,
    "secmon_endpoint_url": aws_types.URL,
    "secmon_profile": choice(PROFILES, "profile", _profile_hint),
    "secmon_packs": _PACKS,
    "secmon_rule_severities": _SEVERITIES,
    "secmon_rules": _RULES,
    "secmon_rules_dirs": list_of(string(), "list of folders", unique=True),
    "secmon_deployer_role": aws_types.ROLE_NAME,
    "secmon_alarm_names": _NAMES,
    "secmon_secret_name": aws_types.SECRET_NAME,
    "secmon_secret_description": aws_types.DESCRIPTION,
    "secmon_secret_value": _VALUE,
    "secmon_secret_kms_key_id": aws_types.KEY_ID,
    "secmon_secret_replica_regions": list_of(aws_types.REGION_NAME, "list of regions", unique=True),
    "secmon_secret_rotation": _ROTATION,
    "secmon_secret_value_hmac_key": aws_types.HMAC_KEY,
    "secmon_secret_recovery_window_days": aws_types.RECOVERY_DAYS,
    "secmon_emails": list_of(aws_types.EMAIL, "list of e-mail addresses", unique=True),
    "secmon_subscriptions": _subscriptions(SUBSCRIBABLE),
    "secmon_remove_subscriptions": _REMOVED,
    "secmon_confirmation_tokens": _TOKENS,
    "secmon_confirmation_links": list_of(aws_types.CREDENTIAL, "list of links of confirmation emails"),
    "secmon_topic_publishers": _PUBLISHERS,
    "secmon_topic_name": aws_types.TOPIC_NAME,
    "secmon_topic_display_name": aws_types.DISPLAY_NAME,
    "secmon_existing_topic_arn": aws_types.TOPIC_ARN,
    "secmon_event_emails": list_of(aws_types.EMAIL, "list of e-mail addresses", unique=True),
    "secmon_event_subscriptions": _subscriptions(SUBSCRIBABLE),
    "secmon_event_topic_name": aws_types.TOPIC_NAME,
    "secmon_trail_name": aws_types.TRAIL_NAME,
    "secmon_excluded_event_sources": _SOURCES,
    "secmon_trail_organization_id": _ORGANIZATION_ID,
    "secmon_trail_data_resources": _DATA_RESOURCES,
    "secmon_trail_advanced_event_selectors": _ADVANCED_SELECTORS,
    "secmon_trail_insight_types": _INSIGHTS,
    "secmon_trail_topic_name": _TOPIC,
    "secmon_log_bucket_name": aws_types.BUCKET_NAME,
    "secmon_existing_log_bucket_name": aws_types.BUCKET_NAME,
    "secmon_existing_log_bucket_owner": aws_types.ACCOUNT_ID,
    "secmon_log_bucket_prefix": aws_types.KEY_PREFIX,
    "secmon_log_archive_days": _DAYS,
    "secmon_log_expiration_days": _DAYS,
    "secmon_access_log_bucket_name": aws_types.BUCKET_NAME,
    "secmon_log_group_name": aws_types.LOG_GROUP_NAME,
    "secmon_existing_log_group_name": aws_types.LOG_GROUP_NAME,
    "secmon_retention_days": aws_types.RETENTION,
    "secmon_log_role_name": aws_types.ROLE_NAME,
    "secmon_event_forwarder_role_name": aws_types.ROLE_NAME,
    "secmon_log_alarm_query_role_name": aws_types.ROLE_NAME,
    "secmon_log_alarm_lines_role_name": aws_types.ROLE_NAME,
    "secmon_existing_log_role_arn": aws_types.ROLE_ARN,
    "secmon_permissions_boundary_arn": aws_types.POLICY_ARN,
    "secmon_kms_alias": aws_types.KMS_ALIAS,
    "secmon_existing_kms_key_arn": aws_types.KEY_ARN,
    "secmon_account_timeout_seconds": integer("10 to 86400 seconds", 10, 86_400),
    "secmon_verify_timeout_seconds": integer("1 to 86400 seconds", 1, 86_400),
    "secmon_posture_drill_days": integer("0 or more days", 0, 3_650),
    "secmon_posture_accepted": mapping_of(aws_types.TAG_TEXT, aws_types.DESCRIPTION, "mapping of controls to reasons"),
    "secmon_drill_timeout_seconds": integer("1 to 86400 seconds", 1, 86_400),
    "secmon_kept_resources": list_of(aws_types.ANY_ARN, "list of ARNs", unique=True),
    "secmon_teardown_confirm": aws_types.CONFIRMATION,
    "secmon_prune_confirm": aws_types.CONFIRMATION,
}
"""The types of the variables whose values have rules of their own."""


def _plain_type(option: Mapping[str, Any]) -> ValueType[Any]:
    """Return the type that an option of argument_specs declares."""
    if "choices" in option:
        return choice(option["choices"])
    return _PLAIN_TYPES[option["type"]]


VARIABLES: Mapping[str, Variable] = {
    name: Variable(
        name,
        TYPES.get(name) or _plain_type(option),
        option.get("default", ""),
        option.get("required", False),
        option.get("no_log", False),
    )
    for name, option in _OPTIONS.items()
}
ONLY_BY_COMMAND_LINE = frozenset({"secmon_teardown_confirm", "secmon_prune_confirm"})
"""The variables that count for one run only, since a value that stays would confirm every later run too."""
SECRETS = tuple(name for name, variable in VARIABLES.items() if variable.secret)
ALARM_NAMES: Mapping[str, str] = _DEFAULTS.get("secmon_alarm_names") or {}
