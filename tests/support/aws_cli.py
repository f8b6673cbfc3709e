"""Parse a command of the AWS CLI with the models of botocore, which the CLI uses too, and run it on a client."""

from __future__ import annotations

import re
import shlex
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import botocore.session
import jmespath
from botocore import xform_name
from botocore.model import OperationModel, Shape

GLOBAL_OPTIONS = {"region", "query", "output"}
RENAMED = {"configservice": "config", "s3api": "s3"}
"""Services whose name in the CLI is not that of botocore."""
# Commands of the CLI that are not operations (AWS CLI command reference): operands and options.
CUSTOM = {
    ("s3", "ls"): (1, {"recursive", "human-readable", "summarize"}),
    ("cloudtrail", "validate-logs"): (0, {"trail-arn", "start-time", "end-time"}),
}
_SECONDS_AGO = re.compile(r"\$\(\(\$\(date \+%s\)-(\d+)\)\)")
_NOW = "$(date +%s)"
_INNER = re.compile(r"\$\((aws .*)\)")


class CommandError(ValueError):
    """The CLI would reject a command."""


@dataclass
class Command:
    """One command: its service and operation, the options by name, and the model of an operation of the API."""

    service: str
    operation: str
    options: dict[str, list[str]] = field(default_factory=dict)
    model: OperationModel | None = None

    def parameters(self) -> dict[str, Any]:
        """Return the parameters of the call."""
        members = _members(self.model)
        found = {name: values for name, values in self.options.items() if name not in GLOBAL_OPTIONS}
        return {
            members[name][0]: _value(members[name][1], values) and name != f"no-{xform_name(members[name][0], '-')}"
            if members[name][1].type_name == "boolean"
            else _value(members[name][1], values)
            for name, values in found.items()
        }


def parse(line: str) -> Command:
    """Return the command of a line, as a shell and the CLI read it. Raise CommandError."""
    line = _SECONDS_AGO.sub(lambda match: str(int(time.time()) - int(match[1])), line)
    program, service, operation, *words = shlex.split(line.replace(_NOW, str(int(time.time()))))
    command = Command(service, operation)
    if program != "aws":
        raise CommandError(f"{program} is not the CLI")
    operands: list[str] = []
    for word in words:
        if word.startswith("--"):
            command.options[word[2:]] = []
        else:
            (list(command.options.values()) or [operands])[-1].append(word)
    if (service, operation) in CUSTOM:
        expected, known = CUSTOM[service, operation]
        _require(len(operands) == expected, f"{operands} are not {expected} operands")
        _require(set(command.options) <= known | GLOBAL_OPTIONS, f"{sorted(command.options)} are not options")
        return command
    _require(not operands, f"{operands} belong to no option")
    command.model = _operation(service, operation)
    _check_options(command)
    return command


def run(line: str, client: Callable[[str, str], Any]) -> str:
    """Run a command and return its output in the format text.

    Args:
        line: The command; an argument can be the output of another command.
        client: Returns the client of a service in a region.
    """
    command = parse(line)
    for values in command.options.values():
        values[:] = [run(inner[1], client) if (inner := _INNER.fullmatch(value)) else value for value in values]
    caller = client(command.service, command.options["region"][0])
    name = xform_name(command.operation.replace("-", "_"))
    if caller.can_paginate(name):
        answer = caller.get_paginator(name).paginate(**command.parameters()).build_full_result()
    else:
        answer = getattr(caller, name)(**command.parameters())
    found = jmespath.search(command.options["query"][0], answer) if "query" in command.options else answer
    return "\t".join(map(str, found)) if isinstance(found, list) else str(found)


def _check_options(command: Command) -> None:
    assert command.model is not None
    members = _members(command.model)
    for name, values in command.options.items():
        _require(name in members or name in GLOBAL_OPTIONS, f"{command.operation} has no option --{name}")
        boolean = name in members and members[name][1].type_name == "boolean"
        _require(bool(values) != boolean, f"--{name} has the values {values}")
    shape = command.model.input_shape
    required = [xform_name(name, "-") for name in (shape.required_members if shape else ())]
    missing = [name for name in required if name not in command.options]
    _require(not missing, f"{command.operation} requires {missing}")
    command.parameters()


@cache
def _service(name: str) -> Any:
    return botocore.session.get_session().get_service_model(RENAMED.get(name, name))


def _operation(service: str, operation: str) -> OperationModel:
    model = _service(service)
    names = {xform_name(name, "-"): name for name in model.operation_names}
    _require(operation in names, f"{service} has no command {operation}")
    found: OperationModel = model.operation_model(names[operation])
    return found


def _members(model: OperationModel | None) -> dict[str, tuple[str, Shape]]:
    shape = model.input_shape if model else None
    members = (shape.members if shape else {}).items()
    # Each boolean has a second option, which sets it to false (AWS CLI user guide).
    switches = [(name, member) for name, member in members if member.type_name == "boolean"]
    negated = {f"no-{xform_name(name, '-')}": (name, member) for name, member in switches}
    return negated | {xform_name(name, "-"): (name, member) for name, member in members}


def _value(shape: Shape, words: list[str]) -> Any:
    if shape.type_name == "list":
        return [_value(shape.member, [word]) for word in words]
    if shape.type_name == "boolean":
        return True
    (word,) = words
    if shape.type_name in ("integer", "long"):
        return int(word) if word.isdigit() else 0
    if shape.type_name == "structure":
        return _shorthand(shape, word)
    return word


def _shorthand(shape: Shape, word: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for part in word.split(","):
        key, separator, value = part.partition("=")
        _require(bool(separator) and key in shape.members, f"{part} is not a member of {shape.name}")
        found[key] = (
            value == "true" if shape.members[key].type_name == "boolean" else _value(shape.members[key], [value])
        )
    return found


def _require(holds: bool, message: str) -> None:
    if not holds:
        raise CommandError(message)
