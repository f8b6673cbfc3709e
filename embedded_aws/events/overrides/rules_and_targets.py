"""Rules, targets and tags: checks, texts and pages that moto 5.2.5 does not have.

Source: EventBridge API reference, PutTargets and ListTargetsByRule; recorded answers of AWS (2024).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from moto.events.models import Rule, events_backends

from embedded_aws.core.call import Call
from embedded_aws.core.errors import AwsError
from embedded_aws.core.overrides import override
from embedded_aws.core.pages import page
from embedded_aws.core.state import State
from embedded_aws.iam.service_roles import role_error

_MOST_TARGETS = 5
_PAGE = 100
_TAGGED_RULE = re.compile(r"rule/(?:(?P<bus>.+)/)?(?P<name>[^/]+)")


def _rule_of(call: Call, name: str) -> Rule:
    backend = events_backends[call.account][call.region]
    bus = backend._normalize_event_bus_arn(call.parameters.get("EventBusName"))
    rule: Rule | None = backend._get_event_bus(bus).rules.get(name)
    if rule is None:
        raise _missing(f"Rule {name} does not exist on EventBus {bus}.")
    return rule


def _missing(text: str) -> AwsError:
    return AwsError("ResourceNotFoundException", text, 400)


@override("events", "DescribeRule")
def describe_rule(_state: State, call: Call) -> None:
    """Name the bus of a missing rule; moto answers."""
    _rule_of(call, call.parameters["Name"])


@override("events", "PutTargets")
def put_targets(_state: State, call: Call) -> None:
    """Refuse a sixth target, and a role that EventBridge cannot assume; moto stores the targets."""
    rule = _rule_of(call, call.parameters["Rule"])
    targets = call.parameters.get("Targets", [])
    for target in targets:
        _check_role(call, target)
    ids = {target["Id"] for target in [*rule.targets, *targets]}
    if len(ids) > _MOST_TARGETS:
        raise AwsError("LimitExceededException", "The requested resource exceeds the maximum number allowed.", 400)


def _check_role(call: Call, target: Mapping[str, Any]) -> None:
    """Refuse a bus elsewhere without a role. The texts are of public reports on other kinds of targets (2016, 2019)."""
    role, (service, region, account) = target.get("RoleArn"), target["Arn"].split(":")[2:5]
    if role and role_error(call.account, role, "events.amazonaws.com", ""):
        raise _invalid(f"Provided role '{role}' cannot be assumed by principal 'events.amazonaws.com'.")
    if service == "events" and not role and (region, account) != (call.region, call.account):
        raise _invalid(f"RoleArn is required for target {target['Arn']}.")


def _invalid(text: str) -> AwsError:
    return AwsError("ValidationException", text, 400)


@override("events", "ListTargetsByRule")
def list_targets_by_rule(_state: State, call: Call) -> dict[str, Any]:
    """Return a page of the targets of a rule."""
    parameters = call.parameters
    rule = _rule_of(call, parameters["Rule"])
    question = (call.account, call.region, parameters["Rule"], parameters.get("EventBusName"))
    rejection = AwsError("ValidationException", "Parameter NextToken is not valid. Reason: Invalid token.", 400)
    shown, token = page(rule.targets, parameters.get("Limit", _PAGE), parameters.get("NextToken"), question, rejection)
    return {"Targets": shown} | ({"NextToken": token} if token else {})


@override("events", "ListTagsForResource", "TagResource", "UntagResource")
def check_tagged_resource(_state: State, call: Call) -> None:
    """Name the missing rule with its bus, or the missing bus; moto answers."""
    backend = events_backends[call.account][call.region]
    kind = call.parameters["ResourceARN"].split(":", 5)[-1]
    rule = _TAGGED_RULE.fullmatch(kind)
    bus = (rule["bus"] or "default") if rule else kind.removeprefix("event-bus/")
    if not (rule or kind.startswith("event-bus/")):
        return
    found = backend.event_buses.get(bus)
    if found is None:
        raise _missing(f"Event bus {bus} does not exist.")
    if rule and rule["name"] not in found.rules:
        raise _missing(f"Rule {rule['name']} does not exist on EventBus {bus}.")
