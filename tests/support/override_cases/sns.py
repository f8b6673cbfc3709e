"""The requests of override_cases for SNS."""

from __future__ import annotations

from typing import Any

TAG = {"Key": "owner", "Value": "secmon"}
NO_TOPIC = "arn:aws:sns:us-east-1:123456789012:none"
PERMISSION = {"TopicArn": "<topic>", "AWSAccountId": ["222222222222"], "ActionName": ["Publish"]}

ACCEPTED: list[tuple[str, dict[str, Any]]] = [
    ("CreateTopic", {"Name": "kept", "Tags": [TAG]}),
    ("GetTopicAttributes", {"TopicArn": "<topic>"}),
    ("Subscribe", {"TopicArn": "<topic>", "Protocol": "email", "Endpoint": "new@example.com"}),
    ("ConfirmSubscription", {"TopicArn": "<topic>", "Token": "<token>"}),
    ("ListSubscriptions", {}),
    ("ListSubscriptionsByTopic", {"TopicArn": "<topic>"}),
    ("GetSubscriptionAttributes", {"SubscriptionArn": "<subscription>"}),
    ("SetSubscriptionAttributes", {"SubscriptionArn": "<subscription>", "AttributeName": "FilterPolicy"}),
    ("Unsubscribe", {"SubscriptionArn": "<subscription>"}),
    ("TagResource", {"ResourceArn": "<topic>", "Tags": [TAG]}),
    ("SetTopicAttributes", {"TopicArn": "<topic>", "AttributeName": "DisplayName", "AttributeValue": ""}),
    ("AddPermission", PERMISSION | {"Label": "<protocol>"}),
    ("Publish", {"TopicArn": "<topic>", "Message": "text"}),
    ("PublishBatch", {"TopicArn": "<topic>", "PublishBatchRequestEntries": [{"Id": "1", "Message": "text"}]}),
    ("DeleteTopic", {"TopicArn": NO_TOPIC}),
]

REJECTED: list[tuple[str, dict[str, Any], str]] = [
    ("CreateTopic", {"Name": "kept", "Attributes": {"DisplayName": "Other"}}, "InvalidParameter"),
    ("GetTopicAttributes", {"TopicArn": NO_TOPIC}, "NotFound"),
    ("DeleteTopic", {"TopicArn": "SecurityAlarms"}, "InvalidParameter"),
    ("Subscribe", {"TopicArn": NO_TOPIC, "Protocol": "email", "Endpoint": "a@example.com"}, "NotFound"),
    ("Subscribe", {"TopicArn": "<topic>", "Protocol": "email", "Endpoint": "invalid"}, "InvalidParameter"),
    ("ConfirmSubscription", {"TopicArn": "<topic>", "Token": "x"}, "InvalidParameter"),
    ("ListSubscriptions", {"NextToken": "x"}, "InvalidParameter"),
    ("ListSubscriptionsByTopic", {"TopicArn": NO_TOPIC}, "NotFound"),
    ("Unsubscribe", {"SubscriptionArn": "PendingConfirmation"}, "InvalidParameter"),
    ("GetSubscriptionAttributes", {"SubscriptionArn": f"{NO_TOPIC}:1"}, "NotFound"),
    (
        "SetSubscriptionAttributes",
        {"SubscriptionArn": "x", "AttributeName": "FilterPolicy"},
        "InvalidParameter",
    ),
    ("TagResource", {"ResourceArn": "<topic>", "Tags": [TAG, TAG]}, "InvalidParameter"),
    ("SetTopicAttributes", {"TopicArn": NO_TOPIC, "AttributeName": "DisplayName"}, "NotFound"),
    ("AddPermission", PERMISSION | {"Label": "x", "ActionName": ["Read"]}, "InvalidParameter"),
    ("Publish", {"TopicArn": "<topic>", "Message": ""}, "InvalidParameter"),
    ("PublishBatch", {"TopicArn": NO_TOPIC, "PublishBatchRequestEntries": []}, "NotFound"),
]
