# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The outcomes, done and failed, and the kinds of callers, with and without an ARN, that need a text of their own.

EventBridge only fills in values; it knows no "if". So each detection has at most four rules of EventBridge, one for
each kind of caller and outcome that its pattern allows, and a record matches exactly one of them. A detection of events
that services write on their own has a fifth one for those without a caller.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ..engines.eventbridge.translate import NEVER, to_event_pattern
from ..filter_pattern.pattern import CompiledPattern, compile_pattern
from ..rules.rule import Rule


@dataclass(frozen=True)
class Outcome:
    """One outcome of the calls of one kind of caller.

    Attributes:
        name: Its end of the name of the rule.
        pattern: The filter pattern of its records.
        text: The words of the mail, with the names of values in angle brackets.
        done: Whether the calls were done.
    """

    name: str
    pattern: str
    text: str
    done: bool


# A failed sign-in has no errorCode. With the name of the event the condition vanishes from the patterns of other calls.
_SIGN_IN = '($.eventName = "ConsoleLogin") && ($.responseElements.ConsoleLogin = "Failure")'
_NO_SIGN_IN = (
    '($.eventName NOT EXISTS) || ($.eventName != "ConsoleLogin") || ($.responseElements.ConsoleLogin NOT EXISTS)'
    ' || ($.responseElements.ConsoleLogin != "Failure")'
)
_DONE = f"($.errorCode NOT EXISTS) && ({_NO_SIGN_IN})"
_FAILED = f"($.errorCode = *) || (($.errorCode NOT EXISTS) && {_SIGN_IN})"
_CALLED = "called <call> of <source>"
# One of the two values is missing, and EventBridge leaves nothing for it (EventBridge user guide, "Amazon EventBridge
# input transformation").
_TRIED = "tried <call> of <source> without success (<error><sign_in>)"

_ARN = "$.userIdentity.arn"
# The ARN of an unknown user of Identity Center is an empty text.
_NO_ARN = f'(({_ARN} NOT EXISTS) || ({_ARN} != "arn:*"))'
_NAMED = "<type> <arn>"
# A caller without an ARN has one of the three: a service invokedBy, an identity of SAML or OpenID Connect
# identityProvider, others accountId (CloudTrail user guide, "CloudTrail userIdentity element").
_UNNAMED = "<type>(<owner><service><provider>)"
OUTCOMES = (
    Outcome("done", f'{{ ({_ARN} = "arn:*") && {_DONE} }}', f"{_NAMED} {_CALLED}", done=True),
    Outcome("failed", f'{{ ({_ARN} = "arn:*") && ({_FAILED}) }}', f"{_NAMED} {_TRIED}", done=False),
    Outcome("done-without-arn", f"{{ {_NO_ARN} && {_DONE} }}", f"{_UNNAMED} {_CALLED}", done=True),
    Outcome("failed-without-arn", f"{{ {_NO_ARN} && ({_FAILED}) }}", f"{_UNNAMED} {_TRIED}", done=False),
)
# An event that a service writes on its own has no type, but accountId and invokedBy (same guide, "Non-API events
# captured by CloudTrail").
_TYPE = "$.userIdentity.type"
_BY_ITSELF = f"{{ {_NO_ARN} && ({_TYPE} NOT EXISTS) }}"
_SERVICE_OUTCOMES = (
    *OUTCOMES[:2],
    Outcome("done-without-arn", f"{{ {_NO_ARN} && ({_TYPE} = *) && {_DONE} }}", f"{_UNNAMED} {_CALLED}", done=True),
    Outcome(
        "failed-without-arn", f"{{ {_NO_ARN} && ({_TYPE} = *) && ({_FAILED}) }}", f"{_UNNAMED} {_TRIED}", done=False
    ),
    Outcome("by-itself", _BY_ITSELF, "<service> reported <call> of <source> on its own", done=False),
)
_SERVICE_EVENT = "AwsServiceEvent"
_NO_SERVICE_EVENT = f'{{ ($.eventType NOT EXISTS) || ($.eventType != "{_SERVICE_EVENT}") }}'
NAMES = tuple(outcome.name for outcome in _SERVICE_OUTCOMES)


def outcomes_of(pattern: CompiledPattern) -> tuple[Outcome, ...]:
    """Return the outcomes of a pattern: those of service events if it asks for nothing else."""
    if _SERVICE_EVENT not in str(pattern):
        return OUTCOMES
    others = to_event_pattern(pattern, within=compile_pattern(_NO_SERVICE_EVENT))
    return _SERVICE_OUTCOMES if others.reasons == (NEVER,) else OUTCOMES


def finds_service_events(rule: Rule) -> bool:
    """Return whether a test of a rule says that it finds an event that a service wrote on its own."""
    return any(test.match and _is_by_itself(test.event) for test in rule.tests)


def _is_by_itself(event: object) -> bool:
    identity = event.get("userIdentity") if isinstance(event, Mapping) else None
    return isinstance(identity, Mapping) and "type" not in identity and "invokedBy" in identity
