# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The types of parameters, with the format of their values, and the forms in which CloudTrail records a secret.

Formats are those of the API reference of each service.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from ..core.aws_names import (
    ACCOUNT_ID,
    BUCKET_NAME,
    IAM_NAME,
    KEY_ARN,
    LOG_GROUP_NAME,
    REGION,
    ROLE_ARN,
    SECRET_ARN,
    SECRET_NAME,
    TOPIC_ARN,
    TRAIL_NAME,
)
from ..validation.confusables import non_ascii
from ..validation.strings import shortened


@dataclass(frozen=True)
class ParameterType:
    """One type: the format of its values, and a hint on what to write."""

    name: str
    shape: re.Pattern[str]
    hint: str

    def problem(self, value: str) -> tuple[str, str] | None:
        """Return what is wrong with a value and how to fix it, or None."""
        if "*" in value:
            hint = "list each value; a list means any of them"
            return f"{shortened(value)!r} contains *, which is a wildcard in a filter pattern", hint
        odd = non_ascii(value)
        if odd:
            return odd, f"retype it as plain ASCII; {self.hint}"
        if not self.shape.fullmatch(value):
            return f"{shortened(value)!r} is not a valid {self.name}", self.hint
        return None


_TYPES = (
    ("string", r".{1,256}", "give 1 to 256 characters"),
    ("account_id", ACCOUNT_ID, 'give the 12 digits of the account, quoted, such as "111122223333"'),
    ("region", REGION, "give a region's code such as eu-central-1"),
    ("role_name", IAM_NAME, "give the name of the role, not its path or ARN"),
    ("user_name", IAM_NAME, "give the name of the user, not its path or ARN"),
    ("role_arn", ROLE_ARN, "give an ARN such as arn:aws:iam::111122223333:role/deployer"),
    ("bucket_name", BUCKET_NAME, "give the name of the bucket: 3-63 lower-case letters, digits, dots and hyphens"),
    ("log_group_name", LOG_GROUP_NAME, "give the name of the log group, not its ARN"),
    ("trail_name", TRAIL_NAME, "give the name of the trail: 3-128 letters, digits, dots, underscores and hyphens"),
    ("topic_arn", TOPIC_ARN, "give an ARN such as arn:aws:sns:eu-central-1:111122223333:security-alerts"),
    ("alarm_name", r".{1,255}", "give the name of the alarm: 1-255 characters"),
    (
        "secret",
        rf"{SECRET_NAME}|{SECRET_ARN}",
        "give the name of the secret, or its ARN with or without the six random characters at the end",
    ),
    (
        "key_arn",
        KEY_ARN,
        "give the ARN of the key, not of an alias: arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-...",
    ),
)

PARAMETER_TYPES: Mapping[str, ParameterType] = {
    name: ParameterType(name, re.compile(shape), hint) for name, shape, hint in _TYPES
}


_SUFFIX = re.compile(r"(?P<partial>.+)-[A-Za-z0-9]{6}")
# Six characters that may be a word or a date in the name ("my-secret", "db-202401"). About one random suffix in a
# hundred looks like this; then both readings are matched, since a missed read is worse than a false alarm.
_WORD_LIKE = re.compile(r".+-([A-Za-z][a-z]{5}|[A-Z]{6}|[0-9]{6})")
_REGEX_OPERATORS = re.compile(r"([.+])")


@dataclass(frozen=True)
class SecretForms:
    """Strings that equal the secret id, strings that it ends with, and regular expressions that match it."""

    exact: tuple[str, ...] = ()
    endings: tuple[str, ...] = ()
    expressions: tuple[str, ...] = ()


def secret_forms(value: str) -> SecretForms:
    """Return every form in which CloudTrail may record a secret, by its name, partial ARN or full ARN.

    ``requestParameters.secretId`` holds what the caller passed: the name, the ARN, or the ARN without the hyphen and
    the six random characters that Secrets Manager adds (Secrets Manager API reference, GetSecretValue).
    """
    if not value.startswith("arn:"):
        return SecretForms((value,), (f"*:secret:{value}",), (_any_suffix("", value),))
    prefix, name = value.rsplit(":", 1)
    suffixed = _SUFFIX.fullmatch(name)
    if suffixed is None:
        return _partial(prefix, name)
    partial = suffixed["partial"]
    full = SecretForms((partial, f"{prefix}:{partial}", value))
    if not _WORD_LIKE.fullmatch(name):
        return full
    other = _partial(prefix, name)
    return SecretForms(tuple(dict.fromkeys(full.exact + other.exact)), (), other.expressions)


def _partial(prefix: str, name: str) -> SecretForms:
    return SecretForms((name, f"{prefix}:{name}"), (), (_any_suffix(f"^{prefix}", name),))


def _any_suffix(start: str, name: str) -> str:
    """Return the regular expression for a full ARN with unknown random characters."""
    escaped = _REGEX_OPERATORS.sub(r"\\\1", name)
    return f"{start.removesuffix(':secret')}:secret:{escaped}-[a-zA-Z0-9]{{6}}$"
