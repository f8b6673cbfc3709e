# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Keep secrets out of the output of a module."""

from __future__ import annotations

import base64
import json
import urllib.parse
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from .url_passwords import url_passwords, without_url_passwords

# Ansible itself shows this in the place of a parameter with no_log.
_SHOWN = "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"
# Ansible masks a secret wherever it occurs in the output. A value such as "1" would mask a part of every ARN, so short
# values are only never printed. Numbers are ports and years more often than passwords, and numbers of four digits occur
# in many account IDs.
_SHORTEST_MASKED = 4
_SHORTEST_NUMBER_MASKED = 8


def take_secrets(module: Any, options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters, and remove the secret ones and passwords in URLs from the module.

    A parameter is secret if its specification has no_log. Encoded forms of a secret, which an error message could
    contain, are masked as well.
    """
    params = dict(module.params)
    shown = _shown(module, params)
    for name, option in options.items():
        if not option.get("no_log"):
            module.params[name] = without_url_passwords(params[name])
            _mask(module, ((password, _SHORTEST_MASKED) for password in url_passwords(params[name])))
        elif params[name] is not None:
            module.params[name] = _SHOWN
            _mask(module, _texts(params[name]), shown)
    return params


def _mask(module: Any, secrets: Iterable[tuple[str, int]], shown: str = "") -> None:
    for text, shortest in secrets:
        module.no_log_values.discard(text)
        module.no_log_values.update(form for form in _forms(text) if len(form) >= shortest and form not in shown)


def _shown(module: Any, params: Mapping[str, Any]) -> str:
    """Return the parameters that are not secret as text: a part of them, such as the region, is not masked."""
    # An alias is not in the specification, and may be the alias of a secret.
    open_names = {name for name, option in module.argument_spec.items() if not option.get("no_log")}
    return json.dumps({name: params[name] for name in params if name in open_names})


def _texts(value: Any) -> Iterator[tuple[str, int]]:
    """Yield each string in a secret and the whole as JSON, each with the minimum length for masking."""
    if isinstance(value, (Mapping, list, tuple)):
        for item in value.values() if isinstance(value, Mapping) else value:
            yield from _texts(item)
        yield json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False), _SHORTEST_MASKED
    elif isinstance(value, (int, float)):
        yield str(value), _SHORTEST_NUMBER_MASKED
    elif value is not None:
        yield str(value), _SHORTEST_MASKED
        yield from _texts_in_json(str(value))


def _texts_in_json(text: str) -> Iterator[tuple[str, int]]:
    """Yield each string in a value that is JSON text."""
    try:
        structure = json.loads(text)
    except ValueError:
        return
    if isinstance(structure, (dict, list)):
        yield from _texts(structure)


def _forms(text: str) -> Iterator[str]:
    """Yield a secret as it is, and encoded for JSON, URLs and base64."""
    yield text
    yield json.dumps(text)[1:-1]
    yield json.dumps(text, ensure_ascii=False)[1:-1]
    # JSON can contain a lone surrogate, which no encoding accepts.
    yield urllib.parse.quote(text, safe="", errors="replace")
    yield urllib.parse.quote_plus(text, errors="replace")
    yield base64.b64encode(text.encode(errors="replace")).decode()
