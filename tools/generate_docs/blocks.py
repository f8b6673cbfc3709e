"""Generated blocks in Markdown files: what stands between two comments is replaced by the output of a function."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from tools.generate_docs import (
    changes,
    costs,
    coverage,
    delays,
    engines,
    event_mails,
    fidelity,
    modules,
    posture,
    roles,
    variables,
)

REPOSITORY = Path(__file__).resolve().parents[2]
_BLOCK = re.compile(r"(<!-- generated: ([a-z-]+)(?: (\w+))? -->\n).*?(<!-- end of generated -->)", re.DOTALL)
# What the first comment can name; a word after the name is passed to the function.
GENERATORS: dict[str, Callable[..., str]] = {
    "breaking-changes": changes.breaking_changes,
    "costs": costs.profile_costs,
    "costs-packs": costs.pack_costs,
    "coverage-attack": coverage.by_attack,
    "coverage-calls": coverage.by_call,
    "coverage-incidents": coverage.by_incident,
    "coverage-overlaps": coverage.overlaps,
    "coverage-packs": coverage.by_pack,
    "coverage-peers": coverage.by_peers,
    "coverage-quotas": coverage.quotas,
    "coverage-summary": coverage.summary,
    "coverage-techniques": coverage.by_technique,
    "delays": delays.all_delays,
    "engine-counts": engines.counts,
    "engine-differences": engines.differences,
    "engine-reasons": engines.reasons,
    "engine-rules": engines.rules,
    "event-card": event_mails.card,
    "event-mails": event_mails.mails,
    "event-rule-numbers": event_mails.numbers,
    "fidelity-disagreements": fidelity.disagreements,
    "fidelity-operations": fidelity.operations,
    "fidelity-oracles": fidelity.oracles,
    "fidelity-services": fidelity.services,
    "modules": modules.all_modules,
    "pack": coverage.pack_table,
    "posture-controls": posture.controls,
    "policy-names": variables.names_in_the_policy,
    "profiles": variables.profiles,
    "promises": modules.promises,
    "resources": modules.resources,
    "role-actions": roles.actions,
    "role-variables": roles.variables,
    "roles": roles.all_roles,
    "variables": variables.all_variables,
}


def regenerate(text: str) -> str:
    """Return a document with the current content of its generated blocks.

    Raises:
        KeyError: A block has a name that is not in GENERATORS.
    """

    def block(match: re.Match[str]) -> str:
        begin, name, argument, end = match.groups()
        return begin + GENERATORS[name](*[argument] if argument else []) + end

    return _BLOCK.sub(block, text)


def documents() -> list[Path]:
    """Return the documents that have generated blocks."""
    places = ("*.md", "docs/*.md", "rules/*.md", "roles/*/README.md")
    paths = [path for place in places for path in REPOSITORY.glob(place)]
    return [path for path in sorted(paths) if _BLOCK.search(path.read_text())]


def outdated() -> dict[Path, str]:
    """Return the documents that differ from what would be generated, with their new text."""
    texts = {path: regenerate(path.read_text()) for path in documents()}
    return {path: text for path, text in texts.items() if text != path.read_text()}
