# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Find and mask passwords in URLs, such as the URL of an https subscription with basic authentication."""

from __future__ import annotations

import re
import urllib.parse
from collections.abc import Iterator, Mapping
from typing import Any

_URL_PASSWORD = re.compile(r"(?P<before>https?://[^/?#:@\s]*:)(?P<password>[^/?#\s]+)@", re.IGNORECASE)


def url_passwords(value: Any) -> Iterator[str]:
    """Yield the passwords in all URLs of a value, as written and decoded."""
    if isinstance(value, Mapping):
        for item in value.values():
            yield from url_passwords(item)
    elif isinstance(value, list):
        for item in value:
            yield from url_passwords(item)
    elif isinstance(value, str) and (found := _URL_PASSWORD.search(value)):
        yield found["password"]
        yield urllib.parse.unquote(found["password"])


def without_url_passwords(value: Any) -> Any:
    """Return a value with ``****`` in the place of all passwords in URLs."""
    if isinstance(value, Mapping):
        return {key: without_url_passwords(item) for key, item in value.items()}
    if isinstance(value, list):
        return [without_url_passwords(item) for item in value]
    return _URL_PASSWORD.sub(r"\g<before>****@", value) if isinstance(value, str) else value
