"""Every option of every module is passed by a role or playbook, or is listed here with its use."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

COLLECTION = "secmon.aws."
# Options that no role or playbook needs, with the reason for each.
ALL_MODULES = {"purge_tags": "the roles set all tags of a managed resource, which is the default"}
# teardown.yml and prune.yml pass every option by module_defaults, from the result of the preflight.
PASSED_BY_DEFAULTS = {"leftovers"}
MODULE_ONLY = {
    "detection_drill": {
        "poll_seconds": "shortens the interval in tests",
        "account_id": "the plays pass it to all own modules, by module_defaults",
    },
    "rule_drill": {
        "poll_seconds": "shortens the interval in tests",
        "account_id": "the plays pass it to all own modules, by module_defaults",
    },
    "event_drill": {
        "poll_seconds": "shortens the interval in tests",
        "account_id": "the plays pass it to all own modules, by module_defaults",
    },
    "metric_filters": {
        "test_messages": "tests all filters with messages of the user; the roles test each one with its own"
    },
}


def options_of(module: Path) -> set[str]:
    """Return the options that a module documents itself, without those of documentation fragments."""
    text = module.read_text().split('DOCUMENTATION = r"""')[1].split('"""')[0]
    return set(yaml.safe_load(text).get("options") or {})


def tasks_of(content: Any) -> Iterator[tuple[str, set[str]]]:
    """Yield the module and the options of every task of this collection in a YAML file."""
    if isinstance(content, list):
        for item in content:
            yield from tasks_of(item)
    elif isinstance(content, dict):
        for key, value in content.items():
            if key.startswith(COLLECTION) and not isinstance(value, str):
                yield key.removeprefix(COLLECTION), set(value or {})
            yield from tasks_of(value)


def options_passed(repository: Path) -> dict[str, set[str]]:
    """Return the options that the roles and playbooks pass, by module."""
    # teardown.yml passes most options of leftovers as the mapping that this function of the preflight returns.
    teardown = (repository / "plugins/module_utils/preflight/teardown.py").read_text()
    passed = {"leftovers": set(re.findall(r'^        "(\w+)":', teardown, re.MULTILINE))}
    for folder in ("roles", "playbooks"):
        for path in sorted((repository / folder).rglob("*.yml")):
            for module, options in tasks_of(yaml.safe_load(path.read_text())):
                passed.setdefault(module, set()).update(options)
    return passed


def test_every_option_is_passed_or_listed(repository: Path) -> None:
    passed = options_passed(repository)
    modules = sorted((repository / "plugins/modules").glob("*.py"))
    unused = {path.stem: options_of(path) - passed.get(path.stem, set()) - set(ALL_MODULES) for path in modules}
    listed = {module: set(options) for module, options in MODULE_ONLY.items()}
    assert {
        module: options for module, options in unused.items() if options and module not in PASSED_BY_DEFAULTS
    } == listed
