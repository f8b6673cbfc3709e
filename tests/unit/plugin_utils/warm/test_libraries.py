"""Test that a program of the warm interpreter uses the imported libraries, unless it brings other code."""

from __future__ import annotations

import zipfile
from importlib.util import find_spec
from pathlib import Path

from ansible_collections.secmon.aws.plugins.plugin_utils.warm.client import run_program

SEARCHED = "from pkgutil import extend_path\n__path__=extend_path(__path__,__name__)\n"


def source_of(name: str) -> Path:
    """Return the source file of a module of Ansible."""
    spec = find_spec(name)
    assert spec is not None
    return Path(str(spec.origin))


def run_with(archive: Path, path: str, program: str, files: dict[str, str] | None = None) -> str:
    """Return what a program prints that brings files of Ansible in an archive, as modules do."""
    with zipfile.ZipFile(archive, "w") as opened:
        opened.writestr("ansible/__init__.py", SEARCHED + "__version__ = '2'\n")
        opened.writestr("ansible/module_utils/__init__.py", SEARCHED)
        opened.writestr("ansible/module_utils/errors.py", source_of("ansible.module_utils.errors").read_text())
        for name, text in (files or {}).items():
            opened.writestr(f"ansible/{name}.py", text)
    code, output, error = run_program(path, f"import sys; sys.path.insert(0, {str(archive)!r})\n{program}".encode(), {})
    assert (code, error) == (0, b"")
    return output.decode().strip()


def test_the_libraries_of_a_program_are_already_imported(path: str) -> None:
    program = b"import sys, ansible; print([n in sys.modules for n in ('boto3.session', 'ansible.module_utils.basic')])"
    assert run_program(path, program, {})[1] == b"[True, True]\n"


def test_a_program_that_brings_the_same_code_uses_what_is_imported(path: str, tmp_path: Path) -> None:
    program = "import ansible.module_utils.errors as e; print('ansible.module_utils.basic' in sys.modules, e.__file__)"
    assert run_with(tmp_path / "a.zip", path, program) == f"True {source_of('ansible.module_utils.errors')}"


def test_a_module_of_a_library_folder_is_found(path: str, tmp_path: Path) -> None:
    program = "import runpy, ansible.module_utils.basic; runpy.run_module('ansible.modules.ours', run_name='__main__')"
    files = {"modules/__init__": "", "modules/ours": "print(__name__)"}
    assert run_with(tmp_path / "a.zip", path, program, files) == "__main__"


def test_a_file_of_a_module_utils_folder_is_found(path: str, tmp_path: Path) -> None:
    program = "import ansible.module_utils.basic; from ansible.module_utils.ours import WORD; print(WORD)"
    assert run_with(tmp_path / "a.zip", path, program, {"module_utils/ours": "WORD = 'found'"}) == "found"


def test_code_that_replaces_a_library_is_used(path: str, tmp_path: Path) -> None:
    program = "from ansible.module_utils.basic import WORD; print(WORD, 'ansible.module_utils.errors' in sys.modules)"
    replaced = "import ansible.module_utils.errors\nWORD = 'replaced'"
    assert run_with(tmp_path / "a.zip", path, program, {"module_utils/basic": replaced}) == "replaced True"


def test_a_program_runs_as_main_module_not_as_the_controller(path: str) -> None:
    program = b"from ansible.module_utils import _internal; print(_internal.is_controller)"
    assert run_program(path, program, {})[1] == b"False\n"


def test_the_library_distro_does_not_prevent_the_use_of_what_is_imported(path: str, tmp_path: Path) -> None:
    """ansible.module_utils.distro replaces itself with the library, if it is installed."""
    distro = source_of("ansible.module_utils.basic").parent / "distro/__init__.py"
    program = "import ansible.module_utils.errors; print('ansible.module_utils.basic' in sys.modules)"
    files = {"module_utils/distro/__init__": distro.read_text()}
    assert run_with(tmp_path / "a.zip", path, program, files) == "True"


def test_no_program_sees_the_credentials_or_the_region_of_another(path: str) -> None:
    program = b"""
import boto3
for session in (boto3.Session(), boto3.Session()):
    found = session.get_credentials()
    print(found and found.access_key, session.region_name)
"""
    nothing = {"AWS_EC2_METADATA_DISABLED": "true", "AWS_CONFIG_FILE": "", "AWS_SHARED_CREDENTIALS_FILE": ""}
    for key in ("ONE", "TWO"):
        given = {"AWS_ACCESS_KEY_ID": key, "AWS_SECRET_ACCESS_KEY": "x", "AWS_DEFAULT_REGION": f"region-{key}"}
        assert run_program(path, program, nothing | given) == (0, f"{key} region-{key}\n".encode() * 2, b"")
    assert run_program(path, program, nothing) == (0, b"None None\n" * 2, b"")
