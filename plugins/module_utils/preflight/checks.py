# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Check an account's variables one by one: their names, types and values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Union

from ..core.problems import did_you_mean, nearest_name
from ..validation.document import Document
from ..validation.problems import SUGGESTED, Problem
from .variables import ONLY_BY_COMMAND_LINE, PREFIX, PROFILES, ROLES, SECRETS, VARIABLES, Variable

_HIDDEN = "(a secret)"
# A value such as "1" would hide every account ID, and cannot be kept secret in this way.
_SHORTEST_HIDDEN = 4
CONNECTION = "ansible_connection"
_ON_THIS_MACHINE = ("local", "ansible.builtin.local", "secmon.aws.warm")
# A variable of the user's own may begin like those of a role, so only a name this similar is reported.
MISSPELT = 0.9
_NEEDED = "every account needs it"
_NOT_AN_ACCOUNT = "; if this host is not an account, put those that are into the group secmon_accounts"
TAGS = ("secret", "notify", "logs", "trail", "alarms", "events")
"""The tags of the parts, which the playbooks build or remove alone."""
_KNOWN_TAGS = {*TAGS, "all", "always", "never", "tagged", "untagged"}
"""Those and the tags of Ansible itself, of which `always` resembles alarms."""
# A typing error or two; less similar tags, such as drill and email, are more likely of the user.
_MISSPELT_TAG = 0.8
_FILL_IN = "fill it in, or remove the line"


def tag_problems(given: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """Yield a sentence for each misspelt tag, which would choose nothing, or everything; others may be of the user.

    Args:
        given: The tags by option, such as ``--tags``.
    """
    for option, tag in ((option, tag) for option, tags in given.items() for tag in tags if tag not in _KNOWN_TAGS):
        if not tag:
            yield f"{option}: a tag is empty. The parts of the system are {', '.join(TAGS)}."
        elif nearest_name(tag, TAGS, _MISSPELT_TAG):
            yield f"{option}: {tag} is not a part of the system.{did_you_mean(tag, TAGS)}"


@dataclass(frozen=True)
class RawValue:
    """The value of one variable on one host.

    Attributes:
        value: The value, of plain types.
        loose: Whether it comes from the command line or a template, which turn numbers and booleans into strings.
        error: Why a template could not be resolved; then `value` is not set.
        command_line: Whether it comes from the command line (`-e`).
    """

    value: Any = None
    loose: bool = False
    error: str = ""
    command_line: bool = False


class InvalidVariableError(LookupError):
    """Raised for a variable that is missing or invalid, which is already reported."""


@dataclass(frozen=True)
class Settings:
    """The variables of an account.

    Attributes:
        values: The valid values that are set; an empty string counts as not set.
        invalid: The names of variables that are missing or invalid.
    """

    values: Mapping[str, Any] = field(default_factory=dict)
    invalid: frozenset[str] = frozenset()

    def __getitem__(self, name: str) -> Any:
        """Return the value, else the default, else None. Raise InvalidVariableError."""
        if self.is_set(name):
            return self.values[name]
        if any(name in defaults for defaults in PROFILES.values()):
            return PROFILES[self["secmon_profile"]][name]
        return VARIABLES[name].default

    def is_set(self, name: str) -> bool:
        """Return whether the account sets a variable. Raise InvalidVariableError."""
        if name in self.invalid:
            raise InvalidVariableError(name)
        return name in self.values


def check_variables(raw: Mapping[str, RawValue], document: Document) -> Settings:
    """Return the settings of an account, and report every problem of a single variable.

    Args:
        raw: The variables by name. Names without the prefix of this collection are ignored, unless they are probably
            misspelt variables of its roles.
        document: Collects the problems.
    """
    own = {name: raw[name] for name in raw if name.startswith(PREFIX)}
    for name, hint in _unknown_variables(raw):
        document.add((name,), "is not a known variable", hint)
    for name in sorted(ONLY_BY_COMMAND_LINE & own.keys()):
        if own[name].value and not own[name].command_line:
            hint = f"remove it there, and give it with -e {name}=..."
            document.add((name,), "is set in the inventory or a playbook", hint)
    values: dict[str, Any] = {}
    invalid = set()
    for name, variable in VARIABLES.items():
        before = document.reports
        value = _read(variable, own.get(name), document)
        if document.reports > before:
            invalid.add(name)
        elif value is not None:
            values[name] = value
    return Settings(values, frozenset(invalid))


def check_connection(raw: Mapping[str, RawValue], document: Document) -> None:
    """Report a connection to another machine, on which the modules would run."""
    found = raw.get(CONNECTION, RawValue())
    if found.value and found.value not in _ON_THIS_MACHINE:
        message = f"is {found.value}, but a host stands for an AWS account, which no connection can reach"
        hint = f"write {CONNECTION}: {_ON_THIS_MACHINE[-1]}, so that the modules run on this machine"
        document.add((CONNECTION,), message, hint)


def variable_of(problem: Problem) -> str:
    """Return the variable that a problem is in."""
    return problem.key.partition("[")[0].partition(".")[0]


def _unknown_variables(raw: Mapping[str, RawValue]) -> Iterator[tuple[str, str]]:
    """Yield the names of unknown variables, each with a hint."""
    unknown = [name for name in raw if name.lower().startswith(PREFIX) and name not in VARIABLES]
    for name in unknown[:SUGGESTED]:
        yield name, _suggest_variable(name)
    for name in unknown[SUGGESTED : SUGGESTED + 1]:
        yield name, f"as are {len(unknown) - SUGGESTED - 1} more that begin with {PREFIX}; see docs/variables.md"
    for name in raw:
        role = next((role for role in ROLES if name.lower().startswith(f"{role}_")), None)
        meant = nearest_name(name, ROLES[role], MISSPELT) if role and name not in ROLES[role] else ""
        if meant:
            yield name, f'Did you mean "{meant}"?'


def _suggest_variable(name: str) -> str:
    # The common prefix would make all names similar.
    nearest = did_you_mean(name.lower().removeprefix(PREFIX), [known.removeprefix(PREFIX) for known in VARIABLES])
    return nearest.strip().replace('"', f'"{PREFIX}', 1) or "see docs/variables.md"


def _read(variable: Variable, raw: Union[RawValue, None], document: Document) -> Any:
    """Return the value, or None if it is not set or invalid."""
    place = (variable.name,)
    if raw is None:
        if variable.required:
            hint = _NEEDED + (_NOT_AN_ACCOUNT if variable.name == "secmon_account_id" else "")
            document.add(place, "is missing", hint)
        return None
    if raw.error:
        document.add(place, *_unresolved(variable, raw.error))
    elif raw.value is None:
        document.add(place, "has no value", _FILL_IN)
    elif raw.value == "" and variable.type.textual:
        if not variable.may_be_empty:
            document.add(place, "is empty", _FILL_IN)
    else:
        value = variable.type.from_text(raw.value) if raw.loose else raw.value
        found = Document("") if variable.secret else document
        variable.type.read(value, place, found)
        if variable.secret and found.problems:
            document.add(place, f"is not a valid {variable.type.name}", "the value is secret and is not shown")
        return value
    return None


def _unresolved(variable: Variable, error: str) -> tuple[str, str]:
    if variable.secret:
        hint = f"the reason could contain the secret and is not shown; debug with var: {variable.name} shows it"
        return "cannot be resolved", hint
    return f"cannot be resolved: {error}", ""


def secret_texts(raw: Mapping[str, RawValue]) -> Iterator[str]:
    """Yield every string of an account's secret variables."""
    waiting = [raw[name].value for name in SECRETS if name in raw]
    while waiting:
        value = waiting.pop()
        if isinstance(value, Mapping):
            waiting += value.values()
        elif isinstance(value, (list, tuple)):
            waiting += value
        elif isinstance(value, str):
            yield value


def hide_secrets(message: str, secrets: Sequence[str]) -> str:
    """Hide a secret that another variable contains as well."""
    for secret in secrets:
        if len(secret) >= _SHORTEST_HIDDEN:
            message = message.replace(secret, _HIDDEN)
    return message
