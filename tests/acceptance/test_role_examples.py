"""The example in the README of each role runs as it stands, in an account of the embedded AWS."""

from __future__ import annotations

from pathlib import Path

import boto3
import pytest

from tests.conftest import run
from tests.support.embedded_control import ask
from tools.generate_docs.roles import ROLES

pytestmark = pytest.mark.long

REGION = "eu-central-1"
KEYS = {"aws_access_key_id": "tester", "aws_secret_access_key": "tester"}


def example_of(repository: Path, role: str) -> str:
    """Return the playbook in a README, with an account that the embedded AWS has."""
    readme = (repository / f"roles/{role}/README.md").read_text()
    playbook = readme.split("```yaml\n")[1].split("```")[0]
    return playbook.replace("111122223333", "222222222222" if role == "account" else "123456789012")


@pytest.mark.parametrize("role", ROLES)
def test_the_example_of_a_role_runs(repository: Path, tmp_path: Path, embedded_aws: str, role: str) -> None:
    ask(embedded_aws, "reset", method="POST")
    if role == "metric_alarm":
        logs = boto3.client("logs", endpoint_url=embedded_aws, region_name=REGION, **KEYS)
        logs.create_log_group(logGroupName="/aws/cloudtrail/logs")
    (tmp_path / "playbook.yml").write_text(example_of(repository, role))
    result = run(
        *("ansible-playbook", "-i", "localhost,", "-c", "local", tmp_path / "playbook.yml"),
        **{name.upper(): value for name, value in KEYS.items()},
        AWS_ENDPOINT_URL=embedded_aws,
        AWS_REGION=REGION,
        ORDERS_PASSWORD="hunter2",
    )
    assert result.returncode == 0, result.stdout + result.stderr
