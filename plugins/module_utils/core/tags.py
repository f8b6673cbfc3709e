# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Tags, and the tag that marks resources as managed by this collection.

Sources: AWS General Reference, "Tag naming limits and requirements" (50 tags, keys of 128 and values of 256
characters, ``aws:`` reserved); the characters are those of IAM and CloudWatch Logs (API references, Tag and
TagResource), which refuse others.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from .problems import require

OWNER_KEY = "secmon:managed-by"
OWNER_VALUE = "secmon.aws"
OWNER_MARK = {OWNER_KEY: OWNER_VALUE}

_ADOPT = "Choose another name, or adopt it with adopt: true."
_MAX_TAGS = 50
# Beside letters, numbers and separators of any script: [\\p{L}\\p{Z}\\p{N}_.:/=+\\-@] in the API references.
_MARKS = "_.:/=+-@"
_MAX_KEY_LENGTH = 128
_MAX_VALUE_LENGTH = 256


Listed = Mapping[str, Mapping[str, str]]
"""What the tagging API lists: tags by ARN."""


@dataclass(frozen=True)
class TagChange:
    """The change from the current tags of a resource to the desired ones.

    Attributes:
        add: Tags to set.
        remove: Keys to remove.
        after: All tags after the change, without the tags that AWS sets.
    """

    add: Mapping[str, str]
    remove: tuple[str, ...]
    after: Mapping[str, str]


def as_texts(values: Mapping[Any, Any]) -> dict[str, str]:
    """Return tags or dimensions of a task as strings; a key without a value in YAML gets an empty one."""
    return {str(key): "" if value is None else str(value) for key, value in values.items()}


def listed_tags(listed: Listed | None, arn: str) -> dict[str, str]:
    """Return the listed tags of a resource; none if it is not listed."""
    return dict((listed or {}).get(arn, {}))


def own_tags(tags: Mapping[str, str]) -> dict[str, str]:
    """Return the tags that users can change: tags that AWS sets begin with ``aws:``."""
    return {key: tags[key] for key in sorted(tags) if not key.startswith("aws:")}


def tag_change(current: Mapping[str, str], desired: Mapping[str, str] | None, purge: bool = True) -> TagChange:
    """Plan the tags of a resource, including the ownership tag.

    Args:
        current: The current tags.
        desired: The tags of the task, or None if it sets no tags: then only the ownership tag changes.
        purge: Whether to remove tags that the task does not name.
    """
    current = own_tags(current)
    kept = current if desired is None or not purge else {}
    after = own_tags({**kept, **(desired or {}), **OWNER_MARK})
    return TagChange(
        add={key: value for key, value in after.items() if current.get(key) != value},
        remove=tuple(key for key in current if key not in after),
        after=after,
    )


def tag_problems(tags: Mapping[str, str] | None) -> Iterator[str]:
    """Yield why AWS would reject tags."""
    for key, value in (tags or {}).items():
        if not 1 <= len(key) <= _MAX_KEY_LENGTH:
            yield f"The tag key {key!r} has {len(key)} characters; AWS accepts 1 to {_MAX_KEY_LENGTH}."
        if len(value) > _MAX_VALUE_LENGTH:
            yield f"The value of tag {key!r} has {len(value)} characters; AWS accepts at most {_MAX_VALUE_LENGTH}."
        if odd := _odd_characters(f"{key}{value}"):
            yield (
                f"The tag {key!r} contains {odd}. IAM and CloudWatch Logs accept letters, numbers, spaces and"
                f" {_MARKS} only, in keys and values."
            )
        if key.lower().startswith("aws:"):
            yield f"The tag key {key!r} begins with aws:, which AWS reserves. Choose another key."
        if key == OWNER_KEY and value != OWNER_VALUE:
            yield f"This collection sets the tag {OWNER_KEY} to mark its resources. Remove it from tags."
    if len({*(tags or {}), OWNER_KEY}) > _MAX_TAGS:
        yield f"There are {len(tags or {})} tags; AWS accepts {_MAX_TAGS}, including {OWNER_KEY}."


def _odd_characters(text: str) -> str:
    """Return the characters that AWS rejects in a tag, each once; empty if there are none."""
    odd = (char for char in text if unicodedata.category(char)[0] not in "LZN" and char not in _MARKS)
    return ", ".join(repr(char) for char in dict.fromkeys(odd))


def is_managed(tags: Mapping[str, str]) -> bool:
    """Return whether a resource has the ownership tag of this collection."""
    return tags.get(OWNER_KEY) == OWNER_VALUE


def require_ownership(
    resource: str, tags: Mapping[str, str], *, adopt: bool, unfinished: bool = False, advice: str = _ADOPT
) -> None:
    """Raise RequestError if a resource is not managed by this collection.

    Args:
        resource: The resource in words: ``log group /aws/cloudtrail/logs``.
        tags: Its current tags.
        adopt: Whether the task adopts existing resources.
        unfinished: Whether an interrupted run may have created it: it is empty and has no tags.
        advice: What the user can do instead.
    """
    if not (adopt or unfinished or is_managed(tags)):
        require([not_managed_problem(resource, tags, advice)])


def not_managed_problem(resource: str, tags: Mapping[str, str], advice: str = _ADOPT) -> str:
    """Return the message about a resource that exists and is not managed by this collection."""
    other = f", but {OWNER_KEY}={tags[OWNER_KEY]}" if OWNER_KEY in tags else ""
    return (
        f"The {resource} already exists and is not managed by this collection (it lacks the tag"
        f" {OWNER_KEY}={OWNER_VALUE}{other}). Nothing was changed. {advice}"
    )


def as_list(tags: Mapping[str, str]) -> list[dict[str, str]]:
    """Return tags in the form that most APIs accept."""
    return [{"Key": key, "Value": tags[key]} for key in sorted(tags)]


def as_mapping(tags: Iterable[Mapping[str, str]]) -> dict[str, str]:
    """Return tags as a mapping from the form that most APIs return."""
    return {tag["Key"]: tag.get("Value", "") for tag in tags}
