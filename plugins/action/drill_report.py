# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Report a drill on the controller; plugins/modules/drill_report.py documents it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from ansible.plugins.action import ActionBase
from ansible_collections.secmon.aws.plugins.module_utils.drill.document import as_report, document, failure, remarks
from ansible_collections.secmon.aws.plugins.module_utils.reports.html import as_html
from ansible_collections.secmon.aws.plugins.module_utils.reports.junit import as_junit
from ansible_collections.secmon.aws.plugins.module_utils.reports.text import as_text
from ansible_collections.secmon.aws.plugins.plugin_utils.host_variables import plain

ARGUMENT_SPEC = {
    "mode": {"type": "str", "required": True},
    "accounts": {"type": "list", "elements": "dict", "required": True},
    "hosts": {"type": "list", "elements": "str", "default": []},
    "folder": {"type": "path", "default": ""},
}


class ActionModule(ActionBase):
    """Print the report, and write its files, without a connection to any host."""

    _requires_connection = False

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Return the results; failed if an alarm did not fire as it must."""
        result: dict[str, Any] = super().run(tmp, task_vars)
        _valid, options = self.validate_argument_spec(argument_spec=ARGUMENT_SPEC)
        options = plain(options)
        missing = [host for host in options["hosts"] if host not in {each["host"] for each in options["accounts"]}]
        found = document(options["mode"], options["accounts"], missing)
        report = as_report(found)
        text = "\n".join([as_text(report), *remarks(found)]).rstrip() + "\n"
        contents = {
            "txt": text,
            "json": json.dumps(found, indent=1, ensure_ascii=False) + "\n",
            "xml": as_junit(report),
            "html": as_html(report),
        }
        files = _write(Path(options["folder"]), contents) if options["folder"] else []
        self._display.display("\n" + text + (f"Written: {', '.join(files)}" if files else ""))
        counts = ", ".join(f"{number} {status.replace('_', ' ')}" for status, number in found["counts"].items())
        # Ansible prints the whole result of a task that fails.
        shown = {"report": found} if found["passed"] else {}
        why = "" if found["passed"] else f" {failure(found, files)}"
        return result | {
            "changed": False,
            "failed": not found["passed"],
            "msg": f"{counts or 'Nothing was drilled'}.{why}",
            "files": files,
            **shown,
        }


def _write(folder: Path, contents: dict[str, str]) -> list[str]:
    folder.mkdir(parents=True, exist_ok=True)
    for suffix, content in contents.items():
        (folder / f"drill.{suffix}").write_text(content, encoding="utf-8")
    return [str(folder / f"drill.{suffix}") for suffix in contents]
