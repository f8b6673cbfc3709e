"""The variables of an account: descriptions and defaults of roles/common, types of the preflight."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import yaml
from ansible_collections.secmon.aws.plugins.module_utils.preflight.variables import PROFILES, VARIABLES, Variable

from tools.generate_docs.markdown import from_ansible, table, value

REPOSITORY = Path(__file__).resolve().parents[2]
# The sections of docs/variables.md, by the first variable of each in argument_specs.
SECTIONS = {
    "secmon_account_id": "The account",
    "secmon_aws_profile": "Credentials and connection",
    "secmon_profile": "Detections",
    "secmon_create_secret": "The secret",
    "secmon_emails": "Notifications",
    "secmon_event_alerts": "Event alerts",
    "secmon_trail_name": "The trail",
    "secmon_log_group_name": "The log group",
    "secmon_encrypt": "Encryption",
    "secmon_verify_timeout_seconds": "Running",
}
# The variables whose defaults docs/deployer_policy.json names.
IN_THE_POLICY = (
    "secmon_trail_name",
    "secmon_log_group_name",
    "secmon_log_role_name",
    "secmon_log_alarm_query_role_name",
    "secmon_log_alarm_lines_role_name",
    "secmon_event_forwarder_role_name",
    "secmon_topic_name",
    "secmon_event_topic_name",
    "secmon_secret_name",
    "secmon_kms_alias",
)


def _described() -> dict[str, dict[str, Any]]:
    specification = yaml.safe_load((REPOSITORY / "roles/common/meta/variables.yml").read_text())
    options: dict[str, dict[str, Any]] = specification["argument_specs"]["variables"]["options"]
    return options


def all_variables() -> str:
    """Return a section with a table for each group of variables."""
    sections: dict[str, list[tuple[str, ...]]] = {}
    for name, option in _described().items():
        if name in SECTIONS:
            rows = sections.setdefault(SECTIONS[name], [])
        rows.append(_row(VARIABLES[name], option["description"]))
    header = ("variable", "value", "default", "meaning")
    return "\n".join(f"## {title}\n\n{table(header, rows)}" for title, rows in sections.items())


def _row(variable: Variable, description: str) -> tuple[str, ...]:
    meaning = from_ansible(description) + (" Secret." if variable.secret else "")
    return f"`{variable.name}`", variable.type.name, _default(variable), meaning


def _default(variable: Variable) -> str:
    if variable.required:
        return "**required**"
    return variable.default_words or value(variable.default)


def profiles() -> str:
    """Return the table of what each profile sets."""
    names = tuple(next(iter(PROFILES.values())))
    rows = [(f"`{name}`", *(value(sets[own]) for own in names)) for name, sets in PROFILES.items()]
    return table([f"`{name}`" for name in ("secmon_profile", *names)], rows)


def names_in_the_policy() -> str:
    """Return the table of the names that docs/deployer_policy.json holds and a user may have to replace."""
    policy = json.loads((REPOSITORY / "docs/deployer_policy.json").read_text())
    defaults = {name: str(VARIABLES[name].default) for name in IN_THE_POLICY}
    missing = [name for name, default in defaults.items() if default not in json.dumps(policy)]
    assert not missing, f"docs/deployer_policy.json does not hold the defaults of {missing}"
    return table(("in the file", "stands for"), [(f"`{defaults[name]}`", f"`{name}`") for name in IN_THE_POLICY])
