"""Read a seed file: YAML with accounts, organizational units, roles and users."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from ansible_collections.secmon.aws.plugins.module_utils.core.aws_names import ACCOUNT_ID, IAM_NAME
from ansible_collections.secmon.aws.plugins.module_utils.validation.document import Document
from ansible_collections.secmon.aws.plugins.module_utils.validation.problems import Place, quote_value
from ansible_collections.secmon.aws.plugins.module_utils.validation.structures import (
    any_mapping,
    fields,
    list_of,
    mapping_of,
)
from ansible_collections.secmon.aws.plugins.module_utils.validation.types import boolean, choice, integer, string

DEFAULT_SEED = Path(__file__).resolve().parent / "default.yml"
EVERYTHING: Mapping[str, Any] = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}],
}


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
    state: str
    tags: Mapping[str, str]
    disabled_regions: tuple[str, ...]


@dataclass(frozen=True)
class Seed:
    """An organization: one management account and its members; `organizational_units` are paths."""

    accounts: tuple[SeedAccount, ...]
    organizational_units: tuple[str, ...]

    @property
    def management(self) -> SeedAccount:
        """Return the management account."""
        return next(account for account in self.accounts if account.management)


_IAM_NAME = string("IAM name", IAM_NAME, "use 1 to 64 letters, digits and _ + = , . @ -")
_POLICY = any_mapping("policy")
_ROLE = fields({"name": _IAM_NAME, "trusts": list_of(string())}, {"policy": _POLICY})
# The form of an access key in moto and the AWS SDKs.
_ACCESS_KEY = string("access key", r"[A-Z0-9]{20}", "use 20 capital letters and digits")
_USER = fields({"name": _IAM_NAME, "access_key": _ACCESS_KEY, "secret_key": string()}, {"policy": _POLICY})
# Organizations API reference, Account.
_STATES = ("PENDING_ACTIVATION", "ACTIVE", "SUSPENDED", "PENDING_CLOSURE", "CLOSED")
_ACCOUNT = fields(
    {"id": string("account ID", ACCOUNT_ID, "use 12 digits in quotes"), "name": string()},
    {
        **{"email": string(), "management": boolean(), "ou": string(empty=True)},
        **{"roles": list_of(_ROLE), "users": list_of(_USER)},
        **{"state": choice(_STATES, "state"), "tags": mapping_of(string(), string(empty=True))},
        # Regions that the account has not enabled.
        "disabled_regions": list_of(string()),
        # This many accounts, whose ids and names are counted upwards.
        "count": integer("number of accounts", 1, 1000),
    },
)
_UNIT = string("path", r"/*[^/].*", "use a path such as workloads/production")
_SEED = fields({"accounts": list_of(_ACCOUNT)}, {"organizational_units": list_of(_UNIT)})


def load_seed(path: Path) -> Seed:
    """Return the seed of a file. Raise SeedError with all errors in it."""
    document = Document(str(path))
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise SeedError(f"{path}: {' '.join(str(error).split())}") from error
    found = _SEED.read(content, (), document)
    accounts = [copy for entry in found.get("accounts", ()) for copy in _copies(entry)]
    _check_accounts(accounts, document)
    if document.problems:
        places = ((f"{path}: {problem.key}" if problem.key else str(path), problem) for problem in document.problems)
        raise SeedError("\n".join(f"{place}: {problem.text}" for place, problem in places))
    return Seed(tuple(map(_account, accounts)), found.get("organizational_units", ()))


def _copies(entry: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield an account as often as its `count` says: 101, team-01; 102, team-02, and so on."""
    if "count" not in entry or not str(entry.get("id")).isdecimal():
        yield entry
        return
    for number in range(entry["count"]):
        own = {"id": f"{int(entry['id']) + number:012}", "name": f"{entry.get('name')}-{number + 1:02}"}
        yield {**entry, **own}


def _check_accounts(accounts: Collection[Mapping[str, Any]], document: Document) -> None:
    if sum(account.get("management", False) for account in accounts) != 1:
        document.add(("accounts",), "must contain exactly one account with management: true")
    _check_unique("id", accounts, ("accounts",), document)
    _check_unique(
        "access_key", [user for account in accounts for user in account.get("users", ())], ("users",), document
    )
    for index, account in enumerate(accounts):
        for key in ("roles", "users"):
            _check_unique("name", account.get(key, ()), ("accounts", index, key), document)


def _check_unique(key: str, entries: Iterable[Mapping[str, Any]], place: Place, document: Document) -> None:
    known = [entry[key] for entry in entries if entry.get(key)]
    for duplicate in sorted({value for value in known if known.count(value) > 1}):
        document.add(place, f"{key} {quote_value(duplicate)} is used more than once")


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
        state=entry.get("state", "ACTIVE"),
        tags=entry.get("tags", {}),
        disabled_regions=tuple(entry.get("disabled_regions", ())),
    )
