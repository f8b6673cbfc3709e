# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Run the module account_credentials, whose result is hidden unless it is a message."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from ansible_collections.secmon.aws.plugins.action.own_module import ActionModule as OwnActionModule
from ansible_collections.secmon.aws.plugins.module_utils.sts.refusal import refusal

# A failed result contains nothing else: what a broken module printed may contain credentials.
_OF_A_FAILURE = ("changed", "error", "msg", "problems", "warnings", "failed")

_CONNECTION = ("region", "endpoint_url", "aws_config", "profile", "access_key", "secret_key", "session_token")


def _connection(asked: Mapping[str, Any], result: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options by which later modules of this collection use the credentials."""
    own = {name: asked[name] for name in _CONNECTION if asked.get(name)}
    keys = {name: result["sts_creds"][name] for name in _CONNECTION if name in result["sts_creds"]}
    if keys:
        own.pop("profile", None)
    return own | keys | {"account_id": result["account"]}


class ActionModule(OwnActionModule):
    """The action of all modules of this collection, except that its result is a secret."""

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Return the credentials, or why the account of the inventory cannot be used."""
        started, asked = time.time(), dict(self._task.args)
        result = super().run(tmp, task_vars)
        known = task_vars or {}
        state = str(known.get("aws_account_state") or "ACTIVE")
        problem = refusal(asked, result, known["inventory_hostname"], self._passes_them_on(), state)
        if problem:
            result = {name: result[name] for name in _OF_A_FAILURE if name in result}
            return result | {"failed": True, "msg": problem, "started": started}
        # Like the keyword no_log, which would hide the message of a failure too.
        return result | {"started": started, "own": _connection(asked, result), "_ansible_no_log": True}

    def _passes_them_on(self) -> bool:
        """Return whether later tasks of the play use these credentials, rather than those of the environment."""
        defaults = self._task.module_defaults
        return any(str(name).removeprefix("group/").startswith("secmon.aws.") for some in defaults for name in some)
