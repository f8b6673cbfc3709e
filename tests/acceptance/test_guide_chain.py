"""The pipeline, built with boto3, the AWS CLI or upstream modules, reports a read of the secret, no excluded call."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest

from tests.support.embedded_control import ask
from tests.support.guide_chain import (
    KEY_ALARM,
    SECRET,
    Perform,
    Step,
    alarm_mails,
    build_by_modules,
    build_by_steps,
    delivered_records,
    select_events,
    settle_alarms,
    with_aws_cli,
    with_boto3,
)

KEY_CALL = Step("kms", "GenerateRandom", {"NumberOfBytes": 8})


@dataclass(frozen=True)
class Chain:
    """A pipeline whose alarms are OK, and how its client makes further calls."""

    endpoint: str
    perform: Perform

    def __call__(self, step: Step) -> str | None:
        return self.perform(self.endpoint, step)


def read(secret: str) -> Step:
    return Step("secretsmanager", "GetSecretValue", {"SecretId": secret})


BUILDERS: dict[str, tuple[Callable[[str], None], Perform]] = {
    "boto3": (partial(build_by_steps, perform=with_boto3), with_boto3),
    "aws_cli": (partial(build_by_steps, perform=with_aws_cli), with_aws_cli),
    # No upstream module reads a secret.
    "modules": (build_by_modules, with_boto3),
}


@pytest.fixture(scope="module", params=BUILDERS)
def chain(request: pytest.FixtureRequest, embedded_aws: str) -> Chain:
    ask(embedded_aws, "reset", method="POST")
    build, perform = BUILDERS[request.param]
    build(embedded_aws)
    return Chain(embedded_aws, perform)


@pytest.fixture(autouse=True)
def settled_alarms(chain: Chain) -> None:
    settle_alarms(chain.endpoint)


def test_a_read_of_the_secret_causes_an_email_within_one_drain(chain: Chain) -> None:
    before = alarm_mails(chain.endpoint)
    assert chain(read(SECRET)) is None
    assert alarm_mails(chain.endpoint) == before + 1


def test_a_failed_read_is_recorded_with_its_error_and_causes_an_email(
    chain: Chain, aws_client: Callable[[str], Any]
) -> None:
    before = alarm_mails(chain.endpoint)
    assert chain(read("unknown")) == "ResourceNotFoundException"
    assert alarm_mails(chain.endpoint) == before + 1
    assert delivered_records(aws_client, "GetSecretValue")[-1]["errorCode"] == "ResourceNotFoundException"


def test_an_excluded_call_is_delivered_only_after_the_exclusion_is_removed(
    chain: Chain, aws_client: Callable[[str], Any]
) -> None:
    before = alarm_mails(chain.endpoint, KEY_ALARM)
    assert chain(KEY_CALL) is None
    assert alarm_mails(chain.endpoint, KEY_ALARM) == before
    assert delivered_records(aws_client, "GenerateRandom") == []

    assert with_boto3(chain.endpoint, select_events()) is None
    assert chain(KEY_CALL) is None
    assert alarm_mails(chain.endpoint, KEY_ALARM) == before + 1
    assert with_boto3(chain.endpoint, select_events("kms.amazonaws.com", "rdsdata.amazonaws.com")) is None
