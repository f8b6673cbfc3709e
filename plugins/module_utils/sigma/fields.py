# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The fields of CloudTrail as Sigma names them: their selectors, and the spelling that AWS gives their values."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

from ..filter_pattern.tree import AnyElement, Index, Name, Selector, Step
from ..rules.lint.operation_names import event_names, event_sources
from ..rules.record_shape import unknown_key
from .conditions import RefusalError

_STEP = re.compile(r"\.?(?:\[\s*'([^']+)'\s*\]|\[(\d+)\]|(\[\*?\]|\{\})|((?:\\.|[^.\[\]{}\\])+))")

OBJECTS = frozenset(
    {
        *("userIdentity", "requestParameters", "responseElements", "additionalEventData", "serviceEventDetails"),
        *("tlsDetails", "userIdentity.sessionContext", "userIdentity.sessionContext.sessionIssuer"),
        *("userIdentity.sessionContext.attributes", "userIdentity.sessionContext.webIdFederationData"),
    }
)
"""Fields that CloudTrail records as objects, which no comparison of a filter pattern reads."""

_FREE_FORM = ("requestParameters", "responseElements", "additionalEventData", "serviceEventDetails")

# EC2 writes each list as {"items": [...]}; `resources` is a list of CloudTrail itself (CloudTrail user guide, record
# contents); the others are parameters of ECS and Lambda (models of the AWS SDK).
_LISTS = (
    re.compile(r"resources"),
    re.compile(r".+\.items"),
    re.compile(r"(requestParameters|responseElements\.taskDefinition)\.containerDefinitions(\.(command|entryPoint))?"),
    re.compile(r"(requestParameters|responseElements)\.layers"),
)

_SPELLED: Mapping[str, tuple[str, ...]] = {
    "userIdentity.type": (
        *("Root", "IAMUser", "AssumedRole", "Role", "FederatedUser", "Directory", "AWSAccount", "AWSService"),
        *("IdentityCenterUser", "SAMLUser", "WebIdentityUser", "Unknown"),
    ),
    "userIdentity.sessionContext.sessionIssuer.type": ("Role", "Root", "IAMUser"),
    "userIdentity.sessionContext.attributes.mfaAuthenticated": ("true", "false"),
    "eventType": (
        "AwsApiCall",
        "AwsServiceEvent",
        "AwsConsoleAction",
        "AwsConsoleSignIn",
        "AwsVpceEvent",
        "AwsCloudTrailInsight",
    ),
    "eventCategory": ("Management", "Data", "NetworkActivity", "Insight"),
    "additionalEventData.MFAUsed": ("Yes", "No"),
    "responseElements.ConsoleLogin": ("Success", "Failure"),
}
# Values of fields that have others, too.
_SOME_SPELLED: Mapping[str, tuple[str, ...]] = {
    "sourceIPAddress": ("AWS Internal",),
    "userAgent": ("AWS Internal",),
    "errorMessage": ("Failed authentication", "No username found in supplied account"),
    # CloudTrail never writes Success; rules for other forms of its records ask for it.
    "errorCode": (
        *("Success", "AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "Client.UnauthorizedOperation"),
        *("NoSuchEntityException", "ResourceNotFoundException", "ThrottlingException", "ValidationException"),
    ),
}
_LOWER_CASE = frozenset({"eventSource", "awsRegion"})


def selectors(field: str, arrays: Iterable[str] = ()) -> Selector:
    """Return the selector of a field, with ``[*]`` after each list. Raises RefusalError."""
    steps: list[Step] = []
    path, end = "", 0
    known = frozenset(arrays)
    for match in _STEP.finditer(field):
        if match.start() != end:
            break
        end = match.end()
        quoted, index, _every, name = match.groups()
        word = quoted or (re.sub(r"\\(.)", r"\1", name) if name else "")
        if word:
            path = f"{path}.{word}" if path else word
            steps.append(Name(word))
            following = field[end : end + 1]
            if following not in ("[", "{") and (path in known or any(form.fullmatch(path) for form in _LISTS)):
                steps.append(AnyElement())
        else:
            steps.append(Index(int(index)) if index else AnyElement())
    if end != len(field) or not steps:
        raise RefusalError(f"the field name {field!r} is not a path of names, indices and [*]")
    if sum(isinstance(step, AnyElement) for step in steps) > 1:
        raise RefusalError(f"{field} is a list within a list, and a selector of filter patterns has one [*]")
    return Selector(tuple(steps))


def may_be_list(field: str) -> bool:
    """Return whether the name of a parameter of a call is that of a list, which no source confirms."""
    name = field.rsplit(".", 1)[-1]
    return free_form(field) and field not in OBJECTS and re.search(r"[^sui]s$|ies$|Set$|List$", name) is not None


def free_form(field: str) -> bool:
    """Return whether a field is part of the parameters or the answer of a call, which can be of any type."""
    return field.split(".")[0].split("[")[0] in _FREE_FORM


def unknown_field(field: str) -> str | None:
    """Return the first name of a field that no record of CloudTrail has, else None."""
    found = unknown_key(re.split(r"[.\[{]", field, maxsplit=1)[0])
    return found[0] if found else None


def lower_case(field: str) -> bool:
    """Return whether AWS writes all values of a field in lower case."""
    return field in _LOWER_CASE


def vocabulary(field: str, sources: frozenset[str], *, whole: bool) -> frozenset[str]:
    """Return the values of a field as AWS spells them; with ``whole`` also those of fields that have others, too."""
    if field == "eventName":
        return frozenset().union(*map(event_names, sources)) if sources else _all_event_names()
    return frozenset(_SPELLED.get(field, ())) | frozenset(_SOME_SPELLED.get(field, ()) if whole else ())


def source_of(name: str) -> str | None:
    """Return the first event source that has an event of this name."""
    return _sources_of_names().get(name)


@lru_cache(maxsize=1)
def _all_event_names() -> frozenset[str]:
    return frozenset(_sources_of_names())


@lru_cache(maxsize=1)
def _sources_of_names() -> dict[str, str]:
    return {name: source for source in sorted(event_sources(), reverse=True) for name in event_names(source)}
