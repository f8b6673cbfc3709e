from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.secmon.aws.plugins.module_utils.preflight.shared_resources import (
    find_shared_resources,
)

from tests.unit.module_utils.preflight.accounts import ACCOUNT_ID, settings

OTHER = {"account_id": "210987654321"}


def shared(*hosts: dict[str, Any]) -> list[tuple[str, str, str]]:
    named = {f"host{number}": settings(**values) for number, values in enumerate(hosts, start=1)}
    return [(found.host, found.variable, found.message) for found in find_shared_resources(named)]


def test_different_accounts_share_no_resources() -> None:
    assert shared({}, OTHER) == []


def test_reports_an_account_listed_twice_with_all_shared_resources() -> None:
    ((host, variable, message),) = shared({}, {})
    assert (host, variable) == ("host2", "secmon_account_id")
    assert f"this host is account {ACCOUNT_ID} in us-east-1, and host host1 manages the same" in message
    for part in ("MySampleSecret", "SecurityAlarms", "secrets-manager-trail", "/aws/cloudtrail/logs"):
        assert f'"{part}' in message


def test_two_regions_of_an_account_share_global_resources() -> None:
    ((host, _variable, message),) = shared({}, {"region": "eu-west-1"})
    assert host == "host2"
    assert 'role "CloudTrailToCloudWatchLogs", bucket "secrets-manager-trail-' in message
    assert "topic" not in message
    assert shared({}, {"region": "eu-west-1", "log_role_name": "Other", "log_bucket_name": "other"}) == []


def test_reports_a_bucket_shared_by_accounts_of_one_partition() -> None:
    ((_host, variable, message),) = shared({"log_bucket_name": "logs"}, {**OTHER, "log_bucket_name": "logs"})
    assert variable == "secmon_log_bucket_name"
    assert message.startswith('host host1 manages the bucket "logs", too')
    assert shared({"log_bucket_name": "logs"}, {**OTHER, "log_bucket_name": "logs", "region": "cn-north-1"}) == []


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
def test_several_hosts_may_use_existing_resources(apart: dict[str, Any]) -> None:
    assert shared({}, apart) == []


def test_reports_filters_on_one_existing_log_group() -> None:
    names = {
        "trail_name": "trail-2",
        "topic_name": "t2",
        "log_role_name": "r2",
        "log_bucket_name": "b-2",
        "secret_name": "s2",
    }
    group = {"existing_log_group_name": "theirs"}
    ((_host, variable, message),) = shared(group, {**group, **names})
    assert variable == "secmon_existing_log_group_name"
    assert 'log group\'s filters "theirs"' in message
