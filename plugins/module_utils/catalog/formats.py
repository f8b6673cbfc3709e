# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Rules in the formats of other systems: a file for each rule and format, and a manifest of what is missing."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..engines.athena import translate as athena
from ..engines.eventbridge.state import state_for
from ..engines.eventbridge.translate import to_event_pattern
from ..engines.insights.translate import to_insights
from ..engines.translation import Reason, Translation
from ..filter_pattern.pattern import CompiledPattern, compile_pattern
from ..rules.rule import Rule
from ..sigma.detection import to_detection
from ..sigma.sigma_rule import Origin, sigma_text

MANIFEST = "manifest.json"
_SHOWN = (
    "eventTime, recipientAccountId, awsRegion, userIdentity.arn, eventSource, eventName, errorCode, sourceIPAddress"
)


@dataclass(frozen=True)
class Options:
    """What the files need in addition to the rules.

    Attributes:
        origin: Who wrote the rules of the collection, by the path of the rule; for the licence of Sigma rules.
        table: The table of CloudTrail records in Athena.
        partitions: The condition on its partitions.
        cased: Whether Sigma rules distinguish the case of letters where AWS does.
    """

    origin: Callable[[Rule], Origin] = lambda _rule: Origin()
    table: str = athena.TABLE
    partitions: str = athena.PARTITIONS
    cased: bool = True


@dataclass(frozen=True)
class Exported:
    """One rule in one format: a file, or the reasons why there is none."""

    rule_id: str
    format: str
    file: str = ""
    text: str = ""
    reasons: tuple[Reason, ...] = ()
    notes: Mapping[str, str] = field(default_factory=dict)


def export(rules: Iterable[Rule], formats: Iterable[str], options: Options) -> list[Exported]:
    """Return every rule in every format."""
    chosen = list(formats)
    return [each for rule in rules for each in _rule(rule, chosen, options)]


def manifest(rules: Iterable[Rule], exported: Iterable[Exported]) -> str:
    """Return which files belong to a rule, and why it is missing in a format, as JSON."""
    found: dict[str, dict[str, Any]] = {}
    for each in exported:
        entry = {"file": each.file, **each.notes} if each.file else {"reasons": list(map(_reason, each.reasons))}
        found.setdefault(each.rule_id, {})[each.format] = entry
    entries = [
        {
            "id": rule.id,
            "title": rule.title,
            "severity": rule.severity,
            "alarm": _alarm(rule),
            "formats": found[rule.id],
        }
        for rule in rules
    ]
    return json.dumps({"rules": entries}, indent=2, ensure_ascii=False) + "\n"


def _reason(reason: Reason) -> dict[str, str]:
    return {"condition": reason.part, "why": reason.why, "source": reason.source}


def _alarm(rule: Rule) -> str:
    """Return when the alarm of a rule fires, which the files do not say: they find each event."""
    alarm = rule.alarm
    statistic = alarm.statistic or alarm.extended_statistic
    return f"{statistic} of {alarm.period_seconds} seconds {alarm.comparison} {alarm.threshold:g}"


def _rule(rule: Rule, formats: Iterable[str], options: Options) -> Iterator[Exported]:
    missing = [each.name for each in rule.parameters if each.required and not each.value]
    if missing:
        why = f"The rule has no value for {', '.join(missing)}; set it in the parameters of secmon_rules."
        yield from (Exported(rule.id, name, reasons=(Reason("", why, "rules/README.md"),)) for name in formats)
        return
    pattern = compile_pattern(rule.pattern)
    for name in formats:
        translate, ending = _FORMATS[name]
        translation, notes = translate(rule, pattern, options)
        if translation.possible:
            yield Exported(rule.id, name, f"{name}/{rule.id}.{ending}", translation.text, notes=notes)
        else:
            yield Exported(rule.id, name, reasons=translation.reasons)


_Written = tuple[Translation, Mapping[str, str]]


def _sigma(rule: Rule, pattern: CompiledPattern, options: Options) -> _Written:
    detection, reasons = to_detection(pattern, cased=options.cased)
    return Translation("" if reasons else sigma_text(rule, detection, options.origin(rule)), reasons), {}


def _athena(rule: Rule, pattern: CompiledPattern, options: Options) -> _Written:
    translation = athena.to_athena(pattern)
    query = athena.query(translation, options.table, options.partitions)
    days = "-- Seven days of a table with partition projection; athena_partitions sets another condition.\n"
    text = f"-- {rule.title}\n{days if options.partitions == athena.PARTITIONS else ''}{query}\n"
    return Translation(text, translation.reasons), {}


def _insights(rule: Rule, pattern: CompiledPattern, _options: Options) -> _Written:
    translation = to_insights(pattern)
    text = f"# {rule.title}\nfields {_SHOWN}\n| {translation.text}\n| sort eventTime\n"
    return Translation(text, translation.reasons), {}


def _eventbridge(_rule: Rule, pattern: CompiledPattern, _options: Options) -> _Written:
    translation = to_event_pattern(pattern)
    if not translation.possible:
        return translation, {}
    return Translation(f"{translation.text}\n"), {"state": state_for(pattern)}


_FORMATS: Mapping[str, tuple[Callable[[Rule, CompiledPattern, Options], _Written], str]] = {
    "sigma": (_sigma, "yml"),
    "athena": (_athena, "sql"),
    "insights": (_insights, "txt"),
    "eventbridge": (_eventbridge, "json"),
}
FORMATS = tuple(_FORMATS)
