from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.secmon.aws.plugins.module_utils.preflight.shared_resources import fights

from tests.unit.module_utils.preflight.accounts import ACCOUNT_ID, settings

OTHER = {"account_id": "210987654321"}


def told(*hosts: dict[str, Any]) -> list[tuple[str, str, str]]:
    return list(fights({f"host{number}": settings(**values) for number, values in enumerate(hosts, start=1)}))


def test_different_accounts_share_nothing() -> None:
    assert told({}, OTHER) == []


def test_an_account_that_is_named_twice_is_told_once_with_all_that_is_shared() -> None:
    ((host, variable, message),) = told({}, {})
    assert (host, variable) == ("host2", "secmon_account_id")
    assert f"this host is account {ACCOUNT_ID} in us-east-1, and host host1 makes the same" in message
    for shared in ("MySampleSecret", "SecurityAlarms", "secrets-manager-trail", "/aws/cloudtrail/logs"):
        assert f'"{shared}' in message


def test_another_region_of_the_account_shares_what_is_global() -> None:
    ((host, _variable, message),) = told({}, {"region": "eu-west-1"})
    assert host == "host2"
    assert 'role "CloudTrailToCloudWatchLogs", bucket "secrets-manager-trail-' in message
    assert "topic" not in message
    assert told({}, {"region": "eu-west-1", "log_role_name": "Other", "log_bucket_name": "other"}) == []


def test_a_bucket_of_the_same_name_is_told_across_accounts_but_not_across_partitions() -> None:
    ((_host, variable, message),) = told({"log_bucket_name": "logs"}, {**OTHER, "log_bucket_name": "logs"})
    assert variable == "secmon_log_bucket_name"
    assert message.startswith('host host1 makes the bucket "logs" too')
    assert told({"log_bucket_name": "logs"}, {**OTHER, "log_bucket_name": "logs", "region": "cn-north-1"}) == []


@pytest.mark.parametrize(
    "apart",
    [
        {
            "existing_topic_arn": f"arn:aws:sns:us-east-1:{ACCOUNT_ID}:T",
            "existing_log_role_arn": f"arn:aws:iam::{ACCOUNT_ID}:role/R",
            "existing_log_bucket_name": "theirs",
            "existing_log_group_name": "theirs",
            "create_secret": False,
            "trail_name": "another",
        }
    ],
)
def test_what_exists_already_may_be_used_by_several_hosts(apart: dict[str, Any]) -> None:
    assert told({}, apart) == []


def test_filters_on_one_existing_log_group_would_fight() -> None:
    names = {
        "trail_name": "trail-2",
        "topic_name": "t2",
        "log_role_name": "r2",
        "log_bucket_name": "b-2",
        "secret_name": "s2",
    }
    group = {"existing_log_group_name": "theirs"}
    ((_host, variable, message),) = told(group, {**group, **names})
    assert variable == "secmon_existing_log_group_name"
    assert 'log group\'s filters "theirs"' in message
