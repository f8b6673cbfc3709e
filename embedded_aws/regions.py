"""The names of the regions that people read."""

from __future__ import annotations

from functools import cache

import botocore.session


@cache
def _display_names() -> dict[str, str]:
    endpoints = botocore.session.get_session().get_component("data_loader").load_data("endpoints")
    return {
        code: region["description"]
        for partition in endpoints["partitions"]
        for code, region in partition["regions"].items()
    }


def display_name(region: str) -> str:
    """Return such as "US East (N. Virginia)"; the code itself for a region that botocore does not know."""
    return _display_names().get(region, region)
