"""Build the guide's system on the embedded AWS, raise its alarm, show the e-mail, and remove all of it again."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import boto3

REPOSITORY = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(REPOSITORY))

from embedded_aws.process import embedded_aws_process  # noqa: E402

ACCOUNT_ID = "123456789012"
ADDRESS = "security@example.com"
NOT_SHOWN = """\
What this demo does not show yet: verify and drill, which prove the chain by playbook; more than one account; and a
second run, which would read the secret and so raise the alarm, because the upstream module for secrets does that.
All of this happened on the embedded AWS, not on AWS itself."""


class DemoError(Exception):
    """The demo did not come to the end that it promises."""


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


def aws(endpoint: str, service: str) -> Any:
    """Return a boto3 client of the embedded AWS."""
    return boto3.client(
        service,
        endpoint_url=endpoint,
        region_name="us-east-1",
        aws_access_key_id="embedded",
        aws_secret_access_key="embedded",
    )


def listed(endpoint: str) -> Iterator[tuple[str, str]]:
    """Yield (kind, name with its telling detail) for every resource of the chain that AWS lists."""
    client = partial(aws, endpoint)
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


def mails(endpoint: str, subject: str) -> list[dict[str, str]]:
    """Return the mails with this in their subject that have arrived once everything is delivered."""
    urlopen(Request(f"{endpoint}/_embedded/drain", method="POST")).close()
    with urlopen(f"{endpoint}/_embedded/mailbox?to={ADDRESS}") as answer:
        return [mail for mail in json.load(answer) if subject in mail["subject"]]


def follow_the_confirmation_link(endpoint: str) -> None:
    """Confirm the subscription as its owner would. DemoError if no such mail arrived."""
    confirmations = mails(endpoint, "Subscription Confirmation")
    link = re.search(r"https?://\S+Action=ConfirmSubscription\S*", confirmations[-1]["body"]) if confirmations else None
    if link is None:
        raise DemoError(f"No mail with a confirmation link arrived at {ADDRESS}.")
    urlopen(link.group(0)).close()
    print(f"\n{ADDRESS} followed the link in the mail that confirms the subscription.")


def raise_the_alarm(endpoint: str) -> None:
    """Read the secret and show the mail that follows. DemoError if none does."""
    aws(endpoint, "secretsmanager").get_secret_value(SecretId="MySampleSecret")
    print("Somebody read the secret MySampleSecret.")
    alarms = mails(endpoint, "ALARM")
    if not alarms:
        raise DemoError("The secret was read, and no alarm arrived.")
    mail = alarms[-1]
    print(f"\n== The e-mail that arrived at {mail['to']} ==\nSubject: {mail['subject']}\n")
    print("\n".join(f"  {line}" for line in mail["body"].splitlines()))


def act(endpoint: str) -> list[tuple[str, str]]:
    """Go through all acts and return what is left in the end."""
    run_playbook(endpoint, "site")
    show(f"What AWS lists in account {ACCOUNT_ID}", list(listed(endpoint)))
    follow_the_confirmation_link(endpoint)
    raise_the_alarm(endpoint)
    run_playbook(
        endpoint,
        "teardown",
        *("-e", f"secmon_teardown_confirm={ACCOUNT_ID}"),
        *("-e", "secmon_purge_log_bucket=true"),
        *("-e", "secmon_secret_recovery_window_days=0"),
    )
    left = list(listed(endpoint))
    show("What AWS lists after teardown", left)
    return left


def main() -> int:
    """Run the demo; exit code 0 only if the alarm arrived, both playbooks succeeded and nothing is left."""
    with embedded_aws_process() as endpoint:
        print(f"An embedded AWS is running on {endpoint}")
        try:
            left = act(endpoint)
        except subprocess.CalledProcessError as error:
            print(f"\nThe demo ended here: the playbook failed with exit code {error.returncode}.", file=sys.stderr)
            return 1
        except DemoError as error:
            print(f"\nThe demo ended here: {error}", file=sys.stderr)
            return 1
    print(f"\n{NOT_SHOWN}")
    return 1 if left else 0


if __name__ == "__main__":
    sys.exit(main())
