# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The fields that Logs Insights discovers in a message.

Sources: CloudWatch Logs user guide, "Supported logs and discovered fields". Our reading, not seen on AWS: null and
empty objects and arrays are no fields, and of a larger message the first 200 fields are those that are discovered.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

MOST_FIELDS = 200
"""Fields that are discovered in one message (same page)."""

MESSAGE = "@message"


def fields_of(message: str) -> Mapping[str, str]:
    """Return the values of a message by name, as text; a boolean is 1 or 0 (powertools-lambda-dotnet#667)."""
    try:
        document = json.loads(message, parse_int=str, parse_float=str)
    except ValueError:
        document = None
    found = _leaves(document, "") if isinstance(document, dict) else iter(())
    return dict(islice(found, MOST_FIELDS)) | {MESSAGE: message}


def _leaves(value: Any, name: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, below in value.items():
            yield from _leaves(below, _below(name, f"@{key}" if not name and key.startswith("@") else key))
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from _leaves(item, _below(name, str(number)))
    elif isinstance(value, bool):
        yield name, str(int(value))
    elif value is not None:
        yield name, value


def _below(name: str, key: str) -> str:
    return f"{name}.{key}" if name else key
