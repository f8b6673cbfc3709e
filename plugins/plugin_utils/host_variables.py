# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Read the variables of every host of a play on the controller."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ansible.errors import AnsibleValueOmittedError
from ansible_collections.secmon.aws.plugins.module_utils.preflight.checks import CONNECTION, RawValue


def read_hosts(task: Any, templar: Any, hosts: Iterable[str], prefix: str) -> dict[str, dict[str, RawValue]]:
    """Return the variables with a prefix, the connection, and the names of all variables on the command line.

    Values are those that the task would see.

    Args:
        task: The task that runs. `hostvars` would lack the variables of its play.
        templar: The action's templar.
        hosts: The hosts' names.
        prefix: What the variables' names begin with.
    """
    manager = task.get_variable_manager()
    play = task.get_play().copy()
    # The defaults of this collection's roles are not variables of an account.
    play.roles = [role for role in play.roles if not role.get_name().startswith("secmon.aws.")]
    return {host: _read_host(manager, play, task, templar, host, prefix) for host in hosts}


def _read_host(manager: Any, play: Any, task: Any, templar: Any, host: str, prefix: str) -> dict[str, RawValue]:
    # ansible-core 2.19 and 2.21 give an action no public way to the variables of another host.
    known = manager.get_vars(play=play, host=manager._inventory.get_host(host), task=task)
    in_context = templar.copy_with_new_env(available_variables=known)
    extra = manager.extra_vars
    own = {str(name): raw for name, raw in known.items() if str(name).lower().startswith(prefix)}
    read = {name: _read(in_context, raw, from_command_line=name in extra) for name, raw in own.items()}
    # Others of the command line may be misspelt variables of a role; their values do not matter.
    others = {str(name): RawValue() for name in extra if name not in own}
    # A variable precedes the keyword of the play, and both precede the default of the configuration.
    read[CONNECTION] = _read(in_context, known.get(CONNECTION, task.connection), from_command_line=False)
    return others | {name: value for name, value in read.items() if value is not None}


def _read(templar: Any, raw: Any, *, from_command_line: bool) -> RawValue | None:
    """Return a variable's value, or None if it is `omit`."""
    try:
        value = plain(templar.template(raw))
        loose = from_command_line or templar.is_template(raw)
        return RawValue(value, loose=loose, command_line=from_command_line)
    except AnsibleValueOmittedError:
        return None
    except Exception as error:  # a filter or a lookup of the user's can raise anything
        return RawValue(error=str(error) or type(error).__name__)


def plain(value: Any) -> Any:
    """Return a value without Ansible's types, all templates in it filled in."""
    if isinstance(value, Mapping):
        return {plain(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, str):
        return str(value)
    return value
