# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Write a folder for an auditor, on the controller; plugins/modules/evidence.py has the documentation."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ansible.plugins.action import ActionBase
from ansible_collections.secmon.aws.plugins.module_utils.rules.catalog import load_rules
from ansible_collections.secmon.aws.plugins.module_utils.rules.rule_tests import run_tests
from ansible_collections.secmon.aws.plugins.module_utils.validation.problems import ValidationError

ARGUMENT_SPEC = {
    "folder": {"type": "path", "required": True},
    "files": {"type": "dict", "required": True},
    "rules": {"type": "list", "elements": "str", "default": []},
    "rules_dirs": {"type": "list", "elements": "path", "default": []},
    "copies": {"type": "list", "elements": "path", "default": []},
    "about": {"type": "str", "required": True},
}
_RULES = Path(__file__).resolve().parents[2] / "rules"
_SUMS = "SHA256SUMS"


class ActionModule(ActionBase):
    """Write the folder without a connection to any host."""

    _requires_connection = False

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Return the files that were written, with their hashes."""
        result: dict[str, Any] = super().run(tmp, task_vars)
        _first, options = self.validate_argument_spec(argument_spec=ARGUMENT_SPEC)
        folder = Path(options["folder"])
        try:
            rules = _rules(options["rules"], options["rules_dirs"])
        except ValidationError as error:
            return result | {"failed": True, "msg": f"The rules cannot be loaded.\n{error}"}
        for name, content in {**options["files"], "rules.json": rules}.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps(content, indent=2, ensure_ascii=False, default=str) + "\n", encoding="utf-8")
        for source in map(Path, options["copies"]):
            if source.is_file():
                shutil.copy(source, folder / source.name)
        (folder / "README.txt").write_text(options["about"].rstrip() + "\n", encoding="utf-8")
        sums = _sums(folder)
        (folder / _SUMS).write_text("".join(f"{digest}  {name}\n" for name, digest in sums.items()))
        self._display.display(f"Written: {folder} with {len(sums)} files, which {_SUMS} lists with their hashes.")
        return result | {"changed": False, "files": sums}


def _rules(ids: list[str], folders: list[str]) -> list[Mapping[str, Any]]:
    """Return rules with their test events, and whether each passes."""
    rules = [rule for rule in load_rules([_RULES, *map(Path, folders)]) if rule.id in ids]
    results = [asdict(each) for each in run_tests(rules)]
    return [
        {
            "id": rule.id,
            "title": rule.title,
            "version": rule.version,
            "severity": rule.severity,
            "pattern": rule.pattern,
            "tests": [
                {
                    "name": test.name,
                    "match": test.match,
                    "message": test.message,
                    "passed": _passed(results, rule, test),
                }
                for test in rule.tests
            ],
        }
        for rule in rules
    ]


def _passed(results: list[dict[str, Any]], rule: Any, test: Any) -> bool:
    return any(
        each["matched"] == each["expected"]
        for each in results
        if (each["rule_id"], each["test_name"]) == (rule.id, test.name)
    )


def _sums(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != _SUMS)
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
