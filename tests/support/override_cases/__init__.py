"""An accepted and a rejected request for every overridden operation.

In the parameters, `<name>` is replaced by a value of override_resources.py, `<protocol>` by the protocol of the call.
"""

from __future__ import annotations

from typing import Any

from tests.support.override_cases import events, secretsmanager, sns

TAG = {"Key": "owner", "Value": "secmon"}
METRIC = {"Namespace": "Test", "MetricName": "kept"}
RANGE = {"StartTime": "<hour_ago>", "EndTime": "<soon>"}
ALARM = METRIC | {
    "AlarmName": "put",
    "AlarmDescription": "text",
    "Dimensions": [{"Name": "Secret", "Value": "a"}],
    "Statistic": "Sum",
    "Period": 60,
    "EvaluationPeriods": 1,
    "Threshold": 1.0,
    "ComparisonOperator": "GreaterThanOrEqualToThreshold",
    "AlarmActions": ["<topic>"],
    "Tags": [TAG],
}
QUERY = {"Id": "q", "MetricStat": {"Metric": METRIC, "Period": 60, "Stat": "Sum"}}
TRANSFORMATION = {"metricName": "Calls", "metricNamespace": "Test", "metricValue": "1"}
FILTER = {
    "logGroupName": "kept",
    "filterName": "put",
    "filterPattern": "ERROR",
    "metricTransformations": [TRANSFORMATION],
}
SELECTORS = {
    "TrailName": "kept",
    "EventSelectors": [
        {"ReadWriteType": "All", "DataResources": [{"Type": "AWS::S3::Object", "Values": ["arn:aws:s3"]}]}
    ],
}
ADVANCED = {
    "TrailName": "kept",
    "AdvancedEventSelectors": [
        {"Name": "all", "FieldSelectors": [{"Field": "eventCategory", "Equals": ["Management"]}]}
    ],
}
ROLE = {"RoleArn": "arn:aws:iam::222222222222:role/OrganizationAccountAccessRole", "RoleSessionName": "tester"}
RESOURCE_POLICY = """{"Statement": [{"Effect": "Allow", "Principal": {"Service": ["delivery.logs.amazonaws.com"]},
    "Action": "logs:PutLogEvents", "Resource": "*"}]}"""
NO_TRAIL = "arn:aws:cloudtrail:us-east-1:123456789012:trail/none"
KEY_TAG = {"TagKey": "owner", "TagValue": "secmon"}
NO_KEY = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555"

Case = tuple[str, str, dict[str, Any]]

ACCEPTED: list[Case] = [
    ("cloudtrail", "CreateTrail", {"Name": "created", "S3BucketName": "created", "TagsList": [TAG]}),
    ("cloudtrail", "UpdateTrail", {"Name": "kept", "S3BucketName": "kept", "EnableLogFileValidation": True}),
    ("cloudtrail", "DeleteTrail", {"Name": "deleted"}),
    ("cloudtrail", "GetTrail", {"Name": "kept"}),
    ("cloudtrail", "DescribeTrails", {"trailNameList": ["kept", NO_TRAIL]}),
    ("cloudtrail", "ListTrails", {}),
    ("cloudtrail", "StartLogging", {"Name": "kept"}),
    ("cloudtrail", "StopLogging", {"Name": "stopped"}),
    ("cloudtrail", "GetTrailStatus", {"Name": "kept"}),
    ("cloudtrail", "PutEventSelectors", ADVANCED),
    ("cloudtrail", "GetEventSelectors", {"TrailName": "kept"}),
    ("cloudtrail", "PutEventSelectors", SELECTORS),
    ("cloudtrail", "GetEventSelectors", {"TrailName": "kept"}),
    ("cloudtrail", "GetEventSelectors", {"TrailName": "stopped"}),
    (
        "cloudtrail",
        "PutInsightSelectors",
        {"TrailName": "kept", "InsightSelectors": [{"InsightType": "ApiCallRateInsight"}]},
    ),
    ("cloudtrail", "GetInsightSelectors", {"TrailName": "kept"}),
    ("cloudtrail", "ListPublicKeys", RANGE),
    (
        "cloudtrail",
        "LookupEvents",
        {"LookupAttributes": [{"AttributeKey": "EventName", "AttributeValue": "CreateTrail"}]},
    ),
    ("cloudtrail", "LookupEvents", {"MaxResults": 1}),
    ("cloudtrail", "RegisterOrganizationDelegatedAdmin", {"MemberAccountId": "222222222222"}),
    ("cloudtrail", "DeregisterOrganizationDelegatedAdmin", {"DelegatedAdminAccountId": "333333333333"}),
    ("cloudwatch", "PutMetricAlarm", ALARM),
    ("cloudwatch", "PutDashboard", {"DashboardName": "put", "DashboardBody": '{"widgets": []}'}),
    ("cloudwatch", "PutCompositeAlarm", {"AlarmName": "put-above", "AlarmRule": "ALARM(kept)", "Tags": [TAG]}),
    (
        "cloudwatch",
        "PutMetricData",
        {"Namespace": "Test", "MetricData": [{"MetricName": "m", "Value": 1.0, "Unit": "Count"}]},
    ),
    ("cloudwatch", "SetAlarmState", {"AlarmName": "set", "StateValue": "ALARM", "StateReason": "test"}),
    ("cloudwatch", "EnableAlarmActions", {"AlarmNames": ["kept"]}),
    ("cloudwatch", "DisableAlarmActions", {"AlarmNames": ["set"]}),
    ("cloudwatch", "DeleteAlarms", {"AlarmNames": ["deleted-<protocol>"]}),
    ("cloudwatch", "DescribeAlarms", {"AlarmTypes": ["MetricAlarm"]}),
    ("cloudwatch", "DescribeAlarms", {"AlarmTypes": ["CompositeAlarm"]}),
    ("cloudwatch", "DescribeAlarms", {"AlarmNames": ["math"]}),
    ("cloudwatch", "DescribeAlarms", {"MaxRecords": 1}),
    ("cloudwatch", "DescribeAlarmsForMetric", METRIC),
    ("cloudwatch", "DescribeAlarmHistory", {"AlarmName": "set"}),
    ("cloudwatch", "DescribeAlarmHistory", {"AlarmTypes": ["CompositeAlarm"], "MaxRecords": 1}),
    ("cloudwatch", "ListMetrics", METRIC),
    (
        "cloudwatch",
        "GetMetricStatistics",
        METRIC | RANGE | {"Period": 60, "Statistics": ["Sum", "SampleCount"], "ExtendedStatistics": ["p90"]},
    ),
    ("cloudwatch", "GetMetricData", RANGE | {"MetricDataQueries": [QUERY]}),
    *(("events", action, parameters) for action, parameters in events.ACCEPTED),
    ("kms", "ScheduleKeyDeletion", {"KeyId": "<enabled_key>", "PendingWindowInDays": 7}),
    ("kms", "CancelKeyDeletion", {"KeyId": "<pending_key>"}),
    ("kms", "DisableKey", {"KeyId": "<key>"}),
    ("kms", "EnableKey", {"KeyId": "<key>"}),
    ("kms", "CreateKey", {"Description": "made", "Tags": [KEY_TAG], "KeySpec": "SYMMETRIC_DEFAULT"}),
    ("kms", "TagResource", {"KeyId": "<key>", "Tags": [KEY_TAG]}),
    ("kms", "UntagResource", {"KeyId": "<key>", "TagKeys": ["owner"]}),
    ("kms", "UpdateKeyDescription", {"KeyId": "<key>", "Description": "changed"}),
    ("kms", "CreateAlias", {"AliasName": "alias/made", "TargetKeyId": "<key>"}),
    ("kms", "EnableKeyRotation", {"KeyId": "<key>", "RotationPeriodInDays": 90}),
    ("kms", "GetKeyRotationStatus", {"KeyId": "<key>"}),
    ("kms", "RotateKeyOnDemand", {"KeyId": "<key>"}),
    ("kms", "DisableKeyRotation", {"KeyId": "<key>"}),
    ("logs", "CreateLogGroup", {"logGroupName": "created", "logGroupClass": "STANDARD", "tags": {"a": "b"}}),
    ("logs", "DeleteLogGroup", {"logGroupName": "deleted"}),
    ("logs", "DescribeLogGroups", {}),
    ("logs", "DescribeLogGroups", {"logGroupNamePrefix": "k", "limit": 1}),
    ("logs", "ListLogGroups", {"logGroupNamePattern": "^kep"}),
    ("logs", "PutLogGroupDeletionProtection", {"logGroupIdentifier": "kept", "deletionProtectionEnabled": True}),
    ("logs", "CreateLogStream", {"logGroupName": "kept", "logStreamName": "created"}),
    ("logs", "DescribeLogStreams", {"logGroupName": "kept"}),
    ("logs", "GetLogEvents", {"logGroupName": "kept", "logStreamName": "stream"}),
    ("logs", "PutResourcePolicy", {"policyName": "kept", "policyDocument": RESOURCE_POLICY}),
    ("logs", "DescribeResourcePolicies", {}),
    ("logs", "DeleteResourcePolicy", {"policyName": "kept"}),
    ("logs", "AssociateKmsKey", {"logGroupName": "kept", "kmsKeyId": "<key>"}),
    ("logs", "DisassociateKmsKey", {"logGroupName": "kept"}),
    ("logs", "PutRetentionPolicy", {"logGroupName": "kept", "retentionInDays": 7}),
    ("logs", "PutMetricFilter", FILTER),
    ("logs", "DescribeMetricFilters", {"logGroupName": "kept"}),
    ("logs", "DeleteMetricFilter", {"logGroupName": "kept", "filterName": "deleted"}),
    ("logs", "TestMetricFilter", {"filterPattern": "[a]", "logEventMessages": ["x"]}),
    ("logs", "FilterLogEvents", {"logGroupName": "kept"}),
    (
        "logs",
        "PutLogEvents",
        {"logGroupName": "kept", "logStreamName": "stream", "logEvents": [{"timestamp": "<now_ms>", "message": "x"}]},
    ),
    (
        "logs",
        "PutLogEvents",
        {"logGroupName": "kept", "logStreamName": "stream", "logEvents": [{"timestamp": 0, "message": "too old"}]},
    ),
    ("resourcegroupstaggingapi", "GetResources", {"TagFilters": [{"Key": "owner", "Values": ["secmon"]}]}),
    ("iam", "GetUser", {}),
    *(("secretsmanager", action, parameters) for action, parameters in secretsmanager.ACCEPTED),
    *(("sns", action, parameters) for action, parameters in sns.ACCEPTED),
    ("sts", "AssumeRole", ROLE),
    ("sts", "GetCallerIdentity", {}),
    ("sts", "GetSessionToken", {"DurationSeconds": 900}),
]

REJECTED: list[tuple[str, str, dict[str, Any], str]] = [
    ("cloudtrail", "CreateTrail", {"Name": "kept", "S3BucketName": "kept"}, "TrailAlreadyExistsException"),
    ("cloudtrail", "CreateTrail", {"Name": "a", "S3BucketName": "kept"}, "InvalidTrailNameException"),
    ("cloudtrail", "CreateTrail", {"Name": "other", "S3BucketName": "no-bucket"}, "S3BucketDoesNotExistException"),
    ("cloudtrail", "CreateTrail", {"Name": "other", "S3BucketName": "bare"}, "InsufficientS3BucketPolicyException"),
    ("cloudtrail", "UpdateTrail", {"Name": "none"}, "TrailNotFoundException"),
    (
        "cloudtrail",
        "UpdateTrail",
        {"Name": "kept", "CloudWatchLogsRoleArn": "x", "CloudWatchLogsLogGroupArn": ""},
        "InvalidCloudWatchLogsLogGroupArnException",
    ),
    ("cloudtrail", "DeleteTrail", {"Name": NO_TRAIL}, "TrailNotFoundException"),
    ("cloudtrail", "DeleteTrail", {"Name": "<other_region_trail>"}, "InvalidHomeRegionException"),
    ("cloudtrail", "GetTrail", {"Name": "none"}, "TrailNotFoundException"),
    ("cloudtrail", "StartLogging", {"Name": "none"}, "TrailNotFoundException"),
    ("cloudtrail", "StopLogging", {"Name": "<other_region_trail>"}, "InvalidHomeRegionException"),
    ("cloudtrail", "GetTrailStatus", {"Name": "none"}, "TrailNotFoundException"),
    ("cloudtrail", "PutEventSelectors", {"TrailName": "kept"}, "InvalidEventSelectorsException"),
    ("cloudtrail", "PutEventSelectors", SELECTORS | {"TrailName": "none"}, "TrailNotFoundException"),
    ("cloudtrail", "GetEventSelectors", {"TrailName": "none"}, "TrailNotFoundException"),
    (
        "cloudtrail",
        "PutInsightSelectors",
        {"TrailName": "kept", "InsightSelectors": [{}]},
        "InvalidInsightSelectorsException",
    ),
    ("cloudtrail", "GetInsightSelectors", {"TrailName": "stopped"}, "InsightNotEnabledException"),
    ("cloudtrail", "ListPublicKeys", {"StartTime": "<soon>", "EndTime": "<hour_ago>"}, "InvalidTimeRangeException"),
    ("cloudtrail", "LookupEvents", {"StartTime": "<soon>", "EndTime": "<hour_ago>"}, "InvalidTimeRangeException"),
    ("cloudtrail", "LookupEvents", {"NextToken": "x"}, "InvalidNextTokenException"),
    (
        "cloudtrail",
        "RegisterOrganizationDelegatedAdmin",
        {"MemberAccountId": "999999999999"},
        "AccountNotFoundException",
    ),
    (
        "cloudtrail",
        "RegisterOrganizationDelegatedAdmin",
        {"MemberAccountId": "123456789012"},
        "CannotDelegateManagementAccountException",
    ),
    (
        "cloudtrail",
        "DeregisterOrganizationDelegatedAdmin",
        {"DelegatedAdminAccountId": "999999999999"},
        "AccountNotRegisteredException",
    ),
    ("cloudwatch", "PutMetricAlarm", ALARM | {"TreatMissingData": "x"}, "ValidationError"),
    ("cloudwatch", "PutCompositeAlarm", {"AlarmName": "x", "AlarmRule": "ALARM("}, "ValidationError"),
    ("cloudwatch", "PutDashboard", {"DashboardName": "put"}, "ValidationError"),
    ("cloudwatch", "PutMetricData", {"Namespace": "AWS/Custom", "MetricData": []}, "InvalidParameterValue"),
    ("cloudwatch", "SetAlarmState", {"AlarmName": "none", "StateValue": "OK", "StateReason": "x"}, "ResourceNotFound"),
    (
        "cloudwatch",
        "SetAlarmState",
        {"AlarmName": "kept", "StateValue": "OK", "StateReason": "x", "StateReasonData": "{"},
        "InvalidFormat",
    ),
    ("cloudwatch", "EnableAlarmActions", {"AlarmNames": ["1"] * 101}, "ValidationError"),
    ("cloudwatch", "DisableAlarmActions", {"AlarmNames": ["1"] * 101}, "ValidationError"),
    ("cloudwatch", "DeleteAlarms", {"AlarmNames": ["none"]}, "ResourceNotFound"),
    ("cloudwatch", "DescribeAlarms", {"NextToken": "x"}, "InvalidNextToken"),
    ("cloudwatch", "DescribeAlarmsForMetric", METRIC | {"Unit": "Pounds"}, "ValidationError"),
    ("cloudwatch", "DescribeAlarmHistory", {"NextToken": "x"}, "InvalidNextToken"),
    ("cloudwatch", "ListMetrics", {"NextToken": "x"}, "InvalidParameterValue"),
    ("cloudwatch", "GetMetricStatistics", METRIC | RANGE | {"Period": 60}, "InvalidParameterCombination"),
    (
        "cloudwatch",
        "GetMetricData",
        {"MetricDataQueries": [QUERY], "StartTime": "<soon>", "EndTime": "<hour_ago>"},
        "ValidationError",
    ),
    *(("events", action, parameters, code) for action, parameters, code in events.REJECTED),
    ("kms", "ScheduleKeyDeletion", {"KeyId": NO_KEY}, "NotFoundException"),
    ("kms", "ScheduleKeyDeletion", {"KeyId": "<key>", "PendingWindowInDays": 31}, "ValidationException"),
    ("kms", "CancelKeyDeletion", {"KeyId": "<key>"}, "KMSInvalidStateException"),
    ("kms", "DisableKey", {"KeyId": NO_KEY}, "NotFoundException"),
    ("kms", "EnableKey", {"KeyId": "<other_pending_key>"}, "KMSInvalidStateException"),
    ("kms", "CreateKey", {"Tags": [KEY_TAG, KEY_TAG]}, "TagException"),
    ("kms", "TagResource", {"KeyId": "<other_pending_key>", "Tags": [KEY_TAG]}, "KMSInvalidStateException"),
    ("kms", "UntagResource", {"KeyId": "<other_pending_key>", "TagKeys": ["owner"]}, "KMSInvalidStateException"),
    (
        *("kms", "UpdateKeyDescription"),
        {"KeyId": "<other_pending_key>", "Description": "changed"},
        "KMSInvalidStateException",
    ),
    ("kms", "CreateAlias", {"AliasName": "made", "TargetKeyId": "<key>"}, "ValidationException"),
    ("kms", "EnableKeyRotation", {"KeyId": "<other_pending_key>"}, "KMSInvalidStateException"),
    ("kms", "GetKeyRotationStatus", {"KeyId": NO_KEY}, "NotFoundException"),
    ("kms", "RotateKeyOnDemand", {"KeyId": "<other_pending_key>"}, "KMSInvalidStateException"),
    ("kms", "DisableKeyRotation", {"KeyId": "<other_pending_key>"}, "KMSInvalidStateException"),
    ("logs", "CreateLogGroup", {"logGroupName": "kept"}, "ResourceAlreadyExistsException"),
    ("logs", "DeleteLogGroup", {"logGroupName": "none"}, "ResourceNotFoundException"),
    ("logs", "DeleteLogGroup", {"logGroupName": "protected"}, "ValidationException"),
    ("logs", "DescribeLogGroups", {"nextToken": "x"}, "InvalidParameterException"),
    ("logs", "ListLogGroups", {"nextToken": "x"}, "InvalidParameterException"),
    ("logs", "CreateLogStream", {"logGroupName": "kept", "logStreamName": "stream"}, "ResourceAlreadyExistsException"),
    ("logs", "DescribeLogStreams", {"logGroupName": "none"}, "ResourceNotFoundException"),
    ("logs", "GetLogEvents", {"logGroupName": "kept", "logStreamName": "none"}, "ResourceNotFoundException"),
    ("logs", "PutResourcePolicy", {"policyName": "kept", "policyDocument": "{"}, "InvalidParameterException"),
    ("logs", "DeleteResourcePolicy", {"policyName": "none"}, "ResourceNotFoundException"),
    (
        "logs",
        "PutLogGroupDeletionProtection",
        {"logGroupIdentifier": "none", "deletionProtectionEnabled": True},
        "ResourceNotFoundException",
    ),
    ("logs", "AssociateKmsKey", {"logGroupName": "none", "kmsKeyId": NO_KEY}, "ResourceNotFoundException"),
    ("logs", "DisassociateKmsKey", {"logGroupName": "none"}, "ResourceNotFoundException"),
    ("logs", "PutRetentionPolicy", {"logGroupName": "kept", "retentionInDays": 8}, "InvalidParameterException"),
    ("logs", "PutMetricFilter", FILTER | {"logGroupName": "none"}, "ResourceNotFoundException"),
    ("logs", "PutMetricFilter", FILTER | {"filterPattern": "{"}, "InvalidParameterException"),
    ("logs", "DescribeMetricFilters", {"logGroupName": "none"}, "ResourceNotFoundException"),
    ("logs", "DeleteMetricFilter", {"logGroupName": "kept", "filterName": "none"}, "ResourceNotFoundException"),
    ("logs", "TestMetricFilter", {"filterPattern": "{", "logEventMessages": ["x"]}, "InvalidParameterException"),
    ("logs", "FilterLogEvents", {"logGroupName": "none"}, "ResourceNotFoundException"),
    (
        "logs",
        "PutLogEvents",
        {"logGroupName": "kept", "logStreamName": "none", "logEvents": [{"timestamp": 0, "message": "x"}]},
        "ResourceNotFoundException",
    ),
    ("resourcegroupstaggingapi", "GetResources", {"PaginationToken": "x"}, "PaginationTokenExpiredException"),
    *(("secretsmanager", action, parameters, code) for action, parameters, code in secretsmanager.REJECTED),
    *(("sns", action, parameters, code) for action, parameters, code in sns.REJECTED),
    ("sts", "AssumeRole", ROLE | {"RoleArn": "arn:aws:iam::222222222222:role/none"}, "AccessDenied"),
    ("sts", "AssumeRole", ROLE | {"RoleArn": "nothing-valid-in-here"}, "ValidationError"),
]

NEVER_REJECTED = {
    ("cloudtrail", "DescribeTrails"),
    ("cloudtrail", "ListTrails"),
    ("logs", "DescribeResourcePolicies"),
    ("iam", "GetUser"),
    ("sts", "GetCallerIdentity"),
    ("sts", "GetSessionToken"),
}
"""Operations that reject no request: no parameter can be invalid, and every caller may call them."""
