"""The requests of override_cases for EventBridge."""

from __future__ import annotations

from typing import Any

ENTRY = {"Source": "test", "DetailType": "test", "Detail": "{}", "EventBusName": "default"}

RULE = {"Name": "put", "EventPattern": '{"source": ["test"]}'}
EVENT = """{"id": "1", "account": "123456789012", "source": "test", "time": "2026-01-01T00:00:00Z",
    "region": "us-east-1", "detail-type": "Test"}"""
TARGET = {"Id": "queue", "Arn": "arn:aws:sqs:us-east-1:123456789012:none"}
ARN = "arn:aws:events:us-east-1:123456789012:event-bus/"

ACCEPTED: list[tuple[str, dict[str, Any]]] = [
    ("PutEvents", {"Entries": [ENTRY]}),
    ("PutEvents", {"Entries": [ENTRY, {"Source": "test"}]}),
    ("PutRule", RULE),
    ("DescribeRule", {"Name": "put"}),
    ("PutTargets", {"Rule": "put", "Targets": [TARGET]}),
    ("ListTargetsByRule", {"Rule": "put"}),
    ("TestEventPattern", {"EventPattern": RULE["EventPattern"], "Event": EVENT}),
    ("TagResource", {"ResourceARN": f"{ARN}default", "Tags": [{"Key": "owner", "Value": "secmon"}]}),
    ("ListTagsForResource", {"ResourceARN": f"{ARN}default"}),
    ("UntagResource", {"ResourceARN": f"{ARN}default", "TagKeys": ["owner"]}),
]

REJECTED: list[tuple[str, dict[str, Any], str]] = [
    ("PutEvents", {"Entries": [ENTRY] * 11}, "ValidationException"),
    ("PutRule", RULE | {"EventPattern": '{"source": "test"}'}, "InvalidEventPatternException"),
    ("DescribeRule", {"Name": "none"}, "ResourceNotFoundException"),
    ("PutTargets", {"Rule": "none", "Targets": [TARGET]}, "ResourceNotFoundException"),
    ("ListTargetsByRule", {"Rule": "none"}, "ResourceNotFoundException"),
    ("TestEventPattern", {"EventPattern": '{"a": []}', "Event": "{}"}, "InvalidEventPatternException"),
    ("TagResource", {"ResourceARN": f"{ARN}none", "Tags": []}, "ResourceNotFoundException"),
    ("ListTagsForResource", {"ResourceARN": f"{ARN}none"}, "ResourceNotFoundException"),
    ("UntagResource", {"ResourceARN": f"{ARN}none", "TagKeys": ["owner"]}, "ResourceNotFoundException"),
]
