"""The unique ids of users begin with AIDA and those of groups with AGPA; moto 5.2.5 gives both lower-case letters.

A record's `principalId` is such an id. Those of roles, AROA, are right in moto.
Source: IAM user guide, "IAM identifiers", unique identifiers.
"""

from __future__ import annotations

from typing import Any

from moto.iam.models import Group, User
from moto.iam.utils import generate_access_key_id_from_account_id

_LENGTH = 21
_init_user = User.__init__
_init_group = Group.__init__


def _user(user: User, account_id: str, *arguments: Any, **options: Any) -> None:
    _init_user(user, account_id, *arguments, **options)
    user.id = generate_access_key_id_from_account_id(account_id, "AIDA", _LENGTH)


def _group(group: Group, account_id: str, *arguments: Any, **options: Any) -> None:
    _init_group(group, account_id, *arguments, **options)
    group.id = generate_access_key_id_from_account_id(account_id, "AGPA", _LENGTH)


def close() -> None:
    """Replace moto's methods."""
    User.__init__ = _user  # type: ignore[assignment, method-assign]
    Group.__init__ = _group  # type: ignore[assignment, method-assign]
