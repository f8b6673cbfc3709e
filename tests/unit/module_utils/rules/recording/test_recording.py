"""A real event becomes a test of a rule, without the identifiers of its account."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.secmon.aws.plugins.module_utils.rules.catalog import load_rules
from ansible_collections.secmon.aws.plugins.module_utils.rules.recording.records import NoRecordError, choose_record
from ansible_collections.secmon.aws.plugins.module_utils.rules.recording.replacement import replace_identifiers
from ansible_collections.secmon.aws.plugins.module_utils.rules.recording.rule_file import (
    RuleFileError,
    add_test,
    event_of_test,
)
from ansible_collections.secmon.aws.plugins.module_utils.rules.rule_tests import run_tests

from tests.unit.rules.overlap_matrix import RULES

RECORD: dict[str, Any] = {
    "eventVersion": "1.11",
    "userIdentity": {
        "type": "AssumedRole",
        "principalId": "AROAZ7QXV4KLMPNW2YRST:jane.doe",
        "arn": "arn:aws:sts::312345678901:assumed-role/acme-admin/jane.doe",
        "accountId": "312345678901",
        "accessKeyId": "ASIAQ3ZVN7KWM2XLPRTY",
        "sessionContext": {
            "sessionIssuer": {
                "type": "Role",
                "principalId": "AROAZ7QXV4KLMPNW2YRST",
                "arn": "arn:aws:iam::312345678901:role/acme-admin",
                "accountId": "312345678901",
                "userName": "acme-admin",
            },
            "attributes": {"creationDate": "2026-05-05T09:00:00Z", "mfaAuthenticated": "true"},
        },
    },
    "eventTime": "2026-05-05T10:00:00Z",
    "eventSource": "iam.amazonaws.com",
    "eventName": "AttachUserPolicy",
    "awsRegion": "us-east-1",
    "sourceIPAddress": "81.2.69.142",
    "userAgent": "aws-cli/2.31.4 md/awscrt#0.27.6 lang/python#3.13.7",
    "requestParameters": {
        "userName": "bob@acme.io",
        "policyArn": "arn:aws:iam::aws:policy/AdministratorAccess",
        "instanceId": "i-09f8e7d6c5b4a3921",
        "partner": "arn:aws:iam::498765432109:root",
    },
    "responseElements": None,
    "requestID": "7a9c3d2e-1f4b-4c5d-9e8f-a1b2c3d4e5f6",
    "eventID": "b8d7c6a5-0e1f-4a2b-8c3d-d4e5f6a7b8c9",
    "readOnly": False,
    "eventType": "AwsApiCall",
    "managementEvent": True,
    "recipientAccountId": "312345678901",
    "eventCategory": "Management",
    "tlsDetails": {"clientProvidedHostHeader": "iam.amazonaws.com"},
}
SECRETS = (
    "312345678901",
    "498765432109",
    "jane",
    "bob",
    "acme",
    "81.2.69",
    "Q3ZVN7K",
    "Z7QXV4K",
    "9f8e7d6",
    "7a9c3d2e",
)


def test_no_identifier_is_left_and_the_same_one_stays_the_same() -> None:
    event = replace_identifiers(RECORD, {})
    text = json.dumps(event)
    assert [secret for secret in SECRETS if secret in text] == []
    identity = event["userIdentity"]
    issuer = identity["sessionContext"]["sessionIssuer"]
    assert (identity["accountId"], event["recipientAccountId"]) == ("111122223333", "111122223333")
    assert event["requestParameters"]["partner"] == "arn:aws:iam::444455556666:root"
    assert identity["principalId"].partition(":")[0] == issuer["principalId"]
    assert identity["arn"] == f"arn:aws:sts::111122223333:assumed-role/{issuer['userName']}/session-1"
    assert len(identity["accessKeyId"]) == 20 and identity["accessKeyId"].endswith("EXAMPLE")
    assert event["sourceIPAddress"] == "198.51.100.1"
    assert len({event["eventID"], event["requestID"], RECORD["eventID"], RECORD["requestID"]}) == 4


@pytest.mark.parametrize(
    "value",
    [
        {"requestParameters": {"roleArn": "arn:aws:iam::498765432109:role/ops/acme-deploy"}},
        {"requestParameters": {"policyDocument": '{"AWS": ["arn:aws:iam::498765432109:user/acme", "*"]}'}},
        {"responseElements": {"assumedRoleUser": {"arn": "arn:aws:sts::498765432109:assumed-role/acme/x"}}},
        {"requestParameters": {"resource": "arn:aws:s3:::acme-logs/*"}},
        {"userIdentity": {"sessionContext": {"sourceIdentity": "acme"}}},
        {
            "userIdentity": {
                "identityProvider": "https://idp.acme.com/saml",
                "userName": "acme",
                "principalId": "NDg0=:acme",
            }
        },
        {"requestParameters": {"principalArn": "arn:aws:iam::498765432109:saml-provider/acme", "roleName": "acme"}},
        {"responseElements": {"issuer": "https://acme.okta.com/app", "subject": "acme"}},
        {"userIdentity": {"arn": "arn:aws:sts::498765432109:federated-user/acme"}},
        {"requestParameters": {"providerArn": "arn:aws:iam::498765432109:oidc-provider/login.acme.com/a"}},
        {"requestParameters": {"s3BucketName": "acme-logs", "instanceProfileName": "acme"}},
    ],
)
def test_names_inside_arns_and_source_identities_are_replaced(value: dict[str, Any]) -> None:
    text = json.dumps(replace_identifiers(value, {}))
    assert "acme" not in text and "498765432109" not in text


def test_an_account_as_a_number_and_a_run_id_of_a_tool_are_replaced() -> None:
    # EC2 writes ownerId as a number in its newer answers (CreateTrafficMirrorTarget; public rule tests of 2026).
    value = {
        "recipientAccountId": "312345678901",
        "responseElements": {"ownerId": 312345678901, "size": 8},
        "userAgent": "stratus-red-team_8b255a24-d33d-4750-bd4b-4007124741df",
    }
    event = replace_identifiers(value, {})
    assert event["responseElements"] == {"ownerId": 111122223333, "size": 8}
    assert "8b255a24" not in event["userAgent"]


def test_a_role_named_like_a_service_changes_neither_the_event_source_nor_arns() -> None:
    value = {
        "eventSource": "lambda.amazonaws.com",
        "userIdentity": {"arn": "arn:aws:lambda:us-east-1:312345678901:function:x", "userName": "lambda"},
    }
    event = replace_identifiers(value, {})
    assert event["eventSource"] == "lambda.amazonaws.com"
    assert event["userIdentity"]["arn"].startswith("arn:aws:lambda:us-east-1:")
    assert event["userIdentity"]["userName"] == "name-1"


def test_the_addresses_in_names_of_hosts_and_upper_case_ids_are_replaced() -> None:
    record = {
        "responseElements": {
            "dnsName": "ec2-203-0-113-77.compute-1.amazonaws.com",
            "privateDnsName": "ip-10-9-8-7.ec2.internal",
        },
        "additionalEventData": {"SecretVersionId": "B06BA32B-7F27-4C4F-9FFD-0DFBC644487F"},
        "requestParameters": {"dbiResourceId": "db-TYZSSMTWIABIR6QKKFGI55XKJQ"},
        "userAgent": "APN/1.0 Terraform/1.13.0 (+https://www.terraform.io)",
    }
    text = json.dumps(replace_identifiers(record, {}))
    assert [left for left in ("203-0-113-77", "10-9-8-7", "B06BA32B", "TYZSSMTW") if left in text] == []
    assert "ec2-198-51-100-1.compute-1.amazonaws.com" in text
    assert record["userAgent"] in text


def test_what_a_rule_asks_for_stays() -> None:
    event = replace_identifiers(RECORD, {})
    for key in ("eventTime", "eventName", "eventSource", "awsRegion", "userAgent", "tlsDetails"):
        assert event[key] == RECORD[key]
    assert event["requestParameters"]["policyArn"] == "arn:aws:iam::aws:policy/AdministratorAccess"
    assert replace_identifiers({"cidrIp": "0.0.0.0/0", "cidrIpv6": "::/0"}, {}) == {
        "cidrIp": "0.0.0.0/0",
        "cidrIpv6": "::/0",
    }


@pytest.mark.parametrize("time", ["Jul 10, 2023 12:19:33 PM", "2022-12-12 21:46:17.000000000"])
def test_a_time_is_not_taken_for_an_address(time: str) -> None:
    event = replace_identifiers({"createDate": time, "sourceIPAddress": "2600:1f18::21", "x": "12:19:33"}, {})
    assert event == {"createDate": time, "sourceIPAddress": "2001:db8::1", "x": "12:19:33"}


def test_more_words_can_be_replaced() -> None:
    assert replace_identifiers({"functionName": "acme-orders"}, {"acme": "example"}) == {
        "functionName": "example-orders"
    }


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(RECORD),
        json.dumps({"Records": [{**RECORD, "eventTime": "2026-05-01T00:00:00Z", "eventID": "old"}, RECORD]}),
        json.dumps({"Events": [{"EventId": "x", "CloudTrailEvent": json.dumps(RECORD)}]}),
        json.dumps({"events": [{"message": json.dumps(RECORD)}]}),
        json.dumps({"detail-type": "AWS API Call via CloudTrail", "source": "aws.iam", "detail": RECORD}),
        gzip.compress(json.dumps({"Records": [RECORD]}).encode()),
        f"{json.dumps({**RECORD, 'eventTime': '2026-05-01T00:00:00Z'})}\n{json.dumps(RECORD)}\n",
    ],
)
def test_the_newest_record_of_a_file_is_taken(text: str | bytes) -> None:
    assert choose_record(text) == RECORD
    assert choose_record(text, RECORD["eventID"], "AttachUserPolicy") == RECORD
    with pytest.raises(NoRecordError, match="has the eventName DeleteUser"):
        choose_record(text, event_name="DeleteUser")


@pytest.mark.parametrize("text", ["", "no JSON", "[]", '{"Records": []}', b"\x1f\x8bdamaged", b"\xff"])
def test_a_file_without_a_record_says_what_is_needed(text: str | bytes) -> None:
    with pytest.raises(NoRecordError, match="the file has no CloudTrail record"):
        choose_record(text)


def test_the_test_is_added_to_the_rule_and_passes(tmp_path: Path) -> None:
    before = (RULES / "threat/administrator_policy_attached.yml").read_text()
    after = add_test(before, "Jane on a Tuesday", True, replace_identifiers(RECORD, {}))
    assert after.startswith(before.rstrip("\n"))
    path = tmp_path / "administrator_policy_attached.yml"
    path.write_text(after)
    (rule,) = load_rules(path)
    assert rule.tests[-1].name == "Jane on a Tuesday"
    assert all(result.passed for result in run_tests([rule]))


def test_a_rule_says_which_event_a_test_has() -> None:
    event = {"eventName": "DeleteQueue"}
    text = add_test("tests:\n- {name: n}\n", "to be completed: the call", True, event)
    assert event_of_test(text, "to be completed: the call") == event
    assert event_of_test(text, "the call") is None


def test_a_test_is_added_only_where_tests_are_last() -> None:
    short = {"title": "t", "pattern": "{ $.a = 1 }", "tests": [{"name": "n", "match": True, "event": {"a": 1}}]}
    text = yaml.safe_dump(short, sort_keys=False)
    assert len(yaml.safe_load(add_test(text, "m", False, {"a": 2}))["tests"]) == 2
    with pytest.raises(RuleFileError, match="its last key is severity"):
        add_test(text + "severity: low\n", "m", False, {"a": 2})
    with pytest.raises(RuleFileError, match="it has no tests"):
        add_test("title: t\n", "m", False, {"a": 2})
    with pytest.raises(RuleFileError, match="its tests are no block of lines"):
        add_test("title: t\ntests: []\n", "m", False, {"a": 2})
