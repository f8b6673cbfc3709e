"""Sigma rules become rules of this collection that mean the same, or are refused with the reason."""

from __future__ import annotations

import copy
import datetime
import ipaddress
import json
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.secmon.aws.plugins.action.sigma_import import import_paths
from ansible_collections.secmon.aws.plugins.module_utils.filter_pattern.pattern import compile_pattern
from ansible_collections.secmon.aws.plugins.module_utils.rules.catalog import load_rules
from ansible_collections.secmon.aws.plugins.module_utils.rules.lint.lint import lint_rules
from ansible_collections.secmon.aws.plugins.module_utils.rules.rule_tests import run_tests
from ansible_collections.secmon.aws.plugins.module_utils.sigma.importer import (
    AS_WRITTEN,
    Imported,
    import_file,
    rule_id,
)
from ansible_collections.secmon.aws.plugins.module_utils.sigma.translate import Options

from tests.support.shipped_rules import shipped_rules
from tests.unit.module_utils.sigma.sigma_meaning import meaning

PLAIN = Options()
SOURCE = {"product": "aws", "service": "cloudtrail"}


def document(detection: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"title": "A test", "logsource": SOURCE, "detection": {"condition": "s", **detection}, **more}


def imported(detection: dict[str, Any], options: Options = PLAIN, **more: Any) -> Imported:
    (result,) = import_file(yaml.safe_dump(document(detection, **more)), "a_test.yml", options, "DRL 1.1")
    return result


def pattern(selection: Any, **options: Any) -> str:
    result = imported({"s": selection}, Options(**options))
    assert result.text, result.reason
    text: str = yaml.safe_load(result.text)["pattern"]
    return text


def reason(detection: dict[str, Any], **more: Any) -> str:
    result = imported(detection, **more)
    assert not result.text, result.text
    return result.reason


@pytest.mark.parametrize(
    ("selection", "expected"),
    [
        ({"eventSource": "IAM.amazonaws.com", "eventName": "createuser"}, '($.eventName = "CreateUser")'),
        ({"eventSource": "iam.amazonaws.com"}, '{ $.eventSource = "iam.amazonaws.com" }'),
        ({"eventName|startswith": "createus"}, '$.eventName = "CreateUs'),
        ({"userIdentity.type": "iamuser"}, '{ $.userIdentity.type = "IAMUser" }'),
        ({"additionalEventData.MFAUsed": "NO"}, '{ $.additionalEventData.MFAUsed = "No" }'),
        ({"userAgent|contains": "S3 Bro"}, r"{ $.userAgent = %[Ss]3\x20[Bb][Rr][Oo]% }"),
        ({"userAgent|contains|cased": "S3 Bro"}, '{ $.userAgent = "*S3 Bro*" }'),
        ({"userAgent|startswith|cased": "aws"}, '{ $.userAgent = "aws*" }'),
        ({"userAgent|endswith|cased": "x.y"}, r"{ $.userAgent = %x\x2Ey$% }"),
        ({"userAgent|cased": "a*b"}, "{ $.userAgent = %^a.*b$% }"),
        ({"userAgent|cased": r"a\*b\?"}, r"{ $.userAgent = %^a\x2Ab\x3F$% }"),
        ({"userAgent|cased": "a?"}, "{ $.userAgent = %^a.$% }"),
        ({"userAgent|cased": "${name}"}, r"{ $.userAgent = %^\x24\x7Bname\x7D$% }"),
        ({"userAgent": ["ab", "c"]}, "{ $.userAgent = %^[Aa][Bb]$|^[Cc]$% }"),
        ({"recipientAccountId": 111122223333}, '{ $.recipientAccountId = "111122223333" }'),
        ({"userAgent|contains|all": ["1", "2"]}, '{ ($.userAgent = "*1*") && ($.userAgent = "*2*") }'),
        ({"errorCode": None}, "{ ($.errorCode NOT EXISTS) || ($.errorCode IS NULL) }"),
        ({"errorCode": ""}, '{ $.errorCode = "" }'),
        ({"errorCode": "*"}, "{ $.errorCode = * }"),
        ({"errorCode|exists": False}, "{ $.errorCode NOT EXISTS }"),
        ({"errorCode|exists": True}, "{ $.errorCode = * }"),
        ({"requestParameters.a": "False"}, '{ ($.requestParameters.a IS FALSE) || ($.requestParameters.a = "false") }'),
        ({"requestParameters.n|gte": 5}, "{ $.requestParameters.n >= 5 }"),
        ({"requestParameters.groups[0].id": 1}, '{ $.requestParameters.groups[0].id = "1" }'),
        ({"requestParameters.['a.b'].c": 1}, """{ $.requestParameters.['a.b'].c = "1" }"""),
        ({r"requestParameters.a\.b": 1}, """{ $.requestParameters.['a.b'] = "1" }"""),
        ({"requestParameters.x.items.id": 1}, '{ $.requestParameters.x.items[*].id = "1" }'),
        ({"resources.type|cased": "AWS::S3::Object"}, '{ $.resources[*].type = "AWS::S3::Object" }'),
        ({"sourceIPAddress|cidr": "10.0.0.0/8"}, '{ $.sourceIPAddress = "10.*" }'),
        ({"userIdentity.arn|re": r".+:assumed-role/(a|b)\b?"}, None),
        ({"userIdentity.arn|re": r"^x(a|b)+?"}, None),
        ({"userAgent|re": "^(a|b):(?P<n>c|d)$"}, "%^a:c$|^a:d$|^b:c$|^b:d$%"),
        ({"userAgent|re": "x(a(b|c)|d)y(z)??"}, "%xabyz|xaby|xacyz|xacy|xdyz|xdy%"),
        ({"userAgent|re": "boto(core)?/1"}, "%botocore/1|boto/1%"),
        (
            {"userIdentity.arn|re": r":(role|user)/.*?'[a-c]"},
            r"{ $.userIdentity.arn = %:role/.*\x27[a-c]|:user/.*\x27[a-c]% }",
        ),
        ({"userIdentity.arn|re": r"[x\-z]"}, r"{ $.userIdentity.arn = %[x\x2Dz]% }"),
        (
            {"requestParameters.groups": 1},
            '{ ($.requestParameters.groups = "1") || ($.requestParameters.groups[*] = "1") }',
        ),
        (
            {"requestParameters.groups": [1, 2, 3, 4]},
            '{ ($.requestParameters.groups = "1") || ($.requestParameters.groups = "2")',
        ),
        ({"userIdentity.arn|re|i": r"r[a-c]x"}, "{ $.userIdentity.arn = %[Rr][A-Ca-c][Xx]% }"),
    ],
)
def test_a_selection_becomes_a_pattern_in_the_case_of_aws(selection: dict[str, Any], expected: str | None) -> None:
    if expected is None:
        assert "regular expression" in reason({"s": selection})
    else:
        assert expected in pattern(selection)


S3, EC2, IAM = "s3.amazonaws.com", "ec2.amazonaws.com", "iam.amazonaws.com"


@pytest.mark.parametrize(
    ("source", "event", "search", "expected"),
    [
        (
            S3,
            "PutBucketVersioning",
            {"": "suspended"},
            '$.requestParameters.VersioningConfiguration.Status = "Suspended"',
        ),
        (
            S3,
            "PutBucketPublicAccessBlock",
            {"": '"BlockPublicAcls":false'},
            "($.requestParameters.PublicAccessBlockConfiguration.BlockPublicAcls IS FALSE)",
        ),
        (
            S3,
            "PutBucketPolicy",
            {"": '"Effect": "Allow"'},
            '$.requestParameters.bucketPolicy.Statement[*].Effect = "Allow"',
        ),
        (
            S3,
            "PutBucketPolicy",
            {".bucketPolicy": '"Principal":{"AWS":"*"}'},
            "$.requestParameters.bucketPolicy.Statement[*].Principal.AWS = *",
        ),
        (S3, "PutBucketLogging", {"": "LoggingEnabled"}, "LoggingEnabled.TargetBucket = *"),
        (S3, "PutBucketAcl", {"": "AllUsers"}, '($.requestParameters.x-amz-grant-read = "*AllUsers*")'),
        (IAM, "PutUserPolicy", {"": '"Allow"'}, r"($.requestParameters.policyDocument = %\x22[Aa]"),
        ("", "CreateAccessKey", {"response": "Active"}, '$.responseElements.accessKey.status = "Active"'),
        (IAM, ["AttachUserPolicy", "AttachRolePolicy"], {"": "Admin"}, '($.requestParameters.roleName = "*Admin*")'),
        (
            EC2,
            "AuthorizeSecurityGroupIngress",
            {".ipPermissions": "0.0.0.0/0"},
            '($.requestParameters.ipPermissions.items[*].ipRanges.items[0].cidrIp = "*0.0.0.0/0*")',
        ),
        (EC2, "TerminateInstances", {"": "i-0a1b2c3d4e5f60718"}, ".instancesSet.items[*].instanceId = "),
        (EC2, "AuthorizeSecurityGroupIngress", {"": "032092706103"}, '.items[0].userId = "*032092706103*"'),
        (S3, "PutBucketReplication", {"": "arn:aws:s3:::away"}, ".Destination.Bucket = "),
        ("rds.amazonaws.com", "ModifyDBSnapshotAttribute", {"response": "restore"}, "$.responseElements.dBSnapshotA"),
        (EC2, "ModifySnapshotAttribute", {"": "all"}, '.createVolumePermission.add.items[*].group = "all"'),
        ("rds.amazonaws.com", "ModifyDBInstance", {"": '"publiclyAccessible":true'}, ".publiclyAccessible IS TRUE"),
        (
            "sqs.amazonaws.com",
            "SetQueueAttributes",
            {".attributes": '"Principal"'},
            '.attributes.Policy = "*',
        ),
        ("lambda.amazonaws.com", "CreateFunction20150331", {"": "python3"}, '.requestParameters.runtime = "*python3*"'),
        (
            "signin.amazonaws.com",
            "ConsoleLogin",
            {"response": "Success"},
            '$.responseElements.ConsoleLogin = "Success"',
        ),
    ],
)
def test_a_text_in_an_object_is_searched_in_the_keys_that_can_hold_it(
    source: str, event: str | list[str], search: dict[str, str], expected: str
) -> None:
    ((place, text),) = search.items()
    field = "responseElements" if place == "response" else f"requestParameters{place}"
    named = {"eventSource": source} if source else {}
    result = imported({"s": {**named, "eventName": event, f"{field}|contains": text}})

    assert expected in yaml.safe_load(result.text)["pattern"]
    assert any(f"Sigma searches all of {field}" in note for note in result.notes)


def test_an_option_maps_fields_names_lists_and_compares_as_written() -> None:
    assert pattern({"requestParameters.groupIds": 1}, arrays=("requestParameters.groupIds",)) == (
        '{ $.requestParameters.groupIds[*] = "1" }'
    )
    assert pattern({"requestParameters|contains": "x"}, fields={"requestParameters": "requestParameters.a"}) == (
        "{ $.requestParameters.a = %[Xx]% }"
    )
    assert pattern({"userAgent|contains": "TruffleHog"}, ignore_case=False) == '{ $.userAgent = "*TruffleHog*" }'


NOT = {"e": {"eventName": "CreateUser"}, "condition": "e and not s"}


@pytest.mark.parametrize(
    ("selection", "expected"),
    [
        ({"userAgent|cased": "x"}, '(($.userAgent NOT EXISTS) || ($.userAgent IS NULL) || ($.userAgent != "x"))'),
        (
            {"userAgent|cased": ["x", "y"]},
            '(($.userAgent NOT EXISTS) || ($.userAgent IS NULL) || (($.userAgent != "x") && ($.userAgent != "y")))',
        ),
        (
            {"requestParameters.a|cased": "x"},
            '(($.requestParameters.a NOT EXISTS) || ($.requestParameters.a IS NULL) || ($.requestParameters.a != "x"))',
        ),
        ({"errorCode": None}, "($.errorCode = *)"),
        ({"errorCode": "*"}, "(($.errorCode NOT EXISTS) || ($.errorCode IS NULL))"),
        (
            {"requestParameters.n|lt": 5},
            "(($.requestParameters.n NOT EXISTS) || ($.requestParameters.n IS NULL) || ($.requestParameters.n >= 5))",
        ),
    ],
)
def test_not_matches_a_record_without_the_field(selection: dict[str, Any], expected: str) -> None:
    result = imported({**NOT, "s": selection})
    assert yaml.safe_load(result.text)["pattern"] == f'{{ ($.eventName = "CreateUser") && {expected} }}'


@pytest.mark.parametrize(
    ("detection", "expected"),
    [
        ({"s": {"a": 1}, "condition": "s | count() > 5"}, "aggregates"),
        ({"s": {"a": 1}, "t": {"b": 1}, "condition": "s | near t"}, "aggregates"),
        ({"s": {"a": 1}, "timeframe": "5m"}, "timeframe"),
        ({"s": ["foo"]}, "keyword 'foo' in all values"),
        ({"s": {"userIdentity.arn|fieldref": "userAgent"}}, "fieldref"),
        ({"s": {"userAgent|expand": "%agents%"}}, "%agents%"),
        ({"s": {"userAgent|foo": "x"}}, "foo"),
        ({"s": {"eventTime|hour": 3}}, "part of the time"),
        ({"s": {"sourceIPAddress|cidr": "2001:0:1::/48"}}, "2001:0:1::/48 has zeros, which addresses leave out"),
        ({"s": {"sourceIPAddress|cidr": "2001:db8:800::/38"}}, "begin differently"),
        ({"s": {"sourceIPAddress|cidr": "0.0.0.0/0"}}, "holds every address"),
        ({"s": {"userAgent": "é"}}, "ASCII"),
        ({"s": {"requestParameters|contains": "x"}}, "does not say of which events"),
        ({"s": {"eventName": "StopLogging", "requestParameters|contains": '"x"'}}, "no key of StopLogging is known"),
        ({"s": {"eventName": "RunInstances", "requestParameters|contains": "ami-1"}}, " keys (requestParameters"),
        (
            {
                "s": {"eventName": "ModifyImageAttribute"},
                "t": {"requestParameters|contains": "all"},
                "condition": "s and not t",
            },
            "of which filter patterns exclude no value",
        ),
        ({"s": {"requestParameters": {"exists": True}}}, ""),
        ({"s": {"userAgent|contains|all": ["x", "y", "z"]}}, "3 regular expressions"),
        ({"s": {"eventName|cased": [f"a{number:060}" for number in range(20)]}}, "characters"),
        ({"s": {"userIdentity.arn|re": "^(?!arn)"}}, "(?!arn)"),
        ({"s": {"a.items.b.items.c": 1}}, "list within a list"),
        ({"s": {"resources.type": "x"}, "condition": "not s"}, "excludes a value of the list"),
        ({"s": {"a b]": "x"}}, "field name"),
        ({"s": {"eventName": "A"}, "t": {"eventName": "B"}, "condition": "s and t"}, "contradict"),
        ({"s": {"eventName": "A"}, "condition": "u"}, "u"),
        ({"s": {"eventName": "A"}, "condition": "2 of s*"}, "its condition is not valid: "),
        ({"s": {"eventName": "A"}, "condition": 5}, "its condition is 5"),
        ({"s": {"userIdentity": {"type": "Root"}}}, "userIdentity of s is a mapping"),
        ({"s": {"userAgent|contains": None}}, "value type of 'Null'"),
        ({"s": {"userAgent|re": "(?=a)b"}}, "invalid: invalid perl operator"),
        ({}, ""),
    ],
)
def test_a_rule_that_no_pattern_expresses_is_refused_with_the_reason(detection: dict[str, Any], expected: str) -> None:
    assert expected in reason(detection)
    assert reason(detection)


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"logsource": {"product": "windows"}}, "product windows"),
        ({"correlation": {"type": "event_count"}}, "correlates"),
        ({"level": "very"}, "very"),
    ],
)
def test_a_rule_of_another_kind_is_refused(more: dict[str, Any], expected: str) -> None:
    assert expected in reason({"s": {"eventName": "A"}}, **more)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: [", "not valid YAML"),
        ("- 1", "mapping"),
        ("---\n", "it is empty"),
        ("[" * 3000, "nested too deeply"),
        ("a: 1\nb: {c: 1, c: 2}", "the key c occurs twice in the mapping at line 2"),
        ("a: &a {b: *a}", "its log source is missing"),
    ],
)
def test_a_file_that_is_no_yaml_or_no_rule_is_refused(text: str, expected: str) -> None:
    assert expected in import_file(text, "x.yml", Options())[0].reason
    assert rule_id("9 Lives: é") == "sigma_9_lives"


ABOUT = {
    "id": "11111111-2222-4333-8444-555555555555",
    "author": "Ana Example",
    "status": "test",
    "level": "high",
    "description": "A person made a user",
    "references": ["https://example.com/a", "a book"],
    "tags": ["attack.persistence", "attack.t1136.003", "cve.2020-1"],
    "falsepositives": ["The team of users"],
}


def test_what_the_rule_says_of_itself_refuses_no_rule() -> None:
    odd = {
        "id": 5,
        "date": "2024/13/45",
        "status": "odd",
        "related": "x",
        "tags": "a",
        "references": 5,
        "author": ["A"],
    }
    result = imported({"s": {"eventName": datetime.date(2026, 1, 2)}}, **odd, logsource={"service": "cloudtrail"})
    assert "# Date: 2024/13/45\n" in result.text
    assert "2026-01-02" in yaml.safe_load(result.text)["pattern"]


def test_what_the_rule_says_of_itself_travels_with_it(tmp_path: Path) -> None:
    result = imported({"s": {"eventSource": "iam.amazonaws.com", "eventName": "CreateUser"}}, **ABOUT)
    (tmp_path / "made.yml").write_text(result.text)
    (rule,) = load_rules([tmp_path])
    assert (rule.title, rule.severity, rule.false_positives) == ("A test", "high", ("The team of users",))
    assert rule.description == (
        "A person made a user. Sigma rule 11111111-2222-4333-8444-555555555555 by Ana Example, licence DRL 1.1."
    )
    assert rule.references.mitre_attack == ("TA0003", "T1136.003")
    assert rule.references.links == ("https://example.com/a",)
    for line in ("# Author: Ana Example\n", "# Licence: DRL 1.1\n", "# Tags: cve.2020-1\n", "# References: a book\n"):
        assert line in result.text


@pytest.mark.parametrize(
    "network",
    [
        *(
            "10.0.0.0/8",
            "10.0.0.0/9",
            "172.16.0.0/12",
            "100.64.0.0/10",
            "192.0.2.7/32",
            "192.0.2.128/25",
            "192.0.0.0/5",
        ),
        *(
            "2001:db8::/32",
            "2001:db8:1000::/36",
            "2a00:1450:4000::/37",
            "fe80::/10",
            "::1/128",
            "2001:db8:ffff:8000::/49",
        ),
    ],
)
def test_a_network_holds_the_addresses_of_sigma(network: str) -> None:
    compiled = compile_pattern(pattern({"sourceIPAddress|cidr": network}))
    first, last = ipaddress.ip_network(network)[0], ipaddress.ip_network(network)[-1]
    step = max(1, (int(last) - int(first)) // 99)
    inside = [first + number for number in range(0, int(last) - int(first) + 1, step)]
    others = map(ipaddress.ip_address, ("2001:db8:1::", "2001:db9::", "2a00:1450:40::", "100.6.0.0", "0.0.0.1"))
    for address in [*inside, last, first - 1, last + 1, *others]:
        record = json.dumps({"sourceIPAddress": str(address)})
        assert compiled.matches(record) is (address in ipaddress.ip_network(network)), address


RULES_OF_ALL_KINDS: tuple[dict[str, Any], ...] = (
    {"s": {"eventSource": "iam.amazonaws.com", "eventName": ["createuser", "DELETEUSER", "AttachUserPolicy"]}},
    {"s": {"eventName|startswith": "put"}, "f": {"eventSource|startswith": "s3"}, "condition": "s and not f"},
    {"s": {"eventName|contains": "policy"}, "f": {"errorCode": None}, "condition": "s and f"},
    {"s": {"eventName|endswith": "trail"}, "f": {"userIdentity.type": "assumedrole"}, "condition": "s and not f"},
    {"s": {"userIdentity.type": "root"}, "f": {"eventType": "awsserviceevent"}, "condition": "s and not f"},
    {"s": {"userAgent|contains": ["AWS-CLI", "boto"]}, "f": {"errorCode": "*"}, "condition": "s and not f"},
    {
        "s": {"errorCode|contains": "DENIED"},
        "f": {"sourceIPAddress|cidr": "198.51.100.0/24"},
        "condition": "s and not f",
    },
    {"s": {"userIdentity.arn|re": ":assumed-role/(ci|ops)"}, "condition": "not s"},
    {"s": {"requestParameters.userName": "*"}, "f": {"readOnly": "True"}, "condition": "s and not f"},
    {"s": {"requestParameters.ipPermissions.items.fromPort|lt": 1024}},
    {"s": {"requestParameters.maxResults|lt": 101, "requestParameters.maxResults|gt": 1}},
    {
        "s": {"eventName": "ConsoleLogin"},
        "f": {"sourceIPAddress|cidr": ["2001:db8::/32", "100.64.0.0/10"]},
        "condition": "s and not f",
    },
    {"s": {"userAgent|endswith|cased": "x/y"}, "f": {"userAgent|cased": ["x/y", "z/x/y"]}, "condition": "s and not f"},
    {"a": {"eventName": "StopLogging"}, "b": {"eventName": "DeleteTrail"}, "condition": "1 of them"},
    {"s": {"userIdentity.sessionContext.attributes.mfaAuthenticated": "false"}, "condition": "not s"},
    {"s": {"userIdentity.accountId": "012345678901", "recipientAccountId": 12345678901}},
    {"s": {"eventName": ["Describe*", "*Policy*"]}},
    {"s": {"requestParameters.maxResults|gte": 1.5}, "condition": "not s"},
    {"s": {"errorCode": [None, "", "AccessDenied"]}},
    {"s": {"eventSource": S3, "eventName": "PutBucketVersioning", "requestParameters|contains": "Suspended"}},
    {
        "s": {"eventName": "CreateInstanceExportTask"},
        "f": {"responseElements|contains": "Failure"},
        "condition": "s and not f",
    },
    {"s": {"eventName": "PutUserPolicy", "requestParameters|contains|all": ["arn:aws:s3:::<YOUR", "Allow"]}},
)


def test_more_rules_with_regular_expressions_than_a_log_group_takes_are_compared_as_written(tmp_path: Path) -> None:
    options = {"paths": [tmp_path], "fields": {}, "arrays": [], "ignore_case": None, "licence": ""}
    for number in range(6):
        (tmp_path / f"r{number}.yml").write_text(yaml.safe_dump(document({"s": {"userAgent|endswith": f"x{number}"}})))
    (tmp_path / "unreadable.yml").write_bytes(b"\xe9")
    *rules, unreadable = import_paths(options)

    assert [rule.regexes for rule in rules] == [0] * 6
    assert all(AS_WRITTEN in rule.notes for rule in rules)
    assert "cannot be read: 'utf-8'" in unreadable.reason
    (tmp_path / "r0.yml").unlink()
    assert [rule.regexes for rule in import_paths(options)] == [1] * 5 + [0]


@lru_cache(maxsize=1)
def records() -> tuple[dict[str, Any], ...]:
    """Return the test records of the shipped rules, and some of them with missing, null and odd values."""
    shipped = [
        json.loads(test.message) for rule in shipped_rules() for test in rule.tests if test.message.startswith("{")
    ]
    changed = []
    for number, record in enumerate(shipped[::7]):
        for key, value in (("userIdentity", {}), ("errorCode", None), ("userAgent", "BOTOcore"), ("eventType", None)):
            other = copy.deepcopy(record)
            other[key] = value
            if number % 2:
                del other[key]
            changed.append(other)
    return (*shipped, *changed)


@pytest.mark.parametrize("detection", RULES_OF_ALL_KINDS, ids=lambda each: json.dumps(each)[:60])
def test_the_pattern_means_what_sigma_means_on_all_records_and_passes_its_tests(
    detection: dict[str, Any], tmp_path: Path
) -> None:
    result = imported(detection, references=["https://example.com"], falsepositives=["none"])
    assert result.text, result.reason
    (tmp_path / "rule.yml").write_text(result.text)
    rules = load_rules([tmp_path])
    assert [test for test in run_tests(rules) if not test.passed] == []
    assert [found.code for found in lint_rules(rules) if found.level == "error"] in ([], ["matches-own-filter"])
    compiled = compile_pattern(rules[0].pattern)
    means = meaning(document(detection))
    made = [json.loads(test.message) for test in rules[0].tests]
    differ = [each for each in (*records(), *made) if compiled.matches(json.dumps(each)) is not means(each)]
    assert differ == []
