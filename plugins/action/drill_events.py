# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Choose the events of a drill on the controller; plugins/modules/drill_events.py documents it."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

from ansible.plugins.action import ActionBase
from ansible_collections.secmon.aws.plugins.module_utils.core.problems import RequestError
from ansible_collections.secmon.aws.plugins.module_utils.drill.batch.engines import event_rules_of, log_alarms_of
from ansible_collections.secmon.aws.plugins.module_utils.drill.batch.events import choose_events
from ansible_collections.secmon.aws.plugins.module_utils.drill.batch.scenario import read_scenario
from ansible_collections.secmon.aws.plugins.module_utils.preflight.report import preflight
from ansible_collections.secmon.aws.plugins.module_utils.preflight.variables import PREFIX
from ansible_collections.secmon.aws.plugins.module_utils.rules.packs import load_packs
from ansible_collections.secmon.aws.plugins.plugin_utils.host_variables import read_hosts

RULES = Path(__file__).resolve().parents[2] / "rules"
ARGUMENT_SPEC = {
    "only": {"type": "list", "elements": "str", "default": []},
    "scenario": {"type": "path", "default": ""},
}


class ActionModule(ActionBase):
    """Choose the events of one account, without a connection to it."""

    _requires_connection = False

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Return the rules of the host and their events, or the records of a scenario."""
        result: dict[str, Any] = super().run(tmp, task_vars)
        _valid, options = self.validate_argument_spec(argument_spec=ARGUMENT_SPEC)
        host = (task_vars or {})["inventory_hostname"]
        report = preflight(read_hosts(self._task, self._templar, [host], PREFIX), load_packs(RULES), whole=False)
        if report.problems:
            return _failed(result, report.problems)
        rules, only = report.rules[host], {str(name) for name in options["only"]}
        unknown = only - {rule.id for rule in rules}
        if unknown:
            why = "no such rule is deployed. Correct secmon_drill_rules."
            return _failed(result, [f"host {host}: {name}: {why}" for name in sorted(unknown)])
        try:
            scenario = read_scenario(Path(options["scenario"])) if options["scenario"] else []
        except RequestError as error:
            return _failed(result, error.problems)
        chosen = choose_events(rules, str((task_vars or {})["secmon_account_id"]), only)
        kept = [rule for rule in report.detections[host].rules if not only or rule["id"] in only]
        names = ("id", "title", "severity", "filter_name", "alarm_name")
        return result | {
            "changed": False,
            "rules": [
                *({name: rule[name] for name in names} for rule in kept),
                *log_alarms_of(kept, rules, report.detections[host].log_alarms),
            ],
            "scenario": [asdict(event) for event in scenario],
            "event_rules": event_rules_of(kept, chosen, report.event_rules[host]),
            **chosen.as_options(),
        }


def _failed(result: dict[str, Any], problems: Any) -> dict[str, Any]:
    return result | {"changed": False, "failed": True, "msg": "\n".join(problems), "problems": list(problems)}
