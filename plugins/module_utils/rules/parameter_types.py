# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The types of parameters, with the format of their values, and the forms in which CloudTrail records a secret.

Formats are those of the API reference of each service.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from ..core import aws_names
from ..validation.problems import quote_value
from ..validation.types import Found, ValueType, string

_TYPES = (
    ("string", r".{1,256}", "use 1 to 256 characters"),
    ("account_id", aws_names.ACCOUNT_ID, 'use the 12 digits of the account in quotes, such as "111122223333"'),
    ("region", aws_names.REGION, "use a region code such as eu-central-1"),
    ("role_name", aws_names.IAM_NAME, "use the role's name without path and ARN"),
    ("user_name", aws_names.IAM_NAME, "use the user's name without path and ARN"),
    ("role_arn", aws_names.ROLE_ARN, "use an ARN such as arn:aws:iam::111122223333:role/deployer"),
    ("log_group_name", aws_names.LOG_GROUP_NAME, "use the log group's name without ARN"),
    (
        "trail_name",
        aws_names.TRAIL_NAME,
        "use 3 to 128 letters, digits, dots, underscores and hyphens",
    ),
    ("topic_arn", aws_names.TOPIC_ARN, "use an ARN such as arn:aws:sns:eu-central-1:111122223333:security-alerts"),
    ("alarm_name", r".{1,255}", "use 1 to 255 characters"),
    (
        "secret",
        f"{aws_names.SECRET_NAME}|{aws_names.SECRET_ARN}",
        "use the secret's name, or its ARN with or without the six random characters at its end",
    ),
    (
        "key_arn",
        aws_names.KEY_ARN,
        "use the ARN of a key, not of an alias: arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-...",
    ),
)


def _parameter_type(name: str, shape: str, hint: str) -> ValueType[str]:
    pattern = re.compile(shape)
    words = name.replace("_", " ").replace("arn", "ARN").replace(" id", " ID")

    def check(value: str) -> Found:
        if "*" in value:
            message = f"{quote_value(value)} contains *, which is a wildcard in a filter pattern"
            return message, "list each value; a list means any of them"
        if not pattern.fullmatch(value):
            return f"{quote_value(value)} is not a valid {words}", hint
        return None

    return string(words, hint=hint, ascii_only=True, check=check)


def bucket_name_problem(value: str) -> Found:
    """Return why S3 would reject a bucket name, as a message without a hint."""
    problem = aws_names.bucket_name_problem(value)
    return (f"{quote_value(value)} {problem.removesuffix('.')}", "") if problem else None


PARAMETER_TYPES: Mapping[str, ValueType[str]] = {
    **{name: _parameter_type(name, shape, hint) for name, shape, hint in _TYPES},
    "bucket_name": string("bucket name", ascii_only=True, check=bucket_name_problem),
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
    # A regular expression of a filter pattern cannot contain the exclamation mark itself.
    escaped = _REGEX_OPERATORS.sub(r"\\\1", name).replace("!", r"\x21")
    return f"{start.removesuffix(':secret')}:secret:{escaped}-[a-zA-Z0-9]{{6}}$"
