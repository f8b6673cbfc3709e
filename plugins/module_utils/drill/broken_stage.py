# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""A stage that failed, as an exception that ends the drill."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from ..core.errors import AwsError
from .reads import denial
from .timeline import Finding


class BrokenStageError(Exception):
    """A stage failed or was not reached in time."""

    def __init__(self, finding: Finding) -> None:
        """Keep the cause and remedy."""
        self.finding = finding
        super().__init__(finding.cause)


@contextmanager
def breaking(stage: str) -> Iterator[None]:
    """Turn a failed API call into BrokenStageError."""
    try:
        yield
    except AwsError as error:
        if error.is_denial:
            raise BrokenStageError(denial(stage, error)) from error
        cause = f"{error.subject.operation} failed for the {error.subject.resource}: {error.code}: {error.message}"
        raise BrokenStageError(Finding(stage, "call_failed", cause, error.hint)) from error
