# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Write a rule file from a Sigma rule: what the rule says of itself travels with it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Any

from ..filter_pattern.pattern import CompiledPattern
from ..rules.limits import MAX_DESCRIPTION_LENGTH, MAX_TITLE_LENGTH, SEVERITIES
from ..validation.yaml_text import yaml_text
from .reading import SigmaDocument

TACTICS = {
    "reconnaissance": "TA0043",
    "resource-development": "TA0042",
    "initial-access": "TA0001",
    "execution": "TA0002",
    "persistence": "TA0003",
    "privilege-escalation": "TA0004",
    "defense-evasion": "TA0005",
    "credential-access": "TA0006",
    "discovery": "TA0007",
    "lateral-movement": "TA0008",
    "collection": "TA0009",
    "command-and-control": "TA0011",
    "exfiltration": "TA0010",
    "impact": "TA0040",
}
"""The tactics of ATT&CK for Enterprise (attack.mitre.org); other tags stay as a comment."""


def rule_text(
    document: SigmaDocument,
    pattern: CompiledPattern,
    tests: Sequence[dict[str, Any]],
    *,
    source: str,
    licence: str,
    notes: Sequence[str],
) -> str:
    """Return the text of a rule file; its comments hold what no key does."""
    licence = document.text("license") or licence
    rule: dict[str, Any] = {
        "title": _ascii(document.text("title"))[:MAX_TITLE_LENGTH] or "A Sigma rule without a title",
        "severity": level if (level := document.text("level").lower()) in SEVERITIES else "medium",
        "description": _description(document, licence),
        "pattern": str(pattern),
    }
    if references := _references(document):
        rule["references"] = references
    if positives := document.texts("falsepositives"):
        rule["false_positives"] = positives
    rule["tests"] = list(tests)
    body = yaml_text(rule)
    head = "".join(f"# {line}\n" for line in _comments(document, source, licence, notes))
    remark = "# Made from the condition. Complete them with real records: ansible-playbook secmon.aws.record\ntests:\n"
    before, _tests, after = body.rpartition("\ntests:\n")
    return f"---\n{head}{before}\n{remark}{after}"


def _ascii(text: str) -> str:
    """Return a title without accents and other characters that are no ASCII, as names of alarms have."""
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()


def _description(document: SigmaDocument, licence: str) -> str:
    """Return the description, which ends with the author: it is the text of the alarm's mails."""
    credit = f"Sigma rule {document.text('id') or 'without id'} by {document.text('author') or 'an unnamed author'}"
    credit += f", licence {licence}." if licence else "."
    credit = credit[:MAX_DESCRIPTION_LENGTH]
    room = MAX_DESCRIPTION_LENGTH - len(credit) - 1
    text = document.text("description")
    text += "" if not text or text.endswith((".", "!", "?")) else "."
    text = text if len(text) <= room else f"{text[: max(0, room - 4)]} ..."
    return f"{text} {credit}".strip()[:MAX_DESCRIPTION_LENGTH]


def _references(document: SigmaDocument) -> dict[str, Any]:
    techniques = dict.fromkeys(filter(None, map(_technique, document.texts("tags"))))
    links = [link for link in document.texts("references") if re.fullmatch(r"https://[!-~]+", link)]
    return {key: list(found) for key, found in (("mitre_attack", techniques), ("links", links)) if found}


def _technique(tag: str) -> str | None:
    """Return the id of an ATT&CK technique or tactic, None for other tags."""
    name = tag.lower().removeprefix("attack.")
    if name == tag.lower():
        return None
    if re.fullmatch(r"ta?\d{4}(\.\d{3})?", name):
        return name.upper()
    return TACTICS.get(name.replace("_", "-"))


def _comments(document: SigmaDocument, source: str, licence: str, notes: Sequence[str]) -> list[str]:
    """Return the origin of a rule, and everything of it that no key holds."""
    name = f"the Sigma rule {document.text('id') or 'without id'} ({source})"
    lines = [f"Imported from {name} by secmon.aws.sigma_import; modified: the pattern and the tests."]
    for key, value in (
        ("Title", document.text("title")),
        ("Author", document.text("author") or "not named"),
        ("Licence", licence or "not named; ask its author before you share it"),
        ("Status", document.text("status")),
        ("Date", document.text("date")),
        ("Modified", document.text("modified")),
        ("Tags", ", ".join(tag for tag in document.texts("tags") if not _technique(tag))),
        ("References", " ".join(x for x in document.texts("references") if not re.fullmatch(r"https://[!-~]+", x))),
        (
            "Related",
            ", ".join(f"{x.get('type')} {x.get('id')}" for x in document.mappings("related")),
        ),
    ):
        lines += [f"{key}: {value}"] if value else []
    return lines + [f"Note: {note}." for note in notes]
