"""Every operation that we answer ourselves is answered as botocore's model of the service says, refusals included."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.model import StructureShape
from botocore.validate import ParamValidator

from embedded_aws.access import is_read_only
from embedded_aws.protocol import operation_model
from tests.conftest import run
from tests.support.alarm_setup import Client
from tests.support.raw_call import protocols_of, raw_call, unknown_members, values_outside_enums
from tests.unit.embedded_aws.model_violations import Violation, violations
from tests.unit.embedded_aws.override_cases import ANSWERED, NOTHING_TO_REFUSE, REFUSED
from tests.unit.embedded_aws.override_resources import make_resources

# What each service answers to a request that its model forbids; CloudTrail has an error for almost every member.
CODES = {
    "cloudwatch": "ValidationError",
    "events": "ValidationException",
    "kms": "ValidationException",
    "logs": "InvalidParameterException",
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


def answered_cases() -> Iterator[Any]:
    for service, action, parameters in ANSWERED:
        for protocol in protocols_of(service):
            yield pytest.param(service, action, parameters, protocol, id=f"{service}-{action}-{protocol}")


def violating_cases() -> Iterator[Any]:
    for service, action, parameters in {case[:2]: case for case in reversed(ANSWERED)}.values():
        for violation in violations(service, action, parameters):
            for protocol in protocols_of(service):
                name = f"{service}-{action}-{protocol}-{violation.what}"
                yield pytest.param(service, action, violation, protocol, id=name)


def refused_cases() -> Iterator[Any]:
    for service, action, parameters, code in REFUSED:
        for protocol in protocols_of(service):
            name = f"{service}-{action}-{protocol}-{code}"
            yield pytest.param(service, action, parameters, code, protocol, id=name)


LISTING = """
import importlib, json, pkgutil, sys
import embedded_aws.gaps
from embedded_aws.overrides import overridden_operations
for found in pkgutil.iter_modules(embedded_aws.gaps.__path__, "embedded_aws.gaps."):
    importlib.import_module(found.name)
json.dump([list(operation) for operation in overridden_operations()], sys.stdout)
"""


def registered() -> set[tuple[str, str]]:
    """Return every overridden operation. Another process imports them: other tests of this one need moto as it is."""
    listed = run(sys.executable, "-c", LISTING)
    assert listed.returncode == 0, listed.stderr
    return set(map(tuple, json.loads(listed.stdout)))


def test_every_override_is_in_the_tables() -> None:
    assert registered() - {case[:2] for case in ANSWERED} == set(), "answer them in override_cases.ANSWERED"
    assert registered() - {case[:2] for case in REFUSED} == NOTHING_TO_REFUSE, "refuse them in override_cases.REFUSED"
    assert {case[:2] for case in (*ANSWERED, *REFUSED)} - registered() == set(), "no override has these"


@pytest.mark.parametrize(("service", "action", "parameters", "protocol"), answered_cases())
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


@pytest.mark.parametrize(("service", "action", "violation", "protocol"), violating_cases())
def test_a_request_that_the_model_forbids_is_refused(
    embedded_aws: str, made: Made, service: str, action: str, violation: Violation, protocol: str
) -> None:
    answer = raw_call(embedded_aws, service, action, filled(violation.parameters, made, protocol), protocol)
    assert answer.status == 400, answer
    if violation.what.endswith("is no number"):
        assert answer.code == UNREAD[protocol]
        return
    assert violation.member.lower() in answer.message.lower()
    if service == "cloudtrail":
        assert answer.code in {error.name for error in operation_model(service, action).error_shapes}
        assert str(answer.code).startswith("Invalid")
    else:
        assert answer.code == CODES[service]


@pytest.mark.parametrize(("service", "action", "parameters", "code", "protocol"), refused_cases())
def test_a_refusal_has_a_code_and_a_status_of_the_model(
    embedded_aws: str, made: Made, service: str, action: str, parameters: dict[str, Any], code: str, protocol: str
) -> None:
    answer = raw_call(embedded_aws, service, action, filled(parameters, made, protocol), protocol)
    assert answer.code == code, answer
    shapes = operation_model(service, action).error_shapes
    errors = {shape.error_code: shape.metadata.get("error", {}) for shape in shapes}
    assert code in errors.keys() | {CODES.get(service)} | _STATUS.keys()
    assert answer.status == errors.get(code, {}).get("httpStatusCode", _STATUS.get(code, 400))
    assert answer.message
