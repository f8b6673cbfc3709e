"""Operations that the embedded AWS answers itself, because moto does not or does otherwise than AWS.

A gap is a module below ``embedded_aws/gaps`` whose functions carry ``@override``; the package imports all of them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from embedded_aws.call import Call
    from embedded_aws.world import World

Override = Callable[["World", "Call"], dict[str, Any] | None]

_OVERRIDES: dict[tuple[str, str], list[Override]] = {}


def override(service: str, *actions: str) -> Callable[[Override], Override]:
    """Answer these operations by the decorated function.

    The function gets the world and the call. It returns the response by the names of botocore's model, or None to let
    the next override of the operation, and after the last one moto, answer. It raises AwsError for an error.
    """

    def register(function: Override) -> Override:
        for action in actions:
            _OVERRIDES.setdefault((service, action), []).append(function)
        return function

    return register


def overrides_of(service: str, action: str) -> tuple[Override, ...]:
    """Return the overrides of an operation in the order of their registration."""
    return tuple(_OVERRIDES.get((service, action), ()))


def overridden_operations() -> frozenset[tuple[str, str]]:
    """Return service and action of every operation that has an override, of the gaps that are imported."""
    return frozenset(_OVERRIDES)
