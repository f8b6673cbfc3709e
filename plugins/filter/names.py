# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The names and ARNs of a deployment, for the roles."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ansible_collections.secmon.aws.plugins.module_utils.core.aws_names import deployment_names

DOCUMENTATION = r"""
name: names
short_description: Return the names and ARNs of a deployment
version_added: 0.4.0
description:
  - Returns every name and ARN of the security monitoring system in one account, in the partition of its region.
  - The role C(secmon.aws.common) applies it to the variables of the account.
options:
  _input:
    description: The variables of the account by name, such as C(secmon_region).
    type: dict
    required: true
author:
  - The secmon.aws founders (@secmon)
"""

EXAMPLES = r"""
# In a play or role that depends on secmon.aws.common:
- name: Show the ARN of another trail
  ansible.builtin.debug:
    msg: "{{ (__common_settings | secmon.aws.names(secmon_trail_name='audit')).trail_arn }}"
"""

RETURN = r"""
_value:
  description: The names and ARNs.
  type: dict
"""


def names(settings: Mapping[str, Any], **changes: Any) -> dict[str, Any]:
    """Return the names and ARNs of a deployment.

    Args:
        settings: The variables of the account by name.
        changes: Values that replace some of them.
    """
    return deployment_names({**settings, **changes})


class FilterModule:
    """The filters of this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return the filters by name."""
        return {"names": names}
