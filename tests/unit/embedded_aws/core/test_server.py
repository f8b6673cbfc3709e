"""The embedded AWS starts, prints its endpoint, reports a port in use, and stops."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import boto3
import botocore.exceptions
import pytest
from aiosmtpd.controller import Controller

from embedded_aws.process import embedded_aws_process
from tests.conftest import run
from tests.support.embedded_control import mails

SERVE = (sys.executable, "-m", "embedded_aws", "--port")


def test_a_port_in_use_is_one_line_of_error(embedded_aws: str) -> None:
    port = embedded_aws.rsplit(":", 1)[1]
    result = run(*SERVE, port)
    assert result.returncode == 1
    assert result.stderr.splitlines() == [f"embedded AWS: cannot bind 127.0.0.1:{port}: Address already in use"]


def test_an_unknown_host_is_reported_with_the_reason() -> None:
    result = run(*SERVE, "0", "--host", "host.invalid")
    assert result.returncode == 1
    (line,) = result.stderr.splitlines()
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
def test_rejects_invalid_options_before_anything_starts(options: tuple[str, str], reason: str) -> None:
    result = run(sys.executable, "-m", "embedded_aws", *options)
    assert result.returncode == 2
    assert reason in result.stderr


def test_a_failed_test_leaves_no_process_behind() -> None:
    with pytest.raises(ZeroDivisionError), embedded_aws_process() as endpoint:
        raise ZeroDivisionError
    with pytest.raises(urllib.error.URLError):
        urllib.request.urlopen(f"{endpoint}/_embedded/health")


def test_the_iam_option_enforces_iam() -> None:
    with embedded_aws_process("--iam") as endpoint:
        administrator = client(endpoint, "AKIAEMBEDDEDGUIDE001", "embedded")
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


def test_enforced_iam_uses_the_action_names_and_errors_of_iam() -> None:
    with embedded_aws_process("--iam") as endpoint:
        administrator = client(endpoint, "AKIAEMBEDDEDGUIDE001", "embedded")
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


def test_enforced_iam_judges_each_object_of_a_deletion_and_the_resources_of_a_policy() -> None:
    with embedded_aws_process("--iam") as endpoint:
        administrator = client(endpoint, "AKIAEMBEDDEDGUIDE001", "embedded")
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


def test_deliveries_are_copied_to_the_data_directory(tmp_path: Path) -> None:
    with embedded_aws_process("--data", str(tmp_path)) as endpoint:
        aws = client(endpoint, "tester", "tester")
        topic = aws("sns").create_topic(Name="topic")["TopicArn"]
        aws("sns").subscribe(TopicArn=topic, Protocol="email", Endpoint="reader@example.com")
        urllib.request.urlopen(urllib.request.Request(f"{endpoint}/_embedded/drain", data=b"")).read()
        (mail,) = (tmp_path / "mails").glob("*.eml")
        assert "reader@example.com" in mail.read_text()


class _Sink:
    """Keeps what an SMTP server is given."""

    def __init__(self) -> None:
        self.mails: list[tuple[list[str], str]] = []

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 -- aiosmtpd's name
        self.mails.append((envelope.rcpt_tos, envelope.content.decode()))
        return "250 OK"


def test_emails_are_sent_to_the_smtp_server_of_the_command_line() -> None:
    sink = _Sink()
    server = Controller(sink, hostname="127.0.0.1", port=free_port())
    server.start()
    try:
        with embedded_aws_process("--smtp", f"127.0.0.1:{server.port}") as endpoint:
            aws = client(endpoint, "tester", "tester")
            topic = aws("sns").create_topic(Name="topic")["TopicArn"]
            aws("sns").subscribe(TopicArn=topic, Protocol="email", Endpoint="reader@example.com")
            (kept,) = mails(endpoint, "reader@example.com")
    finally:
        server.stop()
    ((recipients, content),) = sink.mails
    assert recipients == ["reader@example.com"]
    assert f"Subject: {kept['subject']}" in content
    assert topic in content


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def client(endpoint: str, key: str, secret: str) -> Callable[[str], Any]:
    keys = {"aws_access_key_id": key, "aws_secret_access_key": secret}
    return lambda service: boto3.client(service, endpoint_url=endpoint, region_name="us-east-1", **keys)
