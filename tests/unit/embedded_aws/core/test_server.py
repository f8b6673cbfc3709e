"""The embedded AWS starts, prints its endpoint, reports a port in use, and stops."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import botocore.exceptions
import pytest
from aiosmtpd.controller import Controller

from embedded_aws.__main__ import _serve, parse_arguments
from embedded_aws.process import embedded_aws_process
from tests.conftest import run
from tests.support.embedded_control import ask, mails
from tests.support.in_process import ADMINISTRATOR, InProcess, aws

__all__ = ["aws"]

SERVE = (sys.executable, "-m", "embedded_aws", "--port")


def test_a_port_in_use_is_one_line_of_error(embedded_aws: str) -> None:
    port = embedded_aws.rsplit(":", 1)[1]
    result = run(*SERVE, port)
    assert result.returncode == 1
    assert result.stderr.splitlines() == [f"embedded AWS: cannot bind 127.0.0.1:{port}: Address already in use"]


def test_an_unknown_host_is_reported_with_the_reason(aws: InProcess, capsys: pytest.CaptureFixture[str]) -> None:
    assert _serve(parse_arguments(["--port", "0", "--host", "host.invalid"]), aws.app) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("embedded AWS: cannot bind host.invalid:0: ")
    assert "Unknown error" not in line


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_it_cleanly(repository: Path, number: signal.Signals) -> None:
    with subprocess.Popen(
        [*SERVE, "0"], cwd=repository, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("embedded AWS: ready on http://127.0.0.1:")
        process.send_signal(number)
        _first, errors = process.communicate(timeout=20)
    assert (process.returncode, errors) == (0, "")


def test_a_client_keeps_its_connection_and_calls_name_it(served: Served) -> None:
    for _client in range(2):
        s3 = client(served.endpoint, ADMINISTRATOR, "embedded")("s3")
        s3.create_bucket(Bucket="keep")
        s3.put_object(Bucket="keep", Key="key", Body=b"body")
        assert s3.head_object(Bucket="keep", Key="key")["ContentLength"] == 4
        assert s3.get_object(Bucket="keep", Key="key")["Body"].read() == b"body"
        s3.delete_object(Bucket="keep", Key="key")
        with pytest.raises(botocore.exceptions.ClientError, match="404"):
            s3.head_object(Bucket="keep", Key="key")
        s3.delete_bucket(Bucket="keep")
    calls = [call for call in ask(served.endpoint, "calls") if call["service"] == "s3"]
    numbers = [call["connection"] for call in calls]
    assert len(set(numbers)) == 2
    assert numbers == [numbers[0]] * 7 + [numbers[-1]] * 7


def test_it_answers_as_aws(aws_client: Callable[[str], Any]) -> None:
    assert aws_client("sts").get_caller_identity()["Account"] == "123456789012"


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (("--port", "http"), "'http' is not a valid port"),
        (("--port", "65536"), "'65536' is not a valid port"),
        (("--smtp", "25"), "'25' is not a valid HOST:PORT"),
        (("--data", "/dev/null/x"), "cannot create the directory"),
    ],
)
def test_rejects_invalid_options_before_anything_starts(
    options: tuple[str, str], reason: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="2"):
        parse_arguments([*options])
    assert reason in capsys.readouterr().err


def test_a_failed_test_leaves_no_process_behind() -> None:
    with pytest.raises(ZeroDivisionError), embedded_aws_process() as endpoint:
        raise ZeroDivisionError
    with pytest.raises(urllib.error.URLError):
        urllib.request.urlopen(f"{endpoint}/_embedded/health")


class _Sink:
    """Keeps what an SMTP server is given."""

    def __init__(self) -> None:
        self.mails: list[tuple[list[str], str]] = []

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 -- aiosmtpd's name
        self.mails.append((envelope.rcpt_tos, envelope.content.decode()))
        return "250 OK"


@dataclass(frozen=True)
class Served:
    """An embedded AWS with all its options: the endpoint, the data directory and the SMTP server."""

    endpoint: str
    data: Path
    sink: _Sink


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    sink, data = _Sink(), tmp_path_factory.mktemp("data")
    server = Controller(sink, hostname="127.0.0.1", port=free_port())
    server.start()
    try:
        options = ("--iam", "--data", str(data), "--smtp", f"127.0.0.1:{server.port}")
        with embedded_aws_process(*options) as endpoint:
            yield Served(endpoint, data, sink)
    finally:
        server.stop()


def test_the_iam_option_enforces_iam(served: Served) -> None:
    endpoint = served.endpoint
    administrator = client(endpoint, ADMINISTRATOR, "embedded")
    administrator("iam").create_user(UserName="reader")
    allowed = {"Effect": "Allow", "Action": ["secretsmanager:ListSecrets"], "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [allowed]})
    administrator("iam").put_user_policy(UserName="reader", PolicyName="reads", PolicyDocument=policy)
    key = administrator("iam").create_access_key(UserName="reader")["AccessKey"]
    reader = client(endpoint, key["AccessKeyId"], key["SecretAccessKey"])
    assert reader("sts").get_caller_identity()["Arn"].endswith(":user/reader")
    assert reader("secretsmanager").list_secrets()["SecretList"] == []
    denied = r"\(AccessDenied.*\) .* is not authorized to perform: {}( on resource: \S+)? because "
    with pytest.raises(botocore.exceptions.ClientError, match=denied.format("secretsmanager:CreateSecret")):
        reader("secretsmanager").create_secret(Name="x")
    # One that an override answers instead of moto.
    with pytest.raises(botocore.exceptions.ClientError, match=denied.format("cloudtrail:LookupEvents")):
        reader("cloudtrail").lookup_events()
    # One whose actions are not called as its endpoint.
    with pytest.raises(botocore.exceptions.ClientError, match=denied.format("cloudwatch:DescribeAlarms")):
        reader("cloudwatch").describe_alarms()
    administrator("cloudtrail").lookup_events()
    with pytest.raises(botocore.exceptions.ClientError, match="InvalidClientTokenId"):
        client(endpoint, "AKIAUNKNOWN000000000", "x")("iam").list_users()


ONE_ACTION = [
    ("cloudwatch:DescribeAlarms", "cloudwatch", "describe_alarms", {}),
    ("cloudwatch:ListDashboards", "cloudwatch", "list_dashboards", {}),
    ("tag:GetResources", "resourcegroupstaggingapi", "get_resources", {}),
    ("s3:ListAllMyBuckets", "s3", "list_buckets", {}),
    ("s3:ListBucket", "s3", "head_bucket", {"Bucket": "kept"}),
    ("s3:PutEncryptionConfiguration", "s3", "delete_bucket_encryption", {"Bucket": "kept"}),
    ("s3:PutBucketPublicAccessBlock", "s3", "delete_public_access_block", {"Bucket": "kept"}),
    ("states:ListStateMachines", "stepfunctions", "list_state_machines", {}),
    ("elasticloadbalancing:DescribeLoadBalancers", "elbv2", "describe_load_balancers", {}),
    ("lambda:ListFunctions", "lambda", "list_functions", {}),
    ("ec2:DescribeVpcs", "ec2", "describe_vpcs", {}),
    ("logs:DescribeLogGroups", "logs", "describe_log_groups", {}),
]
DENIALS = {
    "cloudtrail": ("list_trails", "AccessDeniedException", 400),
    "cloudwatch": ("describe_alarms", "AccessDenied", 403),
    "ec2": ("describe_vpcs", "UnauthorizedOperation", 403),
    "lambda": ("list_functions", "AccessDeniedException", 403),
    "logs": ("describe_destinations", "AccessDeniedException", 400),
    "s3": ("list_buckets", "AccessDenied", 403),
    "sns": ("list_topics", "AuthorizationError", 403),
}


def test_enforced_iam_uses_the_action_names_and_errors_of_iam(served: Served) -> None:
    endpoint = served.endpoint
    administrator = client(endpoint, ADMINISTRATOR, "embedded")
    administrator("s3").create_bucket(Bucket="kept")
    administrator("iam").create_user(UserName="limited")
    key = administrator("iam").create_access_key(UserName="limited")["AccessKey"]
    limited = client(endpoint, key["AccessKeyId"], key["SecretAccessKey"])
    for service, (call, code, status) in DENIALS.items():
        with pytest.raises(botocore.exceptions.ClientError) as caught:
            getattr(limited(service), call)()
        answer = caught.value.response
        assert (answer["Error"]["Code"], answer["ResponseMetadata"]["HTTPStatusCode"]) == (code, status), service
        assert "user/limited is not authorized to perform: " in answer["Error"]["Message"]
    for action, service, call, parameters in ONE_ACTION:
        statement = {"Effect": "Allow", "Action": action, "Resource": "*"}
        policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        administrator("iam").put_user_policy(UserName="limited", PolicyName="one", PolicyDocument=policy)
        assert getattr(limited(service), call)(**parameters), action


def test_enforced_iam_judges_each_object_of_a_deletion_and_the_resources_of_a_policy(served: Served) -> None:
    endpoint = served.endpoint
    administrator = client(endpoint, ADMINISTRATOR, "embedded")
    administrator("iam").create_user(UserName="keeper")
    actions = ["s3:CreateBucket", "s3:ListBucket", "s3:DeleteObjectVersion"]
    allowed = {"Effect": "Allow", "Action": actions, "Resource": "arn:aws:s3:::evidence*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [allowed]})
    administrator("iam").put_user_policy(UserName="keeper", PolicyName="keeps", PolicyDocument=policy)
    key = administrator("iam").create_access_key(UserName="keeper")["AccessKey"]
    keeper = client(endpoint, key["AccessKeyId"], key["SecretAccessKey"])
    keeper("s3").create_bucket(Bucket="evidence")
    keeper("s3").head_bucket(Bucket="evidence")
    keeper("s3").delete_objects(Bucket="evidence", Delete={"Objects": [{"Key": "a", "VersionId": "b"}]})
    both = {"Objects": [{"Key": "a", "VersionId": "b"}, {"Key": "a"}]}
    with pytest.raises(botocore.exceptions.ClientError, match="s3:DeleteObject on resource"):
        keeper("s3").delete_objects(Bucket="evidence", Delete=both)
    with pytest.raises(botocore.exceptions.ClientError, match="AccessDenied"):
        keeper("s3").create_bucket(Bucket="other")


def test_an_email_is_copied_to_the_data_directory_and_sent_to_the_smtp_server(served: Served) -> None:
    aws = client(served.endpoint, ADMINISTRATOR, "embedded")
    topic = aws("sns").create_topic(Name="topic")["TopicArn"]
    aws("sns").subscribe(TopicArn=topic, Protocol="email", Endpoint="reader@example.com")
    (kept,) = mails(served.endpoint, "reader@example.com")
    (copy,) = (served.data / "mails").glob("*.eml")
    assert "reader@example.com" in copy.read_text()
    ((recipients, content),) = served.sink.mails
    assert recipients == ["reader@example.com"]
    assert f"Subject: {kept['subject']}" in content
    assert topic in content


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def client(endpoint: str, key: str, secret: str) -> Callable[[str], Any]:
    keys = {"aws_access_key_id": key, "aws_secret_access_key": secret}
    return lambda service: boto3.client(service, endpoint_url=endpoint, region_name="us-east-1", **keys)
