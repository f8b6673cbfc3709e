"""A topic policy above the quotas of SNS is refused before the first write."""

from __future__ import annotations

from typing import Any

import pytest

from tests.integration.alert_topic.topic_setup import NAME, OTHER_STATEMENT, set_policy
from tests.support.module_runner import ModuleRunner


@pytest.mark.promise("prerequisite")
def test_a_policy_that_has_no_room_for_cloudwatch_is_refused(run_module: ModuleRunner, sns: Any) -> None:
    sns.create_topic(Name=NAME)
    set_policy(sns, {f"Other{number}": OTHER_STATEMENT | {"Sid": f"Other{number}"} for number in range(99)})
    message = run_module.fail_before_writes(name=NAME, adopt=True)
    assert f"The policy of topic {NAME} would have 101 statements; AWS allows 100" in message
    assert "(account 123456789012, region us-east-1)" in message
