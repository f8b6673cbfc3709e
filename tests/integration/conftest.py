"""Fixtures of the tests of all modules."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
from ansible_collections.secmon.aws.plugins.module_utils.core.account import Account
from ansible_collections.secmon.aws.plugins.module_utils.core.errors import AwsError, Subject

from tests.conftest import shared_client
from tests.support.embedded_control import ask
from tests.support.module_runner import ModuleRunner, share_clients, skip_waiting
from tests.support.trail_prerequisites import full_task, make_prerequisites


@pytest.fixture
def run_module(request: pytest.FixtureRequest, running_embedded_aws: str) -> ModuleRunner:
    """Return a runner of the module that the folder of the test is named after, on an empty embedded AWS."""
    ask(running_embedded_aws, "reset", method="POST")
    return ModuleRunner(running_embedded_aws, request.path.parent.name)


@pytest.fixture(params=[("eu-west-1", "aws"), ("cn-north-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov")])
def partition(request: pytest.FixtureRequest, run_module: ModuleRunner) -> str:
    """Run the module in a region of each partition, and return the partition."""
    run_module.region, partition = request.param
    return str(partition)


@pytest.fixture
def aws_client(run_module: ModuleRunner) -> Callable[..., Any]:
    """Return a function that creates boto3 clients, to check and change managed resources."""
    return lambda service, region=run_module.region: shared_client(run_module.endpoint, service, region)


@pytest.fixture
def cloudtrail(aws_client: Callable[..., Any]) -> Any:
    return aws_client("cloudtrail")


@pytest.fixture
def cloudwatch(aws_client: Callable[..., Any]) -> Any:
    return aws_client("cloudwatch")


@pytest.fixture
def logs(aws_client: Callable[..., Any]) -> Any:
    return aws_client("logs")


@pytest.fixture
def s3(aws_client: Callable[..., Any]) -> Any:
    return aws_client("s3")


@pytest.fixture
def secrets(aws_client: Callable[..., Any]) -> Any:
    return aws_client("secretsmanager")


@pytest.fixture
def sns(aws_client: Callable[..., Any]) -> Any:
    return aws_client("sns")


@pytest.fixture
def trail_keys(aws_client: Callable[..., Any]) -> dict[str, str]:
    """Create the prerequisites of a trail, and return its KMS keys: `key` and `other_key`."""
    return make_prerequisites(aws_client)


@pytest.fixture
def full_trail(trail_keys: dict[str, str]) -> dict[str, Any]:
    """Return a task that sets every option of a trail."""
    return full_task(trail_keys["key"])


@pytest.fixture(autouse=True)
def _fast(monkeypatch: pytest.MonkeyPatch) -> None:
    skip_waiting(monkeypatch)
    share_clients(monkeypatch)


@pytest.fixture
def never_reads_values(run_module: ModuleRunner, monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail the test as soon as a module reads the value of a secret."""
    run = ModuleRunner._run

    def watched(runner: ModuleRunner, path: str, check: bool, arguments: dict[str, Any]) -> dict[str, Any]:
        result: dict[str, Any] = {}
        calls = runner.calls(lambda: result.update(run(runner, path, check, arguments)))
        own_module = ".secmon." in path
        assert not [call["action"] for call in calls if own_module and "GetSecretValue" in call["action"]]
        return result

    monkeypatch.setattr(ModuleRunner, "_run", watched)


@pytest.fixture(autouse=True)
def s3_calls_name_the_owner(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Require that every S3 call of a module names the expected owner of the bucket, if S3's API has a member for it.

    Only a HeadBucket after a denied one asks whether the bucket answers without an owner.
    """
    call = Account._call
    without: list[str] = []
    denied: list[str] = []

    def checked(account: Account, subject: Subject, parameters: Mapping[str, Any], *rest: Any, **options: Any) -> Any:
        bucket = parameters.get("Bucket", "")
        if subject.service == "s3":
            model = account.client("s3").meta.service_model.operation_model(subject.operation)
            expects = model.input_shape is not None and "ExpectedBucketOwner" in model.input_shape.members
            asks_who = subject.operation == "HeadBucket" and bucket in denied
            if expects and not asks_who and "ExpectedBucketOwner" not in parameters:
                without.append(f"{subject.operation} {bucket}")
        try:
            return call(account, subject, parameters, *rest, **options)
        except AwsError:
            if subject.operation == "HeadBucket":
                denied.append(bucket)
            raise

    monkeypatch.setattr(Account, "_call", checked)
    yield
    assert without == []
