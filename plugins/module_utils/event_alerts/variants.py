# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The kinds of callers and of outcomes that need a text of their own.

EventBridge only fills in values; it knows no "if". So each detection has one rule of EventBridge for each kind of
caller and each outcome that its pattern allows, and a record matches exactly one of them. The session of a person who
signed in through IAM Identity Center is a role session, whose ARN ends with the name of the person.

Source: CloudTrail user guide, "CloudTrail userIdentity element".
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from ..filter_pattern.pattern import CompiledPattern, compile_pattern

_TYPE = "$.userIdentity.type"


@dataclass(frozen=True)
class Variant:
    """One kind of caller, or one outcome.

    Attributes:
        name: Its part of the name of the rule.
        condition: A condition of the filter pattern language, without braces.
        text: The words of the mail, with the names of values in angle brackets.
    """

    name: str
    condition: str
    text: str


CALLERS = (
    Variant("root", f'{_TYPE} = "Root"', "The root user"),
    Variant("user", f'{_TYPE} = "IAMUser"', "The IAM user <user>"),
    Variant("role", f'{_TYPE} = "AssumedRole"', "The role session <arn>"),
    # Events of services have no type, only invokedBy.
    Variant("service", f'({_TYPE} NOT EXISTS) || ({_TYPE} = "AWSService")', "The AWS service <service>"),
    Variant(
        "other",
        " && ".join(f'({_TYPE} != "{name}")' for name in ("Root", "IAMUser", "AssumedRole", "AWSService")),
        "A caller of type <type>",
    ),
)

# A failed sign-in has no errorCode. With the name of the event the condition vanishes from the patterns of other calls.
_SIGN_IN = '($.eventName = "ConsoleLogin") && ($.responseElements.ConsoleLogin = "Failure")'
_NO_SIGN_IN = (
    '($.eventName NOT EXISTS) || ($.eventName != "ConsoleLogin") || ($.responseElements.ConsoleLogin NOT EXISTS)'
    ' || ($.responseElements.ConsoleLogin != "Failure")'
)
OUTCOMES = (
    Variant("done", f"($.errorCode NOT EXISTS) && ({_NO_SIGN_IN})", "called <call> of <source>"),
    # One of the two values is missing, and a missing value leaves nothing.
    Variant(
        "failed",
        f"($.errorCode = *) || (($.errorCode NOT EXISTS) && {_SIGN_IN})",
        "tried <call> of <source> without success (<error><sign_in>)",
    ),
)


@lru_cache(maxsize=len(CALLERS) * len(OUTCOMES))
def both(caller: Variant, outcome: Variant) -> CompiledPattern:
    """Return the filter pattern for a kind of caller and an outcome."""
    return compile_pattern(f"{{ ({caller.condition}) && ({outcome.condition}) }}")
