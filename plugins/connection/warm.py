# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Run modules on the controller, in forks of an interpreter that has already imported boto3."""

from __future__ import annotations

DOCUMENTATION = r"""
name: warm
short_description: Runs modules on the controller, without starting Python for each
version_added: 0.3.0
author:
  - The secmon.aws founders (@secmon)
description:
  - Works like P(ansible.builtin.local#connection), but runs a module that uses the Python interpreter of Ansible in a
    fork of a process that has already imported the libraries of modules (ansible, boto3, botocore).
  - A module of this collection also runs from the controller's own files, without an archive of its code.
  - The first task starts the process, and it ends with the playbook. It belongs to one run of Ansible; nothing is kept
    between runs.
  - P(ansible.builtin.local#connection) handles everything else. That is commands, other interpreters, C(become),
    asynchronous tasks, and systems on which the process cannot be started.
notes:
  - Set C(ansible_python_interpreter) to C({{ ansible_playbook_python }}), which is usual for AWS modules that run on
    the controller. With another interpreter this plugin is the same as P(ansible.builtin.local#connection).
  - Each module has its own process, environment, working directory, output and exit code, and each run uses the current
    code of its collections.
options:
  pipelining:
    description:
      - Passes a module to Python without writing it to a file first. Without it, no module runs in a fork.
    type: bool
    default: true
    env:
      - name: ANSIBLE_PIPELINING
    vars:
      - name: ansible_pipelining
  become_success_timeout:
    description:
      - Number of seconds to wait for C(become) to succeed.
    type: int
    default: 10
    vars:
      - name: ansible_local_become_success_timeout
  become_strip_preamble:
    description:
      - Strips what C(become) prints before a command.
    type: bool
    default: true
    vars:
      - name: ansible_local_become_strip_preamble
"""

EXAMPLES = r"""
# inventory/mine/group_vars/all.yml
ansible_connection: secmon.aws.warm
ansible_python_interpreter: "{{ ansible_playbook_python }}"
"""

import sys
from typing import Any

from ansible import constants
from ansible.errors import AnsibleConnectionFailure
from ansible.plugins.connection.local import Connection as LocalConnection
from ansible.utils.display import Display
from ansible_collections.secmon.aws.plugins.plugin_utils.warm.client import (
    ProgramLostError,
    python_environment,
    run_program,
    server_socket,
)

display = Display()


class Connection(LocalConnection):
    """The local connection, except for modules that use the interpreter of Ansible.

    A module of this collection reaches it without its code: see plugins/action/own_module.py.
    It keeps the transport `local`, for which Ansible runs everything in the playbook's directory.
    """

    runs_without_archive = True

    def exec_command(self, cmd: str, in_data: bytes | None = None, sudoable: bool = True) -> tuple[int, bytes, bytes]:
        """Run a command, or a module in a fork of the warm interpreter."""
        added = python_environment(cmd, sys.executable) if in_data and not self.become else None
        if added is None:
            return self._exec_cold(cmd, in_data, sudoable)
        try:
            path = server_socket(constants.DEFAULT_LOCAL_TMP)
            display.vvv(f"EXEC warm {sys.executable}", host=self._play_context.remote_addr)
            return run_program(path, in_data, added, self.cwd)
        except ProgramLostError as error:
            raise AnsibleConnectionFailure(f"{error} Run it again: what it has changed is kept.") from None
        except OSError as error:
            # Ansible shows equal warnings of all forks once.
            display.warning(
                f"secmon.aws.warm cannot be used: {error}. Each module starts Python, which is only slower."
            )
            return self._exec_cold(cmd, in_data, sudoable)

    def _exec_cold(self, cmd: str, in_data: bytes | None, sudoable: bool) -> tuple[int, bytes, bytes]:
        result: Any = super().exec_command(cmd, in_data=in_data, sudoable=sudoable)
        return result
