"""Service control policies and disabled regions refuse calls, whatever the policies of the account say."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.support.in_process import InProcess, organization_aws

__all__ = ["organization_aws"]

BANK, SHOP, MANAGEMENT = "000000000501", "000000000101", "123456789012"
DEPLOYER = "SecurityMonitoringDeployer"


def policy(aws: InProcess, target: str, effect: str = "Deny") -> tuple[Any, str]:
    """Attach a service control policy on sns and return the client of Organizations and its id."""
    organizations = aws.client("organizations", aws_access_key_id="AKIAEMBEDDEDGUIDE001")
    content = json.dumps({"Statement": [{"Effect": effect, "Action": "sns:*", "Resource": "*"}]})
    made = organizations.create_policy(
        Name=f"{effect} sns", Description="", Content=content, Type="SERVICE_CONTROL_POLICY"
    )
    organizations.attach_policy(PolicyId=made["Policy"]["PolicySummary"]["Id"], TargetId=target)
    return organizations, made["Policy"]["PolicySummary"]["Id"]


def refusal(client: Any, operation: str) -> tuple[str, str]:
    with pytest.raises(ClientError) as caught:
        getattr(client, operation)()
    return caught.value.response["Error"]["Code"], caught.value.response["Error"]["Message"]


def test_a_policy_of_an_account_denies_what_its_roles_may_until_it_is_detached(organization_aws: InProcess) -> None:
    keys, others = (organization_aws.session(DEPLOYER, account) for account in (BANK, SHOP))
    organizations, made = policy(organization_aws, BANK)
    code, message = refusal(organization_aws.client("sns", **keys), "list_topics")
    assert code == "AuthorizationError"
    assert (
        f"sns:ListTopics with an explicit deny in a service control policy: arn:aws:organizations::{MANAGEMENT}:policy/"
        in message
    )
    organization_aws.client("logs", **keys).describe_log_groups()
    organization_aws.client("sns", **others).list_topics()
    organizations.detach_policy(PolicyId=made, TargetId=BANK)
    organization_aws.client("sns", **keys).list_topics()


def test_a_policy_of_a_unit_denies_its_accounts_but_not_the_management_account(organization_aws: InProcess) -> None:
    keys = organization_aws.session(DEPLOYER, BANK)
    root = organization_aws.client("organizations", aws_access_key_id="AKIAEMBEDDEDGUIDE001").list_roots()
    policy(organization_aws, root["Roots"][0]["Id"])
    assert refusal(organization_aws.client("sns", **keys), "list_topics")[0] == "AuthorizationError"
    organization_aws.client("sns", aws_access_key_id="AKIAEMBEDDEDGUIDE001").list_topics()


def test_each_level_must_allow(organization_aws: InProcess) -> None:
    keys = organization_aws.session(DEPLOYER, BANK)
    organizations, _made = policy(organization_aws, BANK, effect="Allow")
    organization_aws.client("logs", **keys).describe_log_groups()
    organizations.detach_policy(PolicyId="p-FullAWSAccess", TargetId=BANK)
    message = refusal(organization_aws.client("logs", **keys), "describe_log_groups")[1]
    assert message.endswith("because no service control policy allows the logs:DescribeLogGroups action")
    organization_aws.client("sns", **keys).list_topics()


@pytest.mark.parametrize(
    ("service", "operation", "code"),
    [
        ("sts", "get_caller_identity", "InvalidClientTokenId"),
        ("logs", "describe_log_groups", "UnrecognizedClientException"),
        ("s3", "list_buckets", "InvalidToken"),
    ],
)
def test_credentials_are_unknown_in_a_region_that_the_account_has_not_enabled(
    organization_aws: InProcess, service: str, operation: str, code: str
) -> None:
    keys = organization_aws.session(DEPLOYER, BANK)
    assert refusal(organization_aws.client(service, region="ap-east-1", **keys), operation)[0] == code
    getattr(organization_aws.client(service, **keys), operation)()
