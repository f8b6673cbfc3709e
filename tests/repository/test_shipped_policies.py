"""Outside judges of every shipped policy: cloudsplaining, and AWS's Service Authorization Reference."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import jinja2
import pytest
import yaml
from ansible_collections.secmon.aws.plugins.module_utils.core.aws_names import Place
from ansible_collections.secmon.aws.plugins.module_utils.s3.bucket_policy import bucket_policy
from ansible_collections.secmon.aws.plugins.module_utils.sns.topic_policy import PUBLISHERS, desired_policy
from cloudsplaining.scan.policy_document import PolicyDocument
from jinja2.nativetypes import NativeEnvironment

from tests.support.deployer import BOUNDARY_ARN, DOCS, GUIDE, shipped
from tests.support.service_authorization import NEWER, actions_like, condition_keys, has_type, resource_types

PLACE = Place("aws", "us-east-1", GUIDE)
TRAIL = PLACE.arn("cloudtrail", "trail/secrets-manager-trail")
NAMES = {
    "account_arn": f"arn:aws:iam::{GUIDE}:root",
    "all_trails_arn": f"arn:aws:cloudtrail:*:{GUIDE}:trail/*",
    "log_group_arn": PLACE.arn("logs", "log-group:/aws/cloudtrail/logs"),
    "logs_principal": "logs.us-east-1.amazonaws.com",
    "trail_arn": TRAIL,
}
VARIABLES = {
    "__cloudtrail_names": NAMES,
    "__cloudwatch_logs_names": NAMES,
    "cloudwatch_logs_organization_id": "",
    "secmon_account_id": GUIDE,
    "secmon_names": NAMES,
    "secmon_region": "us-east-1",
    "sns_email_publishers": PUBLISHERS,
}
# Keys that AWS sets in requests of every service. Source: IAM user guide, "AWS global condition context keys".
GLOBAL_KEYS = {"aws:SecureTransport", "aws:SourceAccount", "aws:SourceArn"}


def rendered(role: str, template: str, **variables: Any) -> Any:
    environment = jinja2.Environment(undefined=jinja2.StrictUndefined)
    environment.filters["ansible.builtin.to_json"] = json.dumps
    text = (DOCS.parent / f"roles/{role}/templates/{template}.json.j2").read_text()
    return json.loads(environment.from_string(text).render(VARIABLES | variables))


def written(name: str, **variables: Any) -> Any:
    """Return a policy that the variables of the role cloudwatch_logs write."""
    environment = NativeEnvironment(undefined=jinja2.StrictUndefined)
    environment.filters["ansible.builtin.regex_replace"] = lambda text, old, new: re.sub(old, new, text)
    text = yaml.safe_load((DOCS.parent / "roles/cloudwatch_logs/vars/main.yml").read_text())[name]
    return environment.from_string(text).render(VARIABLES | variables)


def key_policy(role: str, template: str) -> Any:
    return rendered("encryption_key", "key_policy", encryption_key_statements=rendered(role, template))


TOPIC = PLACE.arn("sns", "SecurityAlarms")
IDENTITY = {
    "deployer": shipped("deployer_policy.json"),
    "boundary": shipped("permissions_boundary.json"),
    "log role": written("__cloudwatch_logs_write_policy"),
    "log role of an organization": written(
        "__cloudwatch_logs_write_policy", cloudwatch_logs_organization_id="o-a1b2c3d4e5"
    ),
}
OF_RESOURCES = {
    "bucket": bucket_policy({}, "arn:aws:s3:::logs", [TRAIL], "", "o-a1b2c3d4e5"),
    "topic": desired_policy({}, PUBLISHERS, TOPIC, PLACE),
    "trail key": key_policy("cloudtrail", "trail_key_statements"),
    "logs key": key_policy("cloudwatch_logs", "logs_key_statements"),
    "topic key": key_policy("sns_email", "topic_key_statements"),
    "trust": written("__cloudwatch_logs_trust_policy"),
    "trust of an organization": written(
        "__cloudwatch_logs_trust_policy", cloudwatch_logs_organization_id="o-a1b2c3d4e5"
    ),
}


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


# cloudsplaining

# With conditions and resources ignored, so that nothing hides behind them.
ACCEPTED_ESCALATIONS = {
    # Only for a role whose permissions boundary is docs/permissions_boundary.json.
    "deployer": {"PutRolePolicy", "UpdateRolePolicyToAssumeIt", "PutRolePolicyThenUpdateAssumeRolePolicy"},
}
ACCEPTED_READS = {
    # Of the log bucket, for verify.yml; of the sample secret, which verify.yml reads to raise the alarm.
    "deployer": {"s3:GetObject", "secretsmanager:GetSecretValue"},
}
ACCEPTED_ON_EVERY_RESOURCE = {
    # Reads of metadata. A missing secret has no ARN, DescribeAlarms lists, a role may have any managed policy.
    "deployer": {
        *("cloudwatch:DescribeAlarmHistory", "cloudwatch:DescribeAlarms", "iam:GetPolicy", "iam:GetPolicyVersion"),
        *("cloudwatch:GetAlarmMuteRule", "cloudwatch:ListAlarmMuteRules", "secretsmanager:DescribeSecret"),
    },
}
# The results of a query have no ARN; they are found by the ID of the query only.
ACCEPTED_ON_EVERY_RESOURCE["boundary"] = {"logs:GetQueryResults"}
ACCEPTED_TAGGING = {
    # A new key has no ARN yet; the request must have the tag of this collection.
    "deployer": ["kms:TagResource"],
}


@pytest.mark.parametrize("name", IDENTITY)
def test_cloudsplaining_finds_only_what_is_accepted(name: str) -> None:
    found = PolicyDocument(IDENTITY[name])
    assert set(found.all_allowed_unrestricted_actions) == ACCEPTED_ON_EVERY_RESOURCE.get(name, set())
    assert found.tagging_actions_without_constraints == ACCEPTED_TAGGING.get(name, [])
    assert not found.permissions_management_without_constraints
    assert not found.write_actions_without_constraints
    assert not found.service_wildcard
    assert not found.contains_statement_using_not_action
    whole = PolicyDocument(IDENTITY[name], flag_conditional_statements=True, flag_resource_arn_statements=True)
    escalations = {finding["type"] for finding in whole.allows_privilege_escalation}
    assert escalations == ACCEPTED_ESCALATIONS.get(name, set())
    assert set(whole.allows_data_exfiltration_actions) == ACCEPTED_READS.get(name, set())
    assert not whole.credentials_exposure


def test_each_accepted_escalation_is_limited_by_the_boundary() -> None:
    for statement in IDENTITY["deployer"]["Statement"]:
        if {"iam:CreateRole", "iam:PutRolePolicy", "iam:UpdateAssumeRolePolicy"} & set(statement["Action"]):
            assert statement["Condition"] == {"StringEquals": {"iam:PermissionsBoundary": BOUNDARY_ARN}}


# The Service Authorization Reference

# The lock-out check of CreateKey is a check of kms:PutKeyPolicy in a request with tags; see docs/permissions.md.
ACCEPTED_KEYS = {("kms:PutKeyPolicy", "aws:RequestTag/")}
# Verbatim from the CloudWatch Logs user guide, "Encrypt log data in CloudWatch Logs using AWS KMS".
ACCEPTED_KEYS |= {("kms:DescribeKey", "kms:EncryptionContext:")}


def statements() -> Iterator[tuple[str, Mapping[str, Any]]]:
    for name, policy in (IDENTITY | OF_RESOURCES).items():
        for index, statement in enumerate(policy["Statement"]):
            yield f"{name} {statement.get('Sid', index)}", statement


def actions_of(statement: Mapping[str, Any]) -> list[str]:
    return [action for pattern in listed(statement["Action"]) for action in actions_like(pattern)]


@pytest.mark.parametrize(("name", "statement"), list(statements()), ids=[name for name, _statement in statements()])
def test_a_statement_agrees_with_the_reference(name: str, statement: Mapping[str, Any]) -> None:
    for pattern in listed(statement["Action"]):
        assert pattern in NEWER or actions_like(pattern), f"{pattern} does not exist"
    if any(pattern.endswith(":*") for pattern in listed(statement["Action"])):
        return
    for action in actions_of(statement):
        check_resources(action, listed(statement.get("Resource", "*")))
    for keys in statement.get("Condition", {}).values():
        for key, pattern in itertools.product(keys, set(listed(statement["Action"])) - NEWER):
            known = {found for action in actions_like(pattern) for found in keys_of(action)}
            assert re.sub(r"(Tag/|Context:).*", r"\1", key) in known, f"{pattern} has no condition key {key}"


def check_resources(action: str, resources: list[str]) -> None:
    """Require that resources, unless they are all, have the types that an action needs."""
    if resources == ["*"]:
        return
    types = resource_types(action)
    fitting = {kind for kind in types if any(has_type(action.split(":")[0], kind, arn) for arn in resources)}
    assert fitting, f"{action} has no resource in {resources}"
    assert {kind for kind, required in types.items() if required} <= fitting


def keys_of(action: str) -> set[str]:
    return condition_keys(action) | GLOBAL_KEYS | {key for of, key in ACCEPTED_KEYS if of == action}


@pytest.mark.parametrize("name", OF_RESOURCES)
def test_only_a_denial_or_a_condition_names_everybody(name: str) -> None:
    for statement in OF_RESOURCES[name]["Statement"]:
        if statement["Principal"] in ("*", {"AWS": "*"}):
            assert statement["Effect"] == "Deny" or statement["Condition"]


@pytest.mark.parametrize("name", OF_RESOURCES)
def test_a_service_acts_for_this_account_only(name: str) -> None:
    """Except EventBridge, whose calls carry no key that names the account; see embedded_aws/sns/permissions.py."""
    for statement in OF_RESOURCES[name]["Statement"]:
        principal = json.dumps(statement["Principal"])
        if "amazonaws.com" in principal and "events.amazonaws.com" not in principal:
            assert GUIDE in json.dumps(statement["Condition"]) or name == "trust of an organization"


def test_only_the_trail_may_use_the_log_role() -> None:
    (own,) = OF_RESOURCES["trust"]["Statement"]
    assert own["Condition"] == {"StringEquals": {"aws:SourceArn": TRAIL}}
    # The trail of an organization belongs to the management account, also if a delegated administrator creates it.
    (shared,) = OF_RESOURCES["trust of an organization"]["Statement"]
    assert shared["Condition"] == {"ArnLike": {"aws:SourceArn": TRAIL.replace(GUIDE, "*")}}
