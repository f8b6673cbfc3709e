# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Write a rule as a Sigma rule, with what it says of itself."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..rules.rule import Rule
from ..validation.yaml_text import yaml_text
from .rule_file import TACTICS

_TACTIC_NAMES = {identifier: name for name, identifier in TACTICS.items()}
# What sigma_import writes at the end of a description.
_IMPORTED = re.compile(r" ?Sigma rule ([0-9a-f-]{36}) by (.+?)(?:, licence (.+?))?\.$")


@dataclass(frozen=True)
class Origin:
    """Who wrote rules, and under which licence they may be passed on."""

    author: str = ""
    licence: str = ""


def sigma_text(rule: Rule, detection: Mapping[str, Any], origin: Origin) -> str:
    """Return the text of a Sigma rule; one that was imported from Sigma keeps its author, and its licence if any."""
    description, related = rule.description, []
    if imported := _IMPORTED.search(description):
        description = description[: imported.start()] or rule.title
        origin = Origin(imported[2], imported[3] or "")
        related = [{"id": imported[1], "type": "derived"}]
    references = [*rule.references.links, *rule.references.incidents.values()]
    document = {
        "title": rule.title,
        "id": str(uuid.uuid5(uuid.NAMESPACE_URL, f"https://galaxy.ansible.com/ui/repo/published/secmon/aws/{rule.id}")),
        "related": related,
        "status": "test",
        "description": description,
        "license": origin.licence,
        "references": list(dict.fromkeys(references)),
        "author": origin.author,
        "tags": [f"attack.{_TACTIC_NAMES.get(each, each.lower())}" for each in rule.references.mitre_attack],
        "logsource": {"product": "aws", "service": "cloudtrail"},
        "detection": dict(detection),
        "falsepositives": list(rule.false_positives),
        "level": rule.severity,
    }
    return yaml_text({key: value for key, value in document.items() if value})
