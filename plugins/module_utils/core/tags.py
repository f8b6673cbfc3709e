# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Tags, and the one among them that says what is ours.

Sources: AWS General Reference, "Tag naming limits and requirements" (50 tags, keys of 128 and values of 256
characters, ``aws:`` reserved).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from .problems import require

OWNER_KEY = "secmon:managed-by"
OWNER_VALUE = "secmon.aws"
OWNER_MARK = {OWNER_KEY: OWNER_VALUE}

_MAX_TAGS = 50
_MAX_KEY_LENGTH = 128
_MAX_VALUE_LENGTH = 256


@dataclass(frozen=True)
class TagChange:
    """How the tags of a resource become what they should be.

    Attributes:
        add: Tags to set.
        remove: Keys to remove.
        after: All tags afterwards but those that AWS itself sets.
    """

    add: Mapping[str, str]
    remove: tuple[str, ...]
    after: Mapping[str, str]


def as_texts(values: Mapping[Any, Any]) -> dict[str, str]:
    """Return a task's tags or dimensions as texts; what YAML writes without a value has an empty one."""
    return {str(key): "" if value is None else str(value) for key, value in values.items()}


def own_tags(tags: Mapping[str, str]) -> dict[str, str]:
    """Return the tags that people can change: AWS's own begin with ``aws:``."""
    return {key: tags[key] for key in sorted(tags) if not key.startswith("aws:")}


def tag_change(current: Mapping[str, str], wanted: Mapping[str, str] | None, purge: bool = True) -> TagChange:
    """Plan a resource's tags, our mark always among them.

    Args:
        current: The tags found.
        wanted: The tags of the task, or None if it says nothing of tags: then only the mark is seen to.
        purge: Whether tags that the task does not name are removed.
    """
    current = own_tags(current)
    kept = current if wanted is None or not purge else {}
    after = own_tags({**kept, **(wanted or {}), **OWNER_MARK})
    return TagChange(
        add={key: value for key, value in after.items() if current.get(key) != value},
        remove=tuple(key for key in current if key not in after),
        after=after,
    )


def tag_problems(tags: Mapping[str, str] | None) -> Iterator[str]:
    """Yield what AWS would refuse about tags."""
    for key, value in (tags or {}).items():
        if not 1 <= len(key) <= _MAX_KEY_LENGTH:
            yield f"The tag key {key!r} has {len(key)} characters; AWS takes 1 to {_MAX_KEY_LENGTH}."
        if len(value) > _MAX_VALUE_LENGTH:
            yield f"The value of tag {key!r} has {len(value)} characters; AWS takes {_MAX_VALUE_LENGTH} at most."
        if key.lower().startswith("aws:"):
            yield f"The tag key {key!r} begins with aws:, which AWS keeps to itself. Choose another key."
        if key == OWNER_KEY and value != OWNER_VALUE:
            yield f"The tag {OWNER_KEY} says whose a resource is and is set by this collection. Leave it out of tags."
    if len({*(tags or {}), OWNER_KEY}) > _MAX_TAGS:
        yield f"There are {len(tags or {})} tags; AWS takes {_MAX_TAGS}, and one of them marks what is ours."


def is_ours(tags: Mapping[str, str]) -> bool:
    """Whether a resource carries our mark."""
    return tags.get(OWNER_KEY) == OWNER_VALUE


def require_ownership(resource: str, tags: Mapping[str, str], *, adopt: bool, unfinished: bool = False) -> None:
    """Raise RequestError if a resource is somebody else's.

    Args:
        resource: What it is, in words: ``log group /aws/cloudtrail/logs``.
        tags: The tags found on it.
        adopt: Whether the user said that it should become ours.
        unfinished: Whether it is what a run of ours that was killed leaves behind: empty, and not tagged yet.
    """
    if not (adopt or unfinished or is_ours(tags)):
        require([foreign(resource)])


def foreign(resource: str) -> str:
    """Say that something exists that we did not make, and what to do about it."""
    return (
        f"The {resource} exists already and was not made by this collection (it lacks the tag"
        f" {OWNER_KEY}={OWNER_VALUE}). Nothing was changed. Choose another name, or take it over with adopt: true."
    )


def as_list(tags: Mapping[str, str]) -> list[dict[str, str]]:
    """Return tags in the form that most APIs take."""
    return [{"Key": key, "Value": tags[key]} for key in sorted(tags)]


def as_mapping(tags: Iterable[Mapping[str, str]]) -> dict[str, str]:
    """Return tags as a mapping from the form that most APIs give."""
    return {tag["Key"]: tag.get("Value", "") for tag in tags}
