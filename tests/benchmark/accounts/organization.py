"""The accounts of the benchmark in the embedded AWS: each way to build the system has accounts of its own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import yaml

REGION = "us-east-1"
EMAIL = "security@example.com"
SECRET = "embedded"


def account_ids(first: int, count: int) -> list[str]:
    """Return account ids that begin with a digit pair of their own."""
    return [f"{first:02d}{number:010d}" for number in range(count)]


def access_key(account: str) -> str:
    """Return the access key of the account's administrator."""
    return f"AKIA{account}BNCH"


def write_seed(path: Path, accounts: list[str]) -> None:
    """Write the accounts for `embedded_aws --seed`."""
    seed = [
        {
            "id": account,
            "name": f"account-{account}",
            "management": account == accounts[0],
            "users": [{"name": "administrator", "access_key": access_key(account), "secret_key": SECRET}],
        }
        for account in accounts
    ]
    path.write_text(yaml.safe_dump({"accounts": seed}))


def write_inventory(path: Path, endpoint: str, accounts: list[str], connection: str) -> None:
    """Write an inventory of this collection, one host for each account."""
    shared = {
        "ansible_connection": connection,
        "secmon_region": REGION,
        "secmon_emails": [EMAIL],
        "secmon_profile": "cis",
        # The other ways build no event alerts either.
        "secmon_event_alerts": [],
        "secmon_endpoint_url": endpoint,
        "secmon_secret_key": SECRET,
    }
    hosts = {
        f"account-{account}": {"secmon_account_id": account, "secmon_access_key": access_key(account)}
        for account in accounts
    }
    path.write_text(yaml.safe_dump({"all": {"vars": shared, "hosts": hosts}}))


def for_account(wanted: dict[str, Any], account: str) -> dict[str, Any]:
    """Return the wanted resources of one account from those of another."""
    found: dict[str, Any] = json.loads(json.dumps(wanted).replace(wanted["account"], account))
    return found
