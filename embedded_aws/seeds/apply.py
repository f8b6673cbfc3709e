"""Create the organization of a seed in moto: accounts, organizational units, roles and users."""

from __future__ import annotations

import json

from moto.iam.models import IAMBackend, iam_backends
from moto.organizations.models import FakeAccount, OrganizationsBackend, organizations_backends

from embedded_aws.seeds.seed import EVERYTHING, Seed, SeedAccount, SeedRole, SeedUser

_REGION = "us-east-1"
_POLICY_NAME = "Seed"


def apply_seed(seed: Seed) -> None:
    """Create everything in the seed; existing resources of other names are kept."""
    backend: OrganizationsBackend = organizations_backends[seed.management.id]["aws"]
    before = set(iam_backends)
    backend.create_organization(_REGION, FeatureSet="ALL")
    for made_up in set(iam_backends) - before - {seed.management.id}:
        # moto temporarily uses another id for the management account, and creates a role in it.
        _forget_account(made_up)
    units = {"": backend.org.root_id}  # type: ignore[union-attr]
    for path in (*seed.organizational_units, *(account.ou for account in seed.accounts)):
        _unit(backend, units, path.strip("/"))
    for account in seed.accounts:
        if account.management:
            _rename_management_account(backend, account)
        else:
            _add_member(backend, account, units[account.ou.strip("/")])
        backend.get_account_by_id(account.id).tags.update(account.tags)
        _apply_iam(iam_backends[account.id]["aws"], account)


def _unit(backend: OrganizationsBackend, units: dict[str, str], path: str) -> str:
    """Return the id of an organizational unit; create it and its parents if they do not exist."""
    if path not in units:
        parent, _slash, name = path.rpartition("/")
        parent_id = _unit(backend, units, parent)
        made = backend.create_organizational_unit(Name=name, ParentId=parent_id)
        units[path] = made["OrganizationalUnit"]["Id"]
    return units[path]


def _rename_management_account(backend: OrganizationsBackend, account: SeedAccount) -> None:
    management = backend.get_account_by_id(account.id)
    management.name, management.email = account.name, account.email
    management.joined_method = "INVITED"


def _add_member(backend: OrganizationsBackend, account: SeedAccount, unit_id: str) -> None:
    """Add an account with the id of the seed; moto generates ids."""
    status = backend.create_account(AccountName=account.name, Email=account.email)["CreateAccountStatus"]
    made: FakeAccount = backend.get_account_by_id(status["AccountId"])
    _forget_account(made.id)
    organizations_backends.master_accounts[account.id] = (backend.account_id, backend.partition)
    made.id = account.id
    made.parent_id = unit_id
    made.state, made.status = account.state, "ACTIVE" if account.state == "ACTIVE" else "SUSPENDED"
    trust = SeedRole("OrganizationAccountAccessRole", (backend.account_id,), EVERYTHING)
    _make_role(iam_backends[account.id]["aws"], trust)


def _forget_account(account_id: str) -> None:
    """Remove what moto created in an account with a generated id."""
    iam_backends.pop(account_id, None)
    organizations_backends.master_accounts.pop(account_id, None)


def _apply_iam(backend: IAMBackend, account: SeedAccount) -> None:
    for role in account.roles:
        _make_role(backend, role)
    for user in account.users:
        _make_user(backend, user)


def _make_role(backend: IAMBackend, role: SeedRole) -> None:
    if any(own.name == role.name for own in backend.get_roles()):
        backend.put_role_policy(role.name, _POLICY_NAME, json.dumps(role.policy))
        return
    statements = [
        {"Effect": "Allow", "Principal": _principal(trusted), "Action": "sts:AssumeRole"} for trusted in role.trusts
    ]
    document = json.dumps({"Version": "2012-10-17", "Statement": statements})
    backend.create_role(role.name, document, "/", None, "", [], "3600")
    backend.put_role_policy(role.name, _POLICY_NAME, json.dumps(role.policy))


def _principal(trusted: str) -> dict[str, str]:
    if trusted.endswith(".amazonaws.com"):
        return {"Service": trusted}
    return {"AWS": f"arn:aws:iam::{trusted}:root" if trusted.isdigit() else trusted}


def _make_user(backend: IAMBackend, user: SeedUser) -> None:
    backend.create_user(_REGION, user.name)
    backend.put_user_policy(user.name, _POLICY_NAME, json.dumps(user.policy))
    key = backend.create_access_key(user.name)
    # moto generates keys; replace them by those of the seed, which can be in a profile beforehand.
    del backend.access_keys[key.access_key_id]
    key.access_key_id, key.secret_access_key = user.access_key, user.secret_key
    backend.access_keys[key.access_key_id] = key
