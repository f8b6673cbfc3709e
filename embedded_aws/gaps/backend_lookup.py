"""moto 5.2.5 takes a lock and walks through lists whenever the backend of an account is looked up.

The pipeline does that for every event, so the way is made short for an account that is there already.
"""

from __future__ import annotations

from typing import Any

from moto.core.base_backend import BackendDict

_getitem_of_moto = BackendDict.__getitem__


def _getitem(backends: BackendDict[Any], account_id: str) -> Any:
    # Whatever is in the dictionary has been registered for moto's reset, which clears both.
    found = backends.get(account_id)
    return _getitem_of_moto(backends, account_id) if found is None else found


def close() -> None:
    """Replace moto's method."""
    BackendDict.__getitem__ = _getitem  # type: ignore[method-assign]
