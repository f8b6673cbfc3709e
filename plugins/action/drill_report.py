# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Report a drill on the controller; plugins/modules/drill_report.py documents it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from ansible.plugins.action import ActionBase
from ansible_collections.secmon.aws.plugins.module_utils.drill.report.formats import as_junit, as_text
from ansible_collections.secmon.aws.plugins.module_utils.drill.report.model import document
from ansible_collections.secmon.aws.plugins.module_utils.drill.report.page import as_page
from ansible_collections.secmon.aws.plugins.plugin_utils.host_variables import plain

ARGUMENT_SPEC = {
    "mode": {"type": "str", "required": True},
    "accounts": {"type": "list", "elements": "dict", "required": True},
    "hosts": {"type": "list", "elements": "str", "default": []},
    "folder": {"type": "path", "default": ""},
}

_WORDS = {"good": "good", "bad": "bad", "unclear": "unclear", "none": "not drilled"}


class ActionModule(ActionBase):
    """Print the report, and write its files, without a connection to any host."""

    _requires_connection = False

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Return the report; failed if an alarm did not go off as it must."""
        result: dict[str, Any] = super().run(tmp, task_vars)
        _valid, options = self.validate_argument_spec(argument_spec=ARGUMENT_SPEC)
        options = plain(options)
        missing = [host for host in options["hosts"] if host not in {each["host"] for each in options["accounts"]}]
        report = document(options["mode"], options["accounts"], missing)
        lines = as_text(report)
        files = self._write(Path(options["folder"]), report) if options["folder"] else []
        self._display.display("\n".join([*lines, *(f"Report: {file}" for file in files)]))
        counts = report["verdicts"]
        message = ", ".join(f"{number} {_WORDS[name]}" for name, number in counts.items()) + "."
        advice = "" if report["passed"] else " The report above says why and what to do. Then run it again."
        return result | {
            "changed": bool(files),
            "failed": not report["passed"],
            "msg": message + advice,
            "report": report,
            "files": files,
        }

    def _write(self, folder: Path, report: dict[str, Any]) -> list[str]:
        folder.mkdir(parents=True, exist_ok=True)
        contents = {
            "drill.json": json.dumps(report, indent=1, ensure_ascii=False) + "\n",
            "drill.xml": as_junit(report),
            "drill.html": as_page(report),
        }
        for name, content in contents.items():
            (folder / name).write_text(content, encoding="utf-8")
        return [str(folder / name) for name in contents]
