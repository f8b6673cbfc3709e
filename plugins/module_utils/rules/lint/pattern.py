# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Check the pattern: ambiguous syntax, matches of its own deployment, and published texts."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator

from ...filter_pattern.pattern import CompiledPattern, compile_pattern
from ...filter_pattern.tree import Compare, Delimited, Everything, Name, Selector, Terms, leaves
from ..parameters import fill_pattern, sample_values
from ..record_shape import unknown_key
from ..rule import Rule
from .cis_patterns import CIS_PATTERNS, CisPattern
from .deployment_calls import deployer_values, deployment_calls
from .finding import Finding, error, warning

_SECURITY_HUB = "AWS Security Hub user guide, CloudWatch controls"
_RECORDS = "CloudTrail user guide, record contents"
_NAME = re.compile(r"(requestParameters|responseElements|userIdentity|additionalEventData)(\.\w+)+")
_CLOUDTRAIL = "CloudTrail user guide, record contents: requestParameters holds the parameters of the call"


def lint_pattern(rule: Rule) -> Iterator[Finding]:
    """Yield the findings about the pattern of one rule."""
    if rule.compliance:
        # A published text cannot be changed, so warnings of the engine are not reported.
        yield from _verbatim(rule)
    else:
        for found in compile_pattern(rule.written_pattern).warnings:
            reason = f"at position {found.position} of the pattern: {found.reason}"
            yield warning(rule, found.code, reason, found.source)
        yield from _fields(rule)
    yield from _own_deployment(rule, fill_pattern(rule, {**sample_values(rule), **_deployer_values(rule)}))


def _fields(rule: Rule) -> Iterator[Finding]:
    """Find names and values with which no record can match."""
    tree = compile_pattern(rule.pattern).tree
    compared = [] if isinstance(tree, Everything | Terms | Delimited) else list(leaves(tree))
    selectors = (leaf.selector for leaf in compared if isinstance(leaf.selector, Selector))
    firsts = (selector.steps[0] for selector in selectors)
    for name in dict.fromkeys(step.name for step in firsts if isinstance(step, Name)):
        if found := unknown_key(name):
            hint = f'Did you mean "{found[1]}"?' if found[1] else ""
            yield warning(rule, "unknown-field", f"CloudTrail records have no key {name}.", _RECORDS, hint)
    for text in dict.fromkeys(leaf.literal.text for leaf in compared if isinstance(leaf, Compare)):
        if _NAME.fullmatch(text):
            yield warning(rule, "name-as-value", f"{text} is the name of a field, and is compared as a text.", _RECORDS)


def _deployer_values(rule: Rule) -> dict[str, tuple[str, ...]]:
    """Return the parameter values that exclude the caller of the deployment calls."""
    values = deployer_values()
    return {parameter.name: values[parameter.type] for parameter in rule.parameters if parameter.type in values}


def _own_deployment(rule: Rule, compiled: CompiledPattern) -> Iterator[Finding]:
    """Find patterns that match the API calls that deploy the rule itself."""
    matched = [call.name for call in deployment_calls(rule, compiled) if compiled.matches(call.message)]
    if not matched or compiled.kind == "everything":
        return
    names = " and ".join(matched)
    if compiled.kind == "terms":
        reason = (
            f"the terms of the pattern occur in the {names} call that deploys it: each deployment triggers the alarm"
        )
        hint = "write a JSON pattern on the intended field, or exclude the call: -PutMetricFilter"
        yield error(rule, "matches-own-filter", reason, _CLOUDTRAIL, hint)
    elif not any(parameter.type == "user_name" for parameter in rule.parameters):
        reason = f"the pattern matches the {names} call that deploys it, even when the deployer role makes the call"
        hint = "exclude the deployer role with a parameter of type role_name"
        yield warning(rule, "matches-own-deployment", reason, _CLOUDTRAIL, hint)


def _verbatim(rule: Rule) -> Iterator[Finding]:
    known = {entry.text: entry for entry in CIS_PATTERNS.values()}
    same = known.get(rule.pattern)
    if same is None:
        nearest = _referenced(rule, known)
        hint = "copy the published text, or remove compliance: true"
        yield error(rule, "not-verbatim", _difference(rule.pattern, nearest), _SECURITY_HUB, hint)
    elif same.security_hub != rule.references.security_hub:
        reason = f"the pattern belongs to {same.security_hub or 'no control'}, not to {rule.references.security_hub}"
        yield error(rule, "wrong-control", reason, _SECURITY_HUB, "correct references.security_hub")


def _referenced(rule: Rule, known: dict[str, CisPattern]) -> CisPattern | None:
    """Return the published pattern that the rule refers to, or else the most similar one."""
    for entry in known.values():
        if entry.security_hub and entry.security_hub == rule.references.security_hub:
            return entry
    nearest = difflib.get_close_matches(rule.pattern, known, n=1)
    return known[nearest[0]] if nearest else None


def _difference(pattern: str, published: CisPattern | None) -> str:
    if published is None:
        return "the pattern of this compliance rule is not a published text"
    text = published.text
    at = next((index for index, pair in enumerate(zip(pattern, text, strict=False)) if pair[0] != pair[1]), None)
    if at is None:
        at = min(len(pattern), len(text))
    where = f"{pattern[at : at + 30]!r} instead of {text[at : at + 30]!r}"
    return f"the pattern differs from the published text of {published.title!r} at character {at + 1}: {where}"
