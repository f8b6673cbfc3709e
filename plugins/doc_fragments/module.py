# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Documentation that the modules of this collection share."""

from __future__ import annotations


class ModuleDocFragment:
    """Options and attributes of every module that talks to AWS."""

    DOCUMENTATION = r"""
options:
  account_id:
    description:
      - The account of the credentials, as M(secmon.aws.account_credentials) returns it, if it is known. It saves the
        call of STS by which the module would find it out.
    type: str
    version_added: 0.4.0
  timeout_seconds:
    description:
      - Number of seconds for which a task retries throttled calls, internal errors of AWS and broken connections, all
        retries together. With the keyword C(timeout) of Ansible, they end ten seconds before the task's time is over.
    type: int
    default: 120
attributes:
  check_mode:
    description: Returns the same changes and the same diff, and writes nothing.
    support: full
  diff_mode:
    description: Shows the changed settings before and after, without secrets.
    support: full
  platform:
    description: Runs wherever Python and boto3 do, usually on the controller.
    support: full
    platforms: posix
"""

    OWNERSHIP = r"""
options:
  adopt:
    description:
      - Whether to adopt an existing resource that this collection did not make.
      - Without it, the task fails for such a resource before it writes anything.
    type: bool
    default: false
"""

    LISTED = r"""
options:
  listed:
    description:
      - The tags of resources by ARN, as M(secmon.aws.account_credentials) lists those with the tag
        C(secmon:managed-by).
      - The listing may be minutes old. It saves calls if nothing has to be changed, and nothing is written because of
        it.
    type: dict
    version_added: 0.4.0
"""

    TAGS = r"""
options:
  tags:
    description:
      - The tags. The tag C(secmon:managed-by) is added, which marks the resource as managed by this collection.
    type: dict
  purge_tags:
    description: Whether to remove tags that are not in O(tags), if O(tags) is set.
    type: bool
    default: true
"""

    ALARMS = r"""
options:
  purge_tag:
    description:
      - Delete the other alarms of this type that are managed by this collection and have all of these tags.
      - Alarms that are not managed by this collection are kept, even with O(adopt).
    type: dict
  tags:
    description: Tags of every alarm. The tag C(secmon:managed-by) is added to mark them as managed by this collection.
    type: dict
  purge_tags:
    description: Whether to remove tags that are neither in O(tags) nor in O(alarms[].tags), if either is set.
    type: bool
    default: true
  state:
    description: Whether the alarms should exist.
    type: str
    choices: [present, absent]
    default: present
"""

    # Named before secmon.aws.module: the first fragment that has an attribute wins.
    READER = r"""
attributes:
  check_mode:
    description: Does the same, as the module only reads.
    support: full
  diff_mode:
    description: The module changes nothing.
    support: none
  platform:
    description: Runs on any host with Python and boto3, usually the controller.
    support: full
    platforms: posix
"""

    CONTROLLER = r"""
attributes:
  check_mode:
    description: Does the same, since it changes no account.
    support: full
  diff_mode:
    description: Returns no diff.
    support: none
  platform:
    description: Runs on the controller for any target.
    support: full
    platforms: all
"""
