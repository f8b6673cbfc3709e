"""What stands in two places says the same in both."""

from __future__ import annotations

from pathlib import Path

import yaml
from ansible_collections.secmon.aws.plugins.module_utils.detection.catalog import load_rules
from ansible_collections.secmon.aws.plugins.module_utils.detection.filter_pattern import compile_pattern


def test_the_metric_alarm_role_deploys_the_guides_rule(repository: Path) -> None:
    (rule,) = load_rules([repository / "rules/guide"])
    role = yaml.safe_load((repository / "roles/metric_alarm/vars/main.yml").read_text())
    assert compile_pattern(role["__metric_alarm_pattern"]).tree == compile_pattern(rule.pattern).tree
    assert role["__metric_alarm_filter_name"] == rule.filter_name
    assert (role["__metric_alarm_namespace"], role["__metric_alarm_metric_name"]) == (
        rule.metric.namespace,
        rule.metric.name,
    )
