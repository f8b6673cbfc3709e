"""An organization is listed in pages of 20, empty ones among them, and only to those who may list it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError
from moto.organizations.models import organizations_backends

from tests.support.in_process import PRODUCTION, InProcess, aws, organization_aws

__all__ = ["aws", "organization_aws"]

MEMBER = "OrganizationAccountAccessRole"


def code_of(call: Callable[[], Any]) -> tuple[str, str]:
    with pytest.raises(ClientError) as caught:
        call()
    error = caught.value.response["Error"]
    return error["Code"], error["Message"]


def pages(client: Any, **parameters: Any) -> list[list[dict[str, Any]]]:
    found, token = [], {}
    while True:
        page = client.list_accounts(**parameters, **token)
        found.append(page["Accounts"])
        if "NextToken" not in page:
            return found
        token = {"NextToken": page["NextToken"]}


def test_a_page_has_20_accounts_at_most_and_an_empty_page_does_not_end_the_list(organization_aws: InProcess) -> None:
    found = pages(organization_aws.client("organizations"))
    assert [len(page) for page in found] == [20, 0, 20, 0, 20, 0, 20, 0, 20, 0, 4]
    assert len({account["Id"] for page in found for account in page}) == 104


def test_moto_still_answers_members_and_long_pages(moto_client: Callable[[str], Any]) -> None:
    organizations = moto_client("organizations")
    organizations.create_organization(FeatureSet="ALL")
    for number in range(21):
        organizations.create_account(Email=f"{number}@example.com", AccountName=str(number))
    (page,) = pages(organizations)
    assert len(page) == 22 and "Status" in page[0]


def test_accounts_have_a_state_and_no_status(organization_aws: InProcess) -> None:
    client = organization_aws.client("organizations")
    client.close_account(AccountId="000000000011")
    states = {account["Id"]: account["State"] for page in pages(client) for account in page}
    assert [states[f"0000000009{number:02}"] for number in (1, 2, 3, 4)] == [
        "SUSPENDED",
        "CLOSED",
        "PENDING_CLOSURE",
        "PENDING_ACTIVATION",
    ]
    assert states["000000000011"] == "CLOSED"
    assert not any("Status" in account for page in pages(client) for account in page)


def test_a_member_may_list_once_it_is_a_delegated_administrator(aws: InProcess) -> None:
    member = aws.client("organizations", **aws.session(MEMBER))
    denied = ("AccessDeniedException", "You don't have permissions to access this resource.")
    for call in (member.list_accounts, member.list_roots, lambda: member.list_tags_for_resource(ResourceId=PRODUCTION)):
        assert code_of(call) == denied

    aws.client("organizations").register_delegated_administrator(
        AccountId=PRODUCTION, ServicePrincipal="ssm.amazonaws.com"
    )
    assert len(member.list_accounts()["Accounts"]) == 3


def test_an_account_without_organization_is_told_so(aws: InProcess) -> None:
    aws.client("organizations").remove_account_from_organization(AccountId=PRODUCTION)
    outsider = aws.client("organizations", **aws.session(MEMBER))
    assert code_of(outsider.list_accounts)[0] == "AWSOrganizationsNotInUseException"


def test_a_reset_forgets_who_is_a_member(aws: InProcess) -> None:
    aws.state.seed = None
    aws.pipeline.reset()
    organizations_backends[PRODUCTION]["aws"].create_organization("us-east-1")
