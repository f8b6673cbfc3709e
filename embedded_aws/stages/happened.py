"""A call on its way from the thread that answered it to the worker."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from embedded_aws.call import Answer, Call
from embedded_aws.stages.select import TrailView


@dataclass(frozen=True, slots=True)
class Happened:
    """A call, its answer, and what was true at its moment: who called, and which trails were logging."""

    call: Call
    answer: Answer
    identity: dict[str, Any]
    views: tuple[TrailView, ...]
