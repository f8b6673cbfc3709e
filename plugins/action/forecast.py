# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Run rules over CloudTrail files on the controller; plugins/modules/forecast.py documents it."""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ansible import constants
from ansible.plugins.action import ActionBase
from ansible_collections.secmon.aws.plugins.module_utils.event_alerts.rules import mailed_rules
from ansible_collections.secmon.aws.plugins.module_utils.forecast.costs import Deployed, scans_of
from ansible_collections.secmon.aws.plugins.module_utils.forecast.days import day_problems
from ansible_collections.secmon.aws.plugins.module_utils.forecast.rates import scan_of_rates
from ansible_collections.secmon.aws.plugins.module_utils.forecast.records import SUFFIXES, LogFile, list_files
from ansible_collections.secmon.aws.plugins.module_utils.forecast.report import forecasts, lines, seen_days, summary
from ansible_collections.secmon.aws.plugins.module_utils.forecast.run import Progress, Work, run_scan
from ansible_collections.secmon.aws.plugins.module_utils.forecast.scan import Scan, Selection
from ansible_collections.secmon.aws.plugins.module_utils.rules.packs import Packs
from ansible_collections.secmon.aws.plugins.plugin_utils.host_variables import plain

ARGUMENT_SPEC = {
    "log_files": {"type": "path"},
    "call_rates": {"type": "dict"},
    "filters": {"type": "list", "elements": "dict", "required": True},
    "alarms": {"type": "list", "elements": "dict", "required": True},
    "rules": {"type": "list", "elements": "dict", "required": True},
    "log_alarms": {"type": "list", "elements": "dict", "default": []},
    "event_rules": {"type": "list", "elements": "dict", "default": []},
    "keys": {"type": "int", "default": 0},
    "rule_ids": {"type": "list", "elements": "str", "default": []},
    "first_day": {"type": "str", "default": ""},
    "last_day": {"type": "str", "default": ""},
    "account_id": {"type": "str", "default": ""},
    "processes": {"type": "int", "default": 0},
    "report_file": {"type": "path"},
}
_RULES = Path(__file__).resolve().parents[2] / "rules"
_SECONDS_BETWEEN_LINES = 5.0


class ActionModule(ActionBase):
    """Forecast alarms without a connection to any host."""

    _requires_connection = False
    _shown = 0.0

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Count the matches, and return what each rule would have done."""
        result: dict[str, Any] = super().run(tmp, task_vars)
        _first, options = self.validate_argument_spec(argument_spec=ARGUMENT_SPEC)
        options = plain(options)
        known = [rule["id"] for rule in options["rules"]]
        problems = [
            *day_problems(options["first_day"], options["last_day"]),
            *Packs(_RULES, {}).not_chosen(options["rule_ids"], known),
        ]
        files: list[LogFile] = []
        if bool(options["log_files"]) == bool(options["call_rates"]):
            problems.append("Set either log_files or call_rates.")
        elif options["log_files"]:
            folder = Path(options["log_files"])
            files = list_files(folder) if folder.is_dir() else []
            if not files:
                problems.append(f"{folder} is not a folder with CloudTrail files ({', '.join(SUFFIXES)}).")
        if problems:
            return result | {"failed": True, "msg": " ".join(problems)}
        chosen = [rule for rule in options["rules"] if rule["id"] in (options["rule_ids"] or known)]
        if options["call_rates"]:
            scan = scan_of_rates(options["call_rates"]["rates"], {rule["filter_name"]: rule["id"] for rule in chosen})
        else:
            scan = self._scan(files, chosen, options)
        return result | self._report(scan, chosen, options)

    def _scan(self, files: Sequence[LogFile], chosen: Sequence[Mapping[str, Any]], options: Mapping[str, Any]) -> Scan:
        """Scan the files, and show the progress."""
        selection = Selection(options["first_day"], options["last_day"], options["account_id"])
        patterns = {each["name"]: each["pattern"] for each in options["filters"]}
        wanted = {rule["id"]: patterns[rule["filter_name"]] for rule in chosen}
        work = Work(Path(options["log_files"]), files, wanted, selection)
        self._shown = time.monotonic()
        return run_scan(work, options["processes"] or os.cpu_count() or 1, _state_file(work), self._show)

    def _report(self, scan: Scan, chosen: Sequence[Mapping[str, Any]], options: Mapping[str, Any]) -> dict[str, Any]:
        rates = options["call_rates"]
        days = seen_days(scan, Selection(options["first_day"], options["last_day"]))
        names = {rule["filter_name"] for rule in chosen}
        filters = [each for each in options["filters"] if each["name"] in names]
        found = forecasts(chosen, filters, options["alarms"], scan, days, unknown=rates["unknown"] if rates else ())
        report = summary(
            scan, found, _deployed(chosen, filters, options), days, _mailed(chosen, options), upper_bounds=bool(rates)
        )
        warnings = [f"{scan.unreadable} file(s) could not be read to their end: {'; '.join(scan.problems)}."]
        if not scan.records and not rates:
            reason = f"No record counts: {scan.others:,} records are of other times or accounts."
            return {"failed": True, "msg": " ".join([reason, *(warnings if scan.unreadable else [])])}
        if options["report_file"] and not self._task.check_mode:
            Path(options["report_file"]).write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
        return {
            "changed": False,
            "warnings": warnings if scan.unreadable else [],
            "lines": list(lines(report, found)),
            "forecast": report,
        }

    def _show(self, progress: Progress) -> None:
        """Print how far the scan is, if the last such line is some seconds old."""
        now = time.monotonic()
        if now - self._shown >= _SECONDS_BETWEEN_LINES:
            self._shown = now
            left = f"{progress.seconds_left / 60:.0f} min" if progress.seconds_left > 90 else "a minute"
            share = 100 * progress.done // max(progress.total, 1)
            self._display.display(f"  {share} %: {progress.records:,} records so far, about {left} left")


def _deployed(
    chosen: Sequence[Mapping[str, Any]], filters: Sequence[Mapping[str, Any]], options: Mapping[str, Any]
) -> Deployed:
    metrics = {(each["metric_namespace"], each["metric_name"]) for each in filters}
    ids = {rule["id"] for rule in chosen}
    scanning = [each for each in options["log_alarms"] if each["tags"]["secmon:rule"] in ids]
    return Deployed(len(metrics), len(chosen), options["keys"], scans_of(scanning))


def _mailed(chosen: Sequence[Mapping[str, Any]], options: Mapping[str, Any]) -> set[str]:
    return mailed_rules((rule["id"] for rule in chosen), {each["name"] for each in options["event_rules"]})


def _state_file(work: Work) -> Path:
    """Return where a stopped scan of a folder and an account is kept; two of them are independent."""
    key = hashlib.sha256(f"{work.folder.resolve()} {work.selection.account}".encode()).hexdigest()[:16]
    folder = Path(constants.ANSIBLE_HOME, "secmon_forecasts")
    folder.mkdir(parents=True, exist_ok=True)
    return folder / f"{key}.json"
