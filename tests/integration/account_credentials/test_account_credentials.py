"""Test that account_credentials assumes roles, and says who refused whom and what to do, without a secret."""

from __future__ import annotations

import json

import boto3
import pytest

from tests.support.embedded_control import ask
from tests.support.module_runner import ModuleRunner, hidden_in, writes
from tools.generate_docs.modules import documented_actions

ROLE = "arn:aws:iam::333333333333:role/SecurityMonitoringDeployer"
EXTERNAL_ID = "correct-horse-battery-staple"


@pytest.mark.promise("changed")
@pytest.mark.parametrize("check", [False, True])
def test_assumes_the_role_of_another_account_in_check_mode_too(run_module: ModuleRunner, check: bool) -> None:
    result = run_module(role_arn=ROLE, session_name="audit", check=check)

    keys = result["sts_creds"]
    session = boto3.client(
        "sts",
        endpoint_url=run_module.endpoint,
        region_name="us-east-1",
        aws_access_key_id=keys["access_key"],
        aws_secret_access_key=keys["secret_key"],
        aws_session_token=keys["session_token"],
    )
    assert session.get_caller_identity()["Arn"] == result["arn"]
    assert (result["account"], result["changed"]) == ("333333333333", False)
    assert result["arn"].endswith("/SecurityMonitoringDeployer/audit")


@pytest.mark.promise("calls")
def test_names_the_account_of_the_credentials_with_one_call(run_module: ModuleRunner) -> None:
    result, calls = run_module.recorded()

    assert (result["account"], result["sts_creds"]) == ("123456789012", {})
    assert [call["action"] for call in calls] == ["GetCallerIdentity"]


@pytest.mark.promise("denied")
def test_a_refused_role_names_caller_role_account_and_what_to_do(run_module: ModuleRunner) -> None:
    missing = ROLE.replace("Deployer", "Missing")

    message = run_module.fail(role_arn=missing, external_id=EXTERNAL_ID)

    assert message.startswith(f"AssumeRole failed for the role {missing} in account 333333333333, region us-east-1: ")
    assert "User: arn:aws:iam::123456789012:root is not authorized to perform: sts:AssumeRole" in message
    assert "role does not exist, or its trust policy does not allow this caller" in message
    assert not hidden_in(message, EXTERNAL_ID)


@pytest.mark.promise("denied")
@pytest.mark.parametrize(
    ("error", "says"),
    [
        ("ExpiredToken", "Renew the credentials"),
        ("InvalidClientTokenId", "or the account has not enabled this region"),
        ("RegionDisabledException", "Activate it, or use another region"),
    ],
)
@pytest.mark.parametrize("role", ["", ROLE])
def test_rejected_credentials_come_with_the_remedy(run_module: ModuleRunner, error: str, says: str, role: str) -> None:
    run_module.faults({"service": "sts", "action": "*", "error": error, "status": 403, "times": 9})

    assert says in run_module.fail(role_arn=role)


@pytest.mark.promise("denied")
def test_an_unknown_profile_is_named(run_module: ModuleRunner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_module, "access_key", None)
    monkeypatch.setattr(run_module, "secret_key", None)

    assert "The config profile (nope) could not be found" in run_module.fail(profile="nope")


@pytest.mark.promise("secrets")
def test_the_signed_headers_that_aws_lists_are_not_shown(run_module: ModuleRunner) -> None:
    listed = (
        "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access"
        " Key and signing method.\n\nThe Canonical String for this request should have been\n'POST\n/\n\n"
        "x-amz-security-token:FwoGZXIvYXdzEXAMPLE\n'"
    )
    fault = {"service": "sts", "action": "*", "error": "SignatureDoesNotMatch", "status": 403, "message": listed}
    run_module.faults(fault | {"times": 9})

    message = run_module.fail(role_arn=ROLE)

    assert "Check your AWS Secret Access Key" in message
    assert "FwoGZXIvYXdz" not in message


@pytest.mark.promise("retry")
@pytest.mark.parametrize("role", ["", ROLE])
def test_more_than_four_throttled_calls_are_retried(run_module: ModuleRunner, role: str) -> None:
    run_module.faults({"service": "sts", "action": "*", "error": "Throttling", "times": 7})

    assert run_module.succeed(role_arn=role)["account"]


@pytest.mark.promise("partition")
def test_a_role_that_is_no_arn_is_rejected_before_the_first_call(run_module: ModuleRunner) -> None:
    message = run_module.fail_before_calls(role_arn="SecurityMonitoringDeployer")

    assert "is not the ARN of a role" in message


@pytest.mark.promise("iam")
def test_the_documented_iam_actions_are_called(run_module: ModuleRunner) -> None:
    called = run_module.iam_actions(
        lambda: [run_module.succeed(list_resources=True), run_module.succeed(role_arn=ROLE)]
    )

    assert called == documented_actions("account_credentials")
    assert writes(ask(run_module.endpoint, "calls")) == []


@pytest.mark.promise("upstream")
def test_upstream_still_gives_up_on_throttled_sessions(
    run_module: ModuleRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("time.sleep", lambda _seconds: None)
    run_module.faults({"service": "sts", "action": "AssumeRole", "error": "ThrottlingException", "times": 5})

    failed = run_module.upstream("amazon.aws.sts_assume_role", role_arn=ROLE, role_session_name="audit")

    assert failed["failed"] and "reached max retries" in json.dumps(failed)


@pytest.mark.promise("upstream")
def test_upstream_still_waits_for_the_alias(run_module: ModuleRunner, monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[float] = []
    monkeypatch.setattr("time.sleep", waited.append)
    monkeypatch.setattr("random.uniform", lambda _low, high: high)
    run_module.faults({"service": "iam", "action": "ListAccountAliases", "error": "Throttling", "times": 999})

    assert run_module.upstream("amazon.aws.aws_caller_info")["account"]
    assert sum(waited) > 120


@pytest.mark.promise("denied")
def test_credentials_of_another_account_fail(run_module: ModuleRunner) -> None:
    assert "belong to account 123456789012, not 333333333333" in run_module.fail(required_account="333333333333")


@pytest.mark.promise("calls")
def test_what_has_the_tag_proves_the_account_of_the_credentials_with_one_call(run_module: ModuleRunner) -> None:
    lists = {"list_resources": True, "required_account": "123456789012"}
    empty, calls = run_module.recorded(**lists)
    assert empty["listed"] == {"alarms": {}, "others": {}}
    assert [call["action"] for call in calls] == ["GetResources", "GetCallerIdentity"]

    keys = {"aws_access_key_id": "tester", "aws_secret_access_key": "tester", "region_name": "us-east-1"}
    sns = boto3.client("sns", endpoint_url=run_module.endpoint, **keys)
    arn = sns.create_topic(Name="listed", Tags=[{"Key": "secmon:managed-by", "Value": "secmon.aws"}])["TopicArn"]
    found, calls = run_module.recorded(**lists)
    assert found["listed"] == {"alarms": {}, "others": {arn: {"secmon:managed-by": "secmon.aws"}}}
    assert (found["account"], [call["action"] for call in calls]) == ("123456789012", ["GetResources"])

    assert "belong to account 123456789012, not 222222222222" in run_module.fail(
        **{**lists, "required_account": "222222222222"}
    )
    run_module.faults({"service": "resourcegroupstaggingapi", "action": "GetResources", "error": "AccessDenied"})
    denied, calls = run_module.recorded(**lists)
    assert (denied["account"], "listed" in denied) == ("123456789012", False)


def test_the_session_of_a_role_lists_what_has_the_tag_in_its_own_account(run_module: ModuleRunner) -> None:
    _result, calls = run_module.recorded(role_arn=ROLE, list_resources=True)
    assert [(call["action"], call["account"]) for call in calls] == [
        ("AssumeRole", "123456789012"),
        ("GetResources", "333333333333"),
    ]
