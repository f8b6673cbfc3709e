"""Whether a bucket policy is public, which BlockPublicPolicy refuses.

Source: S3 user guide, "Blocking public access to your Amazon S3 storage", "The meaning of "public"": a policy is public
unless each Allow is for fixed principals, or fixes one of the listed condition keys. Deny statements do not count.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Mapping
from typing import Any

from ansible_collections.secmon.aws.plugins.module_utils.core.policy_documents import statements_of

_FIXING_KEYS = frozenset(
    {
        "aws:principalaccount",
        "aws:principalarn",
        "aws:principalorgid",
        "aws:principalorgpaths",
        "aws:sourceaccount",
        "aws:sourcearn",
        "aws:sourceip",
        "aws:sourceowner",
        "aws:sourcevpc",
        "aws:sourcevpce",
        "aws:userid",
        "s3:dataaccesspointaccount",
        "s3:dataaccesspointarn",
        "s3:x-amz-server-side-encryption-aws-kms-key-id",
    }
)
# Operators that keep the values of a key; the suffix of sets and IfExists are not among them, since both may hold
# without the key.
_KEEPING = ("StringEquals", "StringLike", "ArnEquals", "ArnLike", "IpAddress")
# A range that is wider than this is public: the user guide's examples name /8 of IPv4 and /32 of IPv6.
_WIDEST = {4: 8, 6: 32}


def is_public(policy: Mapping[str, Any]) -> bool:
    """Return whether a bucket policy gives access to more than fixed principals."""
    return any(
        statement.get("Effect") == "Allow" and _is_for_all(statement) and not _is_fixed(statement)
        for statement in statements_of(policy)
    )


def _is_for_all(statement: Mapping[str, Any]) -> bool:
    if "NotPrincipal" in statement:
        return True
    principal = statement.get("Principal")
    names = principal.values() if isinstance(principal, Mapping) else [principal]
    return any("*" in _listed(name) for name in names)


def _is_fixed(statement: Mapping[str, Any]) -> bool:
    return any(
        operator in _KEEPING
        and key.lower() in _FIXING_KEYS
        and all(_is_fixed_value(key, each) for each in _listed(value))
        for operator, keys in (statement.get("Condition") or {}).items()
        for key, value in keys.items()
    )


def _is_fixed_value(key: str, value: str) -> bool:
    if key.lower() == "aws:sourceip":
        try:
            network = ipaddress.ip_network(value, strict=False)
        except ValueError:
            return False
        return network.prefixlen >= _WIDEST[network.version]
    if key.lower() == "aws:userid" and value.endswith(":*"):
        # The sessions of one role.
        value = value.removesuffix(":*")
    return not set(value) & set("*?") and "${" not in value


def _listed(value: Any) -> Iterable[str]:
    return [value] if isinstance(value, str) else list(value or ())
