# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Fill in what a short rule leaves out: it needs a title, a pattern and tests."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

NAMESPACE = "SecurityMetrics"
REQUIRED = ("title", "pattern", "tests")
_ALARM = {
    "period_seconds": 60,
    "evaluation_periods": 1,
    "threshold": 1,
    "comparison": "GreaterThanOrEqualToThreshold",
}
_RUNBOOK = """1. List the records that the alarm counted:
   ${find_records}
   Note eventTime, awsRegion, userIdentity, sourceIPAddress and userAgent.
2. Ask the caller for the reason. If no one can explain the call, disable the caller's credentials.
3. Close with the reason or the incident.
"""


def with_defaults(value: Any, rule_id: str) -> Any:
    """Return the value of a rule's document with defaults; a value that is not a mapping is left to the reader.

    Args:
        value: The value, as it was written.
        rule_id: The name of the file or of the override.
    """
    if not isinstance(value, Mapping):
        return value
    given = {key: entry for key, entry in value.items() if entry is not None}
    title = given.get("title")
    filter_name = given.get("filter_name", default_filter_name(rule_id))
    metric = {"namespace": NAMESPACE, "name": f"{filter_name}Count"}
    defaults = {
        "id": rule_id,
        "severity": "medium",
        "description": title if isinstance(title, str) and title.strip() else rule_id,
        "filter_name": filter_name,
        # A metric that the author describes has only the default value that the author gives it.
        "metric": metric | {"default_value": 0},
        "alarm": _ALARM | {"statistic": "Sum"},
        "runbook": _RUNBOOK,
    }
    if isinstance(given.get("metric"), Mapping):
        given["metric"] = {**metric, **given["metric"]}
    if isinstance(given.get("alarm"), Mapping):
        statistic = {} if "extended_statistic" in given["alarm"] else {"statistic": "Sum"}
        given["alarm"] = {**_ALARM, **statistic, **given["alarm"]}
    return {**value, **defaults, **given}


def default_filter_name(rule_id: str) -> str:
    """Return the name of the filter of a rule that states none."""
    return "".join(word.capitalize() for word in rule_id.split("_"))


def short_schema(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return the JSON Schema of a rule in which only REQUIRED keys are required."""
    properties = dict(schema["properties"])
    metric = {word: rule for word, rule in properties["metric"].items() if word != "required"}
    alarm = {word: rule for word, rule in properties["alarm"].items() if word not in ("required", "oneOf")}
    both = {"not": {"required": ["statistic", "extended_statistic"]}}
    return {
        **schema,
        "required": list(REQUIRED),
        "properties": {**properties, "metric": metric, "alarm": {**alarm, **both}},
    }
