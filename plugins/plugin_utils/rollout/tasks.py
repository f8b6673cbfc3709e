# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Where a task stands in its play."""

from __future__ import annotations

from typing import Any


def tasks_of(play: Any) -> list[Any]:
    """Return the tasks of a play that do not depend on a result, in their order."""
    found = [task for block in play.compile() for task in _tasks(block)]
    return [task for task in found if not getattr(task, "implicit", False)]


def _tasks(block: Any) -> list[Any]:
    """Return the tasks of a block, those that run always at its end."""
    found: list[Any] = []
    for each in (*block.block, *block.always):
        found += _tasks(each) if hasattr(each, "always") else [each]
    return found


def is_rescued(task: Any) -> bool:
    """Return whether a block around a task goes on when the task fails."""
    parent = task._parent
    while parent is not None:
        if getattr(parent, "rescue", None) and task not in parent.rescue:
            return True
        parent = parent._parent
    return False
