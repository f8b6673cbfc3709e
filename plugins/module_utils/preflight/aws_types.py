# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The types of names, numbers and addresses in variables, as AWS accepts them."""

from __future__ import annotations

from typing import Any

from ..core import aws_names
from ..logs.log_group import NEVER, RETENTION_DAYS
from ..rules.parameter_types import bucket_name_problem
from ..validation.types import integer, string
from .regions import region_problem

LONGEST_HMAC_KEY = 1024

_DOMAIN = r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,63}"
_MAILBOX = r"(?!\.)(?!.*\.\.)[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}(?<!\.)"


def _quote_account_id(number: Any) -> str:
    """Return the account ID that was written without quotes, and why quotes matter."""
    if isinstance(number, (bool, float)) or not 0 <= number < 10**12:
        return 'quote it, as in "111122223333"'
    if number < 8**11:
        return f'quote it: "{number:012o}", since YAML reads digits that start with 0 as an octal number'
    return f'quote it: "{number:012d}", since IDs may start with 0'


ACCOUNT_ID = string(
    "account ID",
    aws_names.ACCOUNT_ID,
    'use the 12 digits in quotes, such as "111122223333"',
    # Digits of other scripts look the same.
    ascii_only=True,
    unquoted=_quote_account_id,
)
REGION_NAME = string("region", aws_names.REGION, "use a region code such as eu-central-1", check=region_problem)
BUCKET_NAME = string("bucket name", check=bucket_name_problem)
LOG_GROUP_NAME = string(
    "log group name",
    aws_names.LOG_GROUP_NAME,
    "use 1 to 512 of the characters a-z A-Z 0-9 . - _ / # without aws/ at the beginning",
)
TRAIL_NAME = string(
    "trail name",
    aws_names.TRAIL_NAME,
    "use 3 to 128 letters, digits and . _ - with a letter or digit at both ends and no two of . _ - in a row, but no"
    " IP address",
)
TOPIC_NAME = string("topic name", aws_names.TOPIC_NAME, "use 1 to 256 letters, digits, hyphens and underscores")
ROLE_NAME = string("role name", aws_names.IAM_NAME, "use the role's name without path and ARN")
SECRET_NAME = string("secret name", aws_names.SECRET_NAME, "use 1 to 512 letters, digits and / _ + = . @ ! -")
TOPIC_ARN = string(
    "topic ARN",
    aws_names.STANDARD_TOPIC_ARN,
    "use an ARN such as arn:aws:sns:eu-central-1:111122223333:SecurityAlarms; alarms cannot use a FIFO topic",
)
KEY_ARN = string(
    "KMS key ARN",
    aws_names.KEY_ARN,
    "use the ARN of a key, not of an alias: arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-...",
)
ROLE_ARN = string(
    "role ARN", aws_names.ROLE_ARN, "use an ARN such as arn:aws:iam::111122223333:role/deployer", ascii_only=True
)
POLICY_ARN = string("policy ARN", aws_names.POLICY_ARN, "use an ARN such as arn:aws:iam::111122223333:policy/boundary")
LAMBDA_ARN = string(
    "Lambda function ARN",
    aws_names.LAMBDA_ARN,
    "use an ARN such as arn:aws:lambda:eu-central-1:111122223333:function:rotate",
)
KEY_ID = string("KMS key ID, ARN or alias", r"\S{1,2048}", "use its ID, its ARN, alias/... or the ARN of an alias")
KMS_ALIAS = string(
    "KMS alias",
    r"alias/(?!aws/)[A-Za-z0-9/_-]{1,240}",
    "use alias/, but not alias/aws/, and at most 240 letters, digits and / _ -",
)
KEY_PREFIX = string(
    "S3 key prefix",
    r"(?!/)[A-Za-z0-9!_.*'()/-]{1,200}(?<!/)",
    "use 1 to 200 characters without a slash at either end",
)
EMAIL = string(
    "e-mail address", rf"(?=.{{3,254}}$){_MAILBOX}@{_DOMAIN}", "write it as alice@example.com, without a name"
)
URL = string(
    "URL", r"https?://[A-Za-z0-9._-]+(?::[0-9]{1,5})?(?:/[!-~]*)?", "write it as https://host:port, without credentials"
)
DISPLAY_NAME = string("display name", r"[ -~]{1,100}", "use at most 100 ASCII characters")
DESCRIPTION = string("description", longest=2048)
PROFILE_NAME = string("profile name", r"[^\s\[\]]{1,128}", "use a profile of ~/.aws/config")
SESSION_NAME = string("session name", r"[\w+=,.@-]{2,64}", "use 2 to 64 letters, digits and + = , . @ - _")
EXTERNAL_ID = string("external ID", r"[\w+=,.@:/-]{2,1224}", "use 2 to 1224 letters, digits and + = , . @ : / - _")
ALARM_NAME = string("alarm name", r"[^\n]{1,255}", "use 1 to 255 characters")
RULE_ID = string("rule ID", r"[a-z][a-z0-9_]{0,63}", "use the name of the rule's file without .yml")
TAG_TEXT = string(empty=True)
RETENTION = integer(
    "number of days that CloudWatch Logs offers",
    NEVER,
    allowed=lambda days: days in (NEVER, *RETENTION_DAYS),
    hint=f"use one of {', '.join(map(str, RETENTION_DAYS))}, or 0 for no expiry",
)
RECOVERY_DAYS = integer(
    "0, or 7 to 30", 0, 30, allowed=lambda days: days == 0 or days >= 7, hint="use 7 to 30, or 0 for immediately"
)
# Minimum length, so that version IDs cannot be brute-forced.
HMAC_KEY = string("key of at least 16 characters", rf"(?s:.){{16,{LONGEST_HMAC_KEY}}}", empty=True)
CREDENTIAL = string("credential", r"\S{1,4096}")
SECRET_TEXT = string(longest=65_536, empty=True)
CONFIRMATION = string(
    "list of account IDs",
    rf"{aws_names.ACCOUNT_ID}(?:,{aws_names.ACCOUNT_ID})*",
    "separate the IDs with commas: 111122223333,444455556666",
    ascii_only=True,
    unquoted=_quote_account_id,
)
ANY_ARN = string("ARN", r"arn:[a-z-]+(?::[a-z0-9-]*){3}:\S+", "write it as arn:aws:sns:eu-central-1:111122223333:Name")
SUBSCRIPTION_ENDPOINT = string("endpoint", r"\S{1,2048}", "use an address, a phone number, a URL or an ARN")
