"""Time of filter patterns: those of CIS, a profile and all packs compared with ``json.loads``, and hostile inputs.

The garbage collector is enabled and no parsed document is kept, as in real use.
"""

from __future__ import annotations

import gc
import json
import random
import string
import timeit
from collections.abc import Callable
from itertools import combinations
from typing import Any

from ansible_collections.secmon.aws.plugins.module_utils.filter_pattern.matching.document import parse_document
from ansible_collections.secmon.aws.plugins.module_utils.filter_pattern.pattern import (
    LogMessage,
    compile_pattern,
)
from ansible_collections.secmon.aws.plugins.module_utils.forecast.index import RuleIndex
from ansible_collections.secmon.aws.plugins.module_utils.rules.lint.cis_patterns import CIS_PATTERNS
from ansible_collections.secmon.aws.plugins.module_utils.rules.packs import load_packs

from tests.benchmark.table import Row
from tests.unit.rules.overlap_matrix import RULES, wide_pattern

_ROUNDS = 25
_EVENTS_PER_ROUND = 200
_MEGABYTE = 1_000_000

_ACCOUNT = "111122223333"
_ROLE = f"arn:aws:iam::{_ACCOUNT}:role/"


def _event(source: str, name: str, identity: dict[str, Any], **fields: Any) -> str:
    """Return a CloudTrail record as CloudTrail sends it to CloudWatch Logs."""
    record = {
        "eventVersion": "1.11",
        "userIdentity": identity,
        "eventTime": "2026-09-13T08:15:42Z",
        "eventSource": f"{source}.amazonaws.com",
        "eventName": name,
        "awsRegion": "eu-central-1",
        "sourceIPAddress": "203.0.113.17",
        "userAgent": "aws-cli/2.27.41 md/awscrt#0.26.1 ua/2.1 os/linux#6.8 lang/python#3.13.4 cfg/retry-mode#standard",
        "requestParameters": None,
        "responseElements": None,
        "requestID": "5f0c9f0a-2f1e-4c55-9c3b-0d5f6f1b7a11",
        "eventID": "8a1f7c56-3a0e-4b8e-8d0c-6f0f5a2f9e21",
        "readOnly": False,
        "eventType": "AwsApiCall",
        "managementEvent": True,
        "recipientAccountId": _ACCOUNT,
        "eventCategory": "Management",
        "tlsDetails": {
            "tlsVersion": "TLSv1.3",
            "cipherSuite": "TLS_AES_128_GCM_SHA256",
            "clientProvidedHostHeader": f"{source}.eu-central-1.amazonaws.com",
        },
    }
    return json.dumps(record | fields, separators=(",", ":"))


def _role_identity(role: str) -> dict[str, Any]:
    return {
        "type": "AssumedRole",
        "principalId": "AROAEXAMPLEEXAMPLE001:deployer",
        "arn": f"arn:aws:sts::{_ACCOUNT}:assumed-role/{role}/deployer",
        "accountId": _ACCOUNT,
        "accessKeyId": "ASIAEXAMPLEEXAMPLE01",
        "sessionContext": {
            "sessionIssuer": {
                "type": "Role",
                "principalId": "AROAEXAMPLEEXAMPLE001",
                "arn": _ROLE + role,
                "accountId": _ACCOUNT,
                "userName": role,
            },
            "attributes": {"creationDate": "2026-09-13T08:00:00Z", "mfaAuthenticated": "false"},
        },
    }


def _instances(count: int) -> list[dict[str, Any]]:
    return [
        {
            "instanceId": f"i-0{number:016x}",
            "imageId": "ami-0123456789abcdef0",
            "instanceState": {"code": 0, "name": "pending"},
            "amiLaunchIndex": number,
            "instanceType": "t3.micro",
            "placement": {"availabilityZone": "eu-central-1a", "tenancy": "default"},
            "ebsOptimized": False,
            "cpuOptions": {"coreCount": 1, "threadsPerCore": 2},
            "launchTime": 1789287342000,
        }
        for number in range(count)
    ]


def realistic_events() -> dict[str, str]:
    """Return events of several sizes by name, some of which match."""
    user = {
        "type": "IAMUser",
        "principalId": "AIDAEXAMPLEEXAMPLE001",
        "arn": f"arn:aws:iam::{_ACCOUNT}:user/alice",
        "accountId": _ACCOUNT,
        "accessKeyId": "AKIAEXAMPLEEXAMPLE01",
        "userName": "alice",
    }
    service = {"type": "AWSService", "invokedBy": "ec2.amazonaws.com"}
    statement = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::logs/*"}
    policy = {"Version": "2012-10-17", "Statement": [statement] * 6}
    bucket = {"bucketName": "logs", "bucketPolicy": policy, "Host": "logs.s3.eu-central-1.amazonaws.com"}
    launched = {"instancesSet": {"items": _instances(24)}, "ownerId": _ACCOUNT}
    denied = {"errorCode": "Client.UnauthorizedOperation", "errorMessage": "You are not authorized. " * 12}
    return {
        "AssumeRole by a service": _event("sts", "AssumeRole", service, sharedEventID="1b2c"),
        "GetSecretValue": _event("secretsmanager", "GetSecretValue", user, requestParameters={"secretId": "app/db"}),
        "CreatePolicy": _event("iam", "CreatePolicy", _role_identity("admin"), requestParameters={"policyName": "p"}),
        "a denied call": _event("ec2", "DescribeInstances", _role_identity("reader"), **denied),
        "PutBucketPolicy": _event("s3", "PutBucketPolicy", _role_identity("admin"), requestParameters=bucket),
        "RunInstances": _event("ec2", "RunInstances", _role_identity("deployer"), responseElements=launched),
    }


def _interleaved(ours: Callable[[], object], peer: Callable[[], object], number: int) -> tuple[float, float]:
    """Time two functions alternately; return the seconds per call in the round with the median ratio."""
    rounds = []
    for _turn in range(_ROUNDS):
        # By default, timeit disables the garbage collector.
        own, other = (timeit.timeit(each, setup=gc.enable, number=number) / number for each in (ours, peer))
        rounds.append((own / other, own, other))
    _first, own, other = sorted(rounds)[_ROUNDS // 2]
    return own, other


def _rule_rows() -> list[Row]:
    """Compare parsing and matching 15 CIS patterns with ``json.loads`` of the event."""
    patterns = [compile_pattern(pattern.text) for pattern in CIS_PATTERNS.values()]

    def evaluate(text: str) -> None:
        message = LogMessage(text)
        for pattern in patterns:
            pattern.matches(message)

    return _compare(evaluate, "15 CIS patterns, one by one")


def _index_rows() -> list[Row]:
    """Compare parsing and finding the rules that match, as the forecast does, with ``json.loads`` of the event."""
    packs = load_packs(RULES)
    profile = [*packs["guide"], *packs["cis"]]
    rows = []
    for label, rules in (("profile cis", profile), ("all packs", [rule for pack in packs.values() for rule in pack])):
        index = RuleIndex({rule.id: str(wide_pattern(rule)) for rule in rules})

        def evaluate(text: str, index: RuleIndex = index) -> None:
            list(index.matches(parse_document(text) or {}))

        rows += _compare(evaluate, f"{label}, {len(rules)} rules by call")
    return rows


def _compare(evaluate: Callable[[str], None], label: str) -> list[Row]:
    """Return a row per event that compares a function of its text with ``json.loads``."""
    rows = []
    for name, text in realistic_events().items():
        ours, peer = _interleaved(
            lambda text=text: evaluate(text), lambda text=text: json.loads(text), _EVENTS_PER_ROUND
        )
        rows.append(Row(f"{label}, {name} ({len(text)} bytes)", ours * 1e6, "us/event", peer * 1e6, "json.loads"))
    return rows


def hostile_cases() -> dict[str, tuple[str, str]]:
    """Return patterns and messages that are designed to be slow, by name."""
    flip = random.Random(7)
    coin = "".join(flip.choice("ab") for _turn in range(_MEGABYTE))
    deep = 100_000
    classes = "".join(f"[a{first}{second}]" for first, second in combinations(string.ascii_lowercase, 2))[:1000]
    return {
        "regex designed to backtrack, 1 MB": ("%" + "a*" * 500 + "b%", "a" * _MEGABYTE),
        "regex with many states, twice, 1 MB": (
            "{ $.a = %[ab]*a[ab]{470}c% || $.a = %[ab]*b[ab]{470}c% }",
            json.dumps({"a": coin}),
        ),
        "regex of 200 character sets, 1 MB": (f"%{classes}B%", "a" * _MEGABYTE),
        "regex of optional parts on 200,000 strings": (
            "{ $.a[*] = %" + "a?b?" * 230 + "c% }",
            json.dumps({"a": ["ab"] * 200_000}),
        ),
        "wildcards, 1 MB": ('{ $.a = "' + "*a" * 490 + '*b" }', json.dumps({"a": "a" * _MEGABYTE})),
        "250 substrings, 1 MB": (" ".join("a" * 3 for _turn in range(250)) + " b", "a" * _MEGABYTE),
        "a substring that almost occurs, 1 MB": ('"' + "a" * 500 + "b" + "a" * 500 + '"', "a" * _MEGABYTE),
        "140 orderings of a number of 1 MB": (
            "{" + "||".join("$.a>1" for _turn in range(140)) + "}",
            '{"a":' + "9" * _MEGABYTE + "}",
        ),
        "object nested 100,000 deep": ("{ $.a.a.a NOT EXISTS }", '{"a":' * deep + "1" + "}" * deep),
        "1 MB of opening brackets": ("{ $.a = 1 }", '{"a":' + "[" * _MEGABYTE),
        "1 MB of opening brackets as fields": ("[a, b, ...]", "[ " * (_MEGABYTE // 2)),
        "500,000 fields": ("[..., a = *x*, b]", "a " * (_MEGABYTE // 2)),
        "500,000 numbers": ("{ $.a[*] = 7 || $.a[*] > 7 || $.a[*] < 0 }", '{"a":[' + "1," * (_MEGABYTE // 2) + "2]}"),
    }


def _hostile_rows() -> list[Row]:
    """Time each hostile case once, including its compilation."""
    return [
        Row(
            f"hostile: {name}", timeit.timeit(lambda p=pattern, m=message: compile_pattern(p).matches(m), number=1), "s"
        )
        for name, (pattern, message) in hostile_cases().items()
    ]


def run() -> list[Row]:
    """Return a row per event for the CIS patterns, for a profile and for all packs, and a row per hostile case."""
    return _rule_rows() + _index_rows() + _hostile_rows()
