"""Errors of SNS, and the topic that an ARN names."""

from __future__ import annotations

from moto.sns.models import Topic

from embedded_aws.core.errors import AwsError
from embedded_aws.sns.email import backend_of


def invalid(message: str) -> AwsError:
    """Return the error for an invalid parameter."""
    return AwsError("InvalidParameter", f"Invalid parameter: {message}", 400)


def topic_of(arn: str) -> Topic:
    """Return the topic that a call names. Raise AwsError if it does not exist."""
    try:
        topic: Topic | None = backend_of(arn).topics.get(arn)
    except ValueError:
        raise invalid("TopicArn") from None
    if topic is None:
        raise AwsError("NotFound", "Topic does not exist", 404)
    return topic
