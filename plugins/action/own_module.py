# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Run a module of this collection, without an archive of its code if the connection is warm.

meta/runtime.yml names the modules.
"""

from __future__ import annotations

import sys
from typing import Any

from ansible.plugins.action.normal import ActionModule as NormalActionModule
from ansible_collections.secmon.aws.plugins.module_utils.core.problems import HOST
from ansible_collections.secmon.aws.plugins.plugin_utils.warm.payload import without_archive

# The retries of a module take 120 seconds by default, and end this long before the time limit of its task.
_RETRIES, _MARGIN = 120, 10


class ActionModule(NormalActionModule):
    """The action of all modules, except for how the module reaches the warm connection."""

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Run the module, which names the host in its warnings: of equal ones, Ansible shows only the first.

        The module ends before the time limit of the task, since only the module can say which call AWS kept rejecting.
        """
        limit = self._task.timeout - _MARGIN
        if -_MARGIN < limit < _RETRIES:
            self._task.args.setdefault("timeout_seconds", max(1, limit))
        self._task.environment = [*(self._task.environment or ()), {HOST: (task_vars or {})["inventory_hostname"]}]
        result: dict[str, Any] = super().run(tmp, task_vars)
        return result

    def _configure_module(self, module_name: str, module_args: dict[str, Any], task_vars: dict[str, Any]) -> Any:
        """Return the module's program and its file."""
        found = without_archive(module_name, module_args, task_vars) if self._is_plain(task_vars) else None
        return found or super()._configure_module(module_name, module_args, task_vars)

    def _is_plain(self, task_vars: dict[str, Any]) -> bool:
        """Return whether the module runs on this machine, by this interpreter, at once, as this user."""
        task, connection = self._task, self._connection
        return (
            getattr(connection, "runs_without_archive", False)
            and not (connection.become or task.async_val or task.delegate_to)
            and self._is_pipelining_enabled("new")
            and self._templar.template(task_vars.get("ansible_python_interpreter")) == sys.executable
        )
