# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What EventBridge would refuse, found before the first call.

Source: EventBridge API reference, PutRule, PutTargets and InputTransformer.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from ..core.aws_names import ROLE_ARN, partition_of
from ..event_pattern.pattern import PatternError, compile_pattern

STATES = ("ENABLED", "DISABLED", "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS")

_NAME = re.compile(r"[.\-_A-Za-z0-9]{1,64}")
_MOST_DESCRIPTION = 512
_MOST_TEMPLATE = 8_192
_MOST_PATHS = 100
_PLACEHOLDER = re.compile(r"<([^<>\s\"]+)>")


def task_problems(params: Mapping[str, Any], region: str) -> Iterator[str]:
    """Yield the problems of a task."""
    rules = params["rules"] or []
    if not rules and not params["purge_prefix"]:
        yield "The option rules is missing. Name the rules, or set purge_prefix."
    for name, count in Counter(rule["name"] for rule in rules).items():
        if count > 1:
            yield f"The rule {name} occurs {count} times in rules; each name can occur once."
    for rule in rules:
        if not _NAME.fullmatch(rule["name"]):
            yield f"The rule name {rule['name']!r} must have 1-64 letters, digits, dots, hyphens and underscores."
        elif params["state"] == "present":
            yield from (f"Rule {rule['name']}: {problem}" for problem in _rule_problems(rule, region))


def _rule_problems(rule: Mapping[str, Any], region: str) -> Iterator[str]:
    if len(rule["description"] or "") > _MOST_DESCRIPTION:
        yield f"description has {len(rule['description'])} characters; EventBridge takes {_MOST_DESCRIPTION}."
    for option in ("pattern", "target_arn"):
        if not rule[option]:
            yield f"{option} is missing."
    if rule["pattern"]:
        try:
            compile_pattern(rule["pattern"])
        except PatternError as error:
            yield f"EventBridge would refuse the pattern: {error}."
    if rule["target_arn"]:
        yield from _arn_problems(rule["target_arn"], region)
    if rule["target_role_arn"] and not re.fullmatch(ROLE_ARN, rule["target_role_arn"]):
        yield f"target_role_arn is {rule['target_role_arn']!r}, which is not the ARN of a role."
    yield from _template_problems(rule["input_paths"], rule["input_template"])


def _arn_problems(arn: str, region: str) -> Iterator[str]:
    parts = arn.split(":", 5)
    if len(parts) < 6 or parts[0] != "arn":
        yield f"target_arn is {arn!r}, which is not an ARN; secmon.aws.alert_topic returns that of a topic."
    elif parts[1] != partition_of(region):
        yield f"target_arn is {arn}, but region {region} is in partition {partition_of(region)}."
    elif parts[3] not in ("", region) and parts[2] != "events":
        yield f"target_arn is {arn}, but a target other than an event bus must be in the region of the rule, {region}."


def _template_problems(paths: Mapping[str, str] | None, template: str | None) -> Iterator[str]:
    if template and len(template) > _MOST_TEMPLATE:
        yield f"input_template has {len(template):,} characters; EventBridge takes {_MOST_TEMPLATE:,}."
    if paths and len(paths) > _MOST_PATHS:
        yield f"input_paths has {len(paths)} values; EventBridge takes {_MOST_PATHS}."
    if template and paths is not None:
        named = {name for name in _PLACEHOLDER.findall(template) if not name.startswith("aws.events.")}
        for name in sorted(named - paths.keys()):
            yield f"input_template names <{name}>, which is not in input_paths."
