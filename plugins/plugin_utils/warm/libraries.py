# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Import the libraries of modules once, for the forks of the warm interpreter."""

from __future__ import annotations

import contextlib
import importlib
import importlib.util
import sys
import types
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from importlib.abc import Loader
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path

# The imports of all modules of amazon.aws and of this collection, and those of botocore when it creates a client.
PRELOADED = (
    "ansible.module_utils.basic",
    "ansible.module_utils.common.dict_transformations",
    "ansible.module_utils._internal._ansiballz._loader",
    "ansible.module_utils._internal._json._profiles._module_legacy_c2m",
    "ansible.module_utils._internal._json._profiles._module_legacy_m2c",
    "boto3.session",
    "botocore.client",
    "botocore.httpsession",
    "botocore.parsers",
    "botocore.regions",
    "s3transfer.manager",
    "concurrent.futures.thread",
    "email.parser",
    "zipfile",
)
# Each program brings these two files with a text of their own, which only extends the search for modules.
GENERATED = ("ansible/__init__.py", "ansible/module_utils/__init__.py")


class PreloadedAnsible(Loader):
    """Lends the imported modules of Ansible to a program, unless it brings other code with it.

    A module of Ansible puts an archive with its code first in `sys.path`: the module and the module_utils it uses.
    That archive also has the modules and the module_utils of the user's folders, as modules of the package `ansible`,
    which can replace Ansible's own.
    """

    def __init__(self) -> None:
        """Import the libraries, and take the checksums of their files."""
        for name in PRELOADED:
            with contextlib.suppress(ImportError):
                importlib.import_module(name)
        self.modules = loaded("ansible")
        self.checksums = _checksums(self.modules)

    def hide(self) -> None:
        """Let this process import Ansible and collections again, for a program that brings its code."""
        for name in (*loaded("ansible"), *loaded("ansible_collections")):
            del sys.modules[name]
        sys.meta_path.insert(0, self)

    def find_spec(
        self, name: str, _path: Sequence[str] | None, _target: types.ModuleType | None = None
    ) -> ModuleSpec | None:
        """Lend all modules at the first import of Ansible."""
        if name != "ansible":
            return None
        sys.meta_path.remove(self)
        archive = sys.path[0]
        if not _agree(_contents(archive), self.checksums):
            return None
        for own, module in self.modules.items():
            if hasattr(module, "__path__"):
                module.__path__ = [f"{archive}/{own.replace('.', '/')}", *module.__path__]
            if own != name:  # the import system adds that one
                sys.modules[own] = module
        return importlib.util.spec_from_loader(name, self)

    def create_module(self, spec: ModuleSpec) -> types.ModuleType:
        """Return the imported package."""
        return self.modules[spec.name]

    def exec_module(self, _module: types.ModuleType) -> None:
        """Do nothing, since the package is imported."""


def loaded(package: str) -> dict[str, types.ModuleType]:
    """Return the imported modules of a package by name."""
    return {name: module for name, module in sys.modules.items() if name.partition(".")[0] == package}


def _checksums(modules: Mapping[str, types.ModuleType]) -> dict[str, int]:
    """Return the CRC-32 of the modules' files, by their names in an archive."""
    checksums = {}
    for name, module in modules.items():
        parent = modules.get(name.rpartition(".")[0])
        # Not its `__file__`: the library `distro`, if installed, takes the place of ansible.module_utils.distro.
        spec = PathFinder.find_spec(name, getattr(parent, "__path__", []) if parent else None)
        if spec and spec.has_location:  # namespace packages and generated modules (six.moves) have none
            end = "/__init__.py" if hasattr(module, "__path__") else ".py"
            checksums[name.replace(".", "/") + end] = zlib.crc32(Path(str(spec.origin)).read_bytes())
    return checksums


def _contents(archive: str) -> dict[str, int]:
    """Return the CRC-32 of each file of an archive, or nothing if the program brings no code."""
    try:
        with zipfile.ZipFile(archive) as opened:
            return {info.filename: info.CRC for info in opened.infolist()}
    except (OSError, zipfile.BadZipFile):
        return {}


def _agree(brought: Mapping[str, int], checksums: Mapping[str, int]) -> bool:
    """Return whether every file that an archive and the imported modules have in common is the same."""
    common = (brought.keys() & checksums.keys()) - set(GENERATED)
    return all(brought[name] == checksums[name] for name in common)
