"""What breaks in the next release, from the fragments of the changelog."""

from __future__ import annotations

from pathlib import Path

import yaml

FRAGMENTS = Path(__file__).resolve().parents[2] / "changelogs/fragments"


def breaking_changes() -> str:
    """Return the list of breaking changes and removed features."""
    found: list[str] = []
    for path in sorted(FRAGMENTS.glob("*.yml")):
        fragment = yaml.safe_load(path.read_text())
        found += fragment.get("breaking_changes", []) + fragment.get("removed_features", [])
    return "".join(f"- {' '.join(text.split()).replace('``', '`')}\n" for text in sorted(found))
