# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Check an account's variables one by one: their names, their types, their values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Union

from ..core.problems import did_you_mean
from .variables import PREFIX, PROFILES, SECRETS, VARIABLES, Variable

DOCUMENTATION = "docs/variables.md lists them all"


@dataclass(frozen=True)
class Given:
    """What an account says for one variable.

    Attributes:
        value: The value, of plain types.
        loose: Whether it comes from the command line or a template, which make texts of numbers.
        error: Why there is no value, if a template could not be filled in.
    """

    value: Any = None
    loose: bool = False
    error: str = ""


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong with one variable; `message` is one or two sentences in one line."""

    variable: str
    message: str


class NotSoundError(LookupError):
    """A variable has no value to go on with: it is missing or wrong, which was said already."""


@dataclass(frozen=True)
class Settings:
    """What holds in an account.

    Attributes:
        given: The sound values that the account gives; an empty text gives none.
        unsound: The names of variables that are missing or wrong.
    """

    given: Mapping[str, Any] = field(default_factory=dict)
    unsound: frozenset[str] = frozenset()

    def __getitem__(self, name: str) -> Any:
        """Return what holds: the value given, else the default, else None. Raises NotSoundError."""
        if name in self.unsound:
            raise NotSoundError(name)
        if name in self.given:
            return self.given[name]
        if any(name in defaults for defaults in PROFILES.values()):
            return PROFILES[self["secmon_profile"]][name]
        return VARIABLES[name].default

    def says(self, name: str) -> bool:
        """Whether the account gives a value. Raises NotSoundError."""
        if name in self.unsound:
            raise NotSoundError(name)
        return name in self.given


def check_variables(given: Mapping[str, Given]) -> tuple[Settings, tuple[Problem, ...]]:
    """Return what holds in an account, and what is wrong with its variables.

    Args:
        given: What the account says, by name; names of others than this collection's are ignored.
    """
    own = {name: given[name] for name in given if name.startswith(PREFIX)}
    problems = [Problem(name, _unknown(name)) for name in own if name not in VARIABLES]
    values: dict[str, Any] = {}
    for name, variable in VARIABLES.items():
        read = _read(variable, own.get(name))
        if isinstance(read, list):
            problems += [Problem(name, complaint) for complaint in read]
        elif read is not None:
            values[name] = read.value
    return Settings(values, frozenset(problem.variable for problem in problems)), tuple(problems)


def _unknown(name: str) -> str:
    # Every name begins alike, which would make all of them look like each other.
    nearest = did_you_mean(name.removeprefix(PREFIX), [known.removeprefix(PREFIX) for known in VARIABLES])
    return f"no such variable.{nearest.replace(chr(34), chr(34) + PREFIX, 1) or f' {DOCUMENTATION}.'}"


def _read(variable: Variable, given: Union[Given, None]) -> Union[Given, list[str], None]:
    """Return the value, None if there is none, or what is wrong with it."""
    if given is None:
        return ["is missing. Every account needs it."] if variable.required else None
    if given.error:
        return [_unresolved(variable, given.error)]
    if given.value is None:
        return ["has no value. Fill it in, or remove the line."]
    if given.value == "" and variable.kind.textual:
        return None if variable.may_be_empty else ["is empty. Fill it in, or remove the line."]
    value = variable.kind.from_text(given.value) if given.loose else given.value
    complaints = list(variable.kind.complaints(value))
    if complaints and variable.secret:
        return [f"this is no {variable.kind.words}. The value is a secret and is not shown."]
    return complaints or Given(value)


def _unresolved(variable: Variable, error: str) -> str:
    if variable.secret:
        see = f"ansible.builtin.debug with var: {variable.name} shows it"
        return f"cannot be resolved. The reason could hold the secret and is not shown; {see}."
    return f"cannot be resolved: {' '.join(error.split())}"


def secret_texts(given: Mapping[str, Given]) -> Iterator[str]:
    """Yield every text of an account's secret variables."""
    waiting = [given[name].value for name in SECRETS if name in given]
    while waiting:
        value = waiting.pop()
        if isinstance(value, Mapping):
            waiting += value.values()
        elif isinstance(value, (list, tuple)):
            waiting += value
        elif isinstance(value, str):
            yield value
