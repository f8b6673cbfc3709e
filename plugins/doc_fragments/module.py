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
        retries together.
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
