# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The types of parameters: what a value of each looks like.

The shapes are those of the API references of the services that own the names.
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
    """One type: the shape of its values, and what to give, in words."""

    name: str
    shape: re.Pattern[str]
    hint: str

    def complaint(self, value: str) -> tuple[str, str] | None:
        """Return what is wrong with a value and what to do, or None."""
        if "*" in value:
            hint = "name each value; a list means any of them"
            return f"{shortened(value)!r} holds a *, which a filter pattern would take for a wildcard", hint
        odd = non_ascii(value)
        if odd:
            return odd, f"type it anew as plain ASCII; {self.hint}"
        if not self.shape.fullmatch(value):
            return f"{shortened(value)!r} is no {self.name}", self.hint
        return None


_TYPES = (
    ("string", r".{1,256}", "give 1 to 256 characters"),
    ("account_id", ACCOUNT_ID, 'give the 12 digits of the account, quoted, such as "111122223333"'),
    ("region", REGION, "give a region's code such as eu-central-1"),
    ("role_name", IAM_NAME, "give the role's name alone, without path and ARN"),
    ("user_name", IAM_NAME, "give the user's name alone, without path and ARN"),
    ("role_arn", ROLE_ARN, "give an ARN such as arn:aws:iam::111122223333:role/deployer"),
    ("bucket_name", BUCKET_NAME, "give the bucket's name alone: 3 to 63 lower-case letters, digits, dots and hyphens"),
    ("log_group_name", LOG_GROUP_NAME, "give the log group's name alone, without ARN"),
    ("trail_name", TRAIL_NAME, "give the trail's name alone: 3 to 128 letters, digits, dots, underscores and hyphens"),
    ("topic_arn", TOPIC_ARN, "give an ARN such as arn:aws:sns:eu-central-1:111122223333:security-alerts"),
    ("alarm_name", r".{1,255}", "give the alarm's name: 1 to 255 characters"),
    (
        "secret",
        rf"{SECRET_NAME}|{SECRET_ARN}",
        "give the secret's name, or its ARN with or without the six random characters at its end",
    ),
    (
        "key_arn",
        KEY_ARN,
        "give the ARN of a key, not of an alias: arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-...",
    ),
)

PARAMETER_TYPES: Mapping[str, ParameterType] = {
    name: ParameterType(name, re.compile(shape), hint) for name, shape, hint in _TYPES
}


_SUFFIX = re.compile(r"(?P<partial>.+)-[A-Za-z0-9]{6}")
# Six characters that may well be a word or a date of the name ("my-secret", "db-202401"). A random suffix looks like
# this once in a hundred cases; then both readings are watched, since to miss a read is worse than to see one more.
_WORD_LIKE = re.compile(r".+-([A-Za-z][a-z]{5}|[A-Z]{6}|[0-9]{6})")
_REGEX_OPERATORS = re.compile(r"([.+])")


@dataclass(frozen=True)
class SecretForms:
    """Texts that are the secret, texts it ends with (after any beginning), and regular expressions that find it."""

    exact: tuple[str, ...] = ()
    endings: tuple[str, ...] = ()
    expressions: tuple[str, ...] = ()


def secret_forms(value: str) -> SecretForms:
    """Return every form of the secret that a name, a partial or a full ARN stands for."""
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
    """Return the regular expression for a full ARN whose six random characters are not known."""
    escaped = _REGEX_OPERATORS.sub(r"\\\1", name)
    return f"{start.removesuffix(':secret')}:secret:{escaped}-[a-zA-Z0-9]{{6}}$"
