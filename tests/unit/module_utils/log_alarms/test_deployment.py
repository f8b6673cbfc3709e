"""The log alarms of rules."""

from __future__ import annotations

from dataclasses import replace

from ansible_collections.secmon.aws.plugins.module_utils.cloudwatch.log_checks import log_alarm_problems
from ansible_collections.secmon.aws.plugins.module_utils.log_alarms.deployment import log_alarms
from ansible_collections.secmon.aws.plugins.module_utils.rules.limits import SEVERITIES
from ansible_collections.secmon.aws.plugins.module_utils.rules.parameters import fill_pattern, sample_values

from embedded_aws.cloudwatch.log_alarms.query import log_query
from tests.unit.module_utils.engines.differential import shipped

ACCOUNT = {
    "account_id": "111122223333",
    "partition": "aws",
    "region": "eu-central-1",
    "log_group_name": "/aws/cloudtrail/logs",
    "topic_arn": "arn:aws:sns:eu-central-1:111122223333:SecurityAlarms",
}
ROLES = {"query": "Query", "lines": "Lines"}


def test_the_alarm_of_a_rule_counts_by_actor_and_account() -> None:
    rules = [replace(rule, pattern=str(fill_pattern(rule, sample_values(rule)))) for rule in shipped()]
    (alarm,) = log_alarms(rules, ["root_usage"], {}, ACCOUNT, ROLES).alarms
    assert alarm["aggregation"] == "count(*) by userIdentity.arn, recipientAccountId | sort desc"
    assert alarm["query_role_arn"] == "arn:aws:iam::111122223333:role/Query"
    assert (alarm["schedule"], alarm["start_seconds"]) == ("rate(5 minutes)", 420)
    assert alarm["tags"]["secmon:rule"] == "root_usage"


def test_all_rules_that_insights_expresses_give_valid_alarms_and_the_others_reasons() -> None:
    rules = [replace(rule, pattern=str(fill_pattern(rule, sample_values(rule)))) for rule in shipped()]
    found = log_alarms(rules, SEVERITIES, {}, ACCOUNT, ROLES)
    assert len(found.alarms) + len(found.refusals or {}) == len(rules)
    assert len(found.alarms) > 80
    assert all(found.refusals.values() if found.refusals else ())
    for alarm in found.alarms:
        assert list(log_alarm_problems(alarm, "eu-central-1")) == []
        log_query(
            {
                "QueryString": alarm["query"],
                "AggregationExpression": alarm["aggregation"],
                "ScheduleConfiguration": {
                    "ScheduleExpression": alarm["schedule"],
                    "StartTimeOffset": alarm["start_seconds"],
                },
            }
        )
