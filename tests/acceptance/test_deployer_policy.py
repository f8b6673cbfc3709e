"""Lives of the system run under exactly docs/deployer_policy.json, on an embedded AWS with --iam.

RECORD_QUESTIONS=1 records what IAM is asked for tests/repository/test_deployer_policy.py.
"""

from __future__ import annotations

import os

import pytest

from embedded_aws.process import embedded_aws_process
from tests.support.deployer import Question, create_deployer, live, record, recorded

# Each pair of lives runs more than ten playbooks.
pytestmark = pytest.mark.long

MORE = '{"secmon_log_alarms": ["secret_access"], "secmon_regions": ["eu-west-1"]}'
CIS = ("-e", "secmon_profile=cis", "-e", "secmon_encrypt=true", "-e", MORE)


@pytest.fixture(scope="module")
def asked() -> set[Question]:
    """Return what IAM is asked in two lives; no call is refused, or a playbook would fail."""
    found: set[Question] = set()
    for options in ((), CIS):
        with embedded_aws_process("--iam") as endpoint:
            found |= live(endpoint, (*create_deployer(endpoint), *options), again=options == CIS)
    return found


def test_the_lives_run_under_the_policy_and_ask_what_is_recorded(asked: set[Question]) -> None:
    if os.environ.get("RECORD_QUESTIONS"):
        record(asked)
    assert asked == recorded()


@pytest.mark.parametrize("options", [(), CIS], ids=["guide", "cis"])
def test_the_life_runs_under_the_policy_with_the_delays_of_aws(options: tuple[str, ...]) -> None:
    with embedded_aws_process("--iam", "--consistency", "aws") as endpoint:
        live(endpoint, (*create_deployer(endpoint), *options), again=options == CIS)
