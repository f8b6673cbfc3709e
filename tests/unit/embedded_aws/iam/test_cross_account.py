"""With --iam, a call on a topic or secret of another account needs the policies of both accounts."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from embedded_aws.iam.permissions import enforce_iam
from tests.support.in_process import ADMINISTRATOR, GUIDE, PRODUCTION, InProcess, aws

__all__ = ["aws"]

USER = f"arn:aws:iam::{GUIDE}:user/limited"


def document(**statement: Any) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **statement}]})


@pytest.fixture
def foreign(aws: InProcess) -> Callable[[str], Any]:
    """Return clients of the other account's administrator."""
    session = aws.session("OrganizationAccountAccessRole")
    return lambda service: aws.client(service, **session)


@pytest.fixture
def limited(aws: InProcess, foreign: Callable[[str], Any]) -> Iterator[Callable[..., Any]]:
    """Return a function that gives a user actions, and returns clients with its key; IAM is enforced."""
    iam = aws.client("iam", aws_access_key_id=ADMINISTRATOR)
    iam.create_user(UserName="limited")
    key = iam.create_access_key(UserName="limited")["AccessKey"]

    def client(service: str, action: str) -> Any:
        policy = document(Action=action, Resource="*")
        enforce_iam(False)
        iam.put_user_policy(UserName="limited", PolicyName="only", PolicyDocument=policy)
        enforce_iam(True)
        keys = {"aws_access_key_id": key["AccessKeyId"], "aws_secret_access_key": key["SecretAccessKey"]}
        return aws.client(service, **keys)

    yield client
    enforce_iam(False)


def denial(call: Callable[..., Any], **parameters: Any) -> str:
    with pytest.raises(ClientError) as refused:
        call(**parameters)
    return str(refused.value.response["Error"]["Message"])


@pytest.mark.parametrize("principal", [USER, GUIDE])
def test_a_topic_of_another_account_needs_both_policies(
    foreign: Callable[[str], Any], limited: Callable[..., Any], principal: str
) -> None:
    sns = foreign("sns")
    topic = sns.create_topic(Name="shared")["TopicArn"]
    action = "sns:GetTopicAttributes"
    alone = limited("sns", action).get_topic_attributes
    assert f"no resource-based policy allows the {action} action" in denial(alone, TopicArn=topic)
    enforce_iam(False)
    policy = document(Principal={"AWS": principal}, Action=action, Resource=topic)
    sns.set_topic_attributes(TopicArn=topic, AttributeName="Policy", AttributeValue=policy)
    other = limited("sns", "sns:ListTopics").get_topic_attributes
    assert f"no identity-based policy allows the {action} action" in denial(other, TopicArn=topic)
    limited("sns", action).get_topic_attributes(TopicArn=topic)


def test_a_policy_of_the_own_account_still_suffices(aws: InProcess, limited: Callable[..., Any]) -> None:
    sns = aws.client("sns", aws_access_key_id=ADMINISTRATOR)
    topic = sns.create_topic(Name="own")["TopicArn"]
    policy = document(Principal={"AWS": USER}, Action="sns:GetTopicAttributes", Resource=topic)
    sns.set_topic_attributes(TopicArn=topic, AttributeName="Policy", AttributeValue=policy)
    limited("sns", "sns:ListTopics").get_topic_attributes(TopicArn=topic)


def test_the_account_of_the_other_session_is_another_one(foreign: Callable[[str], Any]) -> None:
    assert foreign("sts").get_caller_identity()["Account"] == PRODUCTION
