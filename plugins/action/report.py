# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Report what was judged in all accounts, on the controller; plugins/modules/report.py has the documentation."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ansible.plugins.action import ActionBase
from ansible_collections.secmon.aws.plugins.module_utils.reports.html import as_html
from ansible_collections.secmon.aws.plugins.module_utils.reports.junit import as_junit
from ansible_collections.secmon.aws.plugins.module_utils.reports.report import Report, build
from ansible_collections.secmon.aws.plugins.module_utils.reports.text import as_text

ARGUMENT_SPEC = {
    "title": {"type": "str", "required": True},
    "subtitle": {"type": "str", "default": ""},
    "results": {"type": "dict", "required": True},
    "items": {"type": "str", "required": True},
    "group": {"type": "str", "default": "group"},
    "name": {"type": "str", "default": "name"},
    "folder": {"type": "path"},
    "file": {"type": "str", "default": "report"},
}
_FORMATS: dict[str, Callable[[Report], str]] = {
    "txt": as_text,
    "json": lambda report: json.dumps(asdict(report), indent=2, ensure_ascii=False, default=str) + "\n",
    "xml": as_junit,
    "html": as_html,
}


class ActionModule(ActionBase):
    """Write the report without a connection to any host."""

    _requires_connection = False

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Return whether everything is met, and the files that were written."""
        result: dict[str, Any] = super().run(tmp, task_vars)
        _first, options = self.validate_argument_spec(argument_spec=ARGUMENT_SPEC)
        results = {host: _items(found, options) for host, found in options["results"].items()}
        elsewhere = [host for host, found in options["results"].items() if found.get("elsewhere")]
        report = build(options["title"], options["subtitle"], results, elsewhere)
        self._display.display("\n" + as_text(report))
        files = _write(report, Path(options["folder"]), options["file"]) if options["folder"] else []
        if files:
            self._display.display(f"Written: {', '.join(files)}")
        return result | {"changed": False, "met": report.is_met, "files": files}


def _items(found: Any, options: Mapping[str, Any]) -> list[dict[str, Any]] | str:
    """Return the items of a host, or why there are none."""
    if not isinstance(found, Mapping) or options["items"] not in found:
        why = found.get("msg") if isinstance(found, Mapping) else None
        return str(why or "The account was not reached.")
    keys = {"group": options["group"], "name": options["name"]}
    return [{**item, **{key: item[actual] for key, actual in keys.items()}} for item in found[options["items"]]]


def _write(report: Report, folder: Path, name: str) -> list[str]:
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for suffix, form in _FORMATS.items():
        path = folder / f"{name}.{suffix}"
        path.write_text(form(report), encoding="utf-8")
        written.append(str(path))
    return written
