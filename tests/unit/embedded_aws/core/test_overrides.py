"""Every overridden operation answers and fails as botocore's model of the service defines."""

from __future__ import annotations

import re
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest
from botocore.model import StructureShape
from botocore.validate import ParamValidator

from embedded_aws.cloudtrail.overrides.trail_logging import check_home_region
from embedded_aws.cloudtrail.records.operations import is_read_only
from embedded_aws.core.overrides import Override, collect_overrides, override
from embedded_aws.core.protocol import operation_model
from embedded_aws.core.services import OVERRIDES
from tests.support.alarm_setup import Client
from tests.support.model_violations import Violation, violations
from tests.support.override_cases import ACCEPTED, NEVER_REJECTED, REJECTED
from tests.support.override_resources import make_resources
from tests.support.raw_call import CBOR, protocols_of, raw_call, unknown_members, values_outside_enums

# What each service answers to a request that its model forbids; CloudTrail has an error for almost every member.
CODES = {
    "cloudwatch": "ValidationError",
    "events": "ValidationException",
    "iam": "ValidationError",
    "kms": "ValidationException",
    "logs": "InvalidParameterException",
    "organizations": "InvalidInputException",
    "resourcegroupstaggingapi": "InvalidParameterException",
    "secretsmanager": "ValidationException",
    "sns": "InvalidParameter",
    "sts": "ValidationError",
}
UNREAD = {"json": "SerializationException", "query": "MalformedInput"}

# The common errors of STS; the statuses of all others are in the model, or 400 for a protocol of JSON.
_STATUS = {"AccessDenied": 403}

Made = dict[str, Any]


@pytest.fixture(scope="module")
def made(embedded_aws: str, aws_client: Client) -> Made:
    return make_resources(embedded_aws, aws_client)


def filled(template: Any, made: Made, protocol: str) -> Any:
    """Return a template with what was made in the place of `<name>`; `<protocol>` is the protocol."""
    if isinstance(template, dict):
        return {key: filled(value, made, protocol) for key, value in template.items()}
    if isinstance(template, list):
        return [filled(item, made, protocol) for item in template]
    if not isinstance(template, str):
        return template
    known = made | {"protocol": protocol}
    whole = re.fullmatch(r"<(\w+)>", template)
    return known[whole[1]] if whole else re.sub(r"<(\w+)>", lambda match: known[match[1]], template)


def accepted_cases() -> Iterator[Any]:
    for service, action, parameters in ACCEPTED:
        for protocol in protocols_of(service):
            yield pytest.param(service, action, parameters, protocol, id=f"{service}-{action}-{protocol}")


def first_cases() -> Iterator[Any]:
    for service, action, parameters in {case[:2]: case for case in reversed(ACCEPTED)}.values():
        for protocol in protocols_of(service):
            yield pytest.param(service, action, parameters, protocol, id=f"{service}-{action}-{protocol}")


def expressible(violation: Violation, protocol: str) -> bool:
    """Return whether a request of the protocol can have the violation."""
    if protocol == CBOR:
        # botocore cannot write it.
        return not violation.what.endswith("is not a number")
    # The query protocol cannot tell an empty structure from none.
    return protocol != "query" or {} not in violation.parameters.values()


def rejected_cases() -> Iterator[Any]:
    for service, action, parameters, code in REJECTED:
        for protocol in protocols_of(service):
            name = f"{service}-{action}-{protocol}-{code}"
            yield pytest.param(service, action, parameters, code, protocol, id=name)


def declared(service: str, actions: tuple[str, ...], answer: str) -> Override:
    """Return an override that answers with a text."""
    return override(service, *actions)(lambda _state, _call: {"answer": answer})


def test_overrides_of_one_operation_apply_in_the_declared_order() -> None:
    # Their names are in the opposite order of their declaration.
    first, second = ModuleType("z"), ModuleType("a")
    first.check = declared("s3", ("PutObject",), "first")  # type: ignore[attr-defined]
    first.also = declared("s3", ("PutObject", "GetObject"), "second")  # type: ignore[attr-defined]
    second.last = declared("s3", ("PutObject",), "third")  # type: ignore[attr-defined]
    collected = collect_overrides([first, second])
    state: Any = None
    assert [answer(state, state) for answer in collected["s3", "PutObject"]] == [
        {"answer": "first"},
        {"answer": "second"},
        {"answer": "third"},
    ]
    assert len(collected["s3", "GetObject"]) == 1


@pytest.mark.parametrize("action", ["UpdateTrail", "StartLogging", "StopLogging", "DeleteTrail", "PutEventSelectors"])
def test_the_home_region_of_a_trail_is_checked_before_any_other_override(action: str) -> None:
    answers = OVERRIDES["cloudtrail", action]
    assert len(answers) == 2
    assert answers[0] is check_home_region.answer


def test_every_override_is_in_the_tables() -> None:
    # S3's protocol is none of raw_call; its overrides are tested in embedded_aws/s3/test_overrides.py.
    # Of these calls only the size of a policy is checked, in embedded_aws/iam/test_policy_sizes.py.
    sized = {("iam", f"Put{kind}Policy") for kind in ("Role", "User", "Group")} | {("kms", "PutKeyPolicy")}
    sized |= {("iam", name) for name in ("CreateRole", "UpdateAssumeRolePolicy", "CreatePolicy", "CreatePolicyVersion")}
    overridden = {key for key in OVERRIDES if key[0] != "s3"} - sized
    assert overridden - {case[:2] for case in ACCEPTED} == set(), "accept them in override_cases.ACCEPTED"
    assert overridden - {case[:2] for case in REJECTED} == NEVER_REJECTED, "reject them in override_cases.REJECTED"
    assert {case[:2] for case in (*ACCEPTED, *REJECTED)} - overridden == set(), "no override has these"


@pytest.mark.parametrize(("service", "action", "parameters", "protocol"), accepted_cases())
def test_an_answer_has_the_shape_of_the_model(
    embedded_aws: str, made: Made, service: str, action: str, parameters: dict[str, Any], protocol: str
) -> None:
    answer = raw_call(embedded_aws, service, action, filled(parameters, made, protocol), protocol)
    assert (answer.status, answer.code) == (200, None), answer.message
    shape = operation_model(service, action).output_shape
    if not isinstance(shape, StructureShape):
        assert answer.members == {}
        return
    assert ParamValidator().validate(answer.members, shape).generate_report() == ""
    assert list(values_outside_enums(shape, answer.members)) == []
    assert unknown_members(action, shape, answer.body, protocol) == []
    if shape.members and is_read_only(service, action):
        assert any(answer.members.values()), "an answer without anything shows nothing"


@pytest.mark.parametrize(("service", "action", "parameters", "protocol"), first_cases())
def test_rejects_requests_that_violate_the_model(
    embedded_aws: str, made: Made, service: str, action: str, parameters: dict[str, Any], protocol: str
) -> None:
    for violation in violations(service, action, parameters):
        if not expressible(violation, protocol):
            continue
        answer = raw_call(embedded_aws, service, action, filled(violation.parameters, made, protocol), protocol)
        assert answer.status == 400, (violation, answer)
        if violation.what.endswith("is not a number"):
            assert answer.code == UNREAD[protocol], violation
            continue
        if service != "logs" or not answer.message.startswith("Invalid LogGroup or LogStream"):
            assert violation.member.lower() in answer.message.lower(), violation
        if service == "cloudtrail":
            assert answer.code in {error.name for error in operation_model(service, action).error_shapes}, violation
            assert str(answer.code).startswith("Invalid"), violation
        else:
            assert answer.code == CODES[service], violation


@pytest.mark.parametrize(("service", "action", "parameters", "code", "protocol"), rejected_cases())
def test_errors_have_code_and_status_of_the_model(
    embedded_aws: str, made: Made, service: str, action: str, parameters: dict[str, Any], code: str, protocol: str
) -> None:
    answer = raw_call(embedded_aws, service, action, filled(parameters, made, protocol), protocol)
    assert answer.code == code, answer
    shapes = operation_model(service, action).error_shapes
    errors = {shape.error_code: shape.metadata.get("error", {}) for shape in shapes}
    assert code in errors.keys() | {CODES.get(service)} | _STATUS.keys()
    assert answer.status == errors.get(code, {}).get("httpStatusCode", _STATUS.get(code, 400))
    assert answer.message or action == "SetAlarmState", "the only error of AWS without a text"
