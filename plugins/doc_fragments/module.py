# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What the modules of this collection have in common."""

from __future__ import annotations


class ModuleDocFragment:
    """Options and attributes of every module that talks to AWS."""

    DOCUMENTATION = r"""
options:
  timeout_seconds:
    description:
      - How long throttled calls, failures on AWS's side and broken connections are repeated, all those of a task
        together.
    type: int
    default: 120
attributes:
  check_mode:
    description: Predicts the same changes and the same diff, and writes nothing.
    support: full
  diff_mode:
    description: Shows what changes, before and after, without secrets.
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
      - Whether something that exists already and was not made by this collection becomes its own.
      - Otherwise the task fails before it writes anything.
    type: bool
    default: false
"""
