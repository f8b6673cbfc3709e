"""The examples of every module, plugin and role run as they are printed, on the embedded AWS.

The modules are the hosts of one playbook run, each with an account of its own. Where their examples need something that
exists, boto3 makes it first. The examples of the roles are the plays of a second run.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import boto3
import pytest
import yaml

from embedded_aws.process import embedded_aws_process
from tests.conftest import REPOSITORY, run
from tests.integration.secret.secret_setup import make_function, make_keys
from tests.support import guide_chain
from tests.support.embedded_control import mails
from tests.support.trail_prerequisites import open_bucket
from tests.support.trail_setup import SERVICE, document
from tools.generate_docs.roles import ROLES

DOCUMENTED = {
    path.stem: examples
    for kind in ("modules", "filter", "connection", "inventory")
    for path in sorted((REPOSITORY / "plugins" / kind).glob("*.py"))
    for examples in re.findall(r'^EXAMPLES = r"""\n(.*?)^"""', path.read_text(), re.MULTILINE | re.DOTALL)
}
# Both read the pipeline of guide_chain.py.
DOCUMENTED["detection_drill"] += DOCUMENTED.pop("log_file_validation")
# Both use the rule next to the playbook; the recorded test says that the rule must not match, so it comes last.
DOCUMENTED["test_rules"] += DOCUMENTED.pop("record_event")
SIGMA_RULE = {
    "title": "A queue was emptied",
    "logsource": {"product": "aws", "service": "cloudtrail"},
    "detection": {"s": {"eventSource": "sqs.amazonaws.com", "eventName": "PurgeQueue"}, "condition": "s"},
}
# Plays, files of inventories, and a drill, which takes minutes of the clock; acceptance/test_drill.py runs one.
OTHERS = ("accounts", "preflight", "warm", "organization", "drill_report", "rule_drill")
TASKS = [name for name in DOCUMENTED if name not in OTHERS]
UNITS = {"roles": "workloads", "names": "workloads/sandbox", "archive": "security"}
OWN = {"secmon:managed-by": "secmon.aws"}
IDS = {name: f"{number:012}" for number, name in enumerate(TASKS, 1)} | {
    "detection_drill": guide_chain.ACCOUNT,
    "archive": "444455556666",
    "roles": "111122223333",
}

INCLUDE = [{"ansible.builtin.include_tasks": "{{ inventory_hostname }}.yml"}]
PLAYS = [
    *yaml.safe_load(DOCUMENTED["preflight"]),
    *yaml.safe_load(DOCUMENTED["accounts"]),
    {
        "name": "Run the examples",
        "hosts": "all:!names",
        "gather_facts": False,
        "strategy": "ansible.builtin.free",
        "module_defaults": {
            "group/secmon.aws.aws": {
                "endpoint_url": "{{ secmon_endpoint_url }}",
                "region": "{{ secmon_region }}",
                "access_key": "{{ secmon_access_key }}",
                "secret_key": "{{ secmon_secret_key }}",
            }
        },
        "tasks": INCLUDE,
    },
    {"hosts": "names", "gather_facts": False, "roles": ["secmon.aws.common"], "tasks": INCLUDE},
]


@dataclass
class Account:
    """The account of one module's examples."""

    endpoint: str
    module: str

    @property
    def id(self) -> str:
        return IDS[self.module]

    @property
    def access_key(self) -> str:
        return f"AKIA{self.id.rjust(16, 'X')}"

    def client(self, service: str, region: str = "us-east-1") -> Any:
        keys = {"aws_access_key_id": self.access_key, "aws_secret_access_key": "embedded"}
        return boto3.client(service, endpoint_url=self.endpoint, region_name=region, **keys)

    def host(self) -> dict[str, str]:
        return {
            "secmon_account_id": self.id,
            "secmon_region": "us-east-1",
            "secmon_access_key": self.access_key,
            "secmon_secret_key": "embedded",
            "secmon_endpoint_url": self.endpoint,
        }

    def seeded(self) -> dict[str, Any]:
        roles = [{"name": "SecurityMonitoringDeployer", "trusts": [self.id]}]
        users = [{"name": "tester", "access_key": self.access_key, "secret_key": "embedded"}]
        unit = UNITS.get(self.module, "")
        return {"id": self.id, "name": self.module, "ou": unit, "roles": roles, "users": users}


def _groups(account: Account) -> None:
    account.client("logs").create_log_group(logGroupName="/aws/cloudtrail/logs", tags=OWN)
    account.client("logs").create_log_group(logGroupName="/shared/cloudtrail")


def _chain(account: Account) -> None:
    """Build the pipeline of the guide, with the name of the filter that the example has."""
    guide_chain.build_by_steps(account.endpoint, guide_chain.with_boto3)
    logs = account.client("logs")
    (one,) = logs.describe_metric_filters(logGroupName=guide_chain.GROUP, filterNamePrefix=guide_chain.SECRET_ALARM)[
        "metricFilters"
    ]
    names = {"logGroupName": guide_chain.GROUP, "filterName": "TrackSecretAccess"}
    logs.put_metric_filter(
        **names, filterPattern=one["filterPattern"], metricTransformations=one["metricTransformations"]
    )


def _archive(account: Account) -> None:
    """Create a bucket of another account, which this one may read."""
    s3, name = Account(account.endpoint, "archive").client("s3"), "organization-log-archive"
    s3.create_bucket(Bucket=name)
    allow = {
        "Effect": "Allow",
        "Principal": {"AWS": account.id},
        "Action": "s3:ListBucket",
        "Resource": f"arn:aws:s3:::{name}",
    }
    s3.put_bucket_policy(Bucket=name, Policy=document(allow))


def _trail(account: Account) -> None:
    open_bucket(account.client("s3"), f"audit-{account.id}")
    account.client("logs").create_log_group(logGroupName="/aws/cloudtrail/logs")
    _role(account, "CloudTrailToCloudWatchLogs", "logs:*", SERVICE)


def _role(account: Account, name: str, action: str, principal: dict[str, str]) -> None:
    """Create a role of a service with one permission."""
    trust = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
    iam = account.client("iam")
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=document(trust))
    allow = {"Effect": "Allow", "Action": action, "Resource": "*"}
    iam.put_role_policy(RoleName=name, PolicyName="deliver", PolicyDocument=document(allow))


def _forwarder(account: Account) -> None:
    _role(account, "SecurityEventForwarder", "events:PutEvents", {"Service": "events.amazonaws.com"})


def _log_files(account: Account) -> None:
    s3, name = account.client("s3"), f"trail-logs-{account.id}-eu-central-1"
    s3.create_bucket(Bucket=name)
    s3.put_object(Bucket=name, Key=f"AWSLogs/{account.id}/CloudTrail/eu-central-1/2026/05/01/a.json.gz", Body=b"")


def _secret(account: Account) -> dict[str, str]:
    make_function(account.client)
    make_keys(account.client)
    make_keys(partial(account.client, region="us-west-2"))
    return {"vault_sample_secret": "correct horse battery", "vault_hmac_key": "a key of the vault of the team"}


def _pending(account: Account) -> dict[str, list[str]]:
    arn = account.client("sns").create_topic(Name="SecurityAlarms")["TopicArn"]
    links = []
    for address in ("first@example.com", "second@example.com"):
        account.client("sns").subscribe(TopicArn=arn, Protocol="email", Endpoint=address)
        (mail,) = mails(account.endpoint, address)
        links.append(re.search(r"\S+Action=ConfirmSubscription\S+", mail["body"])[0])
    return {"links_of_the_emails": links}


def _insights(account: Account) -> None:
    _trail(account)
    cloudtrail = account.client("cloudtrail")
    cloudtrail.create_trail(Name="rates", S3BucketName=f"audit-{account.id}")
    cloudtrail.put_insight_selectors(TrailName="rates", InsightSelectors=[{"InsightType": "ApiCallRateInsight"}])


def _queue(account: Account) -> None:
    sqs = account.client("sqs")
    sqs.delete_queue(QueueUrl=sqs.create_queue(QueueName="orders")["QueueUrl"])


PREPARE: dict[str, Callable[[Account], dict[str, Any] | None]] = {
    "call_rates": _insights,
    "detection_drill": _chain,
    "detections": _groups,
    "event_forwarding": _forwarder,
    "metric_filters": _groups,
    "log_bucket": _archive,
    "recorded_event": _queue,
    "secret": _secret,
    "subscription_confirmation": _pending,
    "trail": _trail,
    "trail_log_files": _log_files,
}


@pytest.fixture(scope="module")
def embedded_aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    accounts = {account.id: account.seeded() for account in (Account("", name) for name in IDS)}
    accounts[guide_chain.ACCOUNT]["management"] = True
    seed = tmp_path_factory.mktemp("seed") / "seed.yml"
    seed.write_text(yaml.safe_dump({"accounts": list(accounts.values())}))
    with embedded_aws_process("--seed", str(seed)) as endpoint:
        yield endpoint


def write_examples(folder: Path, endpoint: str) -> None:
    """Write the playbook, its inventory, the tasks of each module, and the files that they read."""
    hosts = {}
    for name in TASKS:
        account = Account(endpoint, name)
        hosts[name] = account.host() | (PREPARE[name](account) or {} if name in PREPARE else {})
        text = DOCUMENTED[name].replace("111122223333", account.id).replace("123456789012", account.id)
        (folder / f"{name}.yml").write_text(text)
    (folder / "hosts.yml").write_text(yaml.safe_dump({"all": {"hosts": hosts}}))
    (folder / "play.yml").write_text(yaml.safe_dump(PLAYS))
    (folder / "group_vars").mkdir()
    (folder / "group_vars/all.yml").write_text(DOCUMENTED["warm"])
    (folder / "rules").mkdir()
    rule = re.search(r"```yaml\n(title:.*?)```", (REPOSITORY / "README.md").read_text(), re.DOTALL)
    (folder / "rules/queue_deleted.yml").write_text(rule[1] if rule else "")
    event = {"eventSource": "sqs.amazonaws.com", "eventName": "DeleteQueue", "eventTime": "2026-05-01T00:00:00Z"}
    (folder / "sigma").mkdir()
    (folder / "sigma/queue_purged.yml").write_text(yaml.safe_dump(SIGMA_RULE))
    (folder / "records").mkdir()
    for file in ("events.json", "records/events.json"):
        (folder / file).write_text(json.dumps({"Records": [event]}))
    for name, statement in (
        ("trust_policy", {"Effect": "Allow", "Principal": SERVICE, "Action": "sts:AssumeRole"}),
        ("write_policy", {"Effect": "Allow", "Action": "logs:PutLogEvents", "Resource": "*"}),
    ):
        (folder / f"{name}.json").write_text(document(statement))


def test_the_examples_of_every_module_and_plugin_run(embedded_aws: str, tmp_path: Path) -> None:
    assert len(TASKS) >= 17
    write_examples(tmp_path, embedded_aws)
    result = run("ansible-playbook", "-i", "hosts.yml", "play.yml", "--forks", "4", cwd=tmp_path)
    assert result.returncode == 0, result.stdout + result.stderr


def test_the_examples_of_the_inventory_plugin_list_accounts(embedded_aws: str, tmp_path: Path) -> None:
    keys = "aws_access_key_id = tester\naws_secret_access_key = tester\n"
    (tmp_path / "config").write_text(f"[default]\n{keys}[profile audit]\n{keys}")
    sources = []
    for number, example in enumerate(DOCUMENTED["organization"].split("---\n")):
        (tmp_path / f"{number}.secmon_org.yml").write_text(example)
        sources += ["-i", f"{number}.secmon_org.yml"]
    result = run(
        *("ansible-inventory", *sources, "--list"),
        cwd=tmp_path,
        ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED="true",
        AWS_CONFIG_FILE=str(tmp_path / "config"),
        AWS_ENDPOINT_URL=embedded_aws,
        HOME=str(tmp_path),
    )
    assert result.returncode == 0, result.stderr
    assert {"roles", "names", "archive"} <= set(yaml.safe_load(result.stdout)["_meta"]["hostvars"])


@pytest.mark.long
def test_the_examples_of_every_role_run(embedded_aws: str, tmp_path: Path) -> None:
    account = Account(embedded_aws, "roles")
    plays = []
    for role in ("common", *ROLES):
        readme = (REPOSITORY / f"roles/{role}/README.md").read_text()
        plays += yaml.safe_load(readme.split("```yaml\n")[1].split("```")[0])
    (tmp_path / "play.yml").write_text(yaml.safe_dump(plays))
    variables = {"secmon_account_id": account.id, "secmon_region": "eu-central-1"}
    (tmp_path / "hosts.yml").write_text(yaml.safe_dump({"all": {"hosts": {"localhost": variables}}}))
    result = run(
        *("ansible-playbook", "-i", "hosts.yml", "play.yml", "-e", "ansible_connection=secmon.aws.warm"),
        cwd=tmp_path,
        AWS_ACCESS_KEY_ID=account.access_key,
        AWS_SECRET_ACCESS_KEY="embedded",
        AWS_ENDPOINT_URL=embedded_aws,
        AWS_REGION="eu-central-1",
        ORDERS_PASSWORD="correct horse",
    )
    assert result.returncode == 0, result.stdout + result.stderr
