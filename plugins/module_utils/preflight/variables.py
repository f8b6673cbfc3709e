# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Every variable of an account, as data: the checks, the defaults and docs/variables.md come from here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..core.aws_names import EXCLUDABLE_EVENT_SOURCES
from ..rules.selection import PACKS
from ..validation.types import Kind, any_mapping, choice, either, fields, list_of, mapping_of, truth
from . import aws_types as shapes

PREFIX = "secmon_"
ALARM_NAMES = {"secret_access": "SecretIsAccessed"}

PROFILES: Mapping[str, Mapping[str, list[str]]] = {
    "guide": {"secmon_packs": ["guide"], "secmon_excluded_event_sources": list(EXCLUDABLE_EVENT_SOURCES)},
    "cis": {"secmon_packs": ["guide", "cis"], "secmon_excluded_event_sources": []},
}
"""What each profile sets where the account says nothing."""


@dataclass(frozen=True)
class Variable:
    """One variable.

    Attributes:
        name: Its name.
        kind: What it can be.
        meaning: What it does, in one sentence of Markdown.
        default: What holds without it, None for nothing.
        default_words: How the documentation writes a default that is no plain value.
        required: Whether every account needs it.
        secret: Whether its value never stands in a message.
    """

    name: str
    kind: Kind
    meaning: str
    default: Any = None
    default_words: str = ""
    required: bool = False
    secret: bool = False

    @property
    def may_be_empty(self) -> bool:
        """Whether the empty text says the same as nothing at all."""
        return not (self.default or self.default_words or self.required)


def _profile_hint(value: str) -> str:
    return " For a named profile of the AWS configuration use secmon_aws_profile."


_PACKS = list_of(choice(PACKS), "list of `guide`, `cis`, `operational`, `guard`")
_SOURCES = list_of(choice(EXCLUDABLE_EVENT_SOURCES), "list of `kms.amazonaws.com`, `rdsdata.amazonaws.com`")
_NAMES = mapping_of(shapes.RULE_ID, shapes.ALARM_NAME, "mapping of rule ids to names")
_TAGS = mapping_of(shapes.TAG_TEXT, shapes.TAG_TEXT, "mapping of texts to texts")
_ROTATION = fields(
    "mapping of `lambda_arn`, `days`",
    {"lambda_arn": shapes.LAMBDA_ARN},
    {"days": shapes.between(1, 1000, "1 to 1000 days")},
)
_VALUE = either(shapes.SECRET_TEXT, any_mapping("mapping"), "text or mapping")
_RULES = any_mapping("mapping of rule ids to fields")
_DAYS = shapes.between(0, 36_500, "whole number of days")

TABLE: Mapping[str, tuple[Variable, ...]] = {
    "The account": (
        Variable("secmon_account_id", shapes.ACCOUNT_ID, "The account, quoted: ids may start with 0.", required=True),
        Variable("secmon_region", shapes.REGION_NAME, "The region that everything is made in.", required=True),
        Variable("secmon_tags", _TAGS, "Tags on everything that is made.", {}),
    ),
    "How it is reached": (
        Variable("secmon_aws_profile", shapes.PROFILE_NAME, "A named profile of the AWS configuration."),
        Variable("secmon_access_key", shapes.CREDENTIAL, "Static credentials: the key's id.", secret=True),
        Variable("secmon_secret_key", shapes.CREDENTIAL, "Static credentials: the secret key.", secret=True),
        Variable("secmon_session_token", shapes.CREDENTIAL, "Temporary credentials: the session's token.", secret=True),
        Variable("secmon_assume_role_arn", shapes.ROLE_ARN, "A role of the account, assumed for everything."),
        Variable("secmon_assume_role_external_id", shapes.EXTERNAL_ID, "The external id that its trust asks for."),
        Variable("secmon_assume_role_session_name", shapes.SESSION_NAME, "The session's name in CloudTrail.", "secmon"),
        Variable("secmon_endpoint_url", shapes.URL, "Another AWS than AWS itself, such as the embedded one."),
        Variable(
            "secmon_clock_url",
            shapes.URL,
            'Where verify posts `{"advance_seconds": n}` to reach the next digest, if that AWS can do it.',
        ),
    ),
    "What is detected": (
        Variable(
            "secmon_profile",
            choice(PROFILES, _profile_hint),
            "What the packs and the exclusions are unless set. `guide` is the AWS guide as published; `cis` adds the"
            " controls of the CIS benchmark and excludes nothing.",
            "guide",
        ),
        Variable("secmon_packs", _PACKS, "The packs of rules.", default_words="by `secmon_profile`"),
        Variable("secmon_rules", _RULES, "Changes of rules, and rules of your own.", {}),
        Variable(
            "secmon_alarm_names",
            _NAMES,
            "Names of alarms by rule, laid over the default. An alarm without one is called as its filter.",
            ALARM_NAMES,
        ),
    ),
    "The secret": (
        Variable(
            "secmon_create_secret",
            truth(),
            "Whether a sample secret is made; verify reads yours otherwise.",
            True,
        ),
        Variable("secmon_secret_name", shapes.SECRET_NAME, "The secret that verify reads.", "MySampleSecret"),
        Variable(
            "secmon_secret_description", shapes.DESCRIPTION, "What it is for.", "Sample secret whose reads are watched"
        ),
        Variable(
            "secmon_secret_value",
            _VALUE,
            "Its value, by vault or lookup.",
            default_words="generated",
            secret=True,
        ),
        Variable("secmon_secret_kms_key_id", shapes.KEY_ID, "Its key; empty for `aws/secretsmanager`.", ""),
        Variable("secmon_secret_resource_policy", any_mapping("mapping"), "Who else may use it; empty for nobody.", {}),
        Variable(
            "secmon_secret_replica_regions", list_of(shapes.REGION_NAME, "list of regions"), "Regions with a copy.", []
        ),
        Variable("secmon_secret_rotation", _ROTATION, "How its value is rotated; empty for not at all.", {}),
        Variable(
            "secmon_secret_update_value",
            choice(("on_create", "always")),
            "When the value is written. `always` needs `secmon_secret_value` and `secmon_secret_value_hmac_key`.",
            "on_create",
        ),
        Variable(
            "secmon_secret_value_hmac_key",
            shapes.HMAC_KEY,
            "By it the value is compared unread.",
            secret=True,
        ),
        Variable(
            "secmon_secret_recovery_window_days",
            shapes.RECOVERY_DAYS,
            "Days in which a removed secret can be restored; 0 removes it at once.",
            30,
        ),
    ),
    "Who is told": (
        Variable("secmon_emails", list_of(shapes.EMAIL, "list of e-mail addresses"), "Who gets the mails.", []),
        Variable("secmon_topic_name", shapes.TOPIC_NAME, "The topic that the alarms publish to.", "SecurityAlarms"),
        Variable("secmon_topic_display_name", shapes.DISPLAY_NAME, "The sender's name in the mails.", ""),
        Variable("secmon_existing_topic_arn", shapes.TOPIC_ARN, "A topic of yours instead."),
    ),
    "The trail": (
        Variable("secmon_trail_name", shapes.TRAIL_NAME, "The trail.", "secrets-manager-trail"),
        Variable("secmon_multi_region", truth(), "Whether it records every region.", True),
        Variable(
            "secmon_management_events",
            choice(("all", "read", "write")),
            "Which management events it records.",
            "all",
        ),
        Variable(
            "secmon_excluded_event_sources",
            _SOURCES,
            "Services whose management events it leaves out. A rule that sees nothing without them is refused.",
            default_words="by `secmon_profile`",
        ),
        Variable("secmon_log_file_validation", truth(), "Whether CloudTrail signs the log files by digests.", True),
        Variable(
            "secmon_log_bucket_name",
            shapes.BUCKET_NAME,
            "The bucket of the log files; its name is taken world-wide.",
            default_words="`<trail name>-<account id>`",
        ),
        Variable("secmon_existing_log_bucket_name", shapes.BUCKET_NAME, "A bucket of yours instead."),
        Variable("secmon_log_bucket_prefix", shapes.KEY_PREFIX, "What the log files' keys begin with.", ""),
        Variable("secmon_log_archive_days", _DAYS, "After how many days log files move to Glacier; 0: never.", 0),
        Variable("secmon_log_expiration_days", _DAYS, "After how many days log files are deleted; 0: never.", 0),
        Variable(
            "secmon_access_log_bucket_name", shapes.BUCKET_NAME, "A bucket of yours for the log bucket's access logs."
        ),
        Variable("secmon_purge_log_bucket", truth(), "Whether teardown deletes the bucket with every version.", False),
    ),
    "The log group": (
        Variable(
            "secmon_log_group_name",
            shapes.LOG_GROUP_NAME,
            "The group that gets the events.",
            "/aws/cloudtrail/logs",
        ),
        Variable("secmon_existing_log_group_name", shapes.LOG_GROUP_NAME, "A group of yours instead."),
        Variable("secmon_retention_days", shapes.RETENTION, "How long events are kept; 0: for ever.", 365),
        Variable(
            "secmon_log_role_name",
            shapes.ROLE_NAME,
            "The role by which CloudTrail writes; IAM names are global in the account.",
            "CloudTrailToCloudWatchLogs",
        ),
        Variable("secmon_existing_log_role_arn", shapes.ROLE_ARN, "A role of yours instead."),
    ),
    "Encryption": (
        Variable("secmon_encrypt", truth(), "Whether a KMS key is made for trail, log group and topic.", False),
        Variable(
            "secmon_kms_alias",
            shapes.KMS_ALIAS,
            "How the aliases of our keys begin.",
            "alias/secmon-security-monitoring",
        ),
        Variable("secmon_existing_kms_key_arn", shapes.KEY_ARN, "A key of yours instead; it encrypts what would be."),
    ),
    "Running": (
        Variable(
            "secmon_verify_timeout_seconds",
            shapes.between(1, 86_400, "1 to 86400 seconds"),
            "How long verify waits; CloudTrail takes minutes.",
            900,
        ),
        Variable(
            "secmon_teardown_confirm",
            shapes.CONFIRMATION,
            "Account ids, comma-separated, that teardown may really remove from; by `-e` alone.",
            "",
        ),
    ),
}

VARIABLES: Mapping[str, Variable] = {variable.name: variable for group in TABLE.values() for variable in group}
SECRETS = tuple(name for name, variable in VARIABLES.items() if variable.secret)
