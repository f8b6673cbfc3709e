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
from importlib.machinery import ModuleSpec
from pathlib import Path

# The imports of all modules of amazon.aws and of this collection, and those of botocore when it creates a client.
PRELOADED = (
    "ansible.module_utils.basic",
    "ansible.module_utils.common.dict_transformations",
    "ansible.module_utils._internal._ansiballz._loader",
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
    """Lends the imported modules of Ansible to a program, unless the program brings other code with it.

    A module of Ansible puts an archive with its code first in `sys.path`. That archive also has the modules and the
    module_utils of the user's folders, as modules of the package `ansible`, which can replace Ansible's own.
    """

    def __init__(self) -> None:
        """Import the libraries, and take the checksums of Ansible's files."""
        for name in PRELOADED:
            with contextlib.suppress(ImportError):
                importlib.import_module(name)
        loaded = {name: module for name, module in sys.modules.items() if name.partition(".")[0] == "ansible"}
        self.modules: Mapping[str, types.ModuleType] = loaded
        self.checksums: dict[str, int] = {}
        for name, module in loaded.items():
            if file := getattr(module, "__file__", None):  # six.moves has none
                end = "/__init__.py" if hasattr(module, "__path__") else ".py"
                self.checksums[name.replace(".", "/") + end] = zlib.crc32(Path(file).read_bytes())

    def hide(self) -> None:
        """Let this process import Ansible again."""
        for name in self.modules:
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
        if not self.agrees_with(archive):
            return None
        for own, module in self.modules.items():
            if hasattr(module, "__path__"):
                module.__path__ = [f"{archive}/{own.replace('.', '/')}", *module.__path__]
            if own != name:  # the import system adds that one
                sys.modules[own] = module
        return importlib.util.spec_from_loader(name, self)

    def agrees_with(self, archive: str) -> bool:
        """Return whether every file that an archive and the imported modules have in common is the same."""
        try:
            with zipfile.ZipFile(archive) as opened:
                files = {info.filename: info.CRC for info in opened.infolist()}
        except (OSError, zipfile.BadZipFile):  # the program brings no code
            return True
        common = (files.keys() & self.checksums.keys()) - set(GENERATED)
        return all(files[name] == self.checksums[name] for name in common)

    def create_module(self, spec: ModuleSpec) -> types.ModuleType:
        """Return the imported package."""
        return self.modules[spec.name]

    def exec_module(self, _module: types.ModuleType) -> None:
        """Do nothing, since the package is imported."""
