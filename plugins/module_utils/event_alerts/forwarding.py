# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The rule of EventBridge that forwards the events of another region to the bus of the event alerts.

There is one rule in a region, because an event that two of them match would arrive twice and be mailed twice. Its
pattern matches at least what the rules of the event alerts match; these judge exactly. What it matches in addition
costs what a forwarded event costs.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ..core.event_forwarding import rule_name
from ..engines.eventbridge.limits import USUAL_CHARACTERS
from ..engines.eventbridge.state import ALL_MANAGEMENT_EVENTS, ENABLED, WRITING
from .rules import DRILL_SOURCE

DOES_NOT_FIT = (
    f"What they match does not fit into one event pattern of {USUAL_CHARACTERS:,} characters, and an event that two"
    " rules forward would be mailed twice. Choose fewer rules in secmon_event_alerts, or set secmon_regions: []."
)
_VERB = re.compile("[A-Z][a-z]+")
# Events of older versions of the record lack the category (CloudTrail user guide, "CloudTrail record contents").
_MANAGEMENT = {"eventCategory": ["Management", {"exists": False}]}
# Calls whose names begin as those that write do, and whose events are data events: they keep their name, since a verb
# stands for management events only (CloudTrail user guide, "Logging data events"; not all of them).
# fmt: off
_DATA_CALLS = frozenset((
    "CreateMultipartUpload", "CreateSession", "DeleteItem", "DeleteMessage", "DeleteMessageBatch", "DeleteObject",
    "DeleteObjectTagging", "DeleteObjects", "PutItem", "PutMetricData", "PutObject", "PutObjectAcl",
    "PutObjectLegalHold", "PutObjectRetention", "PutObjectTagging", "PutRecord", "PutRecords", "UpdateItem",
    "UploadPart", "UploadPartCopy",
))
# fmt: on
_Detail = Mapping[str, Any]


def forwarding_rules(
    event_rules: Sequence[Mapping[str, Any]], region: str, bus_arn: str, role_arn: str
) -> list[dict[str, Any]]:
    """Return the option `rules` of event_rules in another region: one rule, or none without event alerts.

    Args:
        event_rules: The rules of the event alerts, as options of event_rules.
        region: The region of the event alerts.
        bus_arn: The ARN of its event bus.
        role_arn: The ARN of the role with which EventBridge forwards events.

    Raises:
        ValueError: The pattern does not fit.
    """
    # The event of a drill is no record; see covering_pattern.
    event_rules = [rule for rule in event_rules if "detail" in json.loads(rule["pattern"])]
    if not event_rules:
        return []
    every = any(rule["rule_state"] == ALL_MANAGEMENT_EVENTS for rule in event_rules)
    return [
        {
            "name": rule_name(region),
            "description": f"Forwards what the event alerts in {region} may report",
            "pattern": covering_pattern([rule["pattern"] for rule in event_rules]),
            "rule_state": ALL_MANAGEMENT_EVENTS if every else ENABLED,
            "target_arn": bus_arn,
            "target_role_arn": role_arn,
            "input_paths": {},
            "input_template": "",
        }
    ]


def covering_pattern(patterns: Sequence[str], most_characters: int = USUAL_CHARACTERS) -> str:
    """Return an event pattern that matches what any of these patterns of records matches, and the event of a drill.

    Raises:
        ValueError: Even the widest does not fit.
    """
    sources: list[Any] | None = []
    names: list[Any] = []
    data: list[Any] = []
    others: list[_Detail] = []
    for branch in (branch for pattern in patterns for branch in _branches(json.loads(pattern)["detail"])):
        if _is_positive(branch.get("eventName")):
            names += [name for name in branch["eventName"] if name not in names]
            data += branch["eventName"] if branch.keys() & {"eventCategory", "managementEvent"} else ()
            # A source is a name, or what its name begins or ends with.
            known = branch["eventSource"] if _is_positive(branch.get("eventSource")) else None
            sources = None if sources is None or known is None else [*sources, *(x for x in known if x not in sources)]
        else:
            others.append(_essence(branch))
    for calls in _candidates(sorted(sources or [], key=json.dumps), names, data):
        clauses = [*calls, *_widest(others)]
        detail = clauses[0] if len(clauses) == 1 else {"$or": clauses}
        records = {"source": [{"prefix": "aws."}], "detail-type": [{"suffix": " via CloudTrail"}], "detail": detail}
        text = json.dumps({"$or": [{"source": [DRILL_SOURCE]}, records]}, separators=(",", ":"))
        if len(text) <= most_characters:
            return text
    raise ValueError(DOES_NOT_FIT)


def _branches(detail: _Detail) -> Iterator[dict[str, Any]]:
    """Yield the alternatives of a pattern, each without $or at its top."""
    rest = {key: value for key, value in detail.items() if key != "$or"}
    for alternative in detail.get("$or", [{}]):
        yield from ({**rest, **inner} for inner in (_branches(alternative) if "$or" in alternative else [alternative]))


def _is_positive(matchers: Any) -> bool:
    """Return whether a field must have one of some values."""
    return bool(matchers) and not any(
        isinstance(matcher, dict) and matcher.keys() & {"anything-but", "exists"} for matcher in matchers
    )


def _essence(branch: _Detail) -> _Detail:
    """Return the conditions that tell such events apart, without those of one outcome or kind of caller."""
    kept = {name: branch[name] for name in ("eventSource", "eventType") if name in branch}
    if _is_positive(branch.get("errorCode")):
        kept["errorCode"] = branch["errorCode"]
    caller = branch.get("userIdentity", {})
    identity = {name: caller[name] for name in ("type", "invokedBy") if name in caller}
    kept |= {"userIdentity": identity} if identity else {}
    return kept or branch


def _widest(clauses: Sequence[_Detail]) -> list[_Detail]:
    """Return clauses without repetitions and without those that another one includes."""
    items = [frozenset((key, json.dumps(value)) for key, value in clause.items()) for clause in clauses]
    return [
        clause
        for number, clause in enumerate(clauses)
        if items[number] not in items[:number] and not any(other < items[number] for other in items)
    ]


def _candidates(sources: Sequence[Any], names: Sequence[Any], data: Sequence[Any]) -> Iterator[list[_Detail]]:
    """Yield conditions on the calls, from narrow to wide: calls that write may be widened to their verb."""
    if not names:
        yield []
        return
    groups: dict[str, list[str]] = {}
    for name in names:
        verb = _VERB.match(_text(name)) if _text(name).startswith(WRITING) else None
        if verb and not any(_text(call).startswith(_text(name)) for call in (*_DATA_CALLS, *data)):
            groups.setdefault(verb[0], []).append(_text(name))
    verbs = sorted((verb for verb in groups if len(groups[verb]) > 1), key=lambda verb: -len("".join(groups[verb])))
    if sources:
        yield [{"eventSource": list(sources), "eventName": list(names)}]
    yield [{"eventName": list(names)}]
    for count in range(1, len(verbs) + 1):
        covered = {name for verb in verbs[:count] for name in groups[verb]}
        # Data events of the same verb may be many, and each costs.
        widened = {"eventName": [{"prefix": verb} for verb in verbs[:count]], **_MANAGEMENT}
        kept = [name for name in names if _text(name) not in covered]
        yield [widened, *([{"eventName": kept}] if kept else [])]


def _text(name: Any) -> str:
    """Return a name or what names begin with; empty for other matchers."""
    return str(name.get("prefix", "")) if isinstance(name, dict) else name
