# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The state that a rule of EventBridge needs to see the events of its pattern.

In the state ENABLED a rule receives no read-only management events (EventBridge user guide, "Receiving read-only
management events from AWS services").
"""

from __future__ import annotations

from ...filter_pattern.pattern import CompiledPattern
from ...filter_pattern.tree import And, Compare, Condition, Delimited, Everything, Name, Or, Selector, Terms

ENABLED = "ENABLED"
ALL_MANAGEMENT_EVENTS = "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"

_EVENT_NAME = Selector((Name("eventName"),))
# fmt: off
WRITING = (
    "Accept", "Add", "Associate", "Attach", "Authorize", "Cancel", "Close", "Create", "Deactivate", "Decline",
    "Delete", "Deregister", "Detach", "Disable", "Disassociate", "Disconnect", "Enable", "Import", "Invite", "Leave",
    "Modify", "Move", "Put", "Register", "Reject", "Remove", "Replace", "Reset", "Revoke", "Schedule", "Set",
    "Stop", "Unsubscribe", "Update", "Upload",
)
# fmt: on


def state_for(pattern: CompiledPattern) -> str:
    """Return the state for a pattern: the larger one unless each event that matches is of a call that writes.

    The larger state costs nothing, because the pattern decides what is sent; the smaller one can miss events.
    """
    tree = pattern.tree
    if isinstance(tree, Everything | Terms | Delimited):
        return ALL_MANAGEMENT_EVENTS
    return ENABLED if _only_writes(tree) else ALL_MANAGEMENT_EVENTS


def _only_writes(condition: Condition) -> bool:
    if isinstance(condition, And):
        return any(map(_only_writes, condition.operands))
    if isinstance(condition, Or):
        return all(map(_only_writes, condition.operands))
    if not isinstance(condition, Compare) or condition.operator != "=" or condition.selector != _EVENT_NAME:
        return False
    return not condition.literal.is_regex and condition.literal.text.startswith(WRITING)
