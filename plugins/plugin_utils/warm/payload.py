# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Decide whether a module of this collection can run without an archive of its code, and build its program.

Building the archive of a module takes longer than its calls: Ansible parses the source of everything that the module
imports. On this machine the code is there already. What is private in ansible-core is used only if it has the known
form; otherwise, and for everything that the archive can do and this cannot, the archive is built.
"""

from __future__ import annotations

import dataclasses
import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import ansible.module_utils
from ansible import constants
from ansible.executor import module_common
from ansible.module_utils.common.json import Direction, get_module_encoder
from ansible.plugins.loader import module_utils_loader

from .client import collection_roots, server_socket
from .program import COLLECTIONS, folders_of_collections, program_of

OWN = "secmon.aws."
# Debuggers, coverage and limits are built into an archive.
_OF_AN_ARCHIVE = (
    "_ANSIBALLZ_COVERAGE_CONFIG",
    "_ANSIBALLZ_DEBUGPY_CONFIG",
    "_ANSIBALLZ_PYDEVD_CONFIG",
    "PYTHON_MODULE_RLIMIT_NOFILE",
)
_FIELDS = {"b_module_data", "module_style", "shebang", "serialization_profile"}


def without_archive(module: str, params: Mapping[str, Any], task_vars: Mapping[str, Any]) -> tuple[Any, str] | None:
    """Return what Ansible needs to run a module of this collection from its own files, or None if it must not.

    Args:
        module: The full name of the module.
        params: Its arguments, with those that Ansible adds.
        task_vars: The variables of the task.
    """
    built: Any = getattr(module_common, "_BuiltModule", None)
    folders = folders_of_collections(collection_roots(), COLLECTIONS)
    file = Path(folders.get("secmon.aws", ""), "plugins", "modules", f"{module.removeprefix(OWN)}.py")
    if not _has_known_form(built) or not file.is_file() or not _is_plain(task_vars):
        return None
    try:
        server_socket(constants.DEFAULT_LOCAL_TMP)
    except OSError:
        return None
    encoder = get_module_encoder("legacy", Direction.CONTROLLER_TO_MODULE)
    arguments = {
        "module": f"ansible_collections.{OWN}plugins.modules.{file.stem}",
        "params": json.dumps({"ANSIBLE_MODULE_ARGS": params}, cls=encoder),
        "collections": folders,
    }
    data, shebang = program_of(arguments), f"#!{sys.executable}"
    return built(b_module_data=data, module_style="new", shebang=shebang, serialization_profile="legacy"), str(file)


def _has_known_form(built: Any) -> bool:
    """Return whether the payload of ansible-core has the fields that its versions 2.19 to 2.21 need."""
    if not built or not dataclasses.is_dataclass(built):
        return False
    needed = {field.name for field in dataclasses.fields(built) if field.default is dataclasses.MISSING}
    return needed == _FIELDS


def _is_plain(task_vars: Mapping[str, Any]) -> bool:
    """Return whether no option asks for what only an archive has, and no folder replaces Ansible's module_utils."""
    for name in _OF_AN_ARCHIVE:
        if name in constants.config.get_configuration_definitions() and constants.config.get_config_value(
            name, variables=dict(task_vars)
        ):
            return False
    own = os.path.realpath(Path(str(ansible.module_utils.__file__)).parent)
    folders = [folder for folder in module_utils_loader.print_paths().split(os.pathsep) if Path(folder).is_dir()]
    return all(f"{os.path.realpath(folder)}/".startswith(f"{own}/") for folder in folders)
