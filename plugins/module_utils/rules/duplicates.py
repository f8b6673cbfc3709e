# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Find rules that would overwrite or falsify each other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ..validation.document import Document


def note_clashes(documents: Iterable[Document]) -> None:
    """Note a problem in each document that has the id, filter name or metric of an earlier one.

    The second filter or alarm of a name would replace the first, and two filters on one metric would add up. Works on
    documents that have other problems as well.
    """
    first: dict[tuple[str, ...], Document] = {}
    for document in documents:
        for key, what, value in _claims(document.value):
            other = first.setdefault((key, *value), document)
            if other is not document:
                message = f"{what} {'/'.join(value)} is taken by {other.value.get('id')} in {other.file}"
                document.add((key,), message, "choose another one")


def _claims(body: Any) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Yield what must be unique: its key, its name in words, and its value."""
    if not isinstance(body, Mapping):
        return
    metric = body.get("metric")
    parts = (metric.get("namespace"), metric.get("name")) if isinstance(metric, Mapping) else ()
    claims = (
        ("id", "the id", (body.get("id"),)),
        ("filter_name", "the filter name", (body.get("filter_name"),)),
        ("metric", "the metric", parts),
    )
    for key, what, value in claims:
        if value and all(isinstance(part, str) and part for part in value):
            yield key, what, tuple(map(str, value))
