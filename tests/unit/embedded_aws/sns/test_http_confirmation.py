"""A URL is asked to confirm its subscription, and gets no message before."""

from __future__ import annotations

import json
import queue
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from tests.support.embedded_control import drain


@pytest.fixture
def received() -> Iterator[tuple[str, queue.Queue[dict[str, Any]]]]:
    """Return a URL, and what is posted to it."""
    posts: queue.Queue[dict[str, Any]] = queue.Queue()

    class Endpoint(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            posts.put(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_arguments: Any) -> None:
            """Print nothing."""

    server = HTTPServer(("127.0.0.1", 0), Endpoint)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/hook", posts
    server.shutdown()
    server.server_close()


def test_a_url_gets_messages_after_its_confirmation_only(
    embedded_aws: str, aws_client: Callable[[str], Any], received: tuple[str, queue.Queue[dict[str, Any]]]
) -> None:
    url, posts = received
    sns = aws_client("sns")
    topic = sns.create_topic(Name="webhook")["TopicArn"]
    assert sns.subscribe(TopicArn=topic, Protocol="http", Endpoint=url)["SubscriptionArn"] == "pending confirmation"
    asked = posts.get(timeout=20)
    assert (asked["Type"], asked["TopicArn"]) == ("SubscriptionConfirmation", topic)
    assert "Action=ConfirmSubscription" in asked["SubscribeURL"] and asked["Token"] in asked["SubscribeURL"]
    (listed,) = sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
    assert listed["SubscriptionArn"] == "PendingConfirmation"
    sns.publish(TopicArn=topic, Message="before")
    arn = sns.confirm_subscription(TopicArn=topic, Token=asked["Token"])["SubscriptionArn"]
    assert sns.get_subscription_attributes(SubscriptionArn=arn)["Attributes"]["PendingConfirmation"] == "false"
    sns.publish(TopicArn=topic, Message="after")
    drain(embedded_aws)
    assert posts.get(timeout=20)["Message"] == "after"
    assert posts.empty()
