"""Test that a module of this collection runs from its own files, which a warm interpreter imports once."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import ansible_collections
import pytest
from ansible.executor import module_common
from ansible_collections.secmon.aws.plugins.plugin_utils.warm import payload
from ansible_collections.secmon.aws.plugins.plugin_utils.warm.client import run_program
from ansible_collections.secmon.aws.plugins.plugin_utils.warm.program import (
    COLLECTIONS,
    arguments_of,
    folders_of_collections,
    program_of,
)

from .conftest import path_of, running_server

# Reports what is imported before it imports something itself, and what its library says.
MODULE = """
import sys
FIRST = "ansible_collections.secmon.aws.plugins.module_utils.beside" in sys.modules
from ansible.module_utils.basic import AnsibleModule
from ansible_collections.secmon.aws.plugins.module_utils.beside import WORD
import botocore.session
if __name__ == "__main__":
    module = AnsibleModule({"given": {"type": "str"}})
    loader = botocore.session.get_session().get_component("data_loader")
    parsed = ("load_service_model", "sts", "service-2") in loader._cache
    module.exit_json(given=module.params["given"], word=WORD, shared=FIRST, parsed=parsed)
"""
FQN = "ansible_collections.secmon.aws.plugins.modules.ours"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return a folder `ansible_collections` with a module, its library, and a package that needs a service."""
    plugins = tmp_path / "ansible_collections/secmon/aws/plugins"
    files = {"modules/ours": MODULE, "module_utils/beside": "from .sts import names\nWORD = 'one'"}
    for name, text in {**files, "module_utils/sts/names": ""}.items():
        file = plugins / f"{name}.py"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return tmp_path / "ansible_collections"


def program(root: Path) -> bytes:
    params = json.dumps({"ANSIBLE_MODULE_ARGS": {"given": "it's \\n \u20ac"}})
    return program_of(
        {"module": FQN, "params": params, "collections": folders_of_collections([str(root)], COLLECTIONS)}
    )


def result(code: int, output: bytes, error: bytes) -> dict[str, Any]:
    assert (code, error) == (0, b"")
    found: dict[str, Any] = json.loads(output)
    return {name: found[name] for name in ("given", "word", "shared", "parsed")}


def test_a_new_interpreter_runs_a_program(root: Path) -> None:
    done = subprocess.run([sys.executable], input=program(root), capture_output=True, check=False)
    expected = {"given": "it's \\n \u20ac", "word": "one", "shared": False, "parsed": False}
    assert result(done.returncode, done.stdout, done.stderr) == expected


def test_a_warm_interpreter_imports_a_module_once_and_again_when_its_library_changes(
    root: Path, tmp_path: Path, controller: subprocess.Popen[bytes]
) -> None:
    with running_server(controller.pid, tmp_path, str(root)) as server:
        path = path_of(server)
        expected = {"given": "it's \\n \u20ac", "word": "one", "shared": True, "parsed": True}
        assert [result(*run_program(path, program(root), {})) for _turn in "12"] == [expected, expected]
        own_models = result(*run_program(path, program(root), {"AWS_DATA_PATH": "/models"}))
        assert own_models == {**expected, "parsed": False}
        (root / "secmon/aws/plugins/module_utils/beside.py").write_text("WORD = 'another'")
        changed = result(*run_program(path, program(root), {}))
        assert changed == {**expected, "word": "another", "shared": False}


def test_only_its_own_programs_are_taken_for_modules() -> None:
    arguments = {"module": FQN, "params": "{}", "collections": {}}
    text = program_of(arguments)
    assert arguments_of(text) == arguments
    assert arguments_of(text + b"\n") is None
    assert arguments_of(b"ARGUMENTS = 1\nprint(ARGUMENTS)") is None


def test_the_first_folder_with_a_collection_is_used(tmp_path: Path) -> None:
    for folder in ("one/amazon/aws", "two/amazon/aws", "two/secmon/aws"):
        (tmp_path / folder).mkdir(parents=True)
    found = folders_of_collections([str(tmp_path / "one"), str(tmp_path / "two")], COLLECTIONS)
    assert found == {"secmon.aws": str(tmp_path / "two/secmon/aws"), "amazon.aws": str(tmp_path / "one/amazon/aws")}


@pytest.fixture
def known(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Answer in the place of the controller: where collections are, and that the interpreter runs."""
    monkeypatch.setattr(payload, "collection_roots", lambda: list(ansible_collections.__path__))
    monkeypatch.setattr(payload, "server_socket", lambda _directory: "socket")
    return monkeypatch


def test_a_module_of_this_collection_needs_no_archive(known: pytest.MonkeyPatch) -> None:
    found = payload.without_archive("secmon.aws.trail", {"name": "one"}, {})
    assert found is not None
    arguments = arguments_of(found[0].b_module_data)
    assert arguments is not None
    assert json.loads(arguments["params"]) == {"ANSIBLE_MODULE_ARGS": {"name": "one"}}
    assert Path(found[1]).name == "trail.py"


def test_another_module_or_no_interpreter_gets_an_archive(known: pytest.MonkeyPatch) -> None:
    assert payload.without_archive("amazon.aws.trail", {}, {}) is None
    assert payload.without_archive("secmon.aws.unknown", {}, {}) is None

    def refuse(_directory: str) -> str:
        raise OSError("the warm interpreter did not start")

    known.setattr(payload, "server_socket", refuse)
    assert payload.without_archive("secmon.aws.trail", {}, {}) is None


@pytest.mark.parametrize("changed", [None, "another"])
def test_an_ansible_of_another_form_builds_an_archive(known: pytest.MonkeyPatch, changed: str | None) -> None:
    known.setattr(module_common, "_BuiltModule", changed)
    assert payload.without_archive("secmon.aws.trail", {}, {}) is None


def test_a_folder_that_replaces_module_utils_or_an_option_of_archives_builds_one(
    known: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert payload.without_archive("secmon.aws.trail", {}, {"ansible_python_module_rlimit_nofile": 64}) is None
    known.setattr(payload.module_utils_loader, "print_paths", lambda: str(tmp_path))
    assert payload.without_archive("secmon.aws.trail", {}, {}) is None
