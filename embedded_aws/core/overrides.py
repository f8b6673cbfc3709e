"""Declare what the embedded AWS answers itself, and what it replaces in moto.

Three declarations, since none can express the others: `override` answers an operation of the API in place of moto,
`after` follows a call that succeeded, and `patch` replaces an attribute of moto that no single operation reaches, such
as a method that moto calls for itself.
`embedded_aws.core.services` lists the modules that hold them, in order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import ModuleType
from typing import Any, TypeVar

from embedded_aws.core.call import Answer as CallAnswer
from embedded_aws.core.call import Call
from embedded_aws.core.state import State

Answer = Callable[[State, Call], dict[str, Any] | None]
Replacement = TypeVar("Replacement")


@dataclass(frozen=True)
class Override:
    """A function that answers operations of one service.

    The function gets the state and the call. It returns the response by the names of botocore's model, or None to let
    the next override of the operation, and after the last one moto, answer. It raises AwsError for an error.
    """

    service: str
    actions: tuple[str, ...]
    answer: Answer


def override(service: str, *actions: str) -> Callable[[Answer], Override]:
    """Answer these operations by the decorated function."""
    return lambda function: Override(service, actions, function)


def collect_overrides(modules: Iterable[ModuleType]) -> Mapping[tuple[str, str], tuple[Answer, ...]]:
    """Return the overrides of each service and action, in the order of the modules and of the text of each module."""
    collected: dict[tuple[str, str], tuple[Answer, ...]] = {}
    for module in modules:
        for declared in vars(module).values():
            if isinstance(declared, Override):
                for action in declared.actions:
                    key = declared.service, action
                    collected[key] = (*collected.get(key, ()), declared.answer)
    return collected


# What happens after a call that succeeded, whichever code answered it.

Follow = Callable[[State, Call, CallAnswer], None]
EVERY = "*"
"""Stands for every service and every action in `after`."""


@dataclass(frozen=True)
class After:
    """A function that runs after successful calls of operations of one service, before the client gets the answer."""

    service: str
    actions: tuple[str, ...]
    follow: Follow


def after(service: str, *actions: str) -> Callable[[Follow], After]:
    """Run the decorated function after these operations."""
    return lambda function: After(service, actions, function)


def collect_afters(modules: Iterable[ModuleType]) -> Mapping[tuple[str, str], tuple[Follow, ...]]:
    """Return what follows each service and action, in the order of the modules and of the text of each module."""
    collected: dict[tuple[str, str], tuple[Follow, ...]] = {}
    for declared in (value for module in modules for value in vars(module).values() if isinstance(value, After)):
        for action in declared.actions:
            key = declared.service, action
            collected[key] = (*collected.get(key, ()), declared.follow)
    return collected


_PATCHES: dict[tuple[Any, str], Any] = {}


def patch(target: Any, attribute: str) -> Callable[[Replacement], Replacement]:
    """Replace an attribute of moto by the decorated function or class, once `apply_patches` is called."""

    def declare(replacement: Replacement) -> Replacement:
        assert (target, attribute) not in _PATCHES, f"{target} has two patches of {attribute}"
        _PATCHES[target, attribute] = replacement
        return replacement

    return declare


def apply_patches() -> None:
    """Apply every patch that the imported modules declare; calling it again changes nothing."""
    for (target, attribute), replacement in _PATCHES.items():
        setattr(target, attribute, replacement)
