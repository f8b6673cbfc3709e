# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Import the libraries of modules once, for the forks of the warm interpreter."""

from __future__ import annotations

import contextlib
import importlib
import importlib.util
import pkgutil
import sys
import types
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from importlib.abc import Loader
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from typing import Any

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


# The services of this collection, whose models take longer to parse than most calls take.
SERVICES = ("cloudtrail", "cloudwatch", "iam", "kms", "logs", "s3", "secretsmanager", "sns", "sts")
# The files of each client, and those of each session.
OF_A_SERVICE = ("service-2", "endpoint-rule-set-1")
OF_A_SESSION = ("endpoints", "partitions", "sdk-default-configuration", "_retry")
OWN_MODULES = "ansible_collections.secmon.aws.plugins.modules"


class PreloadedAnsible(Loader):
    """Lends the imported modules of Ansible and of collections to a program, unless it brings other code with it.

    A module of Ansible puts an archive with its code first in `sys.path`: the module and the module_utils it uses.
    That archive also has the modules and the module_utils of the user's folders, as modules of the package `ansible`,
    which can replace Ansible's own.
    """

    def __init__(self, roots: Sequence[str] = ()) -> None:
        """Import the libraries, and take the checksums of their files.

        Args:
            roots: Folders that contain `ansible_collections`, besides those in `sys.path`.
        """
        for name in PRELOADED:
            with contextlib.suppress(ImportError):
                importlib.import_module(name)
        _preload_service_models()
        searched = list(sys.path)
        sys.path += roots
        _import_own_modules()
        self.modules = _loaded("ansible")
        self.checksums = _checksums(self.modules)
        self.collections = _loaded("ansible_collections")
        self.checksums_of_collections = _checksums(self.collections)
        # A program must not find code there that it does not bring.
        sys.path[:] = searched

    def hide(self) -> None:
        """Let this process import Ansible and collections again."""
        for name in (*self.modules, *self.collections):
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
        brought = _contents(archive)
        if not _agree(brought, self.checksums):
            return None
        for own, module in self.modules.items():
            if hasattr(module, "__path__"):
                module.__path__ = [f"{archive}/{own.replace('.', '/')}", *module.__path__]
            if own != name:  # the import system adds that one
                sys.modules[own] = module
        if _agree(brought, self.checksums_of_collections):
            self._lend_collections(archive, brought)
        return importlib.util.spec_from_loader(name, self)

    def _lend_collections(self, archive: str, brought: Mapping[str, int]) -> None:
        """Lend what the program brings as well; anything else would not be found by the local connection."""
        for name, module in self.collections.items():
            folder = name.replace(".", "/")
            if hasattr(module, "__path__"):
                if f"{folder}/__init__.py" in brought:
                    module.__path__ = [f"{archive}/{folder}"]
                    sys.modules[name] = module
            elif f"{folder}.py" in brought and f"{folder}.py" in self.checksums_of_collections:
                sys.modules[name] = module

    def create_module(self, spec: ModuleSpec) -> types.ModuleType:
        """Return the imported package."""
        return self.modules[spec.name]

    def exec_module(self, _module: types.ModuleType) -> None:
        """Do nothing, since the package is imported."""


def _import_own_modules() -> None:
    """Import this collection's modules, and so all files of module_utils that they use, also of amazon.aws."""
    with contextlib.suppress(ImportError):
        folders = importlib.import_module(OWN_MODULES).__path__
        for found in pkgutil.iter_modules(folders):
            importlib.import_module(f"{OWN_MODULES}.{found.name}")
            # A program runs its module as the main module.
            del sys.modules[f"{OWN_MODULES}.{found.name}"]


def _loaded(package: str) -> dict[str, types.ModuleType]:
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


def _preload_service_models() -> None:
    """Parse the models of this collection's services once; botocore parses them again for each session.

    A session with further folders of models (AWS_DATA_PATH) reads all of its models itself.
    """
    with contextlib.suppress(ImportError):
        loaders: Any = importlib.import_module("botocore.loaders")
        session: Any = importlib.import_module("botocore.session")
        create, loader = session.create_loader, loaders.Loader()
        for name in OF_A_SESSION:
            with contextlib.suppress(loaders.DataNotFoundError):
                loader.load_data_with_path(name)
        for service in SERVICES:
            for kind in OF_A_SERVICE:
                with contextlib.suppress(loaders.UnknownServiceError, loaders.DataNotFoundError):
                    loader.load_service_model(service, kind)
        session.create_loader = lambda folders=None: create(folders) if folders else loader
