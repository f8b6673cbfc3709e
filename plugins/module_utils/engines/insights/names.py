# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The names of fields and the literals of a Logs Insights query.

Sources: CloudWatch Logs user guide, "Fields that contain special characters" and "Supported logs and discovered
fields".
"""

from __future__ import annotations

import re

from ...filter_pattern.tree import AnyElement, AnyField, FieldName, Index, Name, Selector
from ..translation import InexpressibleError

PLAIN_NAME = re.compile(r"[A-Za-z0-9@.]+")
FIELDS_GUIDE = 'CloudWatch Logs user guide, "Supported logs and discovered fields"'
_SPECIAL = re.compile(r"[\\.^$*+?()\[\]{}|/]")


def field_name(selector: Selector | FieldName) -> str:
    """Return the name of the field that a selector selects: arrays and objects are flattened to names with dots."""
    if not isinstance(selector, Selector):
        raise InexpressibleError("Logs Insights discovers no fields in lines that are not JSON.", FIELDS_GUIDE)
    parts: list[str] = []
    for step in selector.steps:
        if isinstance(step, AnyElement):
            raise InexpressibleError(
                "Logs Insights numbers the elements of an array; it has no word for any.", FIELDS_GUIDE
            )
        if isinstance(step, AnyField):
            raise InexpressibleError("Logs Insights has no wildcard for the names of fields.", FIELDS_GUIDE)
        if isinstance(step, Index):
            parts.append(str(step.index))
        elif isinstance(step, Name):
            parts.append(step.name)
    name = ".".join(parts)
    # A name that begins with @ is shown with a second one.
    name = f"@{name}" if name.startswith("@") else name
    return quoted_name(name)


def quoted_name(name: str) -> str:
    """Return a name as it stands in a query, in backticks if it has other characters than letters and digits."""
    if PLAIN_NAME.fullmatch(name):
        return name
    if "`" in name:
        raise InexpressibleError("A name with a backtick cannot be written in a query.", FIELDS_GUIDE)
    return f"`{name}`"


def quoted(text: str) -> str:
    """Return a text in double quotes."""
    if not text.isprintable():
        raise InexpressibleError("A text with control characters cannot be written in a query.", FIELDS_GUIDE)
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def escaped(text: str) -> str:
    """Return a text as part of a regular expression between slashes."""
    quoted(text)
    return _SPECIAL.sub(r"\\\g<0>", text)
