"""CloudTrail's delegated administrators can be registered and deregistered, as on AWS."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.support.member_account import member_client

Client = Callable[[str], Any]
PRINCIPAL = "cloudtrail.amazonaws.com"


def make_member(organizations: Any, name: str) -> str:
    return organizations.create_account(Email=f"{name}@example.com", AccountName=name)["CreateAccountStatus"][
        "AccountId"
    ]


@pytest.fixture(scope="module")
def organizations(aws_client: Client) -> Any:
    client = aws_client("organizations")
    with contextlib.suppress(client.exceptions.AlreadyInOrganizationException):
        client.create_organization(FeatureSet="ALL")
    return client


def administrators(organizations: Any) -> list[str]:
    listed = organizations.list_delegated_administrators(ServicePrincipal=PRINCIPAL)["DelegatedAdministrators"]
    return [account["Id"] for account in listed]


def test_a_member_is_registered_and_removed_by_cloudtrail(aws_client: Client, organizations: Any) -> None:
    cloudtrail, member = aws_client("cloudtrail"), make_member(organizations, "audit")

    cloudtrail.register_organization_delegated_admin(MemberAccountId=member)
    assert administrators(organizations) == [member]
    trusted = organizations.list_aws_service_access_for_organization()["EnabledServicePrincipals"]
    assert PRINCIPAL in [service["ServicePrincipal"] for service in trusted]
    with pytest.raises(cloudtrail.exceptions.AccountRegisteredException):
        cloudtrail.register_organization_delegated_admin(MemberAccountId=member)

    cloudtrail.deregister_organization_delegated_admin(DelegatedAdminAccountId=member)
    assert administrators(organizations) == []
    with pytest.raises(cloudtrail.exceptions.AccountNotRegisteredException):
        cloudtrail.deregister_organization_delegated_admin(DelegatedAdminAccountId=member)


def test_a_member_is_registered_by_organizations(organizations: Any) -> None:
    member = make_member(organizations, "tools")
    organizations.register_delegated_administrator(AccountId=member, ServicePrincipal=PRINCIPAL)

    assert administrators(organizations) == [member]
    organizations.deregister_delegated_administrator(AccountId=member, ServicePrincipal=PRINCIPAL)


def test_at_most_three_are_registered(aws_client: Client, organizations: Any) -> None:
    cloudtrail = aws_client("cloudtrail")
    members = [make_member(organizations, f"member{number}") for number in range(4)]
    for member in members[:3]:
        cloudtrail.register_organization_delegated_admin(MemberAccountId=member)

    with pytest.raises(cloudtrail.exceptions.DelegatedAdminAccountLimitExceededException):
        cloudtrail.register_organization_delegated_admin(MemberAccountId=members[3])
    for member in members[:3]:
        cloudtrail.deregister_organization_delegated_admin(DelegatedAdminAccountId=member)


def test_rejects_invalid_administrators(aws_client: Client, organizations: Any) -> None:
    cloudtrail = aws_client("cloudtrail")
    management = organizations.describe_organization()["Organization"]["MasterAccountId"]

    with pytest.raises(cloudtrail.exceptions.CannotDelegateManagementAccountException):
        cloudtrail.register_organization_delegated_admin(MemberAccountId=management)
    with pytest.raises(cloudtrail.exceptions.AccountNotFoundException):
        cloudtrail.register_organization_delegated_admin(MemberAccountId="999999999999")


def test_a_member_account_cannot_register(organizations: Any, embedded_aws: str) -> None:
    member = make_member(organizations, "curious")
    cloudtrail = member_client(embedded_aws, member, "cloudtrail")
    with pytest.raises(cloudtrail.exceptions.NotOrganizationManagementAccountException):
        cloudtrail.register_organization_delegated_admin(MemberAccountId=member)


def test_moto_still_needs_the_override(moto_client: Client) -> None:
    organizations, cloudtrail = moto_client("organizations"), moto_client("cloudtrail")
    organizations.create_organization(FeatureSet="ALL")
    member = make_member(organizations, "audit")
    with pytest.raises(ClientError, match="unrecognized service principal"):
        organizations.register_delegated_administrator(AccountId=member, ServicePrincipal=PRINCIPAL)
    with pytest.raises((NotImplementedError, ClientError)):
        cloudtrail.register_organization_delegated_admin(MemberAccountId=member)
