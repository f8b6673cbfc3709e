"""The shipped rules, loaded once in a process: each load takes more than a second."""

from __future__ import annotations

from functools import cache

from ansible_collections.secmon.aws.plugins.module_utils.rules.rule import Rule

from tools.generate_docs.costs import rules_of_packs


@cache
def shipped_rules() -> tuple[Rule, ...]:
    """Return the rules of all packs in the order of their files."""
    packs = rules_of_packs()
    return tuple(rule for pack in sorted(packs) for rule in packs[pack])
