# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The rules of EventBridge that report what a detection finds."""

from __future__ import annotations

import functools
import hashlib
import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from ..engines.eventbridge.limits import USUAL_CHARACTERS
from ..engines.eventbridge.state import ENABLED, state_for
from ..engines.eventbridge.translate import NEVER, to_event_pattern
from ..engines.translation import Reason, Translation
from ..filter_pattern.pattern import compile_pattern
from ..rules.rule import Rule
from .outcomes import NAMES, OUTCOMES, Outcome, finds_service_events, outcomes_of
from .text import MOST_CHARACTERS, Style, drill_template, paths_of, template

PREFIX = "secmon-"
DRILL_RULE, DRILL_SOURCE, DRILL_DETAIL_TYPE = f"{PREFIX}drill", f"{PREFIX}drill", "Drill"
"""The rule that mails the event of a drill, and that event; AWS takes events of its own sources from nobody else."""

MOST_NAME_CHARACTERS = 64
_HASH_CHARACTERS = 8
_HERE = "docs/engines.md of this collection"
_NO_CALLER = (
    "A test event has no userIdentity.type, since a service wrote it on its own, so the mail could not name the caller."
    ' Let the pattern require ($.eventType = "AwsServiceEvent").'
)


@dataclass(frozen=True)
class EventRule:
    """One rule of EventBridge.

    Attributes:
        name: Its name.
        description: Its description.
        pattern: Its event pattern, as JSON.
        state: Its state.
        paths: The `InputPathsMap` of its target.
        template: The `InputTemplate` of its target.
    """

    name: str
    description: str
    pattern: str
    state: str
    paths: dict[str, str]
    template: str


@dataclass(frozen=True)
class EventAlert:
    """What EventBridge does for one detection.

    Attributes:
        rule_id: The id of the detection.
        rules: The rules, one for each kind of caller and outcome that the pattern allows.
        reasons: Why there are none.
    """

    rule_id: str
    rules: tuple[EventRule, ...]
    reasons: tuple[Reason, ...] = ()


def chosen(rules: Iterable[Rule], wanted: Sequence[str]) -> Iterator[Rule]:
    """Yield the rules whose severity or id is wanted."""
    return (rule for rule in rules if rule.severity in wanted or rule.id in wanted)


def event_alert(rule: Rule, style: Style, most_characters: int = USUAL_CHARACTERS) -> EventAlert:
    """Return the rules of EventBridge for a detection with filled parameters and a filled runbook.

    Args:
        rule: The detection.
        style: How the mails are written.
        most_characters: The quota "Event pattern size" of the account.
    """
    if rule.alarm.threshold != 1:
        why = f"It counts events up to a threshold of {rule.alarm.threshold:g}; EventBridge sends each event."
        return EventAlert(rule.id, (), (Reason("", why, _HERE),))
    pattern = compile_pattern(rule.pattern)
    outcomes = outcomes_of(pattern)
    if outcomes is OUTCOMES and finds_service_events(rule):
        return EventAlert(rule.id, (), (Reason("", _NO_CALLER, _HERE),))
    found: list[EventRule] = []
    for outcome in outcomes:
        translation = _translated(rule.pattern, most_characters, outcome.pattern)
        if translation.possible:
            text = template(rule, outcome, translation.text, style)
            found.append(_event_rule(rule, outcome, translation.text, state_for(pattern), text))
        elif translation.reasons != (NEVER,):
            return EventAlert(rule.id, (), translation.reasons)
    too_long = max((len(each.template) for each in found), default=0)
    if too_long > MOST_CHARACTERS:
        why = f"The mail has {too_long:,} characters, a template may have {MOST_CHARACTERS:,}; shorten the runbook."
        return EventAlert(rule.id, (), (Reason("", why, "EventBridge API reference, InputTransformer"),))
    return EventAlert(rule.id, tuple(found), () if found else (NEVER,))


@functools.lru_cache(maxsize=2_000)
def _translated(pattern: str, most_characters: int, outcome: str) -> Translation:
    # Most patterns are the same in each account.
    return to_event_pattern(compile_pattern(pattern), most_characters, compile_pattern(outcome))


def _event_rule(rule: Rule, outcome: Outcome, pattern: str, state: str, text: str) -> EventRule:
    # With the mark, ListRules shows that a rule has an older text; to read the target of each rule takes a call.
    return EventRule(
        name=rule_name(rule.id, outcome.name),
        description=f"{rule.title} ({outcome.name}; text {_hash(text)})",
        pattern=pattern,
        state=state,
        paths=paths_of(text),
        template=text,
    )


def rule_name(rule_id: str, outcome: str) -> str:
    """Return the name of a rule; one that would be too long is cut and ends with a hash."""
    name = f"{PREFIX}{rule_id}-{outcome}"
    if len(name) <= MOST_NAME_CHARACTERS:
        return name
    return f"{name[: MOST_NAME_CHARACTERS - _HASH_CHARACTERS - 1]}-{_hash(name)}"


def names_of(rule_id: str) -> set[str]:
    """Return the names that the rules of a detection can have."""
    return {rule_name(rule_id, outcome) for outcome in NAMES}


def mailed_rules(rule_ids: Iterable[str], names: Collection[str]) -> set[str]:
    """Return the ids of the detections of which there are rules of EventBridge with one of some names."""
    return {each for each in rule_ids if not names_of(each).isdisjoint(names)}


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:_HASH_CHARACTERS]


def drill_rule(style: Style) -> EventRule:
    """Return the rule for the event of a drill, which proves the way to the receivers.

    Its mail has no value that a caller of PutEvents can choose.
    """
    text = drill_template(style)
    return EventRule(
        name=DRILL_RULE,
        description=f"Mails that a drill was made (text {_hash(text)})",
        pattern=json.dumps({"source": [DRILL_SOURCE], "detail-type": [DRILL_DETAIL_TYPE]}),
        state=ENABLED,
        paths={"account": "$.account", "event": "$.id", "region": "$.region"},
        template=text,
    )


def target(rule: EventRule, target_id: str, topic_arn: str) -> dict[str, Any]:
    """Return the target of a rule as PutTargets takes it."""
    transformer = {"InputPathsMap": rule.paths, "InputTemplate": rule.template}
    return {"Id": target_id, "Arn": topic_arn, "InputTransformer": transformer}
