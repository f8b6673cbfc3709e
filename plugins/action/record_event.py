# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Add a real event to the tests of a rule on the controller; plugins/modules/record_event.py documents it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ansible.plugins.action import ActionBase
from ansible_collections.secmon.aws.plugins.module_utils.rules.recording.records import NoRecordError, choose_record
from ansible_collections.secmon.aws.plugins.module_utils.rules.recording.replacement import replace_identifiers
from ansible_collections.secmon.aws.plugins.module_utils.rules.recording.rule_file import (
    RuleFileError,
    add_test,
    event_of_test,
)
from ansible_collections.secmon.aws.plugins.plugin_utils.host_variables import plain
from yaml import YAMLError

ARGUMENT_SPEC = {
    "event_file": {"type": "path"},
    "event": {"type": "dict"},
    "rule_file": {"type": "path", "required": True},
    "name": {"type": "str", "required": True},
    "match": {"type": "bool", "default": True},
    "event_id": {"type": "str", "default": ""},
    "event_name": {"type": "str", "default": ""},
    "replace": {"type": "dict", "default": {}},
}


class ActionModule(ActionBase):
    """Write a test without a connection to any host."""

    _requires_connection = False

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Write the event as the last test of the rule, unless it is one already."""
        result: dict[str, Any] = super().run(tmp, task_vars)
        either = ("event_file", "event")
        _first, options = self.validate_argument_spec(
            argument_spec=ARGUMENT_SPEC, required_one_of=[either], mutually_exclusive=[either]
        )
        options = plain(options)
        rule = Path(options["rule_file"])
        try:
            record = options["event"] or _from_file(options)
        except (OSError, NoRecordError) as error:
            return result | {"failed": True, "msg": f"The event cannot be read: {error}."}
        event = replace_identifiers(record, {str(word): str(to) for word, to in options["replace"].items()})
        try:
            before = rule.read_text(encoding="utf-8")
            after = add_test(before, options["name"], options["match"], event)
            present = event_of_test(before, options["name"])
        except (OSError, UnicodeDecodeError, YAMLError, RuleFileError) as error:
            return result | {"failed": True, "msg": f"The test cannot be added to {rule}: {error}."}
        if present is not None:
            found = f"{rule} has a test named {options['name']}"
            if present != event:
                result["warnings"] = [
                    f"{found}, which has another event and stays. Choose another name for this event."
                ]
            return result | {"changed": False, "msg": f"{found}.", "event": event}
        if not self._task.check_mode:
            rule.write_text(after, encoding="utf-8")
        shown = {"before": before, "after": after, "before_header": str(rule), "after_header": str(rule)}
        return result | {"changed": True, "msg": f"Added the test to {rule}.", "event": event, "diff": shown}


def _from_file(options: dict[str, Any]) -> dict[str, Any]:
    content = Path(options["event_file"]).read_bytes()
    return choose_record(content, options["event_id"], options["event_name"])
