# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The tag of the alarms of a log group, for the role metric_alarm."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ansible_collections.secmon.aws.plugins.module_utils.logs.ownership import log_group_mark

DOCUMENTATION = r"""
name: log_group_mark
short_description: Return the tag that the alarms of a log group have
version_added: 0.4.0
description:
  - Returns the tag C(secmon:log-group) with a value that is legal for every name of a log group and different for each.
  - It is an option of M(secmon.aws.metric_alarms), and the module M(secmon.aws.metric_filters) recognizes it.
options:
  _input:
    description: The name of the log group.
    type: str
    required: true
author:
  - The secmon.aws founders (@secmon)
"""

EXAMPLES = r"""
- name: Delete all alarms of a log group
  secmon.aws.metric_alarms:
    purge_tag: "{{ '/aws/cloudtrail/logs' | secmon.aws.log_group_mark }}"
    state: absent
"""

RETURN = r"""
_value:
  description: The tag.
  type: dict
"""


class FilterModule:
    """The filters of this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return the filters by name."""
        return {"log_group_mark": log_group_mark}
