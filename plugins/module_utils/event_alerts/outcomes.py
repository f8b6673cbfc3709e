# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The outcomes, done and failed, that need a text of their own.

EventBridge only fills in values; it knows no "if". So each detection has one rule of EventBridge for calls that were
done and one for those that failed, and a record matches exactly one of them.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Outcome:
    """One outcome.

    Attributes:
        name: Its end of the name of the rule.
        pattern: The filter pattern of its records.
        text: The words of the mail, with the names of values in angle brackets.
    """

    name: str
    pattern: str
    text: str


# A failed sign-in has no errorCode. With the name of the event the condition vanishes from the patterns of other calls.
_SIGN_IN = '($.eventName = "ConsoleLogin") && ($.responseElements.ConsoleLogin = "Failure")'
_NO_SIGN_IN = (
    '($.eventName NOT EXISTS) || ($.eventName != "ConsoleLogin") || ($.responseElements.ConsoleLogin NOT EXISTS)'
    ' || ($.responseElements.ConsoleLogin != "Failure")'
)
OUTCOMES = (
    Outcome("done", f"{{ ($.errorCode NOT EXISTS) && ({_NO_SIGN_IN}) }}", "was called"),
    # One of the two values is missing, and a missing value leaves nothing.
    Outcome(
        "failed",
        f"{{ ($.errorCode = *) || (($.errorCode NOT EXISTS) && {_SIGN_IN}) }}",
        "was tried without success (<error><sign_in>)",
    ),
)
