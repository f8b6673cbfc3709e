"""Test events state only their difference from base records; every consumer sees the full record."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.secmon.aws.plugins.module_utils.rules.catalog import load_rules
from ansible_collections.secmon.aws.plugins.module_utils.rules.overrides import apply_overrides
from ansible_collections.secmon.aws.plugins.module_utils.rules.record_shape import RECORD_KEYS
from ansible_collections.secmon.aws.plugins.module_utils.rules.records import shipped_records
from ansible_collections.secmon.aws.plugins.module_utils.validation.problems import Problem, ValidationError

from tests.unit.module_utils.rules.rule_builders import make_rule, record, rule_body, rule_from, write_rule

RECORDS = """\
application: {event: {app: orders, user: {name: anna, groups: [a, b]}, code: null}}
nested: {like: application, event: {user: {name: ben, id: 7}}, without: [code, user.groups]}
"""


def event_of(**test: Any) -> Any:
    return rule_from(rule_body(tests=[{"name": "a", "match": True, **test}])).tests[0].event


def problems_of(body: dict[str, Any]) -> list[Problem]:
    with pytest.raises(ValidationError) as caught:
        rule_from(body)
    return list(caught.value.problems)


def test_merges_mappings_and_replaces_any_other_value() -> None:
    event = event_of(like=["iam", "user"], event={"eventName": "GetUser", "tlsDetails": {"tlsVersion": "TLSv1.2"}})
    assert (event["eventSource"], event["eventName"]) == ("iam.amazonaws.com", "GetUser")
    assert event["tlsDetails"]["tlsVersion"] == "TLSv1.2"
    assert event["tlsDetails"]["clientProvidedHostHeader"] == "iam.amazonaws.com"
    assert event["userIdentity"]["userName"] == "anna"


def test_null_is_a_value_and_without_removes_a_key() -> None:
    event = event_of(like=["iam", "user"], event={"tlsDetails": None}, without=["userIdentity.accessKeyId", "readOnly"])
    assert event["tlsDetails"] is None
    assert "accessKeyId" not in event["userIdentity"]
    assert "readOnly" not in event


def test_later_base_records_win() -> None:
    assert event_of(like=["user", "other_user"])["userIdentity"]["userName"] == "ben"
    assert event_of(like=["other_user", "user"])["userIdentity"]["userName"] == "anna"


def test_time_and_ids_are_made_up_unless_the_test_states_them() -> None:
    first, again, other = (event_of(like=["iam", "user"], event={"eventName": name}) for name in "AAB")
    assert first == again
    assert {"eventTime", "eventID", "requestID"} <= first.keys()
    assert len({first["eventID"], first["requestID"], other["eventID"], other["requestID"]}) == 4
    stated = {"eventTime": "2026-01-01T00:00:00Z", "eventID": "1", "requestID": "2"}
    assert event_of(like=["iam", "user"], event=stated).items() >= stated.items()
    assert "requestID" not in event_of(like="identity_center")


@pytest.mark.parametrize(
    ("event", "host"),
    [
        ({"eventSource": "sqs.amazonaws.com"}, "sqs.eu-central-1.amazonaws.com"),
        ({"eventSource": "sqs.amazonaws.com", "awsRegion": "us-west-2"}, "sqs.us-west-2.amazonaws.com"),
        ({"eventSource": "ses.amazonaws.com", "tlsDetails": {"clientProvidedHostHeader": "email"}}, "email"),
    ],
)
def test_the_host_follows_from_service_and_region_unless_the_test_states_it(event: dict[str, Any], host: str) -> None:
    built = event_of(like=["tls_call", "user"], event=event)
    assert built["tlsDetails"]["clientProvidedHostHeader"] == host
    without = event_of(like=["tls_call", "user"], event=event, without=["tlsDetails.clientProvidedHostHeader"])
    assert "clientProvidedHostHeader" not in without["tlsDetails"]
    assert "tlsDetails" not in event_of(like=["tls_call", "administrator"], event={"eventSource": "sqs.amazonaws.com"})


def test_keys_have_the_order_of_cloudtrail_whatever_the_order_in_the_rule() -> None:
    event = event_of(like=["user", "ec2"], event={"odd": 1, "eventName": "A", "eventTime": "x"})
    known = [key for key in RECORD_KEYS if key in event]
    assert list(event) == [*known, "odd"]


def test_a_full_event_stays_as_it_is_written() -> None:
    backwards = dict(reversed(record().items()))
    test = make_rule(tests=[{"name": "a", "match": True, "event": backwards}]).tests[0]
    assert test.message == json.dumps(backwards)


def test_a_base_record_is_never_changed_by_an_event() -> None:
    before = repr(shipped_records())
    event_of(like=["ec2", "pipeline"], event={"userIdentity": {"sessionContext": {"attributes": {"a": 1}}}})
    assert repr(shipped_records()) == before


@pytest.mark.parametrize(
    ("test", "key", "words"),
    [
        ({"like": "usr"}, "tests[0].like", 'Did you mean "user"?'),
        ({"like": ["user", "rot"]}, "tests[0].like[1]", 'Did you mean "root"?'),
        ({"like": "user", "without": ["userAgnt"]}, "tests[0].without[0]", 'Did you mean "userAgent"?'),
        ({"like": "user", "without": ["userIdentity.x"]}, "tests[0].without[0]", "userIdentity.x"),
        ({"like": "user", "event": "a log line"}, "tests[0].event", "mapping"),
        ({"likes": "user", "event": record()}, "tests[0].likes", 'Did you mean "like"?'),
    ],
)
def test_a_mistake_is_reported_by_key(test: dict[str, Any], key: str, words: str) -> None:
    (problem,) = problems_of(rule_body(tests=[{"name": "a", "match": True, **test}]))
    assert problem.key == key
    assert words in str(problem)


def test_an_unknown_base_record_is_reported_with_file_and_line(tmp_path: Path) -> None:
    path = write_rule(tmp_path, rule_body(tests=[{"name": "a", "match": True, "like": "usr"}]))
    with pytest.raises(ValidationError) as caught:
        load_rules([path])
    (problem,) = caught.value.problems
    assert problem.source == str(path)
    assert problem.line == path.read_text().splitlines().index("  like: usr") + 1


@pytest.mark.parametrize("load_folder", [True, False])
def test_a_folder_of_rules_can_have_its_own_base_records(tmp_path: Path, load_folder: bool) -> None:
    (tmp_path / "records.yml").write_text(RECORDS)
    tests = [{"name": "own", "match": True, "like": "nested"}, {"name": "shipped", "match": True, "like": "user"}]
    path = write_rule(tmp_path, rule_body(tests=tests))
    (rule,) = load_rules([tmp_path if load_folder else path])
    assert rule.tests[0].event == {"app": "orders", "user": {"name": "ben", "id": 7}}
    assert rule.tests[1].event == event_of(like="user")


def test_an_own_base_record_replaces_the_shipped_one_of_the_same_name(tmp_path: Path) -> None:
    (tmp_path / "records.yml").write_text("user: {event: {who: me}}\n")
    write_rule(tmp_path, rule_body(tests=[{"name": "a", "match": True, "like": "user"}]))
    assert load_rules([tmp_path])[0].tests[0].event == {"who": "me"}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("- user\n", "a mapping"),
        ("a: {like: b, event: {x: 1}}\nb: {event: {x: 2}}\n", "is not the name of a base record"),
        ("a: {evnt: {x: 1}}\n", 'Did you mean "event"?'),
        ("a: 5\n", "mapping"),
    ],
)
def test_a_bad_file_of_base_records_is_reported(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "records.yml").write_text(text)
    with pytest.raises(ValidationError, match=words.replace("?", r"\?")) as caught:
        load_rules([tmp_path])
    assert [(Path(problem.source).name, problem.line) for problem in caught.value.problems] == [("records.yml", 1)]


def test_tests_in_overrides_can_use_base_records() -> None:
    tests = [{"name": "a", "match": True, "like": ["secretsmanager", "user"], "event": {"eventName": "GetSecretValue"}}]
    (rule,) = apply_overrides([make_rule()], {"secret_access": {"tests": tests}})
    assert rule.tests[0].event["eventSource"] == "secretsmanager.amazonaws.com"
