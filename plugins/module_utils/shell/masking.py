# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Keep secrets out of everything that a module prints."""

from __future__ import annotations

import base64
import json
import urllib.parse
from collections.abc import Iterator, Mapping
from typing import Any

# What Ansible itself shows in the place of such a parameter.
_SHOWN = "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"
# Ansible replaces a secret wherever it occurs in the output. A value such as "1" would blank every ARN, and cannot be
# kept secret by blanking anyway; we never print it, which is what protects it.
_SHORTEST_MASKED = 4


def take_secrets(module: Any, options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters, and leave in the module none of those that its specification calls secret.

    The forms in which a secret could slip into an error message, such as base64, are masked besides.
    """
    params = dict(module.params)
    for name, option in options.items():
        if option.get("no_log") and params[name] is not None:
            module.params[name] = _SHOWN
            for text in _texts(params[name]):
                module.no_log_values.discard(text)
                module.no_log_values.update(form for form in _forms(text) if len(form) >= _SHORTEST_MASKED)
    return params


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from _texts(item)
    elif value is not None:
        yield str(value)


def _forms(text: str) -> Iterator[str]:
    """Yield a secret as it is, and as JSON, URLs and base64 would carry it."""
    yield text
    yield json.dumps(text)[1:-1]
    yield urllib.parse.quote(text, safe="")
    yield urllib.parse.quote_plus(text)
    yield base64.b64encode(text.encode()).decode()
