"""What moto does otherwise than AWS, one file per gap, each to be dropped when moto closes it."""

from __future__ import annotations

import importlib
import pkgutil


def close_gaps() -> None:
    """Close every gap in this process; calling it again changes nothing.

    The import of a module registers its overrides; one that has to change moto itself does so in its `close`.
    """
    for found in pkgutil.iter_modules(__path__, f"{__name__}."):
        module = importlib.import_module(found.name)
        getattr(module, "close", lambda: None)()
