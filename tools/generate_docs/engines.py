"""Tables of docs/engines.md: what other engines and Sigma make of the shipped rules."""

from __future__ import annotations

from ansible_collections.secmon.aws.plugins.module_utils.engines.athena.translate import to_athena
from ansible_collections.secmon.aws.plugins.module_utils.engines.eventbridge.state import state_for
from ansible_collections.secmon.aws.plugins.module_utils.engines.translation import Reason, Translation
from ansible_collections.secmon.aws.plugins.module_utils.sigma.detection import to_detection

from tests.unit.module_utils.engines.differential import (
    Count,
    Engines,
    compared,
    compared_changed,
    compared_recorded,
    shipped,
)
from tests.unit.module_utils.engines.known_differences import EVENTBRIDGE, INSIGHTS, KNOWN
from tools.generate_docs.markdown import table

ATHENA = "Athena SQL"
SIGMA = "Sigma"
_ANSWERS = {True: "match", False: "no match", None: "cannot take it"}
_LONGEST_MESSAGE = 60


def rules() -> str:
    """Return the length of each rule's pattern in each language, and the state that it needs on EventBridge."""
    head = ("rule", "filter pattern", EVENTBRIDGE, "state", INSIGHTS, ATHENA, SIGMA)
    rows = [
        (
            f"`{rule.id}`",
            str(len(engines.pattern.source)),
            _length(engines.event_pattern),
            f"`{state_for(engines.pattern)}`" if engines.event_pattern.possible else "",
            _length(engines.query),
            _length(to_athena(engines.pattern)),
            "no" if to_detection(engines.pattern)[1] else "yes",
        )
        for rule, engines in shipped().items()
    ]
    return table(head, rows)


def _length(translation: Translation) -> str:
    return str(len(translation.text)) if translation.possible else "no"


def reasons() -> str:
    """Return why an engine cannot take a rule."""
    rows = [
        (f"`{rule.id}`", engine, f"`{reason.part}`" if reason.part else "the whole", reason.why, reason.source)
        for rule, engines in shipped().items()
        for engine, reason in _reasons(engines)
    ]
    return table(("rule", "engine", "condition", "reason", "source"), rows)


def _reasons(engines: Engines) -> list[tuple[str, Reason]]:
    found = {
        EVENTBRIDGE: engines.event_pattern.reasons,
        INSIGHTS: engines.query.reasons,
        ATHENA: to_athena(engines.pattern).reasons,
        SIGMA: to_detection(engines.pattern)[1],
    }
    return [(engine, reason) for engine, reasons in found.items() for reason in reasons]


def differences() -> str:
    """Return the known differences, each with a pattern and a message that show it."""
    rows = [
        (
            known.what,
            f"`{known.pattern}`",
            f"`{known.message}`" if len(known.message) <= _LONGEST_MESSAGE else "a message of more fields",
            *(_ANSWERS[answer] for answer in known.answers),
            _met(known.code),
            known.source,
        )
        for known in KNOWN
    ]
    return table(("difference", "pattern", "message", "metric filter", EVENTBRIDGE, INSIGHTS, "met", "source"), rows)


def counts() -> str:
    """Return how many answers were compared, and how many disagree."""
    rows = [
        (
            what,
            engine,
            f"{len(count.patterns[engine]):,}",
            f"{len(count.messages[engine]):,}",
            f"{count.comparisons[engine]:,}",
            f"{sum(number for (name, _code), number in count.explained.items() if name == engine):,}",
            str(sum(name == engine for name, _pattern, _message in count.unexplained)),
        )
        for what, count in _all_counts().items()
        for engine in (EVENTBRIDGE, INSIGHTS)
    ]
    head = ("records", "engine", "patterns", "records", "answers compared", "explained disagreements", "unexplained")
    return table(head, rows)


def _all_counts() -> dict[str, Count]:
    return {
        "of the rules' tests": compared(),
        "of these, with a field of the rule removed or replaced": compared_changed(),
        "recorded patterns and messages": compared_recorded(),
    }


def _met(code: str) -> str:
    """Return how many of the answers meet a difference, of EventBridge and of Logs Insights."""
    found = [
        sum(count.explained[engine, code] for count in _all_counts().values()) for engine in (EVENTBRIDGE, INSIGHTS)
    ]
    return " / ".join(f"{number:,}" for number in found)
