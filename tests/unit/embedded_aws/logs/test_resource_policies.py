"""Resource policies are kept in AWS's form; recorded answers of AWS, 2025."""

from __future__ import annotations

import json

import pytest
from botocore.exceptions import ClientError

from tests.support.alarm_setup import Client

STATEMENT = {
    "Effect": "Allow",
    "Principal": {"Service": ["delivery.logs.amazonaws.com"]},
    "Action": "logs:PutLogEvents",
    "Resource": ["*"],
}


def test_a_policy_is_answered_as_sent_and_described_in_the_form_of_aws(aws_client: Client) -> None:
    logs = aws_client("logs")
    sent = json.dumps({"Statement": [STATEMENT]})
    put = logs.put_resource_policy(policyName="own", policyDocument=sent)["resourcePolicy"]
    (kept,) = logs.describe_resource_policies()["resourcePolicies"]
    assert (put["policyDocument"], put["policyScope"], kept["policyScope"]) == (sent, "ACCOUNT", "ACCOUNT")
    principal = {"Service": "delivery.logs.amazonaws.com"}
    assert json.loads(kept["policyDocument"]) == {
        "Version": "2008-10-17",
        "Statement": [STATEMENT | {"Principal": principal}],
    }
    logs.delete_resource_policy(policyName="own")
    with pytest.raises(ClientError, match=r"Policy with name \[own\] does not exist\.$"):
        logs.delete_resource_policy(policyName="own")


def test_moto_still_needs_the_overrides(moto_client: Client) -> None:
    logs = moto_client("logs")
    sent = json.dumps({"Statement": [STATEMENT]})
    assert "policyScope" not in logs.put_resource_policy(policyName="own", policyDocument=sent)["resourcePolicy"]
    (kept,) = logs.describe_resource_policies()["resourcePolicies"]
    assert kept["policyDocument"] == sent
