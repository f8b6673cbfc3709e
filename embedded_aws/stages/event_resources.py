"""The resources that LookupEvents lists for a record: those that it names itself, and those that its parameters name.

Source: CloudTrail API reference, Resource; the user guide does not list which parameters are taken, so those of the
services that this chain uses are.
"""

from __future__ import annotations

from embedded_aws.events import Record

_PARAMETERS = {
    ("cloudtrail.amazonaws.com", "name"): "AWS::CloudTrail::Trail",
    ("cloudtrail.amazonaws.com", "trailName"): "AWS::CloudTrail::Trail",
    ("events.amazonaws.com", "name"): "AWS::Events::Rule",
    ("iam.amazonaws.com", "groupName"): "AWS::IAM::Group",
    ("iam.amazonaws.com", "policyArn"): "AWS::IAM::Policy",
    ("iam.amazonaws.com", "policyName"): "AWS::IAM::Policy",
    ("iam.amazonaws.com", "roleName"): "AWS::IAM::Role",
    ("iam.amazonaws.com", "userName"): "AWS::IAM::User",
    ("kms.amazonaws.com", "keyId"): "AWS::KMS::Key",
    ("logs.amazonaws.com", "logGroupName"): "AWS::Logs::LogGroup",
    ("monitoring.amazonaws.com", "alarmName"): "AWS::CloudWatch::Alarm",
    ("s3.amazonaws.com", "bucketName"): "AWS::S3::Bucket",
    ("secretsmanager.amazonaws.com", "name"): "AWS::SecretsManager::Secret",
    ("secretsmanager.amazonaws.com", "secretId"): "AWS::SecretsManager::Secret",
    ("sns.amazonaws.com", "topicArn"): "AWS::SNS::Topic",
    ("sts.amazonaws.com", "roleArn"): "AWS::IAM::Role",
}


def looked_up_resources(record: Record) -> list[dict[str, str]]:
    """Return pairs of ResourceType and ResourceName, without doubles."""
    named = [(item.get("type", ""), item["ARN"]) for item in record.get("resources") or () if "ARN" in item]
    source, parameters = record["eventSource"], record.get("requestParameters") or {}
    for key, value in parameters.items():
        kind = _PARAMETERS.get((source, key))
        if kind and isinstance(value, str):
            named.append((kind, value))
    return [{"ResourceType": kind, "ResourceName": name} for kind, name in dict.fromkeys(named)]
