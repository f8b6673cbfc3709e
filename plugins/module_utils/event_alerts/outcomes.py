# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The outcomes, done and failed, and the kinds of callers, with and without an ARN, that need a text of their own.

EventBridge only fills in values; it knows no "if". So each detection has at most four rules of EventBridge, one for
each kind of caller and outcome that its pattern allows, and a record matches exactly one of them.
"""

from __future__ import annotations

from dataclasses import dataclass


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
# identityProvider, others accountId (CloudTrail user guide, "CloudTrail userIdentity element"). An event that a service
# writes on its own has no type, but accountId and invokedBy; without a blank in front, the missing type leaves no gap.
_UNNAMED = "<type>(<owner><service><provider>)"
OUTCOMES = (
    Outcome("done", f'{{ ({_ARN} = "arn:*") && {_DONE} }}', f"{_NAMED} {_CALLED}", done=True),
    Outcome("failed", f'{{ ({_ARN} = "arn:*") && ({_FAILED}) }}', f"{_NAMED} {_TRIED}", done=False),
    Outcome("done-without-arn", f"{{ {_NO_ARN} && {_DONE} }}", f"{_UNNAMED} {_CALLED}", done=True),
    Outcome("failed-without-arn", f"{{ {_NO_ARN} && ({_FAILED}) }}", f"{_UNNAMED} {_TRIED}", done=False),
)
