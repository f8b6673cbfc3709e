# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What metric filters see of the calls, techniques and incidents that rules/coverage.yml lists, found by matching."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..filter_pattern.pattern import CompiledPattern, LogMessage, PatternError, compile_pattern
from ..filter_pattern.tree import Compare, FieldName, Selector, tree_leaves
from ..rules.parameters import fill_pattern, sample_values
from ..rules.rule import Rule

# Rules on who calls, or on the outcome, whatever the call is.
GENERIC = frozenset({"denied_calls", "root_activity", "root_usage", "unauthorized_api_calls"})
INCIDENTS, TECHNIQUES, BLINDING = "calls of incidents", "attack techniques", "calls that blind the monitoring"
ATTACK = "ATT&CK"


@dataclass(frozen=True)
class Seen:
    """The filters that find a call: each successful one, or those with certain parameters or callers."""

    always: tuple[str, ...] = ()
    sometimes: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Return whether a filter finds it."""
        return bool(self.always or self.sometimes)


def calls(listed: Mapping[str, Any], section: str) -> dict[str, Any]:
    """Return the calls of a section of coverage.yml as ``service:call``, with what it says of each."""
    services = listed[section].items()
    return {
        f"{service}:{name}": names[name] if isinstance(names, dict) else None
        for service, names in services
        for name in names
    }


def explained(listed: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """Return the entry of each call on which no rule alarms in the case of the incidents."""
    return {call: entry for entry in listed["not_alarmed"] for call in entry["calls"]}


def bare_record(call: str, **more: Any) -> LogMessage:
    """Return a successful call by an IAM user, without parameters, unless `more` says otherwise."""
    service, _colon, name = call.partition(":")
    record = {
        "userIdentity": {"type": "IAMUser", "userName": "anna"},
        "requestParameters": None,
        "eventType": "AwsApiCall",
        # The filters of an organization ask for it.
        "recipientAccountId": "111122223333",
        "eventSource": f"{service}.amazonaws.com",
        "eventName": name,
    }
    return LogMessage(json.dumps(record | more))


_CALL = "ec2:DescribeInstances"
_OTHER_CALL = bare_record(_CALL)
_ANY_CALL = (bare_record(_CALL, errorCode="AccessDenied"), bare_record(_CALL, userIdentity={"type": "Root"}))


def pattern_for_all(rule: Rule) -> CompiledPattern:
    """Return the pattern of a rule with sample values for what it needs, and without its exceptions."""
    needed = {parameter.name for parameter in rule.parameters if parameter.required}
    return fill_pattern(rule, {name: values for name, values in sample_values(rule).items() if name in needed})


def tested_events(rule: Rule) -> Iterator[tuple[str, LogMessage]]:
    """Yield the test events that a rule must match, with their calls."""
    for test in rule.tests:
        if test.match and not isinstance(test.event, str):
            service = str(test.event["eventSource"]).partition(".")[0]
            yield f"{service}:{test.event['eventName']}", LogMessage(test.message)


def _constants(pattern: CompiledPattern) -> dict[Selector | FieldName, list[str]]:
    """Return what a pattern compares each selector with for equality, in order, without asterisks."""
    found: dict[Selector | FieldName, list[str]] = {}
    for leaf in tree_leaves(pattern.tree):
        if isinstance(leaf, Compare) and leaf.operator == "=":
            found.setdefault(leaf.selector, []).append(leaf.literal.text.strip("*"))
    return found


@dataclass(frozen=True)
class TestedEvent:
    """An event that a rule must match, and what the pattern with the sample values of its parameters compares with."""

    filter_name: str
    message: LogMessage
    samples: Mapping[Selector | FieldName, list[str]]

    def is_found_by(self, name: str, pattern: CompiledPattern) -> bool:
        """Return whether a filter finds the event; the filter of the rule itself, with the names of the account."""
        if pattern.matches(self.message):
            return True
        if name != self.filter_name:
            return False
        text = self.message.text
        for selector, values in _constants(pattern).items():
            for sample, value in zip(self.samples.get(selector, ()), values, strict=False):
                text = text.replace(json.dumps(sample)[1:-1], json.dumps(value)[1:-1]) if sample else text
        return pattern.matches(LogMessage(text))


def _events_of(rule: Rule) -> Iterator[tuple[str, TestedEvent]]:
    written = _constants(compile_pattern(rule.written_pattern))
    of_the_account = {selector for selector, values in written.items() if any("${" in value for value in values)}
    filled = _constants(fill_pattern(rule, sample_values(rule)))
    samples = {selector: values for selector, values in filled.items() if selector in of_the_account}
    for call, message in tested_events(rule):
        yield call, TestedEvent(rule.filter_name, message, samples)


@dataclass(frozen=True)
class Catalog:
    """The shipped rules by pack, and what coverage.yml lists, as the measure of what an account sees."""

    packs: Mapping[str, Sequence[Rule]]
    listed: Mapping[str, Any]
    events: dict[str, list[TestedEvent]] = field(default_factory=dict)
    found_by: dict[str, list[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Collect the test events of each call, and the rules that must match them."""
        for pack, rule in ((pack, rule) for pack, rules in self.packs.items() for rule in rules):
            for call, event in _events_of(rule) if rule.id not in GENERIC else ():
                self.events.setdefault(call, []).append(event)
                name = f"{rule.id} (pack {pack})"
                if name not in self.found_by.setdefault(call, []):
                    self.found_by[call].append(name)


def account_coverage(filters: Iterable[Mapping[str, str]], catalog: Catalog) -> list[dict[str, str]]:
    """Return an item for a report for each call and technique: whether the deployed filters find it.

    Args:
        filters: The name and pattern of each filter with an alarm that has an action.
        catalog: What is looked for.
    """
    compiled = [each for each in _compiled(filters) if not each[1].matches(_OTHER_CALL)]
    # As the rules in GENERIC: they find any call of a caller or outcome.
    specific = [each for each in compiled if not any(map(each[1].matches, _ANY_CALL))]
    why = explained(catalog.listed)
    found = {
        group: [(call, [call]) for call in calls(catalog.listed, section)]
        for group, section in ((INCIDENTS, "incident_calls"), (BLINDING, "blinding_calls"))
    }
    found[TECHNIQUES] = list(catalog.listed["techniques"].items())
    items = [
        _item(group, name, seen_by(specific, called, catalog), why.get(name), called, catalog)
        for group, entries in found.items()
        for name, called in entries
    ]
    return items + list(_attack(compiled, catalog))


def seen_by(compiled: Iterable[tuple[str, CompiledPattern]], called: Iterable[str], catalog: Catalog) -> Seen:
    """Return which filters find one of some calls."""
    patterns = list(compiled)
    bare = [bare_record(call) for call in called]
    events = [event for call in called for event in catalog.events.get(call, ())]
    always = [name for name, pattern in patterns if any(map(pattern.matches, bare))]
    sometimes = [
        name
        for name, pattern in patterns
        if name not in always and any(event.is_found_by(name, pattern) for event in events)
    ]
    return Seen(tuple(always), tuple(sometimes))


def _compiled(filters: Iterable[Mapping[str, str]]) -> Iterator[tuple[str, CompiledPattern]]:
    for each in filters:
        try:
            yield each["name"], compile_pattern(each["pattern"])
        except PatternError:  # of other teams; the embedded engine does not know it
            continue


def _item(
    group: str, name: str, seen: Seen, why: Mapping[str, Any] | None, called: Iterable[str], catalog: Catalog
) -> dict[str, str]:
    item = {"group": group, "name": name, "title": name}
    if seen.always:
        return item | {"status": "pass", "why": f"Each successful call is found by {', '.join(seen.always)}."}
    if seen:
        return item | {"status": "pass", "why": f"Found in certain cases by {', '.join(seen.sometimes)}."}
    rules = list(dict.fromkeys(rule for call in called for rule in catalog.found_by.get(call, ())))
    if why and not rules:
        return item | {"status": "not applicable", "why": f"{why['reason']}: {' '.join(why['instead'].split())}"}
    remedy = _deploy(rules) if rules else "No shipped rule finds it."
    return item | {"status": "fail", "why": "No deployed filter with an alarm finds it.", "remedy": remedy}


def _deploy(rules: Sequence[str]) -> str:
    more = f", or one of {len(rules) - 3} others" if len(rules) > 3 else ""
    return f"Deploy {' or '.join(rules[:3])}{more}."


def _attack(compiled: Sequence[tuple[str, CompiledPattern]], catalog: Catalog) -> Iterator[dict[str, str]]:
    """Yield an item for each technique of ATT&CK that a shipped rule cites."""
    citing: dict[str, list[tuple[str, Rule]]] = {}
    for pack, rules in catalog.packs.items():
        for rule in rules:
            for technique in rule.references.mitre_attack:
                citing.setdefault(technique, []).append((pack, rule))
    for technique, cited in sorted(citing.items()):
        events = [event for _pack, rule in cited for _call, event in _events_of(rule)]
        found = [name for name, pattern in compiled if any(event.is_found_by(name, pattern) for event in events)]
        item = {"group": ATTACK, "name": technique, "title": technique}
        if found:
            yield item | {"status": "pass", "why": f"An event of it is found by {', '.join(found)}."}
        else:
            remedy = _deploy([f"{rule.id} (pack {pack})" for pack, rule in cited])
            yield item | {
                "status": "fail",
                "why": "No deployed filter with an alarm finds an event of it.",
                "remedy": remedy,
            }
