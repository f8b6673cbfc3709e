"""What the rules see: by pack, technique, incident and call, from the rules and rules/coverage.yml."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any

import yaml
from ansible_collections.secmon.aws.plugins.module_utils.catalog import coverage as known
from ansible_collections.secmon.aws.plugins.module_utils.catalog.coverage import (
    Seen,
    bare_record,
    pattern_for_all,
    tested_events,
)
from ansible_collections.secmon.aws.plugins.module_utils.preflight.variables import PROFILES
from ansible_collections.secmon.aws.plugins.module_utils.rules.limits import MAX_FILTERS_PER_LOG_GROUP, SEVERITIES
from ansible_collections.secmon.aws.plugins.module_utils.rules.packs import PACKS
from ansible_collections.secmon.aws.plugins.module_utils.rules.parameters import fill_pattern, sample_values
from ansible_collections.secmon.aws.plugins.module_utils.rules.rule import Rule

from tools.generate_docs.costs import RULES, rules_of_packs
from tools.generate_docs.markdown import table

REASONS = ("data event", "noise", "needs correlation")
MAX_PATTERN_LENGTH = 1024  # CloudWatch Logs API, FilterPattern
_ATTACK = "https://attack.mitre.org/techniques/"


@cache
def coverage() -> Mapping[str, Any]:
    """Return the contents of rules/coverage.yml."""
    read: Mapping[str, Any] = yaml.safe_load((RULES / "coverage.yml").read_text(encoding="utf-8"))
    return read


def calls(section: str) -> dict[str, Any]:
    """Return the calls of a section, with what it says of each."""
    return known.calls(coverage(), section)


def explained() -> dict[str, Mapping[str, Any]]:
    """Return the entry of each call on which no rule alarms in the case of the incidents."""
    return known.explained(coverage())


def seen(call: str) -> Seen:
    """Return which rules alarm on a call, found by matching records, not by the names in patterns."""
    always = tuple(rule.id for rule in _specific() if _pattern(rule).matches(bare_record(call)))
    sometimes = (rule.id for rule in _specific() if rule.id not in always and call in _tested_calls(rule))
    return Seen(always, tuple(sometimes))


@cache
def _specific() -> tuple[Rule, ...]:
    return tuple(rule for rules in rules_of_packs().values() for rule in rules if rule.id not in known.GENERIC)


_pattern = cache(pattern_for_all)


@cache
def _tested_calls(rule: Rule) -> frozenset[str]:
    return frozenset(call for call, _event in tested_events(rule))


def _rules(found: Seen) -> str:
    """Return the rules in Markdown."""
    return ", ".join([f"`{rule}`" for rule in found.always] + [f"`{rule}` (some)" for rule in found.sometimes])


def summary() -> str:
    """Return the figures in one table."""
    listed = calls("incident_calls")
    found = {call: seen(call) for call in listed if call not in explained()}
    techniques = [any(seen(call) for call in named) for named in coverage()["techniques"].values()]
    blinding = [bool(seen(call)) for call in calls("blinding_calls")]
    always = sum(bool(one.always) for one in found.values())
    some = sum(bool(one) for one in found.values()) - always
    rows = [
        (
            "changing calls in public incident reports",
            str(len(listed)),
            f"{always} always, {some} in certain cases",
        ),
        ("attack techniques of Stratus Red Team", str(len(techniques)), str(sum(techniques))),
        ("calls that blind this system or its neighbours", str(len(blinding)), str(sum(blinding))),
    ]
    return table(("what", "number", "a rule alarms on"), rows)


def by_call() -> str:
    """Return the table of the calls of incidents."""
    why = explained()
    rows = []
    for call, reports in sorted(calls("incident_calls").items(), key=lambda entry: (-entry[1], entry[0])):
        entry = why.get(call)
        rows.append((f"`{call}`", str(reports), _why(entry) if entry else _rules(seen(call))))
    return table(("call", "reports", "rules, or why there is none and what sees it instead"), rows)


def by_peers() -> str:
    """Return the table of the calls that others alarm on."""
    rows = [(", ".join(f"`{call}`" for call in entry["calls"]), _why(entry)) for entry in coverage()["peers_alarm_on"]]
    return table(("calls", "the reason against a rule, and what sees it instead"), rows)


def _why(entry: Mapping[str, Any]) -> str:
    return f"{entry['reason']}: {entry['instead'].strip()} {_names(entry['rules'])}"


def by_technique() -> str:
    """Return the table of the techniques of Stratus Red Team."""
    rows = []
    for technique, named in coverage()["techniques"].items():
        found = {rule for call in named for rule in (*seen(call).always, *seen(call).sometimes)}
        rows.append((f"`{technique}`", ", ".join(f"`{call}`" for call in named), _names(found)))
    return table(("technique", "seen by", "rules"), rows)


def by_attack() -> str:
    """Return the table of ATT&CK techniques."""
    rules: dict[str, set[str]] = {}
    for rule in _all_rules():
        for technique in rule.references.mitre_attack:
            rules.setdefault(technique, set()).add(rule.id)
    rows = [(f"[{one}]({_ATTACK}{one.replace('.', '/')}/)", _names(found)) for one, found in sorted(rules.items())]
    return table(("technique", "rules"), rows)


def by_incident() -> str:
    """Return the table of the public reports that rules cite."""
    rules: dict[tuple[str, str], set[str]] = {}
    for rule in _all_rules():
        for report in rule.references.incidents.items():
            rules.setdefault(report, set()).add(rule.id)
    rows = [(f"[{title}]({link})", _names(found)) for (title, link), found in sorted(rules.items())]
    return table(("report", "rules"), rows)


def by_pack() -> str:
    """Return the table of the rules with their severity, and what else makes them fire."""
    rows = [
        (f"`{rule.id}`", pack, rule.severity, " ".join(rule.false_positives))
        for pack, rules in rules_of_packs().items()
        for rule in sorted(rules, key=lambda rule: (-SEVERITIES.index(rule.severity), rule.id))
    ]
    return table(("rule", "pack", "severity", "harmless causes"), rows)


def overlaps() -> str:
    """Return the table of the calls that raise two alarms, with the reason."""
    rows = [(f"`{entry['rule']}`", _names(entry["graver"]), entry["why"]) for entry in coverage()["overlaps"]]
    return table(("broad rule", "also fires with it", "why"), rows)


def pack_table(pack: str) -> str:
    """Return the table of one pack in rules/README.md."""
    rows = []
    for rule in rules_of_packs()[pack]:
        names = (f"`{one.name}`{' (required)' if one.required else ''}" for one in rule.parameters)
        rows.append((f"`{rule.id}`", rule.title, rule.severity, ", ".join(names) or "-"))
    return table(("id", "title", "severity", "parameters"), rows)


def quotas() -> str:
    """Return how many filters profiles and packs need, of those that a log group can have."""
    chosen = {f"profile `{profile}`": sets["secmon_packs"] for profile, sets in PROFILES.items()}
    chosen["profile `cis`, with `operational` and `guard`"] = ["guide", "cis", "operational", "guard"]
    chosen["all packs"] = list(PACKS)
    rows = []
    for name, packs in chosen.items():
        rules = [rule for pack in packs for rule in rules_of_packs()[pack]]
        longest = max(rules, key=_length)
        length = f"{_length(longest)} of {MAX_PATTERN_LENGTH:,} (`{longest.id}`)"
        rows.append((name, f"{len(rules)} of {MAX_FILTERS_PER_LOG_GROUP}", f"{len(rules)}", length))
    return table(("chosen", "metric filters", "alarms", "longest pattern"), rows)


def _length(rule: Rule) -> int:
    return len(str(fill_pattern(rule, sample_values(rule))))


def _all_rules() -> Iterator[Rule]:
    return (rule for rules in rules_of_packs().values() for rule in rules)


def _names(rules: Iterable[str]) -> str:
    return ", ".join(f"`{rule}`" for rule in sorted(rules))
