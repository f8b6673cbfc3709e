# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Import the code of this collection once, and the models of its services, for the forks of the warm interpreter."""

from __future__ import annotations

import contextlib
import gc
import importlib
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

if __package__:
    from .libraries import loaded
    from .program import use_collections
else:  # the script
    from libraries import loaded  # type: ignore[import-not-found, no-redef]
    from program import use_collections  # type: ignore[import-not-found, no-redef]

# The services that each package of module_utils calls; their models take longer to parse than most calls take.
SERVICES = {
    "cloudtrail": ("cloudtrail",),
    "cloudwatch": ("cloudwatch",),
    "iam": ("iam",),
    "kms": ("kms",),
    "logs": ("logs",),
    "s3": ("s3",),
    "secretsmanager": ("secretsmanager",),
    "sns": ("sns",),
    "sts": ("sts",),
    "tagging": ("resourcegroupstaggingapi",),
}
# The files of each client, and those of each session.
OF_A_SERVICE = ("service-2", "endpoint-rule-set-1")
OF_A_SESSION = ("endpoints", "partitions", "sdk-default-configuration", "_retry")


class PreloadedCollections:
    """The code that the modules of this run import from collections, in the controller's folders."""

    def __init__(self, folders: Mapping[str, str]) -> None:
        """Import nothing yet.

        Args:
            folders: The folder of each collection.
        """
        self.folders = dict(folders)
        self.states: dict[Path, tuple[int, int]] = {}
        self.imported: set[str] = set()
        self.models = _ServiceModels()
        use_collections(folders)
        _share()

    def import_module(self, name: str) -> None:
        """Import what a module imports, at its first run; all later programs share it."""
        if name in self.imported:
            return
        self.imported.add(name)
        with contextlib.suppress(Exception):  # the module will report it
            importlib.import_module(name)
        # A program runs its module as the main module.
        sys.modules.pop(name, None)
        modules = loaded("ansible_collections")
        named = [getattr(module, "__file__", None) for module in modules.values()]
        files = {Path(name) for name in named if name}
        self.states |= {file: _state(file) for file in files - self.states.keys()}
        self.models.load({own.rpartition(".module_utils.")[2].partition(".")[0] for own in modules})
        _share()

    def are(self, folders: Mapping[str, str]) -> bool:
        """Return whether these are the folders of the collections, and what was imported is still what is there."""
        return folders == self.folders and all(_state(file) == state for file, state in self.states.items())

    def forget(self) -> None:
        """Let this process import collections again."""
        for name in loaded("ansible_collections"):
            del sys.modules[name]


class _ServiceModels:
    """One loader of models for all sessions of botocore, each of which would parse them again.

    A session with further folders of models (AWS_DATA_PATH) reads all of its models itself.
    """

    def __init__(self) -> None:
        self.services: set[str] = set()
        self.loader: Any = None
        with contextlib.suppress(ImportError):
            loaders: Any = importlib.import_module("botocore.loaders")
            session: Any = importlib.import_module("botocore.session")
            create, self.loader = session.create_loader, loaders.Loader()
            session.create_loader = lambda folders=None: create(folders) if folders else self.loader
            _prepare_session(session)
            for name in OF_A_SESSION:
                with contextlib.suppress(loaders.DataNotFoundError):
                    self.loader.load_data_with_path(name)
            # The first client of a process prepares what all later ones use, a quarter of its time.
            with contextlib.suppress(Exception):
                keys = {"aws_access_key_id": "none", "aws_secret_access_key": "none"}
                session.Session().create_client("sts", "us-east-1", **keys)

    def load(self, packages: Iterable[str]) -> None:
        wanted = {service for package in packages for service in SERVICES.get(package, ())} - self.services
        self.services |= wanted
        for service in wanted if self.loader else ():
            for kind in OF_A_SERVICE:
                # An old botocore may not have it: UnknownServiceError, DataNotFoundError.
                with contextlib.suppress(Exception):
                    self.loader.load_service_model(service, kind)


def _prepare_session(module: Any) -> None:
    """Create the first session of each program: it takes longer than a call. Nothing in it depends on a program yet.

    It reads the environment and credentials when a client is created.
    """
    create, ready = module.get_session, [module.get_session()]
    # A fork pops from a list of its own.
    module.get_session = lambda env_vars=None: ready.pop() if ready and env_vars is None else create(env_vars)


def _state(file: Path) -> tuple[int, int]:
    try:
        status = file.stat()
    except OSError:
        return 0, 0
    return status.st_mtime_ns, status.st_size


def _share() -> None:
    """Keep the memory of existing objects shared with forks: the garbage collector must not write to them.

    Nothing is collected first, since imports leave little garbage and to look for it takes longer than a module.
    """
    gc.freeze()
