"""Errors of the query protocol have AWS's form: one message at most, and a UUID as the request's id."""

from __future__ import annotations

import uuid
from typing import Any
from xml.etree import ElementTree

import pytest

from tests.support.raw_call import raw_call

NO_TOPIC = "arn:aws:sns:us-east-1:123456789012:none"
NO_STATE = {"AlarmName": "none", "StateValue": "NONE", "StateReason": "text"}
NO_DASHBOARD = {"DashboardName": "none"}


@pytest.mark.parametrize(
    ("service", "action", "parameters"),
    [
        ("cloudwatch", "SetAlarmState", NO_STATE),
        ("cloudwatch", "GetDashboard", NO_DASHBOARD),
        ("iam", "GetRole", {"RoleName": "none"}),
        ("iam", "DeleteUser", {"UserName": "none"}),
        ("sns", "GetTopicAttributes", {"TopicArn": NO_TOPIC}),
        ("sns", "CreateTopic", {"Name": "no name!"}),
        ("sts", "AssumeRole", {"RoleArn": "arn:aws:iam::123456789012:role/none", "RoleSessionName": "!"}),
    ],
)
def test_an_error_has_one_message_and_a_uuid(
    embedded_aws: str, service: str, action: str, parameters: dict[str, Any]
) -> None:
    answer = raw_call(embedded_aws, service, action, parameters, "query")
    root = ElementTree.fromstring(answer.body)
    names = [element.tag.rpartition("}")[2] for element in root.iter()]
    assert names == ["ErrorResponse", "Error", "Type", "Code", "Message", "RequestId"]
    assert str(uuid.UUID(root[1].text)) == root[1].text


def test_an_answer_has_a_uuid(embedded_aws: str) -> None:
    for service, action in (("cloudwatch", "DescribeAlarms"), ("iam", "ListRoles")):
        answer = raw_call(embedded_aws, service, action, {}, "query")
        (request_id,) = ElementTree.fromstring(answer.body).iterfind(".//{*}RequestId")
        assert str(uuid.UUID(request_id.text)) == request_id.text
