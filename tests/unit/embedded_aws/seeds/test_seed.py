"""A seed becomes an organization; all its errors are reported together."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from embedded_aws.seeds.seed import DEFAULT_SEED, SeedError, load_seed
from tests.conftest import run
from tests.support.in_process import GUIDE, PRODUCTION, InProcess, aws

__all__ = ["aws"]

ONE_WITH = "accounts: [{{id: '123456789012', name: a, management: true, {}}}]"
USER = "{name: u, access_key: AKIAAAAAAAAAAAAAAAAA, secret_key: x}"


def test_the_default_seed_has_the_accounts_of_the_embedded_inventory() -> None:
    seed = load_seed(DEFAULT_SEED)
    assert [account.id for account in seed.accounts] == [GUIDE, PRODUCTION, "333333333333"]
    assert seed.management.name == "guide"


def test_an_account_with_a_count_stands_for_several(tmp_path: Path) -> None:
    (tmp_path / "seed.yml").write_text(
        "accounts: [{id: '123456789012', name: a, management: true}, {id: '000000000099', name: b, count: 2, ou: x}]"
    )
    _management, *accounts = load_seed(tmp_path / "seed.yml").accounts
    assert [(account.id, account.name, account.email, account.ou) for account in accounts] == [
        ("000000000099", "b-01", "b-01@example.com", "x"),
        ("000000000100", "b-02", "b-02@example.com", "x"),
    ]


def test_the_organization_has_its_accounts_in_their_units(aws: InProcess) -> None:
    organizations = aws.client("organizations")
    assert organizations.describe_organization()["Organization"]["MasterAccountId"] == GUIDE
    accounts = organizations.list_accounts()["Accounts"]
    assert [(account["Id"], account["Name"]) for account in accounts] == [
        (GUIDE, "guide"),
        (PRODUCTION, "production"),
        ("333333333333", "sandbox"),
    ]
    (parent,) = organizations.list_parents(ChildId=PRODUCTION)["Parents"]
    unit = organizations.describe_organizational_unit(OrganizationalUnitId=parent["Id"])["OrganizationalUnit"]
    assert unit["Name"] == "production"


def test_members_have_the_role_of_the_organization(aws: InProcess) -> None:
    session = aws.session("OrganizationAccountAccessRole")
    assert aws.client("sts", **session).get_caller_identity()["Account"] == PRODUCTION


def test_the_management_account_starts_without_roles(aws: InProcess) -> None:
    assert aws.client("iam").list_roles()["Roles"] == []


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("accounts: [", "while parsing"),
        ("[]", ": must be a mapping, not an empty list"),
        ("accounts: []", "accounts: must contain exactly one account with management: true"),
        (
            "accounts: [{id: 123456789012, name: a, management: true}]",
            "must be a string, not the number",
        ),
        (
            "accounts: [{id: '12', name: a, management: true}]",
            'id: "12" is not a valid account ID',
        ),
        ("accounts: [{id: '123456789012', management: true}]", "accounts[0].name: is missing"),
        (
            "accounts: [{id: '123456789012', name: a, managment: true}]",
            "managment: is not a known key. Did",
        ),
        ("accounts: [{id: '123456789012', name: a, roles: [{name: r}]}]", "roles[0].trusts: is missing"),
        (
            ONE_WITH.format("roles: [{name: r, trusts: [123456789012]}]"),
            "roles[0].trusts[0]: must be a string",
        ),
        (
            ONE_WITH.format("roles: [{name: r, trusts: ['*']}, {name: r, trusts: ['*']}]"),
            'accounts[0].roles: name "r" is',
        ),
        (ONE_WITH.format(f"users: [{USER}, {USER}]"), 'accounts[0].users: name "u" is used more than once'),
        (
            ONE_WITH.format(f"users: [{USER}, {USER}]"),
            'users: access_key "AKIAAAAAAAAAAAAAAAAA" is used more than once',
        ),
    ],
)
def test_reports_all_errors_of_a_seed_with_their_place(tmp_path: Path, text: str, reason: str) -> None:
    path = tmp_path / "seed.yml"
    path.write_text(text)
    with pytest.raises(SeedError) as caught:
        load_seed(path)
    assert reason in str(caught.value)
    assert all(line.startswith(f"{path}: ") for line in str(caught.value).splitlines())


def test_a_missing_seed_file_prevents_the_start(tmp_path: Path) -> None:
    result = run(sys.executable, "-m", "embedded_aws", "--port", "0", "--seed", tmp_path / "none.yml")
    assert result.returncode == 1
    assert "No such file" in result.stderr
    assert "Traceback" not in result.stderr
