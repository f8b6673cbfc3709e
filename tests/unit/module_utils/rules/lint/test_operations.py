"""Names of events that AWS does not have, and two rules that alarm on one event."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import botocore
import pytest
import yaml
from ansible_collections.secmon.aws.plugins.module_utils.rules.catalog import load_rules
from ansible_collections.secmon.aws.plugins.module_utils.rules.lint import operation_names
from ansible_collections.secmon.aws.plugins.module_utils.rules.lint.lint import lint_rules
from ansible_collections.secmon.aws.plugins.module_utils.rules.lint.operation_names import event_names
from botocore.session import get_session

from tools.operation_names import FILE, operations

CODES = {"unknown-event-source", "unknown-operation", "case-of-operation", "pages-twice"}


def save(folder: Path, name: str, pattern: str, source: str, event: str, **parameters: Any) -> None:
    body = {"eventSource": source, "eventName": event, "requestParameters": parameters or None}
    test = {"name": "it happens", "match": True, "like": ["tls_call", "user"], "event": body}
    (folder / f"{name}.yml").write_text(yaml.safe_dump({"title": name, "pattern": pattern, "tests": [test]}))


def findings(folder: Path) -> list[tuple[str, str]]:
    found = lint_rules(load_rules(folder))
    return [(finding.code, finding.reason) for finding in found if finding.code in CODES]


@pytest.mark.parametrize(
    ("source", "name", "event", "code", "reason"),
    [
        ("sqs", "DeleteQueues", "DeleteQueues", "unknown-operation", 'Did you mean "DeleteQueue"?'),
        ("sqs", "deleteQueue", "deleteQueue", "case-of-operation", "has the event DeleteQueue, not deleteQueue"),
        ("sqs", "purge*", "purgeQueue", "case-of-operation", "has the event PurgeQueue, not purge*"),
        (
            "secretmanager",
            "GetSecretValue",
            "GetSecretValue",
            "unknown-event-source",
            '"secretsmanager.amazonaws.com"?',
        ),
    ],
)
def test_a_name_that_never_occurs_is_found(
    tmp_path: Path, source: str, name: str, event: str, code: str, reason: str
) -> None:
    source = f"{source}.amazonaws.com"
    save(tmp_path, "rule", f'{{ ($.eventSource = "{source}") && ($.eventName = "{name}") }}', source, event)
    found = findings(tmp_path)
    assert {code for code, _reason in found} == {code}
    assert reason in found[0][1]


@pytest.mark.parametrize(
    ("source", "name", "event"),
    [
        ("sqs", "DeleteQueue", "DeleteQueue"),
        ("sqs", "*Queue", "PurgeQueue"),
        ("lambda", "UpdateFunctionCode20150331v2", "UpdateFunctionCode20150331v2"),
        ("s3", "DeleteBucketPublicAccessBlock", "DeleteBucketPublicAccessBlock"),
        ("signin", "ConsoleLogin", "ConsoleLogin"),
        ("sso-directory", "AddMemberToGroup", "AddMemberToGroup"),
        ("monitoring", "DeleteAlarms", "DeleteAlarms"),
    ],
)
def test_a_name_that_cloudtrail_writes_is_accepted(tmp_path: Path, source: str, name: str, event: str) -> None:
    source = f"{source}.amazonaws.com"
    save(tmp_path, "rule", f'{{ ($.eventSource = "{source}") && ($.eventName = "{name}") }}', source, event)
    assert findings(tmp_path) == []


def test_a_name_belongs_to_the_source_beside_it(tmp_path: Path) -> None:
    queue = '($.eventSource = "sqs.amazonaws.com") && ($.eventName = "DeleteQueue")'
    topic = '($.eventSource = "sns.amazonaws.com") && ($.eventName = "{}")'
    save(tmp_path, "right", f"{{ ({queue}) || ({topic.format('DeleteTopic')}) }}", "sqs.amazonaws.com", "DeleteQueue")
    either = '(($.eventSource = "sqs.amazonaws.com") || ($.eventSource = "sns.amazonaws.com"))'
    save(tmp_path, "either", f'{{ {either} && ($.eventName = "DeleteTopic") }}', "sns.amazonaws.com", "DeleteTopic")
    assert {code for code, _reason in findings(tmp_path)} == {"pages-twice"}
    for name in ("right", "either"):
        (tmp_path / f"{name}.yml").unlink()
    save(tmp_path, "wrong", f"{{ ({queue}) || ({topic.format('PurgeQueue')}) }}", "sns.amazonaws.com", "PurgeQueue")
    found = findings(tmp_path)
    assert [code for code, _reason in found] == ["unknown-operation"]
    assert "sns.amazonaws.com has no event named PurgeQueue" in found[0][1]
    assert found[0][1].endswith("The event source sqs.amazonaws.com has it.")


def test_two_rules_of_a_folder_that_alarm_on_one_event_are_found(tmp_path: Path) -> None:
    wide = '{ ($.eventSource = "sqs.amazonaws.com") && ($.eventName = "PurgeQueue") }'
    narrow = wide.replace(" }", ' && ($.requestParameters.queueUrl = "*/orders") }')
    save(tmp_path, "wide", wide, "sqs.amazonaws.com", "PurgeQueue")
    save(tmp_path, "narrow", narrow, "sqs.amazonaws.com", "PurgeQueue", queueUrl="https://sqs/1/orders")
    (found,) = findings(tmp_path)
    assert found[0] == "pages-twice"
    assert found[1].startswith("wide alarms on the event of its test 'it happens' too")
    (tmp_path / "other").mkdir()
    (tmp_path / "wide.yml").rename(tmp_path / "other/wide.yml")
    assert findings(tmp_path) == []


@pytest.mark.parametrize("service", ["cloudtrail", "iam", "logs", "ses", "sso-admin"])
def test_the_table_is_that_of_the_installed_models(service: str) -> None:
    if f"botocore {botocore.__version__}." not in FILE.read_text(encoding="utf-8").splitlines()[0]:
        pytest.skip("the table is from another version of botocore")
    for source, operation in operations(get_session(), service):
        assert operation in event_names(f"{source}.amazonaws.com")
    assert operation_names._FILE.samefile(FILE)
