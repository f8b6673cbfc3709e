# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Run a module of a collection from the controller's own files, as a program that brings no archive of code.

Ansible's own `_loader`, which runs a module in an archive, passes its arguments and its result.
"""

from __future__ import annotations

import ast
import json
import sys
import types
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

# What the modules of this collection import.
COLLECTIONS = ("secmon.aws", "amazon.aws")
_FIRST = b"ARGUMENTS = "
# Python resolves links in the path of the interpreter's script, but not in that of a collection.
_REST = f"""
import json, runpy, sys
sys.path[:] = [folder for folder in sys.path if folder not in ("", ".")]
runpy.run_path({str(Path(__file__).resolve())!r})["run_module"](**json.loads(ARGUMENTS))
""".encode()


def program_of(arguments: Mapping[str, Any]) -> bytes:
    """Return the source text of a program that calls `run_module`, in any interpreter of this machine."""
    return b"%s%s\n%s" % (_FIRST, repr(json.dumps(arguments)).encode(), _REST)


def arguments_of(program: bytes) -> dict[str, Any] | None:
    """Return the arguments of a program that was made by `program_of`; None for any other program."""
    first, _newline, rest = program.partition(b"\n")
    if not first.startswith(_FIRST) or rest != _REST:
        return None
    arguments: dict[str, Any] = json.loads(ast.literal_eval(first.removeprefix(_FIRST).decode()))
    return arguments


def folders_of_collections(roots: Sequence[str], names: Sequence[str]) -> dict[str, str]:
    """Return the folder of each collection, which is in the first root that has it, as Ansible searches it.

    Args:
        roots: Folders named `ansible_collections`.
        names: Full names of collections.
    """
    candidates = {name: [Path(root, *name.split(".")) for root in roots] for name in names}
    found = {name: next((str(path) for path in paths if path.is_dir()), "") for name, paths in candidates.items()}
    return {name: folder for name, folder in found.items() if folder}


def use_collections(folders: Mapping[str, str]) -> None:
    """Let this process import collections from these folders, and none from elsewhere."""
    names = {f"ansible_collections.{name}": [folder] for name, folder in folders.items()}
    parents: dict[str, list[str]] = {"ansible_collections": [], **{name.rpartition(".")[0]: [] for name in names}}
    for name, path in {**parents, **names}.items():
        package = types.ModuleType(name)
        package.__path__ = path
        sys.modules[name] = package


def run_module(module: str, params: str, collections: Mapping[str, str]) -> None:
    """Run a module, which exits.

    Args:
        module: Its name in Python.
        params: Its arguments as JSON, as Ansible passes them.
        collections: The folder of each collection that it may import.
    """
    if "ansible_collections" not in sys.modules:
        use_collections(collections)
    from ansible.module_utils._internal._ansiballz import _loader  # after the interpreter found its collections

    folder = next(iter(collections.values()))
    _loader.run_module(
        json_params=params.encode(), profile="legacy", module_fqn=module, modlib_path=folder, extensions={}
    )
