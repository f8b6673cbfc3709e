"""Build the guide's system on the embedded AWS, show what AWS then lists, and remove it again."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3

REPOSITORY = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(REPOSITORY))

from embedded_aws.process import embedded_aws_process  # noqa: E402

ACCOUNT_ID = "123456789012"
NOT_SHOWN = """\
What this demo does not show yet: that the alarm goes off. The embedded AWS keeps the resources of the chain, but
delivers no event through it yet, so no secret was read and no e-mail was sent. The trail's event selectors and
--check on an empty account are missing too: the upstream modules behind the roles cannot do them."""


def run_playbook(endpoint: str, name: str, *arguments: str) -> None:
    """Run a playbook on inventory/embedded and let the person watch. Raises CalledProcessError if it fails."""
    command = ["ansible-playbook", "-i", "inventory/embedded", f"playbooks/{name}.yml", *arguments]
    print(f"\n$ {' '.join(command)}", flush=True)
    # The warnings are about upstream's own code and settings; they would hide what is to be seen.
    environment = os.environ | {
        "AWS_ENDPOINT_URL": endpoint,
        "ANSIBLE_DEPRECATION_WARNINGS": "false",
        "ANSIBLE_DISPLAY_SKIPPED_HOSTS": "false",
    }
    subprocess.run(command, cwd=REPOSITORY, env=environment, check=True)


def listed(endpoint: str) -> Iterator[tuple[str, str]]:
    """Yield (kind, name with its telling detail) for every resource of the chain that AWS lists."""

    def client(service: str) -> Any:
        return boto3.client(
            service,
            endpoint_url=endpoint,
            region_name="us-east-1",
            aws_access_key_id="embedded",
            aws_secret_access_key="embedded",
        )

    for secret in client("secretsmanager").list_secrets()["SecretList"]:
        yield "secret", secret["Name"]
    for topic in client("sns").list_topics()["Topics"]:
        yield "topic", topic["TopicArn"]
    for subscription in client("sns").list_subscriptions()["Subscriptions"]:
        yield "subscription", f"{subscription['Protocol']} {subscription['Endpoint']}"
    for group in client("logs").describe_log_groups()["logGroups"]:
        yield "log group", f"{group['logGroupName']} (kept {group.get('retentionInDays', 'for ever')} days)"
    for role in client("iam").list_roles()["Roles"]:
        yield "role", role["Arn"]
    for bucket in client("s3").list_buckets()["Buckets"]:
        yield "bucket", bucket["Name"]
    for trail in client("cloudtrail").describe_trails()["trailList"]:
        logging = client("cloudtrail").get_trail_status(Name=trail["TrailARN"])["IsLogging"]
        yield "trail", f"{trail['Name']} ({'logging' if logging else 'stopped'})"
    for metric_filter in client("logs").describe_metric_filters()["metricFilters"]:
        yield "metric filter", f"{metric_filter['filterName']} {metric_filter['filterPattern']}"
    for alarm in client("cloudwatch").describe_alarms()["MetricAlarms"]:
        yield (
            "alarm",
            f"{alarm['AlarmName']}: {alarm['Statistic']} of {alarm['Namespace']}/{alarm['MetricName']} "
            f"over {alarm['Period']} s {alarm['ComparisonOperator']} {alarm['Threshold']:g}",
        )


def show(title: str, rows: list[tuple[str, str]]) -> None:
    """Print the rows as a table under a title."""
    print(f"\n== {title} ==")
    for kind, name in rows:
        print(f"  {kind:<14} {name}")
    if not rows:
        print("  nothing")


def main() -> int:
    """Run the demo; exit code 0 only if both playbooks succeeded and nothing is left."""
    with embedded_aws_process() as endpoint:
        print(f"An embedded AWS is running on {endpoint}")
        try:
            run_playbook(endpoint, "site")
            show(f"What AWS lists in account {ACCOUNT_ID}", list(listed(endpoint)))
            run_playbook(
                endpoint,
                "teardown",
                *("-e", f"secmon_teardown_confirm={ACCOUNT_ID}"),
                *("-e", "secmon_purge_log_bucket=true"),
                *("-e", "secmon_secret_recovery_window_days=0"),
            )
        except subprocess.CalledProcessError as error:
            print(f"\nThe demo ended here: the playbook failed with exit code {error.returncode}.", file=sys.stderr)
            return 1
        left = list(listed(endpoint))
        show("What AWS lists after teardown", left)
    print(f"\n{NOT_SHOWN}")
    return 1 if left else 0


if __name__ == "__main__":
    sys.exit(main())
