# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The names and ARNs of AWS: partitions, the shapes of names, and every name of one account's deployment.

Sources: botocore, `data/partitions.json`; IAM user guide, "Amazon Resource Names (ARNs)"; the API references of the
services that own the names; S3 user guide, "General purpose bucket naming rules".
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any, NamedTuple, Protocol


class Partition(NamedTuple):
    """A group of regions with accounts and names of its own.

    CloudTrail records IAM, the global endpoint of STS, and most sign-ins in the leader region (CloudTrail user guide,
    "Logging global service events"). That it is the region of IAM's endpoint outside `aws` is our reading.
    """

    region_prefix: str
    dns_suffix: str
    leader_region: str


# `aws` comes last: its regions have no common prefix.
PARTITIONS = {
    "aws-cn": Partition("cn-", "amazonaws.com.cn", "cn-north-1"),
    "aws-us-gov": Partition("us-gov-", "amazonaws.com", "us-gov-west-1"),
    "aws-eusc": Partition("eusc-", "amazonaws.eu", "eusc-de-east-1"),
    "aws-iso": Partition("us-iso-", "c2s.ic.gov", "us-iso-east-1"),
    "aws-iso-b": Partition("us-isob-", "sc2s.sgov.gov", "us-isob-east-1"),
    "aws-iso-e": Partition("eu-isoe-", "cloud.adc-e.uk", "eu-isoe-west-1"),
    "aws-iso-f": Partition("us-isof-", "csp.hci.ic.gov", "us-isof-south-1"),
    "aws": Partition("", "amazonaws.com", "us-east-1"),
}

# Regular expressions to build others from; they hold no groups.
PARTITION = r"aws(?:-[a-z]+)*"
REGION = r"[a-z]{2,4}(?:-[a-z]{2,}){1,2}-[0-9]{1,2}"
ACCOUNT_ID = r"[0-9]{12}"
IAM_NAME = r"[A-Za-z0-9_+=,.@-]{1,64}"
LOG_GROUP_NAME = r"(?!aws/)[A-Za-z0-9._/#-]{1,512}"
# The exclamation mark is in the names of secrets that services own, such as rds!db-..., and in the error of AWS.
SECRET_NAME = r"[A-Za-z0-9/_+=.@!-]{1,512}"
TOPIC_NAME = r"[A-Za-z0-9_-]{1,256}"
# No two of . _ - side by side, and no IP address (CloudTrail API reference, CreateTrail).
TRAIL_NAME = (
    r"(?![0-9]+\.[0-9]+\.[0-9]+\.[0-9]+(?![A-Za-z0-9._-]))(?![A-Za-z0-9._-]*[._-]{2})"
    r"[A-Za-z0-9][A-Za-z0-9._-]{1,126}[A-Za-z0-9]"
)
KEY_ALIAS = r"alias/[A-Za-z0-9/_-]{1,250}"
# A key of several regions has an id that begins with mrk-.
KEY_ID = r"(?:mrk-[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"


def arn_pattern(service: str, resource: str, *, region: str = REGION, account: str = ACCOUNT_ID) -> str:
    """Return the regular expression of an ARN in any partition."""
    return rf"arn:{PARTITION}:{service}:{region}:{account}:{resource}"


KEY_ARN = arn_pattern("kms", rf"key/{KEY_ID}")
KEY_ALIAS_ARN = arn_pattern("kms", KEY_ALIAS)
LAMBDA_ARN = arn_pattern("lambda", r"function:[A-Za-z0-9_-]{1,140}(?::[A-Za-z0-9$_-]{1,128})?")
LOG_GROUP_ARN = arn_pattern("logs", rf"log-group:{LOG_GROUP_NAME}(?::\*)?")
QUEUE_ARN = arn_pattern("sqs", r"[A-Za-z0-9_-]{1,80}(?:\.fifo)?")
POLICY_ARN = arn_pattern("iam", r"policy/(?:[!-~]{1,510}/)?[A-Za-z0-9_+=,.@-]{1,128}", region="")
ROLE_ARN = arn_pattern("iam", rf"role/(?:[!-~]{{1,510}}/)?{IAM_NAME}", region="")
SECRET_ARN = arn_pattern("secretsmanager", rf"secret:{SECRET_NAME}")
STANDARD_TOPIC_ARN = arn_pattern("sns", TOPIC_NAME)
TOPIC_ARN = rf"{STANDARD_TOPIC_ARN}(?:\.fifo)?"
TRAIL_ARN = arn_pattern("cloudtrail", rf"trail/{TRAIL_NAME}")

# All that CloudTrail can leave out of a trail (CloudTrail API reference, EventSelector, ExcludeManagementEventSources).
EXCLUDABLE_EVENT_SOURCES = ("kms.amazonaws.com", "rdsdata.amazonaws.com")

_RESERVED_BUCKET_PREFIXES = ("xn--", "sthree-", "amzn-s3-demo-")
_RESERVED_BUCKET_SUFFIXES = ("-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3")
_IP_ADDRESS = r"[0-9]+(?:\.[0-9]+){3}"
_BUCKET_CHARACTERS = r"(?!.*\.\.)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]"
# A bucket of the account's own namespace in its region: prefix-111122223333-eu-central-1-an. No other name ends in -an.
_ACCOUNT_NAMESPACE = rf".+-{ACCOUNT_ID}-{REGION}-an"
BUCKET_NAME = (
    rf"(?!{'|'.join(map(re.escape, _RESERVED_BUCKET_PREFIXES))}|{_IP_ADDRESS}\Z)"
    rf"(?!.*(?:{'|'.join(map(re.escape, _RESERVED_BUCKET_SUFFIXES))})\Z)"
    rf"(?={_ACCOUNT_NAMESPACE}\Z|(?!.*-an\Z)){_BUCKET_CHARACTERS}"
)


@dataclass(frozen=True)
class Place:
    """Where resources are: partition, region and account."""

    partition: str
    region: str
    account: str

    def arn(self, service: str, resource: str) -> str:
        """Return the ARN of a resource here."""
        return f"arn:{self.partition}:{service}:{self.region}:{self.account}:{resource}"


class Arn(NamedTuple):
    """The parts of an ARN; region and account are empty where the service leaves them out."""

    partition: str
    service: str
    region: str
    account: str
    resource: str

    @classmethod
    def parse(cls, text: str) -> Arn:
        """Return the parts of an ARN. Raise ValueError if it has fewer than six."""
        _arn, *parts = text.split(":", 5)
        if _arn != "arn" or len(parts) != len(cls._fields):
            raise ValueError(f"{text!r} is not an ARN.")
        return cls(*parts)


def leader_region(region: str) -> str:
    """Return the region in which the partition of a region records its global services."""
    return PARTITIONS[partition_of(region)].leader_region


def partition_of(region: str) -> str:
    """Return the partition of a region: ``aws``, ``aws-cn``, ``aws-us-gov`` and so on."""
    return next(name for name, partition in PARTITIONS.items() if region.startswith(partition.region_prefix))


def dns_suffix(region: str) -> str:
    """Return the domain of the endpoints in a region, such as ``amazonaws.com``."""
    return PARTITIONS[partition_of(region)].dns_suffix


def service_principal(service: str, region: str) -> str:
    """Return the name by which policies grant access to a service.

    CloudWatch Logs is named by region and partition (CloudWatch Logs user guide, "Encrypt log data using AWS KMS");
    CloudTrail, CloudWatch, EventBridge, Lambda and SNS have one name everywhere.
    """
    return f"logs.{region}.{dns_suffix(region)}" if service == "logs" else f"{service}.amazonaws.com"


def is_of_region(arn: str, region: str) -> bool:
    """Return whether an ARN belongs to a region and its partition."""
    return arn.split(":")[1:4:2] == [partition_of(region), region]


def bucket_arn(partition: str, name: str) -> str:
    """Return the ARN of a bucket, which names neither region nor account."""
    return f"arn:{partition}:s3:::{name}"


def role_arn(partition: str, account: str, name: str) -> str:
    """Return the ARN of a role; `name` includes its path, if it has one."""
    return f"arn:{partition}:iam::{account}:role/{name}"


def bucket_name_problem(name: str) -> str | None:
    """Return why S3 would reject the name of a general purpose bucket, as the end of a sentence, or None."""
    if re.fullmatch(BUCKET_NAME, name):
        return None
    if not re.fullmatch(_BUCKET_CHARACTERS, name):
        why = "use 3 to 63 lower-case letters, digits, dots and hyphens, with a letter or digit at both ends and no two"
        why += " dots in a row"
    elif re.fullmatch(_IP_ADDRESS, name):
        why = "S3 rejects names that look like an IP address"
    else:
        reserved = [f"the prefix {prefix}" for prefix in _RESERVED_BUCKET_PREFIXES if name.startswith(prefix)]
        reserved += [f"the suffix {suffix}" for suffix in _RESERVED_BUCKET_SUFFIXES if name.endswith(suffix)]
        why = f"S3 reserves {reserved[0] if reserved else 'the suffix -an, except for -ACCOUNT_ID-REGION-an'}"
    return f"is not a valid bucket name: {why}."


class Settings(Protocol):
    """The variables of one account by name; a variable that is not set is empty or None."""

    def __getitem__(self, name: str, /) -> Any:
        """Return the value of a variable."""


ORGANIZATION = "organization"
"""The value of secmon_topology with one trail, log group and bucket for all accounts of an organization."""


def central_account(settings: Settings) -> str:
    """Return the account of the log group, filters, alarms and topic: the account itself, or the central one."""
    return str(settings["secmon_central_account" if _of_organization(settings) else "secmon_account_id"])


def trail_account(settings: Settings) -> str:
    """Return the account that owns the trail; an organization's belongs to the management account."""
    of_organization = settings["secmon_management_account"] if _of_organization(settings) else ""
    return str(of_organization or central_account(settings))


def bucket_account(settings: Settings) -> str:
    """Return the account that owns the log bucket."""
    if _of_organization(settings) and not settings["secmon_existing_log_bucket_name"]:
        return str(settings["secmon_log_archive_account"] or central_account(settings))
    return str(settings["secmon_existing_log_bucket_owner"] or central_account(settings))


def builds_chain(settings: Settings) -> bool:
    """Return whether this account has a trail, log group, filters, alarms and topic of its own."""
    return central_account(settings) == str(settings["secmon_account_id"])


def builds_bucket(settings: Settings) -> bool:
    """Return whether the log bucket is created in this account."""
    own = bucket_account(settings) == str(settings["secmon_account_id"])
    return own and not settings["secmon_existing_log_bucket_name"]


def _of_organization(settings: Settings) -> bool:
    return str(settings["secmon_topology"]) == ORGANIZATION


def log_bucket_name(settings: Settings) -> str:
    """Return the name of the bucket that receives the log files."""
    owner = settings["secmon_trail_organization_id" if _of_organization(settings) else "secmon_account_id"]
    default = f"{settings['secmon_trail_name']}-{owner}"
    return str(settings["secmon_existing_log_bucket_name"] or settings["secmon_log_bucket_name"] or default)


def log_group_name(settings: Settings) -> str:
    """Return the name of the log group that receives the events."""
    return str(settings["secmon_existing_log_group_name"] or settings["secmon_log_group_name"])


def log_role_arn(settings: Settings) -> str:
    """Return the ARN of the role with which CloudTrail writes to the log group."""
    own = role_arn(_place(settings).partition, central_account(settings), settings["secmon_log_role_name"])
    return str(settings["secmon_existing_log_role_arn"] or own)


def topic_arn(settings: Settings) -> str:
    """Return the ARN of the topic that the alarms publish to."""
    return str(settings["secmon_existing_topic_arn"] or _place(settings).arn("sns", settings["secmon_topic_name"]))


def event_topic_arn(settings: Settings) -> str:
    """Return the ARN of the topic that EventBridge publishes to."""
    return _place(settings).arn("sns", settings["secmon_event_topic_name"])


def key_aliases(settings: Settings) -> dict[str, str]:
    """Return the aliases of the keys that encrypt the log files, the log group and the two topics."""
    return {purpose: f"{settings['secmon_kms_alias']}-{purpose}" for purpose in ("trail", "logs", "topic", "events")}


def key_principals(settings: Settings) -> list[str]:
    """Return the services that encrypt with an existing key: not those of an existing log group or topic."""
    services = {"cloudtrail": "", "logs": "secmon_existing_log_group_name", "cloudwatch": "secmon_existing_topic_arn"}
    region = settings["secmon_region"]
    return [
        service_principal(name, region) for name, variable in services.items() if not (variable and settings[variable])
    ]


def deployment_names(settings: Settings) -> dict[str, Any]:
    """Return every name and ARN of one account's deployment.

    Args:
        settings: The variables of the account by name, defaults included.
    """
    place, bucket, group = _place(settings), log_bucket_name(settings), log_group_name(settings)
    trail_place = replace(place, account=trail_account(settings))
    return {
        "account_id": settings["secmon_account_id"],
        "region": place.region,
        "global_region": leader_region(place.region),
        "partition": place.partition,
        "dns_suffix": dns_suffix(place.region),
        "logs_principal": service_principal("logs", place.region),
        "account_arn": f"arn:{place.partition}:iam::{settings['secmon_account_id']}:root",
        "trail_name": settings["secmon_trail_name"],
        "trail_arn": trail_place.arn("cloudtrail", f"trail/{settings['secmon_trail_name']}"),
        # A key policy allows every trail of the account (CloudTrail user guide, "Configure AWS KMS key policies").
        "all_trails_arn": f"arn:{place.partition}:cloudtrail:*:{trail_place.account}:trail/*",
        "bucket_name": bucket,
        "bucket_arn": bucket_arn(place.partition, bucket),
        "bucket_owner": bucket_account(settings),
        "log_group_name": group,
        "log_group_arn": place.arn("logs", f"log-group:{group}"),
        "role_arn": log_role_arn(settings),
        "topic_arn": topic_arn(settings),
        "event_topic_arn": event_topic_arn(settings),
        "key_aliases": key_aliases(settings),
        "key_principals": key_principals(settings),
    }


def _place(settings: Settings) -> Place:
    region = settings["secmon_region"]
    return Place(partition_of(region), region, central_account(settings))
