"""What EventBridge answers and sends, as recorded answers of AWS show it (2024 to 2026)."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.support.embedded_control import drain

Client = Callable[[str], Any]
ARN = "arn:aws:events:us-east-1:123456789012"
QUEUE = {"Id": "queue", "Arn": "arn:aws:sqs:us-east-1:123456789012:missing"}


@pytest.fixture
def events(aws_client: Client) -> Any:
    return aws_client("events")


@pytest.fixture
def source() -> str:
    """Return the source of the events of one test."""
    return f"test.{uuid.uuid4()}"


@pytest.fixture
def rule(events: Any, source: str) -> str:
    """Return the name of a rule for the events of one test."""
    events.put_rule(Name=source, EventPattern=json.dumps({"source": [source]}))
    return source


def message_of(call: Callable[..., Any], **parameters: Any) -> str:
    with pytest.raises(ClientError) as rejected:
        call(**parameters)
    error = rejected.value.response["Error"]
    return f"{error['Code']}: {error['Message']}"


def queue(aws_client: Client) -> tuple[str, str]:
    """Return URL and ARN of a new queue."""
    sqs = aws_client("sqs")
    url = sqs.create_queue(QueueName=str(uuid.uuid4()))["QueueUrl"]
    return url, sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]


def received(aws_client: Client, url: str) -> str:
    return aws_client("sqs").receive_message(QueueUrl=url)["Messages"][0]["Body"]


def test_an_event_names_its_account_in_compact_json(aws_client: Client, events: Any, rule: str, source: str) -> None:
    url, arn = queue(aws_client)
    events.put_targets(Rule=rule, Targets=[{"Id": "queue", "Arn": arn}])

    events.put_events(Entries=[{"Source": source, "DetailType": "Test", "Detail": '{"a": 1}'}])

    text = received(aws_client, url)
    event = json.loads(text)
    assert event["account"] == "123456789012" and event["detail"] == {"a": 1}
    assert list(event) == ["version", "id", "detail-type", "source", "account", "time", "region", "resources", "detail"]
    assert text == json.dumps(event, separators=(",", ":"))


def test_a_queue_gets_the_input_of_its_target(aws_client: Client, events: Any, rule: str, source: str) -> None:
    url, arn = queue(aws_client)
    transformer = {"InputPathsMap": {"a": "$.detail.a"}, "InputTemplate": '{"found": <a>}'}
    events.put_targets(Rule=rule, Targets=[{"Id": "queue", "Arn": arn, "InputTransformer": transformer}])

    events.put_events(Entries=[{"Source": source, "DetailType": "Test", "Detail": '{"a": "x"}'}])

    assert received(aws_client, url) == '{"found": "x"}'


def test_a_message_to_a_topic_has_no_subject(
    aws_client: Client, embedded_aws: str, events: Any, rule: str, source: str
) -> None:
    url, arn = queue(aws_client)
    sns = aws_client("sns")
    topic = sns.create_topic(Name=str(uuid.uuid4()))["TopicArn"]
    allow = {"Effect": "Allow", "Principal": {"Service": "events.amazonaws.com"}, "Action": "sns:Publish"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [allow | {"Resource": topic}]})
    sns.set_topic_attributes(TopicArn=topic, AttributeName="Policy", AttributeValue=policy)
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
    events.put_targets(Rule=rule, Targets=[{"Id": "topic", "Arn": topic}])

    events.put_events(Entries=[{"Source": source, "DetailType": "Test", "Detail": "{}"}])
    drain(embedded_aws)

    envelope = json.loads(received(aws_client, url))
    assert "Subject" not in envelope and json.loads(envelope["Message"])["source"] == source


def test_a_pattern_is_tested_by_the_engine_of_the_collection(events: Any) -> None:
    pattern = json.dumps({"detail": {"items": {"id": [{"exists": True}]}}})
    event = dict.fromkeys(("id", "account", "source", "time", "region", "detail-type"), "text")
    found = json.dumps(event | {"detail": {"items": [{"id": 1}]}})

    assert events.test_event_pattern(EventPattern=pattern, Event=found)["Result"]
    assert not events.test_event_pattern(EventPattern=pattern, Event=json.dumps(event))["Result"]
    for incomplete in ("text", "[]", '{"detail": {}}'):
        refused = message_of(events.test_event_pattern, EventPattern=pattern, Event=incomplete)
        assert refused == "ValidationException: Parameter Event is not valid."


def test_an_invalid_pattern_is_refused(events: Any, source: str) -> None:
    invalid = {"EventPattern": json.dumps({"source": [{"prefix": 1}]})}
    reason = "Event pattern is not valid. Reason: prefix match pattern must be a string"

    for refused in (
        message_of(events.put_rule, Name=source, **invalid),
        message_of(events.test_event_pattern, Event="{}", **invalid),
    ):
        assert refused == f"InvalidEventPatternException: {reason}"


def test_a_rule_has_five_targets(events: Any, rule: str) -> None:
    events.put_targets(Rule=rule, Targets=[QUEUE | {"Id": str(number)} for number in range(5)])
    events.put_targets(Rule=rule, Targets=[QUEUE | {"Id": "4"}])

    refused = message_of(events.put_targets, Rule=rule, Targets=[QUEUE])

    assert refused == "LimitExceededException: The requested resource exceeds the maximum number allowed."


@pytest.mark.parametrize("target_id", ["a b", "a" * 65])
def test_the_id_of_a_target_is_checked(events: Any, rule: str, target_id: str) -> None:
    refused = message_of(events.put_targets, Rule=rule, Targets=[QUEUE | {"Id": target_id}])

    assert refused.startswith("ValidationException: 1 validation error detected: Value '")
    assert "at 'targets.1.member.id' failed to satisfy constraint" in refused


def test_targets_are_listed_in_pages(events: Any, rule: str) -> None:
    events.put_targets(Rule=rule, Targets=[QUEUE | {"Id": str(number)} for number in range(3)])

    first = events.list_targets_by_rule(Rule=rule, Limit=2)
    second = events.list_targets_by_rule(Rule=rule, Limit=2, NextToken=first["NextToken"])

    assert [target["Id"] for target in (*first["Targets"], *second["Targets"])] == ["0", "1", "2"]
    assert "NextToken" not in second


@pytest.mark.parametrize(
    ("operation", "parameters", "text"),
    [
        ("describe_rule", {"Name": "none"}, "Rule none does not exist on EventBus default."),
        (
            "list_tags_for_resource",
            {"ResourceARN": f"{ARN}:rule/none"},
            "Rule none does not exist on EventBus default.",
        ),
        ("list_tags_for_resource", {"ResourceARN": f"{ARN}:event-bus/none"}, "Event bus none does not exist."),
        ("list_tags_for_resource", {"ResourceARN": f"{ARN}:rule/bus/none"}, "Event bus bus does not exist."),
    ],
)
def test_what_is_missing_is_named(events: Any, operation: str, parameters: dict[str, str], text: str) -> None:
    assert message_of(getattr(events, operation), **parameters) == f"ResourceNotFoundException: {text}"


@pytest.mark.parametrize("detail", ["text", '"text"', "[]", "1"])
def test_a_detail_that_is_no_object_is_malformed(events: Any, source: str, detail: str) -> None:
    (entry,) = events.put_events(Entries=[{"Source": source, "DetailType": "Test", "Detail": detail}])["Entries"]

    assert entry == {"ErrorCode": "MalformedDetail", "ErrorMessage": "Detail is malformed."}


def test_an_event_for_a_bus_that_does_not_exist_is_taken(events: Any, source: str) -> None:
    entry = {"Source": source, "DetailType": "Test", "Detail": "{}", "EventBusName": "none"}

    answer = events.put_events(Entries=[entry])

    assert answer["FailedEntryCount"] == 0 and answer["Entries"][0]["EventId"]


def test_entries_that_are_too_large_are_refused(events: Any, source: str) -> None:
    detail = json.dumps({"a": "x" * 262_144})

    refused = message_of(events.put_events, Entries=[{"Source": source, "DetailType": "Test", "Detail": detail}])

    assert refused == "ValidationException: Total size of the entries in the request is over the limit."


def test_an_alarm_sends_its_changes_and_both_states(aws_client: Client, embedded_aws: str, events: Any) -> None:
    """CloudWatch user guide, "Alarm events and EventBridge"."""
    url, arn = queue(aws_client)
    cloudwatch, name = aws_client("cloudwatch"), f"alarm-{uuid.uuid4()}"
    events.put_rule(Name=name, EventPattern=json.dumps({"source": ["aws.cloudwatch"], "detail": {"alarmName": [name]}}))
    events.put_targets(Rule=name, Targets=[{"Id": "queue", "Arn": arn}])
    alarm = {"AlarmName": name, "Namespace": "Test", "MetricName": "Calls", "Statistic": "Sum", "Period": 60}
    alarm |= {"EvaluationPeriods": 1, "Threshold": 1.0, "ComparisonOperator": "GreaterThanThreshold"}

    def next_detail() -> dict[str, Any]:
        drain(embedded_aws)
        sqs = aws_client("sqs")
        message = sqs.receive_message(QueueUrl=url)["Messages"][0]
        sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        event = json.loads(message["Body"])
        return {"type": event["detail-type"].removeprefix("CloudWatch Alarm "), **event["detail"]}

    cloudwatch.put_metric_alarm(**alarm)
    created = next_detail()
    cloudwatch.set_alarm_state(AlarmName=name, StateValue="ALARM", StateReason="first")
    next_detail()
    cloudwatch.set_alarm_state(AlarmName=name, StateValue="OK", StateReason="second")
    ok = next_detail()
    cloudwatch.disable_alarm_actions(AlarmNames=[name])
    updated = next_detail()
    cloudwatch.delete_alarms(AlarmNames=[name])
    deleted = next_detail()

    changes = [(change["type"], change["operation"]) for change in (created, updated, deleted)]
    assert changes == [("Configuration Change", operation) for operation in ("create", "update", "delete")]
    assert created["configuration"]["metrics"][0]["metricStat"]["metric"]["name"] == "Calls"
    assert updated["previousConfiguration"]["actionsEnabled"] and not updated["configuration"]["actionsEnabled"]
    assert ok["type"] == "State Change" and ok["state"]["value"] == "OK"
    assert (ok["previousState"]["value"], ok["previousState"]["reason"]) == ("ALARM", "first")
    assert ok["previousState"]["timestamp"].endswith("+0000")


def test_an_eleventh_event_is_refused_with_all_entries_as_java_prints_them(aws_client: Callable[[str], Any]) -> None:
    entry = {"Source": "a", "DetailType": "b", "Detail": "{}"}
    printed = (
        "PutEventsRequestEntry(time=null, source=a, resources=null, detailType=b, detail={}, eventBusName=null, "
        "traceHeader=null, kmsKeyIdentifier=null, internalMetadata=null)"
    )
    with pytest.raises(ClientError, match="ValidationException") as refused:
        aws_client("events").put_events(Entries=[entry] * 11)
    assert refused.value.response["Error"]["Message"] == (
        f"1 validation error detected: Value '[{', '.join([printed] * 11)}]' at 'entries' failed to satisfy "
        "constraint: Member must have length less than or equal to 10"
    )
