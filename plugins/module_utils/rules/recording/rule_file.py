# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Add a test to the text of a rule file, whose comments and order stay as they are."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

try:
    import yaml
except ImportError:  # the controller has it
    yaml = None  # type: ignore[assignment]

from ...validation.yaml_text import yaml_text

_TOP_LEVEL = re.compile(r"^([A-Za-z_]+):", re.MULTILINE)


class RuleFileError(ValueError):
    """A test cannot be added to a rule file."""


def event_of_test(text: str, name: str) -> Any:
    """Return the event of the test with a name in the text of a rule file, or None."""
    tests = (yaml.safe_load(text) or {}).get("tests") or []
    return next((test.get("event") for test in tests if isinstance(test, dict) and test.get("name") == name), None)


def add_test(text: str, name: str, match: bool, event: Mapping[str, Any]) -> str:
    """Return the text of a rule file with one more test at its end. Raises RuleFileError."""
    keys = _TOP_LEVEL.findall(text)
    if "tests" not in keys:
        raise RuleFileError("it has no tests: add one manually first")
    if keys[-1] != "tests":
        raise RuleFileError(f"its last key is {keys[-1]}: move tests to the end of the file")
    written = yaml_text([{"name": name, "match": match, "event": dict(event)}])
    items = re.findall(r"^( *)- ", re.split(r"^tests:", text, flags=re.MULTILINE)[-1], re.MULTILINE)
    if not items:
        raise RuleFileError("its tests are no block of lines: begin each test with a dash on a line of its own")
    indent = items[0]
    return text.rstrip("\n") + "\n" + "".join(f"{indent}{line}\n" for line in written.splitlines())
