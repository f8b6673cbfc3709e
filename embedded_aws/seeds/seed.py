"""Read a seed file: YAML with accounts, organizational units, roles and users."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from ansible_collections.secmon.aws.plugins.module_utils.core.aws_names import ACCOUNT_ID

DEFAULT_SEED = Path(__file__).resolve().parent / "default.yml"
EVERYTHING: Mapping[str, Any] = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}],
}

_ACCOUNT_ID = re.compile(ACCOUNT_ID)
_NAME = re.compile(r"[\w+=,.@-]{1,64}")
# The form of an access key in moto and the AWS SDKs.
_ACCESS_KEY = re.compile(r"[A-Z0-9]{20}")


class SeedError(ValueError):
    """A seed that cannot be used; the text has one line per fault, each with its place in the file."""


@dataclass(frozen=True)
class SeedRole:
    """A role; `trusts` are ARNs, account ids or service names that may assume it."""

    name: str
    trusts: tuple[str, ...]
    policy: Mapping[str, Any]


@dataclass(frozen=True)
class SeedUser:
    """An IAM user with one access key."""

    name: str
    access_key: str
    secret_key: str
    policy: Mapping[str, Any]


@dataclass(frozen=True)
class SeedAccount:
    """An account; `ou` is the path of its organizational unit such as ``workloads/production``, empty for the root."""

    id: str
    name: str
    email: str
    management: bool
    ou: str
    roles: tuple[SeedRole, ...]
    users: tuple[SeedUser, ...]


@dataclass(frozen=True)
class Seed:
    """An organization: one management account and its members; `organizational_units` are paths."""

    accounts: tuple[SeedAccount, ...]
    organizational_units: tuple[str, ...]

    @property
    def management(self) -> SeedAccount:
        """Return the management account."""
        return next(account for account in self.accounts if account.management)


def load_seed(path: Path) -> Seed:
    """Return the seed of a file. Raise SeedError with all errors in it."""
    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise SeedError(f"{path}: {' '.join(str(error).split())}") from error
    faults = list(_faults(document))
    if faults:
        raise SeedError("\n".join(f"{path}: {fault}" for fault in faults))
    accounts = tuple(_account(entry) for entry in document["accounts"])
    return Seed(accounts, tuple(document.get("organizational_units") or ()))


def _account(entry: Mapping[str, Any]) -> SeedAccount:
    return SeedAccount(
        id=entry["id"],
        name=entry["name"],
        email=entry.get("email") or f"{entry['name']}@example.com",
        management=entry.get("management", False),
        ou=entry.get("ou", ""),
        roles=tuple(
            SeedRole(role["name"], tuple(role["trusts"]), role.get("policy") or EVERYTHING)
            for role in entry.get("roles") or ()
        ),
        users=tuple(
            SeedUser(user["name"], user["access_key"], user["secret_key"], user.get("policy") or EVERYTHING)
            for user in entry.get("users") or ()
        ),
    )


_SEED_KEYS = {"accounts": list, "organizational_units": list}
_ACCOUNT_KEYS = {"id": str, "name": str, "email": str, "management": bool, "ou": str, "roles": list, "users": list}
_ROLE_KEYS = {"name": str, "trusts": list, "policy": dict}
_USER_KEYS = {"name": str, "access_key": str, "secret_key": str, "policy": dict}


def _faults(document: Any) -> Iterator[str]:
    """Yield what is wrong with a seed, each with its place."""
    wrong = list(_shape_faults("the seed", document, _SEED_KEYS, ("accounts",)))
    yield from wrong
    if wrong:
        return
    accounts = document["accounts"]
    for index, entry in enumerate(accounts):
        yield from _account_faults(f"accounts[{index}]", entry)
    entries = [entry for entry in accounts if isinstance(entry, dict)]
    if sum(entry.get("management") is True for entry in entries) != 1:
        yield "accounts: exactly one must have management: true"
    yield from _double_faults("accounts", "id", entries)
    # A list of another type is a fault of its account.
    users = [user for entry in entries if isinstance(entry.get("users"), list) for user in entry["users"]]
    yield from _double_faults("users", "access_key", users)
    for index, path in enumerate(document.get("organizational_units") or ()):
        if not isinstance(path, str) or not path.strip("/"):
            yield f"organizational_units[{index}]: expected a path such as workloads/production"


def _account_faults(where: str, entry: Any) -> Iterator[str]:
    wrong = list(_shape_faults(where, entry, _ACCOUNT_KEYS, ("id", "name")))
    yield from wrong
    if wrong:
        return
    if not _ACCOUNT_ID.fullmatch(entry["id"]):
        yield f"{where}.id: expected 12 digits in quotes, not {entry['id']!r}"
    for index, role in enumerate(entry.get("roles") or ()):
        place = f"{where}.roles[{index}]"
        wrong = list(_named_faults(place, role, _ROLE_KEYS, ("name", "trusts")))
        yield from wrong
        if not wrong and not all(isinstance(trusted, str) for trusted in role["trusts"]):
            yield f"{place}.trusts: expected ARNs, account ids in quotes or names of services"
    for index, user in enumerate(entry.get("users") or ()):
        place = f"{where}.users[{index}]"
        wrong = list(_named_faults(place, user, _USER_KEYS, ("name", "access_key", "secret_key")))
        yield from wrong
        if not wrong and not _ACCESS_KEY.fullmatch(user["access_key"]):
            yield f"{place}.access_key: expected 20 capital letters and digits"
    for key in ("roles", "users"):
        yield from _double_faults(f"{where}.{key}", "name", entry.get(key) or ())


def _double_faults(where: str, key: str, entries: Iterable[Any]) -> Iterator[str]:
    known = [str(entry[key]) for entry in entries if isinstance(entry, dict) and key in entry]
    for double in sorted({own for own in known if known.count(own) > 1}):
        yield f"{where}: {key} {double} is there more than once"


def _named_faults(where: str, entry: Any, keys: Mapping[str, type], required: tuple[str, ...]) -> Iterator[str]:
    wrong = list(_shape_faults(where, entry, keys, required))
    yield from wrong
    if not wrong and not _NAME.fullmatch(entry["name"]):
        yield f"{where}.name: {entry['name']!r} is no name that IAM takes"


def _shape_faults(where: str, entry: Any, keys: Mapping[str, type], required: tuple[str, ...]) -> Iterator[str]:
    if not isinstance(entry, dict):
        yield f"{where}: expected a mapping with {', '.join(keys)}"
        return
    for key, value in entry.items():
        if key not in keys:
            yield f"{where}: unknown key {key!r}; known: {', '.join(keys)}"
        elif not isinstance(value, keys[key]):
            hint = "; put it in quotes" if keys[key] is str else ""
            yield f"{where}.{key}: expected {keys[key].__name__}, not {type(value).__name__}{hint}"
    for key in required:
        if key not in entry:
            yield f"{where}: {key} is missing"
