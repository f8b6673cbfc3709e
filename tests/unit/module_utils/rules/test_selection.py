from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ansible_collections.secmon.aws.plugins.module_utils.rules.packs import PACKS, Packs, load_packs
from ansible_collections.secmon.aws.plugins.module_utils.rules.selection import RuleReport, Trail, check_rules

from tools.generate_docs.costs import rules_of_packs

OTHER_PATTERN = '{ ($.eventName = "X") && ($.requestParameters.secretId = "${secret}") }'
REQUIRED = {
    "log_bucket_tampered": {"parameters": {"bucket_name": "my-logs"}},
    "log_role_changed": {"parameters": {"log_role_name": "Deliver"}},
    "log_stream_forged": {"parameters": {"log_role_name": "Deliver", "log_group_name": "trail"}},
}


@pytest.fixture(scope="module")
def shipped() -> Packs:
    return rules_of_packs()


def check(shipped: Packs, packs: Any, overrides: Any = None, **trail: Any) -> RuleReport:
    return check_rules(shipped, packs, overrides or {}, Trail(**trail))


def test_all_shipped_rules_can_be_deployed_together(shipped: Packs) -> None:
    report = check(shipped, PACKS, REQUIRED)
    assert report.errors == ()
    assert len(report.rules) == sum(map(len, shipped.values()))


def test_the_guide_can_be_deployed_with_its_exclusions(shipped: Packs) -> None:
    report = check(shipped, ["guide"], excluded_event_sources=("kms.amazonaws.com", "rdsdata.amazonaws.com"))
    assert (report.errors, report.warnings) == ((), ())
    assert [rule.id for rule in report.rules] == ["secret_access"]


def test_the_values_of_an_account_are_filled_in(shipped: Packs) -> None:
    (rule,) = check(shipped, ["guide"], {"secret_access": {"parameters": {"secret": "Mine"}}}).rules
    assert '"Mine"' in rule.pattern
    assert "${" not in rule.pattern


@pytest.mark.parametrize(
    ("packs", "overrides", "trail", "message"),
    [
        (["guide"], {"secret_acess": {"enabled": False}}, {}, 'Did you mean "secret_access"?'),
        (["guide"], {"secret_access": {"severity": "hihg"}}, {}, 'Did you mean "high"?'),
        (["guide"], {"root_usage": {"enabled": False}}, {}, "in the pack cis, which is not in secmon_packs"),
        (["guide"], {"secret_access": {"enabled": False}}, {}, "no rule is enabled."),
        (["guide"], {"secret_access": {"alarm": {"statistic": "Average"}}}, {}, "set statistic to Sum"),
        (["guide"], {"secret_access": {"pattern": OTHER_PATTERN}}, {}, "expected a match, got no match"),
        (["guide"], ["no mapping"], {}, "overrides must be a mapping of rule ids"),
        (["cis"], {}, {"excluded_event_sources": ("kms.amazonaws.com",)}, "the trail excludes kms.amazonaws.com"),
        (["guide"], {}, {"management_events": "write"}, "read-only calls, and the trail records writes only"),
        (["operational"], {}, {"management_events": "read"}, "writes, and the trail records reads only"),
        (["guard"], {}, {}, "log_bucket_tampered.parameters.bucket_name"),
        ([], {}, {}, "no rule is enabled."),
    ],
)
def test_a_rule_that_cannot_work_is_reported_in_one_line(
    shipped: Packs, packs: list[str], overrides: Any, trail: dict[str, Any], message: str
) -> None:
    report = check(shipped, packs, overrides, **trail)
    assert any(message in error for error in report.errors), report.errors
    assert not any("\n" in error for error in report.errors)


def test_a_one_line_problem_separates_its_parts(shipped: Packs) -> None:
    """A suggestion ran into the next sentence, and the caret of a pattern stood under nothing."""
    unknown = check(shipped, ["guide"], {"root_usege": {"enabled": False}})
    assert 'Did you mean "root_usage"? To add a rule, write title, pattern, tests' in unknown.errors[0]
    malformed = check(shipped, ["guide"], {"secret_access": {"pattern": "{ $.eventName = }"}})
    (error,) = malformed.errors
    assert 'expected a value, found "}"; { $.eventName = }' in error
    assert "^" not in error


def test_a_pack_that_is_not_chosen_is_not_loaded(repository: Path) -> None:
    packs = load_packs(repository / "rules")
    check(packs, ["guide"], {"secret_access": {"parameters": {"secret": "Mine"}}})
    assert set(packs._loaded) == {"guide"}


def test_an_outline_says_what_the_loaded_rule_says(shipped: Packs) -> None:
    for pack, outlines in shipped.outlines.items():
        rules = sorted(shipped.get(pack, ()), key=lambda rule: rule.id)
        assert [(found.id, found.filter_name, found.namespace) for found in outlines] == [
            (rule.id, rule.filter_name, rule.metric.namespace) for rule in rules
        ]


def test_rules_are_chosen_by_severity_and_by_name(shipped: Packs) -> None:
    def chosen(overrides: Any = None, packs: Any = ("cis", "operational")) -> dict[str, str]:
        report = check_rules(shipped, packs, overrides or {}, Trail(), severities=["critical"])
        return {rule.id: rule.severity for rule in report.rules if not rule.compliance}

    assert chosen() == {"kms_key_made_unusable": "critical", "organization_changed": "critical"}
    assert "vpc_changed" in chosen({"vpc_changed": {"enabled": True}})
    assert "vpc_changed" not in chosen({"vpc_changed": {"alarm": {"threshold": 2}}})
    assert "denied_calls" in chosen({"denied_calls": {"severity": "critical"}})
    assert "own_0" in chosen(own_rules(shipped, 1, '$.eventName = "GetSecretValue"'))
    published = check_rules(shipped, ["cis"], {}, Trail(), severities=["critical"])
    assert len(published.rules) == len(shipped["cis"])
    assert chosen(packs=["guide"]) == {}


def own_rules(shipped: Packs, count: int, condition: str) -> dict[str, Any]:
    """Return rules like the guide's, each with a filter and a metric of its own."""
    (rule,) = shipped["guide"]
    tests = [{"name": test.name, "match": test.match, "event": test.event} for test in rule.tests]
    source = '$.eventSource = "secretsmanager.amazonaws.com"'
    return {
        f"own_{number}": {
            **{"title": "t", "severity": "low", "description": "d", "runbook": "r", "tests": tests},
            "pattern": f"{{ ({source}) && ({condition}) }}",
            "filter_name": f"Own{number}",
            "metric": {"namespace": "Own", "name": f"Own{number}", "value": "1", "default_value": 0},
            "alarm": {
                **{"statistic": "Sum", "period_seconds": 60, "evaluation_periods": 1, "threshold": 1},
                "comparison": "GreaterThanOrEqualToThreshold",
            },
        }
        for number in range(count)
    }


@pytest.mark.parametrize(
    ("fitting", "condition", "message"),
    [
        (99, '$.eventName = "GetSecretValue"', "101 metric filters on one log group"),
        (5, "$.eventName = %^GetSecretValue$%", "6 filters with regular expressions ("),
    ],
)
def test_reports_more_filters_than_a_log_group_can_hold(
    shipped: Packs, fitting: int, condition: str, message: str
) -> None:
    fits = check(shipped, ["guide"], own_rules(shipped, fitting, condition))
    assert not any("on one log group" in error for error in fits.errors)
    assert any(
        message in error for error in check(shipped, ["guide"], own_rules(shipped, fitting + 1, condition)).errors
    )


def test_reports_all_problems_together(shipped: Packs) -> None:
    overrides = {"nope": {"enabled": False}, "root_usage": {"enabled": False}, "secret_access": {"severity": 1}}
    errors = check(shipped, ["guide"], overrides).errors
    assert [any(name in error for error in errors) for name in overrides] == [True, True, True]


def test_a_rule_that_is_not_chosen_differs_from_a_typo(shipped: Packs) -> None:
    assert shipped.not_chosen(["secret_access"], ["secret_access"]) == []
    other, typo = shipped.not_chosen(["trail_stopped", "trail_stoped"], ["secret_access"])
    assert other.startswith("The account does not deploy the rule trail_stopped of the pack guard: secmon_packs")
    assert typo == 'No rule has the id trail_stoped. Did you mean "trail_stopped"?'
