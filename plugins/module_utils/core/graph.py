# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Put things that depend on each other in order."""

from __future__ import annotations

from collections.abc import Collection, Mapping


def layers(needs: Mapping[str, Collection[str]]) -> tuple[list[list[str]], list[str]]:
    """Return what can be made one after another, and what cannot for it depends on a circle.

    Args:
        needs: For each thing the things among them that must be there first.
    """
    left = {name: set(needed) for name, needed in needs.items()}
    made: list[list[str]] = []
    while ready := sorted(name for name, needed in left.items() if not needed & left.keys()):
        made.append(ready)
        for name in ready:
            del left[name]
    return made, sorted(left)
