"""Plain boto3 builds the guide's chain by hand; a read of the secret reaches the mailbox, what is excluded does not."""

from __future__ import annotations

import gzip
import json
import re
import urllib.request
from collections.abc import Callable
from typing import Any

import boto3
import botocore.exceptions
import pytest

ACCOUNT = "123456789012"
TRAIL_ARN = f"arn:aws:cloudtrail:us-east-1:{ACCOUNT}:trail/guide"
GROUP = "/aws/cloudtrail/logs"
MAIL = "security@example.com"
SUBJECT = 'ALARM: "SecretAccess" in US East (N. Virginia)'

Client = Callable[[str], Any]


class Embedded:
    """The surface of the embedded AWS's own."""

    def __init__(self, endpoint: str) -> None:
        self.endpoint = endpoint

    def get(self, path: str) -> Any:
        with urllib.request.urlopen(f"{self.endpoint}/_embedded/{path}") as response:
            return json.load(response)

    def post(self, path: str, document: Any = None) -> Any:
        body = json.dumps(document).encode() if document is not None else b""
        request = urllib.request.Request(f"{self.endpoint}/_embedded/{path}", data=body, method="POST")
        with urllib.request.urlopen(request) as response:
            return json.load(response)

    def alarm_mails(self) -> list[str]:
        """Return the subjects of the alarm's mails once the pipeline has come to rest."""
        self.post("drain")
        return [mail["subject"] for mail in self.get(f"mailbox?to={MAIL}") if mail["subject"] == SUBJECT]

    def be_quiet(self) -> None:
        """Let so much time pass that the alarm is OK again."""
        self.post("clock", {"advance_seconds": 600})


def make_bucket(client: Client) -> None:
    client("s3").create_bucket(Bucket="trail-files")
    principal = {"Service": "cloudtrail.amazonaws.com"}
    source = {"aws:SourceArn": TRAIL_ARN}
    statements = [
        {
            "Effect": "Allow",
            "Principal": principal,
            "Action": "s3:GetBucketAcl",
            "Resource": "arn:aws:s3:::trail-files",
            "Condition": {"StringEquals": source},
        },
        {
            "Effect": "Allow",
            "Principal": principal,
            "Action": "s3:PutObject",
            "Resource": f"arn:aws:s3:::trail-files/AWSLogs/{ACCOUNT}/*",
            "Condition": {"StringEquals": source | {"s3:x-amz-acl": "bucket-owner-full-control"}},
        },
    ]
    policy = json.dumps({"Version": "2012-10-17", "Statement": statements})
    client("s3").put_bucket_policy(Bucket="trail-files", Policy=policy)


def make_role(client: Client) -> str:
    trust = {"Effect": "Allow", "Principal": {"Service": "cloudtrail.amazonaws.com"}, "Action": "sts:AssumeRole"}
    streams = f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:{GROUP}:log-stream:{ACCOUNT}_CloudTrail_us-east-1*"
    writes = {"Effect": "Allow", "Action": ["logs:CreateLogStream", "logs:PutLogEvents"], "Resource": streams}
    iam = client("iam")
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    role = iam.create_role(RoleName="ToLogs", AssumeRolePolicyDocument=document)["Role"]
    policy = json.dumps({"Version": "2012-10-17", "Statement": [writes]})
    iam.put_role_policy(RoleName="ToLogs", PolicyName="Write", PolicyDocument=policy)
    return str(role["Arn"])


def make_trail(client: Client) -> None:
    make_bucket(client)
    client("logs").create_log_group(logGroupName=GROUP)
    cloudtrail = client("cloudtrail")
    cloudtrail.create_trail(
        Name="guide",
        S3BucketName="trail-files",
        IsMultiRegionTrail=True,
        EnableLogFileValidation=True,
        CloudWatchLogsLogGroupArn=f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:{GROUP}:*",
        CloudWatchLogsRoleArn=make_role(client),
    )
    excluded = ["kms.amazonaws.com", "rdsdata.amazonaws.com"]
    selector = {"ReadWriteType": "All", "IncludeManagementEvents": True, "ExcludeManagementEventSources": excluded}
    cloudtrail.put_event_selectors(TrailName="guide", EventSelectors=[selector])
    cloudtrail.start_logging(Name="guide")


def make_alarm(client: Client) -> None:
    topic = client("sns").create_topic(Name="SecurityAlarms")["TopicArn"]
    client("sns").subscribe(TopicArn=topic, Protocol="email", Endpoint=MAIL)
    for name, event in (("SecretAccess", "GetSecretValue"), ("KeyUse", "Encrypt")):
        client("logs").put_metric_filter(
            logGroupName=GROUP,
            filterName=name,
            filterPattern=f'{{ $.eventName = "{event}" }}',
            metricTransformations=[
                {"metricNamespace": "Security", "metricName": name, "metricValue": "1", "defaultValue": 0}
            ],
        )
        client("cloudwatch").put_metric_alarm(
            AlarmName=name,
            Namespace="Security",
            MetricName=name,
            Statistic="Sum",
            Period=60,
            EvaluationPeriods=1,
            Threshold=1,
            ComparisonOperator="GreaterThanOrEqualToThreshold",
            TreatMissingData="notBreaching",
            AlarmActions=[topic],
        )


def confirm_subscription(embedded: Embedded) -> None:
    embedded.post("drain")
    (mail,) = embedded.get(f"mailbox?to={MAIL}")
    assert mail["subject"] == "AWS Notification - Subscription Confirmation"
    (link,) = re.findall(r"http\S+Action=ConfirmSubscription\S+", mail["body"])
    with urllib.request.urlopen(link) as response:
        assert response.status == 200


@pytest.fixture(scope="module")
def embedded(embedded_aws: str) -> Embedded:
    return Embedded(embedded_aws)


@pytest.fixture(scope="module")
def chain(embedded: Embedded, aws_client: Client) -> Client:
    """Return the clients of an account in which the guide's chain stands and is quiet."""
    make_trail(aws_client)
    aws_client("secretsmanager").create_secret(Name="guide", SecretString="hunter2")
    make_alarm(aws_client)
    confirm_subscription(embedded)
    embedded.be_quiet()
    return aws_client


def records(client: Client, event_name: str) -> list[dict[str, Any]]:
    pages = client("logs").get_paginator("filter_log_events").paginate(logGroupName=GROUP)
    messages = [json.loads(event["message"]) for page in pages for event in page["events"]]
    return [message for message in messages if message["eventName"] == event_name]


def test_a_read_of_the_secret_leads_to_a_mail_that_names_the_alarm_within_one_drain(
    chain: Client, embedded: Embedded
) -> None:
    before = len(embedded.alarm_mails())
    chain("secretsmanager").get_secret_value(SecretId="guide")
    assert len(embedded.alarm_mails()) == before + 1
    embedded.be_quiet()


def test_the_record_tells_who_read_what_and_not_the_value(chain: Client, embedded: Embedded) -> None:
    chain("secretsmanager").get_secret_value(SecretId="guide")
    embedded.post("drain")
    record = records(chain, "GetSecretValue")[-1]
    assert record["userIdentity"]["type"] == "Root"
    assert record["userIdentity"]["arn"] == chain("sts").get_caller_identity()["Arn"]
    assert record["requestParameters"] == {"secretId": "guide"}
    assert record["responseElements"] is None
    assert (record["readOnly"], record["managementEvent"]) == (True, True)
    assert "hunter2" not in json.dumps(record)
    embedded.be_quiet()


def test_a_read_that_failed_is_recorded_with_its_error_and_leads_to_a_mail_too(
    chain: Client, embedded: Embedded
) -> None:
    before = len(embedded.alarm_mails())
    with pytest.raises(botocore.exceptions.ClientError, match="ResourceNotFoundException"):
        chain("secretsmanager").get_secret_value(SecretId="unknown")
    assert len(embedded.alarm_mails()) == before + 1
    assert records(chain, "GetSecretValue")[-1]["errorCode"] == "ResourceNotFoundException"
    embedded.be_quiet()


def test_a_denied_read_has_its_error_and_no_parameters(chain: Client, embedded: Embedded) -> None:
    denied = {"service": "secretsmanager", "action": "GetSecretValue", "error": "AccessDeniedException", "status": 400}
    embedded.post("faults", [denied])
    before = len(embedded.alarm_mails())
    with pytest.raises(botocore.exceptions.ClientError, match="AccessDeniedException"):
        chain("secretsmanager").get_secret_value(SecretId="guide")
    assert len(embedded.alarm_mails()) == before + 1
    record = records(chain, "GetSecretValue")[-1]
    assert (record["errorCode"], record["requestParameters"]) == ("AccessDenied", None)
    embedded.be_quiet()


def test_an_excluded_call_is_not_delivered(chain: Client, embedded: Embedded) -> None:
    before = len(embedded.alarm_mails())
    key = chain("kms").create_key()["KeyMetadata"]["KeyId"]
    chain("kms").encrypt(KeyId=key, Plaintext=b"text")
    assert len(embedded.alarm_mails()) == before
    assert records(chain, "Encrypt") == []
    assert chain("cloudwatch").describe_alarms(AlarmNames=["KeyUse"])["MetricAlarms"][0]["StateValue"] == "OK"


def test_the_log_files_hold_the_records_of_every_region(chain: Client, embedded: Embedded) -> None:
    boto3.client(
        "secretsmanager",
        endpoint_url=embedded.endpoint,
        region_name="eu-central-1",
        aws_access_key_id="witness",
        aws_secret_access_key="witness",
    ).list_secrets()
    embedded.post("drain")
    prefix = f"AWSLogs/{ACCOUNT}/CloudTrail/eu-central-1/"
    (found,) = chain("s3").list_objects_v2(Bucket="trail-files", Prefix=prefix)["Contents"]
    body = chain("s3").get_object(Bucket="trail-files", Key=found["Key"])["Body"].read()
    (record,) = json.loads(gzip.decompress(body))["Records"]
    assert (record["eventName"], record["awsRegion"]) == ("ListSecrets", "eu-central-1")


def test_a_stopped_trail_records_that_it_was_stopped_and_nothing_after(chain: Client, embedded: Embedded) -> None:
    chain("cloudtrail").stop_logging(Name="guide")
    before = len(embedded.alarm_mails())
    chain("secretsmanager").get_secret_value(SecretId="guide")
    assert len(embedded.alarm_mails()) == before
    assert len(records(chain, "StopLogging")) == 1
    chain("cloudtrail").start_logging(Name="guide")


def test_the_use_of_a_secrets_key_is_recorded_as_a_call_by_secrets_manager(chain: Client, embedded: Embedded) -> None:
    key = chain("kms").create_key()["KeyMetadata"]["Arn"]
    chain("secretsmanager").create_secret(Name="sealed", SecretString="x", KmsKeyId=key)
    chain("secretsmanager").get_secret_value(SecretId="sealed")
    embedded.post("drain")
    (event,) = chain("cloudtrail").lookup_events(
        LookupAttributes=[{"AttributeKey": "EventName", "AttributeValue": "Decrypt"}]
    )["Events"]
    record = json.loads(event["CloudTrailEvent"])
    assert record["userIdentity"]["invokedBy"] == record["sourceIPAddress"] == "secretsmanager.amazonaws.com"
    assert record["resources"][0]["ARN"] == key
    # The trail excludes KMS, as the guide's does.
    assert records(chain, "Decrypt") == []


def test_cloudtrail_assumes_the_role_of_the_trail_as_a_service(chain: Client, embedded: Embedded) -> None:
    embedded.post("drain")
    record = records(chain, "AssumeRole")[0]
    assert record["userIdentity"] == {"type": "AWSService", "invokedBy": "cloudtrail.amazonaws.com"}
    assert record["requestParameters"]["roleArn"].endswith(":role/ToLogs")
