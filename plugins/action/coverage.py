# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Say what deployed filters see, on the controller; plugins/modules/coverage.py has the documentation."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml
from ansible.plugins.action import ActionBase
from ansible_collections.secmon.aws.plugins.module_utils.catalog.coverage import Catalog, account_coverage
from ansible_collections.secmon.aws.plugins.module_utils.rules.catalog import load_rules
from ansible_collections.secmon.aws.plugins.module_utils.rules.packs import PACKS

ARGUMENT_SPEC = {"accounts": {"type": "dict", "required": True}}
_RULES = Path(__file__).resolve().parents[2] / "rules"


class ActionModule(ActionBase):
    """Match records without a connection to any host."""

    _requires_connection = False

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Return the items of a report for each account."""
        result: dict[str, Any] = super().run(tmp, task_vars)
        _first, options = self.validate_argument_spec(argument_spec=ARGUMENT_SPEC)
        listed = yaml.safe_load((_RULES / "coverage.yml").read_text(encoding="utf-8"))
        catalog = Catalog({pack: load_rules(_RULES / pack) for pack in PACKS}, listed)
        results = {}
        for host, found in options["accounts"].items():
            filters = found.get("filters")
            why = found.get("msg") or found.get("filters_unknown") or "The metric filters or alarms could not be read."
            elsewhere = {"msg": why, "elsewhere": bool(found.get("filters_elsewhere"))}
            results[host] = elsewhere if filters is None else {"calls": account_coverage(filters, catalog)}
        return result | {"changed": False, "results": results}
