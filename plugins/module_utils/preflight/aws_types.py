# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The kinds of names, numbers and addresses that variables hold, as AWS takes them.

Sources: the API references of the services that own the names; S3 user guide, "General purpose bucket naming rules".
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..core import aws_names
from ..logs.log_group import NEVER, RETENTION_DAYS
from ..rules.parameter_types import PARAMETER_TYPES
from ..validation.types import Kind, checked_by, shown, text, whole_number

LONGEST_HMAC_KEY = 1024

_DOMAIN = r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,63}"
_MAILBOX = r"(?!\.)(?!.*\.\.)[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}(?<!\.)"


def of_type(name: str, words: str) -> Kind:
    """Return the kind of a type that rules' parameters have, too."""
    known = PARAMETER_TYPES[name]
    hint = f"{known.hint[0].upper()}{known.hint[1:]}."
    return text(words, known.shape.pattern, hint)


def between(smallest: int, largest: int, words: str) -> Kind:
    """Return the kind of whole numbers within bounds."""
    return whole_number(words, lambda number: smallest <= number <= largest, f"Give {smallest} to {largest}.")


def _account_id() -> Kind:
    kind = of_type("account_id", "account id")

    def complaints(value: Any) -> Iterator[str]:
        if isinstance(value, int) and not isinstance(value, bool):
            yield f"{shown(value)} is a number here. Quote it, {_quoted_id(value)}"
        else:
            yield from kind.complaints(value)

    return Kind(kind.words, complaints, kind.from_text, textual=True)


def _quoted_id(number: int) -> str:
    """Return the id that was written without quotes, and why quotes matter."""
    if 0 <= number < 8**11:
        # YAML hands over the value of the octal number; what was written is its digits.
        return f'"{number:012o}", since YAML takes digits that start with 0 for an octal number.'
    example = f"{number:012d}" if 0 <= number < 10**12 else "111122223333"
    return f'"{example}", since ids may start with 0.'


def _kept_days(days: int) -> bool:
    return days in (NEVER, *RETENTION_DAYS)


ACCOUNT_ID = _account_id()
REGION_NAME = of_type("region", "region")
BUCKET_NAME = checked_by(text("bucket name", r".+", "Give the bucket's name alone."), aws_names.bucket_name_problem)
LOG_GROUP_NAME = text(
    "name of a log group",
    aws_names.LOG_GROUP_NAME,
    "It has 1 to 512 of the characters a-z A-Z 0-9 . - _ / # and does not begin with aws/.",
)
TRAIL_NAME = text(
    "name of a trail",
    aws_names.TRAIL_NAME,
    "It has 3 to 128 letters, digits and . _ -, begins and ends with a letter or digit, has no two of . _ - in a row,"
    " and is no IP address.",
)
TOPIC_NAME = text("name of a topic", aws_names.TOPIC_NAME, "It has 1 to 256 letters, digits, hyphens, underscores.")
ROLE_NAME = of_type("role_name", "name of a role")
SECRET_NAME = text("name of a secret", aws_names.SECRET_NAME, "It has 1 to 512 letters, digits and / _ + = . @ -")
TOPIC_ARN = text(
    "ARN of a topic",
    aws_names.STANDARD_TOPIC_ARN,
    "Give an ARN such as arn:aws:sns:eu-central-1:111122223333:SecurityAlarms; alarms cannot use a FIFO topic.",
)
KEY_ARN = of_type("key_arn", "ARN of a KMS key")
ROLE_ARN = of_type("role_arn", "ARN of a role")
LAMBDA_ARN = text(
    "ARN of a Lambda function",
    aws_names.LAMBDA_ARN,
    "Give an ARN such as arn:aws:lambda:eu-central-1:111122223333:function:rotate.",
)
KEY_ID = text("id, ARN or alias of a KMS key", r"\S{1,2048}", "Give its id, its ARN, alias/... or an alias's ARN.")
KMS_ALIAS = text(
    "alias of a KMS key",
    r"alias/(?!aws/)[A-Za-z0-9/_-]{1,240}",
    "It begins with alias/, not alias/aws/, and goes on with at most 240 letters, digits and / _ -",
)
KEY_PREFIX = text(
    "prefix of S3 keys", r"(?!/)[A-Za-z0-9!_.*'()/-]{1,200}(?<!/)", "It has 1 to 200 characters, no slash at its ends."
)
EMAIL = text(
    "e-mail address", rf"(?=.{{3,254}}$){_MAILBOX}@{_DOMAIN}", "Write it as somebody@example.com, without a name."
)
SUBSCRIPTION_ENDPOINT = text("endpoint", r"\S+", "Write an address, a phone number, a URL or an ARN.", longest=2048)
URL = text(
    "URL", r"https?://[A-Za-z0-9._-]+(?::\d{1,5})?(?:/[!-~]*)?", "Write it as https://host:port, without credentials."
)
DISPLAY_NAME = text("display name", r"[ -~]{1,100}", "It has up to 100 ASCII characters.")
DESCRIPTION = text("description", r"(?s).+", "", longest=2048)
PROFILE_NAME = text("name of a profile", r"[^\s\[\]]{1,128}", "Give the name that stands in ~/.aws/config.")
SESSION_NAME = text("session name", r"[\w+=,.@-]{2,64}", "It has 2 to 64 letters, digits and + = , . @ - _")
EXTERNAL_ID = text("external id", r"[\w+=,.@:/-]{2,1224}", "It has 2 to 1224 letters, digits and + = , . @ : / - _")
ALARM_NAME = text("name of an alarm", r"[^\n]{1,255}", "It has 1 to 255 characters.")
RULE_ID = text("id of a rule", r"[a-z][a-z0-9_]{0,63}", "It is the name of the rule's file without .yml.")
TAG_TEXT = Kind("text", text("text", r"(?s).*", "").complaints)
RETENTION = whole_number(
    "days that CloudWatch Logs offers",
    _kept_days,
    f"CloudWatch Logs keeps events for {', '.join(map(str, RETENTION_DAYS))} days, or 0: for ever.",
)
RECOVERY_DAYS = whole_number("0, or 7 to 30", lambda days: days == 0 or 7 <= days <= 30, "Give 7 to 30, or 0: at once.")
# A digit or letter more than a person would type, so that the versions' ids say nothing of the values.
HMAC_KEY = text("key of at least 16 characters", rf"(?s).{{16,{LONGEST_HMAC_KEY}}}", "")
CREDENTIAL = text("credential", r"\S{1,4096}", "")
SECRET_TEXT = text("text", r"(?s).+", "", longest=65_536)
CONFIRMATION = text(
    "list of account ids",
    rf"{aws_names.ACCOUNT_ID}(?:,{aws_names.ACCOUNT_ID})*",
    "Write the ids with commas between them: 111122223333,444455556666",
)
