"""What runs the playbooks beyond one machine: the image, what it needs, the pattern, and what is counted."""

from __future__ import annotations

import ast
import json
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
    # pySigma is optional, and only for those who write rules.
    imported = set().union(*MAY_IMPORT.values()) - {"ansible", "ansible_collections", "sigma"}
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


def test_the_pattern_runs_playbooks_and_asks_for_variables_of_the_collection(repository: Path) -> None:
    (folder,) = (repository / "extensions/patterns").iterdir()
    pattern = json.loads((folder / "meta/pattern.json").read_text())
    specs = yaml.safe_load((repository / "roles/common/meta/variables.yml").read_text())
    known = {name for entry_point in specs["argument_specs"].values() for name in entry_point["options"]}
    image = pattern["aap_resources"]["controller_execution_environment"]["name"]
    templates = pattern["aap_resources"]["controller_job_templates"]
    assert pattern["name"] == folder.name
    assert {path.name for path in (folder / "playbooks").iterdir()} == {entry["playbook"] for entry in templates}
    for entry in templates:
        (play,) = yaml.safe_load((folder / "playbooks" / entry["playbook"]).read_text())
        assert play["ansible.builtin.import_playbook"] == f"secmon.aws.{entry['playbook'].removesuffix('.yml')}"
        assert (repository / "playbooks" / entry["playbook"]).exists()
        assert entry["execution_environment"] == image
        assert {question["variable"] for question in entry.get("survey", {"spec": []})["spec"]} <= known
    assert [entry["playbook"] for entry in templates if entry["primary"]] == ["site.yml"]


def test_the_workflow_runs_job_templates_of_the_pattern(repository: Path) -> None:
    (folder,) = (repository / "extensions/patterns").iterdir()
    pattern = json.loads((folder / "meta/pattern.json").read_text())
    names = {template["name"] for template in pattern["aap_resources"]["controller_job_templates"]}
    described = yaml.safe_load((folder / "workflow.yml").read_text())
    (workflow,) = described["controller_workflows"]
    nodes = {node["identifier"]: node for node in workflow["simplified_workflow_nodes"]}
    assert {template["name"] for template in described["controller_templates"]} <= names
    assert {node["unified_job_template"] for node in nodes.values()} <= names
    assert {name for node in nodes.values() for name in node.get("always_nodes", [])} <= nodes.keys()
