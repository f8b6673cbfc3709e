# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Check every variable of every account on the controller; plugins/modules/preflight.py documents it."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

from ansible import constants
from ansible.plugins.action import ActionBase
from ansible_collections.secmon.aws.plugins.module_utils.preflight.checks import tag_problems
from ansible_collections.secmon.aws.plugins.module_utils.preflight.report import Report, preflight
from ansible_collections.secmon.aws.plugins.module_utils.preflight.variables import PREFIX
from ansible_collections.secmon.aws.plugins.module_utils.rules.packs import load_packs
from ansible_collections.secmon.aws.plugins.plugin_utils.account_locks import account_key, keep_accounts
from ansible_collections.secmon.aws.plugins.plugin_utils.host_variables import read_hosts
from ansible_collections.secmon.aws.plugins.plugin_utils.shared_plugins import share_plugins

_NOTHING = "No AWS API was called; nothing was changed."
RULES = Path(__file__).resolve().parents[2] / "rules"

# The controller itself imports this file, because the action runs once for all hosts.
share_plugins()


class ActionModule(ActionBase):
    """Check all hosts of the play at once, without a connection to any."""

    BYPASS_HOST_LOOP = True
    _requires_connection = False

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Print one line for each problem, and fail if there is one; else return each host's detections."""
        result: dict[str, Any] = super().run(tmp, task_vars)
        _valid, options = self.validate_argument_spec(argument_spec={"exclusive": {"type": "bool", "default": False}})
        hosts = (task_vars or {})["ansible_play_hosts_all"]
        variables = read_hosts(self._task, self._templar, hosts, PREFIX)
        # Automation Platform gives each job slice an inventory of its own, without --limit.
        limited = bool({"ansible_limit", "awx_job_id", "tower_job_id"} & (task_vars or {}).keys())
        report = preflight(variables, load_packs(RULES), whole=not limited)
        given = {"--tags": "ansible_run_tags", "--skip-tags": "ansible_skip_tags"}
        tags = list(tag_problems({option: (task_vars or {}).get(name, ()) for option, name in given.items()}))
        for problem in (*tags, *report.problems):
            self._display.display(problem)
        result |= {"changed": False, "failed": bool(tags or report.problems), "msg": _totals(report, len(hosts))}
        if result["failed"]:
            wrong = {} if report.problems else {"msg": f"{' '.join(tags)} {_NOTHING}"}
            return result | wrong | {"problems": [*tags, *report.problems]}
        if options["exclusive"] and not self._task.check_mode:
            keys = {host: account_key({name: raw.value for name, raw in variables[host].items()}) for host in hosts}
            held = keep_accounts(Path(constants.ANSIBLE_HOME, "secmon_accounts"), keys)
            if held:
                return result | {"failed": True, "msg": " ".join(held), "problems": held}
        return result | {
            "problems": [],
            "warnings": list(report.warnings),
            "detections": {host: asdict(found) for host, found in report.detections.items()},
            "event_rules": {host: list(rules) for host, rules in report.event_rules.items()},
            "teardown": report.teardown,
            "names": report.names,
            "accounts": report.accounts,
            "log_archive": report.log_archive,
        }


def _totals(report: Report, hosts: int) -> str:
    checked = f"{hosts} host{'' if hosts == 1 else 's'}"
    if not report.problems:
        return f"Preflight passed: {checked} checked."
    found = f"{len(report.problems)} problem{'' if len(report.problems) == 1 else 's'}"
    where = f"in the variables of {len(report.problem_hosts)} of {checked}, listed above"
    return f"{found} {where}. {_NOTHING}"
