"""The oracles: which processes of pytest ask the embedded AWS what AWS was asked."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parents[1]
BUILD = REPOSITORY / "build" / "fidelity"
ACCOUNTS = HERE / "accounts.yml"
ACCESS_KEYS = ("AKIAEMBEDDEDFIRST001", "AKIAEMBEDDEDSECOND02")
# Without the suite's own configuration of pytest, which needs more plugins.
_ALONE = ("--rootdir", ".", "-c", os.devnull, "-p", "no:cacheprovider")


class Missing(Exception):  # noqa: N818 - no error: the report names what is missing
    """An oracle that cannot run here, and what it needs."""


@dataclass(frozen=True)
class Run:
    """One process of pytest, whose tests count for one service."""

    service: str
    python: Path
    folder: Path
    arguments: tuple[str, ...]
    variables: Mapping[str, str] = field(default_factory=dict)
    server: bool = True
    port: int = 0


def settings(oracle: str) -> dict[str, Any]:
    """Return how an oracle runs."""
    loaded: dict[str, Any] = yaml.safe_load((HERE / f"{oracle}.yml").read_text(encoding="utf-8"))
    return loaded


def recorded_vectors(services: set[str]) -> Iterator[Run]:
    """Yield the tests of this repository that compare with recorded answers of AWS."""
    for service, paths in settings("vectors")["services"].items():
        present = [path for path in paths if (REPOSITORY / path.partition("::")[0]).exists()]
        if present and _selected(service, services):
            yield Run(service, Path(sys.executable), REPOSITORY, ("-n", "0", *present), server=False)


def moto(services: set[str]) -> Iterator[Run]:
    """Yield moto's tests that its authors ran on AWS."""
    how = settings("moto")
    folder = Path(os.environ["FIDELITY_MOTO"]) if os.environ.get("FIDELITY_MOTO") else _moto_from_pypi(how["archive"])
    if not (folder / "tests").is_dir():
        raise Missing(f"FIDELITY_MOTO={folder} has no folder tests; name a checkout of moto")
    python = _environment("moto", how["packages"], sys.executable)
    for service in how["services"]:
        if _selected(service, services):
            variables = {
                "TEST_SERVER_MODE": "true",
                "FIDELITY_MARKER": "aws_verified",
                "FIDELITY_SECONDS": str(how["seconds"]),
            }
            arguments = (*_ALONE, "--ignore-glob=*test_server.py", f"tests/test_{service}")
            yield Run(service, python, folder, arguments, variables)


def localstack(services: set[str]) -> Iterator[Run]:
    """Yield LocalStack's tests that its authors ran on AWS, with the answers of AWS in snapshots."""
    checkout = os.environ.get("FIDELITY_LOCALSTACK")
    if not checkout:
        raise Missing("set FIDELITY_LOCALSTACK to a checkout of LocalStack's repository")
    folder, how = Path(checkout).resolve(), settings("localstack")
    if not (folder / "tests/aws/services").is_dir():
        raise Missing(f"FIDELITY_LOCALSTACK={checkout} has no folder tests/aws/services")
    python = _environment("localstack", how["packages"], _interpreter(how["python"]))
    variables = {
        "TEST_SKIP_LOCALSTACK_START": "1",
        "TEST_AWS_ACCOUNT_ID": "123456789012",
        "TEST_AWS_ACCESS_KEY_ID": ACCESS_KEYS[0],
        "SECONDARY_TEST_AWS_ACCESS_KEY_ID": ACCESS_KEYS[1],
        "DISABLE_EVENTS": "1",
        "FIDELITY_MARKER": "aws_validated",
        "FIDELITY_UNMARK": "1",
        "FIDELITY_SECONDS": str(how["seconds"]),
        "FIDELITY_STUBS": json.dumps(how["stubs"]),
    }
    for service, words in how["services"].items():
        if _selected(service, services):
            selection = ("-k", words) if words else ()
            arguments = (*_ALONE, f"tests/aws/services/{service}", *selection)
            # Some tests call this port at localhost, whatever TEST_AWS_ENDPOINT_URL says.
            yield Run(service, python, folder, arguments, variables, port=4566)


ORACLES: dict[str, Callable[[set[str]], Iterator[Run]]] = {
    "vectors": recorded_vectors,
    "moto": moto,
    "localstack": localstack,
}


def _selected(service: str, services: set[str]) -> bool:
    return not services or service in services


def _interpreter(version: str) -> str:
    found = subprocess.run([REPOSITORY / "tools/find_pythons.sh"], capture_output=True, text=True, check=True).stdout
    paths = dict(line.split(" ", 1) for line in found.splitlines())
    if version not in paths:
        raise Missing(f"needs Python {version}; PYTHONS=/path/to/python{version} names one")
    return paths[version]


def _environment(name: str, packages: list[str], python: str) -> Path:
    """Return the interpreter of a virtual environment that has the packages, made on the first use."""
    folder = BUILD / f"venv-{name}"
    mark, wanted = folder / ".packages", "\n".join([python, *packages])
    if not mark.exists() or mark.read_text(encoding="utf-8") != wanted:
        print(f"fidelity: installing {packages[0]} and more into {folder.relative_to(REPOSITORY)}", flush=True)
        subprocess.run([python, "-m", "venv", "--clear", folder], check=True)
        pip = [str(folder / "bin/python"), "-m", "pip", "install", "-qq", "--disable-pip-version-check"]
        if subprocess.run([*pip, *packages], check=False).returncode:
            raise Missing("its packages cannot be installed; pip's message is above")
        mark.write_text(wanted, encoding="utf-8")
    return folder / "bin/python"


def _moto_from_pypi(archive: str) -> Path:
    """Return the folder of moto's source archive, which PyPI has with the tests."""
    folder = BUILD / archive.replace("==", "-")
    if not folder.exists():
        downloads = BUILD / "downloads"
        pip = [sys.executable, "-m", "pip", "download", "-qq", "--no-deps", "--no-binary", "moto"]
        if subprocess.run([*pip, "--dest", str(downloads), archive], check=False).returncode:
            raise Missing(f"{archive} cannot be downloaded; FIDELITY_MOTO names a checkout instead")
        with tarfile.open(next(downloads.glob(f"{folder.name}*.tar.gz"))) as file:
            file.extractall(BUILD, filter="data")
        shutil.rmtree(downloads)
    return folder
