"""The catalog leaves as files of other systems, and its Sigma rules come back as rules that pass their tests."""

from __future__ import annotations

import json
from pathlib import Path

from tests.conftest import run

RULES = ["function_opened", "public_access_block_weakened", "secret_deleted"]
SUFFIXES = {"sigma": "yml", "athena": "sql", "insights": "txt", "eventbridge": "json"}
REFUSED = {("public_access_block_weakened", name) for name in ("sigma", "insights", "eventbridge")}


def test_a_catalog_is_exported_and_its_sigma_rules_are_imported_again(tmp_path: Path) -> None:
    catalog, back = tmp_path / "catalog", tmp_path / "back"
    export = (
        "ansible-playbook",
        "secmon.aws.rules_export",
        "-e",
        f"folder={catalog}",
        "-e",
        json.dumps({"rules": RULES}),
    )
    predicted = run(*export, "--check")
    assert "changed=1 " in predicted.stdout and not catalog.exists(), predicted.stdout
    exported = run(*export)
    assert "changed=1 " in exported.stdout, exported.stdout
    formats = {rule["id"]: rule["formats"] for rule in json.loads((catalog / "manifest.json").read_text())["rules"]}
    found = {(rule_id, form): formats[rule_id][form].get("file") for rule_id in RULES for form in SUFFIXES}
    assert {key for key, file in found.items() if file is None} == REFUSED
    assert {str(path.relative_to(catalog)) for path in catalog.glob("*/*")} == {file for file in found.values() if file}

    restore = ("ansible-playbook", "secmon.aws.sigma_import", "-e", f"sigma={catalog}/sigma", "-e", f"rules_dir={back}")
    imported = run(*restore)
    assert "changed=1 " in imported.stdout and " 0 failed; lint: 0 errors, 0 warnings." in imported.stdout, (
        imported.stdout
    )
    assert {path.stem for path in back.iterdir()} == {"function_opened", "secret_deleted"}
    assert "changed=0 " in run(*restore).stdout
