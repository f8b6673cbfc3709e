# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Load what every task uses before the controller forks, and share the templates that its forks compile.

Ansible runs each task in a fork of the controller, and each fork would load all filters, the connection and its options
again, which takes longer than most tasks. What is loaded when a fork starts is shared with it.
"""

from __future__ import annotations

import contextlib
import copy
import gc
import os
from pathlib import Path
from typing import Any

import jinja2.defaults
from ansible import constants
from ansible.module_utils.common.json import Direction, get_module_decoder, get_module_encoder
from ansible.plugins.loader import (
    action_loader,
    connection_loader,
    filter_loader,
    lookup_loader,
    shell_loader,
    test_loader,
)

from .shared_templates import share_templates

_CLASS = {"class_only": True}

# The first filter and the first test of Ansible's own load all of them.
_PLUGINS: tuple[tuple[Any, dict[str, bool], tuple[str, ...]], ...] = (
    (filter_loader, {}, ("ansible.builtin.default", "secmon.aws.names", "secmon.aws.log_group_mark")),
    (test_loader, {}, ("ansible.builtin.search",)),
    (action_loader, _CLASS, ("ansible.legacy.normal", "ansible.builtin.debug")),
    (action_loader, _CLASS, ("secmon.aws.account_credentials", "secmon.aws.own_module")),
    (connection_loader, _CLASS, ("secmon.aws.warm",)),
    (lookup_loader, _CLASS, ("ansible.builtin.env", "ansible.builtin.template", "ansible.builtin.password")),
    (shell_loader, _CLASS, ("sh",)),
)


def share_plugins() -> None:
    """Load the plugins; the task that uses a plugin reports why it cannot be loaded."""
    for loader, options, names in _PLUGINS:
        for name in names:
            with contextlib.suppress(Exception):
                _keep(loader, name, loader.get(name, **options))
    with contextlib.suppress(Exception):
        _keep_those_of_jinja()
    share_templates(Path(constants.DEFAULT_LOCAL_TMP, "secmon_templates"))
    # The garbage collector of a fork would write to every object of the controller, which copies its memory.
    os.register_at_fork(after_in_child=gc.freeze)
    with contextlib.suppress(Exception):
        _load_results()


def _keep(loader: Any, name: str, plugin: Any) -> None:
    """Keep a filter of a collection, for which Ansible would load all files of its folder again for each task."""
    known = getattr(loader, "_cached_non_collection_wrappers", None)
    if known and plugin:
        known.setdefault(name, plugin)


def _keep_those_of_jinja() -> None:
    """Keep the filters and tests of Jinja, which Ansible would look for in all files of its own for each task.

    All files of Ansible and of the user have been loaded, so that one of them with such a name precedes it.
    """
    from ansible._internal._templating import _jinja_bits as bits

    for loader, plugins in ((filter_loader, bits._BUILTIN_FILTERS), (test_loader, bits._BUILTIN_TESTS)):
        for name, plugin in plugins.items():
            kept: Any = copy.copy(plugin)
            kept._original_path = jinja2.defaults.__file__  # each plugin must have a file
            _keep(loader, name, kept)


def _load_results() -> None:
    """Load what each fork needs for the arguments and the result of its module."""
    for direction in Direction.CONTROLLER_TO_MODULE, Direction.MODULE_TO_CONTROLLER:
        get_module_encoder("legacy", direction)
        get_module_decoder("legacy", direction)
    from ansible._internal._task import UnifiedTaskResult

    for source_is_module in True, False:
        # Kept by the way in which it is called: with a keyword.
        UnifiedTaskResult.get_result_key_to_resolved_field_mapping(source_is_module=source_is_module)
