# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The forms in which CloudTrail may show one secret.

``requestParameters.secretId`` holds what the caller wrote: the secret's name, its ARN, or its ARN without the hyphen
and the six random characters that Secrets Manager adds (Secrets Manager API reference, GetSecretValue).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

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
