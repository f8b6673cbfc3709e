"""What runs the playbooks beyond one machine: the image, what it needs, and what Automation Platform counts."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
import yaml

from tests.conftest import run
from tests.repository.test_layers import MAY_IMPORT

pytest.importorskip("ansible_builder", reason="make venv-dev installs it")


def test_ansible_builder_accepts_the_definition_of_the_image(repository: Path, tmp_path: Path) -> None:
    version = yaml.safe_load((repository / "galaxy.yml").read_text())["version"]
    tarball = f"secmon-aws-{version}.tar.gz"
    (tmp_path / "execution-environment.yml").write_text((repository / "execution-environment.yml").read_text())
    (tmp_path / tarball).touch()
    created = run("ansible-builder", "create", "--context", tmp_path / "context", cwd=tmp_path)
    assert created.returncode == 0, created.stdout + created.stderr
    build = tmp_path / "context/_build"
    (collection,) = yaml.safe_load((build / "requirements.yml").read_text())["collections"]
    assert collection == {"name": f"collections/{tarball}", "type": "file"}
    assert (build / collection["name"]).exists()


def test_an_image_with_the_collection_gets_what_its_plugins_import(repository: Path) -> None:
    described = yaml.safe_load((repository / "meta/execution-environment.yml").read_text())
    requirements = (repository / described["dependencies"]["python"]).read_text()
    imported = set().union(*MAY_IMPORT.values()) - {"ansible", "ansible_collections"}
    # amazon.aws makes the clients with boto3.
    assert {line for line in requirements.splitlines() if not line.startswith("#")} == imported | {"boto3"}


def test_the_nodes_are_counted_from_results_that_the_modules_return(repository: Path) -> None:
    queries = yaml.safe_load((repository / "extensions/audit/event_query.yml").read_text())
    for name, entry in queries.items():
        path = repository / f"plugins/modules/{name.removeprefix('secmon.aws.')}.py"
        (returned,) = [
            ast.literal_eval(node.value)
            for node in ast.parse(path.read_text()).body
            if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "RETURN"
        ]
        assert set(re.findall(r"\.(\w+)", entry["query"])) <= set(yaml.safe_load(returned))
