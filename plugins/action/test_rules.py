# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Test and lint detection rules on the controller; plugins/modules/test_rules.py has the documentation."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

from ansible.plugins.action import ActionBase
from ansible_collections.secmon.aws.plugins.module_utils.rules.catalog import load_rules
from ansible_collections.secmon.aws.plugins.module_utils.rules.engines import engine_results
from ansible_collections.secmon.aws.plugins.module_utils.rules.lint.lint import LintContext, lint_rules
from ansible_collections.secmon.aws.plugins.module_utils.rules.overrides import apply_overrides
from ansible_collections.secmon.aws.plugins.module_utils.rules.report import (
    format_engines,
    format_report,
    format_totals,
)
from ansible_collections.secmon.aws.plugins.module_utils.rules.rule_tests import run_tests
from ansible_collections.secmon.aws.plugins.module_utils.validation.problems import ValidationError

ARGUMENT_SPEC = {
    "paths": {"type": "list", "elements": "path", "required": True},
    "overrides": {"type": "dict", "default": {}},
    "excluded_event_sources": {"type": "list", "elements": "str", "default": []},
    "strict": {"type": "bool", "default": False},
    "engines": {"type": "bool", "default": False},
}


class ActionModule(ActionBase):
    """Test rules without a connection to any host."""

    _requires_connection = False

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Return counts, failed tests and findings; fail if a rule cannot work."""
        result: dict[str, Any] = super().run(tmp, task_vars)
        _first, options = self.validate_argument_spec(argument_spec=ARGUMENT_SPEC)
        try:
            rules = load_rules([Path(path) for path in options["paths"]])
            rules = apply_overrides(rules, ("overrides", options["overrides"]))
        except ValidationError as error:
            return result | {"failed": True, "msg": f"The rules cannot be loaded.\n{error}"}
        return result | self._test(rules, options) | (self._engines(rules) if options["engines"] else {})

    def _engines(self, rules: Any) -> dict[str, Any]:
        results = engine_results(rules)
        self._display.display("\n" + format_engines(results))
        return {"engines": [asdict(result) for result in results]}

    def _test(self, rules: Any, options: dict[str, Any]) -> dict[str, Any]:
        results = run_tests(rules)
        findings = lint_rules(rules, LintContext(excluded_event_sources=tuple(options["excluded_event_sources"])))
        self._display.display(format_report(rules, results, findings))
        failures = [asdict(test) for test in results if not test.passed]
        fatal = [finding for finding in findings if finding.level == "error" or options["strict"]]
        return {
            "changed": False,
            "failed": bool(failures or fatal or not rules),
            "msg": format_totals(rules, results, findings) if rules else f"No rule file in {options['paths']}.",
            "rules": [rule.id for rule in rules],
            "tests_run": len(results),
            "failures": failures,
            "findings": [asdict(finding) for finding in findings],
        }
