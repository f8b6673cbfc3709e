"""One trail and set of alarms for an organization: the way there, the proof from a member, and the way back."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import boto3
import pytest
from ansible_collections.secmon.aws.plugins.module_utils.core.account import Account
from ansible_collections.secmon.aws.plugins.module_utils.core.retries import Budget
from ansible_collections.secmon.aws.plugins.module_utils.posture.alarm_checks import alarming_filters
from ansible_collections.secmon.aws.plugins.module_utils.posture.judgement import outcomes
from ansible_collections.secmon.aws.plugins.module_utils.posture.reads import read_snapshot
from ansible_collections.secmon.aws.plugins.module_utils.posture.snapshot import Snapshot

from embedded_aws.process import embedded_aws_process
from tests.acceptance.test_playbooks import messages
from tests.support.deployer import DOCS
from tests.support.embedded_control import ask, follow, link_in, mails
from tests.support.in_process import ADMINISTRATOR
from tests.support.member_account import member_client
from tools.demo.playbooks import Run, run_playbook

AwsClient = Callable[[str], Any]

CENTRAL, ARCHIVE, MEMBER = "123456789012", "222222222222", "333333333333"
IDS = {"central": CENTRAL, "archive": ARCHIVE, "member": MEMBER}
ALL = ",".join(IDS)
OF_BUCKET = ("bucket-not-public", "bucket-closed", "bucket-versioned", "bucket-retention", "digests")


class Organization:
    """Runs the playbooks on the three accounts of the embedded organization."""

    def __init__(self, endpoint: str, folder: Path, organization_id: str) -> None:
        self.endpoint, self.folder = endpoint, folder
        self.hosts, self.role = IDS, "OrganizationAccountAccessRole"
        self.settings = {
            "secmon_topology": "organization",
            "secmon_trail_organization_id": organization_id,
            "secmon_central_account": CENTRAL,
            "secmon_log_archive_account": ARCHIVE,
            "secmon_secret_recovery_window_days": 0,
        }

    def __call__(self, name: str, hosts: str = ALL, *options: str, **variables: Any) -> Run:
        own = {host: {"secmon_account_id": account} for host, account in self.hosts.items()}
        for host in own:
            if self.hosts[host] != CENTRAL or self.role == "Deployer":
                own[host]["secmon_assume_role_arn"] = f"arn:aws:iam::{self.hosts[host]}:role/{self.role}"
        (self.folder / "hosts.json").write_text(json.dumps({"all": {"hosts": own, "vars": self.settings}}))
        extra = ("-e", json.dumps(variables)) if variables else ()
        return run_playbook(
            self.endpoint, name, "-i", str(self.folder / "hosts.json"), "--limit", hosts, *options, *extra
        )

    def succeed(self, name: str, hosts: str = ALL, *options: str, **variables: Any) -> Run:
        done = self(name, hosts, *options, **variables)
        assert done.code == 0, messages(done)
        return done

    def client(self, account: str, service: str) -> Any:
        if account == CENTRAL:
            keys = {"aws_access_key_id": ADMINISTRATOR, "aws_secret_access_key": "embedded"}
            return boto3.client(service, endpoint_url=self.endpoint, region_name="us-east-1", **keys)
        return member_client(self.endpoint, account, service, ADMINISTRATOR)


@pytest.fixture
def organization(embedded_aws: str, aws_client: AwsClient, tmp_path: Path) -> Organization:
    ask(embedded_aws, "reset", method="POST")
    organizations = aws_client("organizations")
    organizations.enable_aws_service_access(ServicePrincipal="cloudtrail.amazonaws.com")
    return Organization(embedded_aws, tmp_path, organizations.describe_organization()["Organization"]["Id"])


def own_trails(organization: Organization, account: str) -> list[str]:
    return [
        trail["TrailARN"].split(":")[4]
        for trail in organization.client(account, "cloudtrail").describe_trails()["trailList"]
    ]


def test_a_read_in_a_member_raises_the_alarm_of_the_central_account(
    organization: Organization, embedded_aws: str, aws_client: AwsClient
) -> None:
    before = len(ask(embedded_aws, "calls"))
    built = organization.succeed("site")
    made = Counter(call["account"] for call in ask(embedded_aws, "calls")[before:] if call["action"] != "AssumeRole")
    # As in the table of docs/organization_mode.md, which has the same for 10 and 100 accounts.
    assert (made[CENTRAL], made[MEMBER]) == (27, 4)
    order = [name.rpartition(" : ")[2].split()[1:4] for name, hosts in built.changed if hosts != ["member"]]
    assert order.index(["the", "log", "bucket"]) < order.index(["the", "log", "group"]), "the log archive comes first"
    (trail,) = aws_client("cloudtrail").describe_trails()["trailList"]
    assert trail["IsOrganizationTrail"]
    buckets = {account: organization.client(account, "s3").list_buckets()["Buckets"] for account in (ARCHIVE, MEMBER)}
    assert [bucket["Name"] for bucket in buckets[ARCHIVE]] == [trail["S3BucketName"]]
    assert aws_client("s3").list_buckets()["Buckets"] == buckets[MEMBER] == []
    for account in (ARCHIVE, MEMBER):
        assert organization.client(account, "logs").describe_log_groups()["logGroups"] == []
        assert organization.client(account, "cloudwatch").describe_alarms()["MetricAlarms"] == []
    link = link_in(mails(embedded_aws, "security@example.com")[0], "ConfirmSubscription")
    organization.succeed("confirm", secmon_confirmation_links=[link])
    proved = organization.succeed("verify", "member")
    timeline = proved.result("Read the secret and follow the event")["member"]["timeline"]
    assert {step["hop"]: step["status"] for step in timeline}["alarm"] == "ok"
    alert = mails(embedded_aws, "security@example.com")[-1]
    assert f"[account = {MEMBER}]" in alert["body"]
    organization.succeed("drill", ALL, "--check", secmon_drill_report=str(organization.folder))
    drilled = json.loads((organization.folder / "drill.json").read_text())
    assert (drilled["counts"], drilled["elsewhere"]) == ({"inspected": 2}, {"archive": CENTRAL, "member": CENTRAL})
    for account, status in ((ARCHIVE, "pass"), (CENTRAL, "not applicable"), (MEMBER, "not applicable")):
        found = outcomes(snapshot(organization, account), drill_days=90)
        assert {name: found[name].status for name in OF_BUCKET} == dict.fromkeys(OF_BUCKET, status)
    filters, elsewhere = judged_filters(organization, CENTRAL)
    assert ([each["name"] for each in filters or []], elsewhere) == (["TrackSecretAccess"], "")
    for account in (ARCHIVE, MEMBER):
        filters, elsewhere = judged_filters(organization, account)
        assert filters is None and elsewhere.endswith(f"of account {CENTRAL}: judge it there.")


def snapshot(organization: Organization, account: str) -> Snapshot:
    """Return what posture.yml reads."""
    (trail,) = organization.client(CENTRAL, "cloudtrail").describe_trails()["trailList"]
    reader = Account(partial(organization.client, account), "us-east-1", Budget(10))
    return read_snapshot(reader, {"bucket_name": trail["S3BucketName"], "bucket_owner": ARCHIVE})


def judged_filters(organization: Organization, account: str) -> tuple[list[dict[str, str]] | None, str]:
    """Return the filters that coverage.yml matches, or why it matches none."""
    return alarming_filters(snapshot(organization, account))


def kinds(organization: Organization, account: str) -> set[str]:
    """Return which parts of a chain an account has."""
    listings = {
        "log group": ("logs", "describe_log_groups", "logGroups"),
        "alarm": ("cloudwatch", "describe_alarms", "MetricAlarms"),
        "topic": ("sns", "list_topics", "Topics"),
        "role": ("iam", "list_roles", "Roles"),
        "bucket": ("s3", "list_buckets", "Buckets"),
    }
    found = {
        kind: getattr(organization.client(account, service), operation)()[items]
        for kind, (service, operation, items) in listings.items()
    }
    found["role"] = [role for role in found["role"] if role["RoleName"] == "CloudTrailToCloudWatchLogs"]
    trails = [owner for owner in own_trails(organization, account) if owner == account]
    return {kind for kind, some in found.items() if some} | ({"trail"} if trails else set())


CHAIN = {"trail", "log group", "alarm", "topic", "role"}


def logging(organization: Organization, account: str) -> bool:
    """Return whether a trail records an account."""
    cloudtrail = organization.client(account, "cloudtrail")
    trails = [trail["TrailARN"] for trail in cloudtrail.describe_trails()["trailList"]]
    return any(cloudtrail.get_trail_status(Name=trail)["IsLogging"] for trail in trails)


@pytest.mark.long
def test_an_organization_moves_to_one_trail_and_back_without_a_gap(organization: Organization) -> None:
    one_trail = organization.settings
    own = {name: value for name, value in one_trail.items() if name != "secmon_trail_organization_id"}
    organization.settings = own | {"secmon_topology": "account"}
    organization.succeed("site")
    assert all(kinds(organization, account) == CHAIN | {"bucket"} for account in IDS.values())

    organization.settings = one_trail
    confirmed = {"secmon_prune_confirm": ",".join(IDS.values())}
    early = organization("prune", "member", secmon_prune_confirm=MEMBER)
    assert early.code != 0
    assert any("should record in its place" in str(results) for results in early.results.values())
    assert logging(organization, MEMBER)
    organization.succeed("site")
    assert kinds(organization, MEMBER) == CHAIN | {"bucket"}, "the member goes on recording"
    assert all(logging(organization, account) for account in IDS.values())
    organization.succeed("prune", **confirmed, secmon_purge_log_bucket=True)
    assert [kinds(organization, account) for account in IDS.values()] == [CHAIN, {"bucket"}, set()]
    assert all(logging(organization, account) for account in IDS.values())
    again = organization.succeed("site")
    assert again.changed == []

    organization.settings = own | {"secmon_topology": "account"}
    organization.succeed("site", "archive,member")
    assert all(len(own_trails(organization, account)) == 2 for account in (ARCHIVE, MEMBER))
    assert all(logging(organization, account) for account in IDS.values())
    organization.succeed("site", "central")
    assert all(own_trails(organization, account) == [account] for account in IDS.values())
    assert all(logging(organization, account) for account in IDS.values())
    purge = {"secmon_purge_log_bucket": True, "secmon_purge_other_objects": True}
    organization.succeed("prune", **confirmed, **purge)
    teardown = {"secmon_teardown_confirm": ",".join(IDS.values())}
    organization.succeed("teardown", **teardown, **purge)
    assert [kinds(organization, account) for account in IDS.values()] == [set(), set(), set()]


@pytest.mark.long
def test_the_bucket_of_the_organization_goes_after_its_trail(organization: Organization) -> None:
    organization.succeed("site")
    refused = organization("teardown", "archive", secmon_purge_log_bucket=True, secmon_teardown_confirm=ARCHIVE)
    assert refused.code != 0 and "secmon_purge_log_bucket" in str(refused.results)
    unconfirmed = organization("teardown", secmon_purge_log_bucket=True, secmon_teardown_confirm=ARCHIVE)
    assert unconfirmed.code != 0 and "was not confirmed or did not succeed" in str(unconfirmed.results)
    everything = {"secmon_purge_log_bucket": True, "secmon_teardown_confirm": ",".join(IDS.values())}
    denied = {"service": "cloudtrail", "action": "DeleteTrail", "error": "AccessDeniedException", "status": 403}
    ask(organization.endpoint, "faults", [denied | {"times": 9}])
    kept = organization("teardown", **everything)
    assert kept.code != 0 and "the trail may still write to the bucket" in str(kept.results)
    assert [kinds(organization, account) for account in IDS.values()] == [{"trail"}, {"bucket"}, set()]
    ask(organization.endpoint, "faults", [])
    organization.succeed(
        "teardown", "central,archive", **everything | {"secmon_teardown_confirm": f"{CENTRAL},{ARCHIVE}"}
    )
    assert [kinds(organization, account) for account in IDS.values()] == [set(), set(), set()]


@pytest.mark.long
def test_a_delegated_administrator_has_the_chain_for_the_trail_of_the_management_account(
    organization: Organization, embedded_aws: str, aws_client: AwsClient
) -> None:
    aws_client("cloudtrail").register_organization_delegated_admin(MemberAccountId=MEMBER)
    organization.settings |= {"secmon_central_account": MEMBER, "secmon_management_account": CENTRAL}
    organization.settings["secmon_central_role_arn"] = f"arn:aws:iam::{MEMBER}:role/{organization.role}"
    organization.succeed("site")
    assert [kinds(organization, account) for account in (CENTRAL, ARCHIVE)] == [{"trail"}, {"bucket"}]
    assert kinds(organization, MEMBER) == CHAIN - {"trail"}
    filters, elsewhere = judged_filters(organization, CENTRAL)
    assert filters is None and elsewhere.endswith(f"of account {MEMBER}: judge it there.")
    assert judged_filters(organization, MEMBER)[0]
    assert organization.succeed("site").changed == []
    confirm = ",".join(IDS.values())
    assert organization.succeed("prune", secmon_prune_confirm=confirm).changed == []
    follow(link_in(mails(embedded_aws, "security@example.com")[0], "ConfirmSubscription"))
    organization.succeed("verify", "archive")
    assert f"[account = {ARCHIVE}]" in mails(embedded_aws, "security@example.com")[-1]["body"]
    organization.succeed("teardown", secmon_purge_log_bucket=True, secmon_teardown_confirm=confirm)
    assert [kinds(organization, account) for account in IDS.values()] == [set(), set(), set()]


@pytest.mark.long
def test_a_delegated_administrator_goes_back_before_the_management_account_without_a_gap(
    organization: Organization, aws_client: AwsClient
) -> None:
    aws_client("cloudtrail").register_organization_delegated_admin(MemberAccountId=MEMBER)
    own = {name: value for name, value in organization.settings.items() if name != "secmon_trail_organization_id"}
    organization.settings |= {"secmon_central_account": MEMBER, "secmon_management_account": CENTRAL}
    organization.settings["secmon_central_role_arn"] = f"arn:aws:iam::{MEMBER}:role/{organization.role}"
    organization.succeed("site")

    organization.settings = own | {"secmon_topology": "account"}
    for host in ("archive", "member", "central"):
        organization.succeed("site", host)
        assert all(logging(organization, account) for account in IDS.values()), host
    assert all(own_trails(organization, account) == [account] for account in IDS.values())
    assert organization.succeed("site").changed == []
    purge = {"secmon_purge_log_bucket": True, "secmon_purge_other_objects": True}
    organization.succeed("prune", secmon_prune_confirm=",".join(IDS.values()), **purge)
    organization.succeed("teardown", secmon_teardown_confirm=",".join(IDS.values()), **purge)
    assert [kinds(organization, account) for account in IDS.values()] == [set(), set(), set()]


# What docs/permissions.md gives each account, by the beginning of the Sid.
STATEMENTS = {
    CENTRAL: (
        *("RunEverywhere", "RunSecret", "RunTopic", "RunEventRules", "RunLog", "RunFormer", "RunBound", "RunPass"),
        *("RunTrail", "RunAlarms", "RunNew", "RunOwn", "RepairEverywhere"),
    ),
    ARCHIVE: ("RunEverywhere", "RunSecret", "RunBucket"),
    MEMBER: ("RunEverywhere", "RunSecret"),
}


def permit(organization: Organization, account: str) -> None:
    """Create the deployer of an account with its part of the policy."""
    iam = organization.client(account, "iam")
    policy, edge = ((DOCS / f"{name}.json").read_text() for name in ("deployer_policy", "permissions_boundary"))
    bucket = f"secrets-manager-trail-{organization.settings['secmon_trail_organization_id']}"
    for old, new in (("secrets-manager-trail-111122223333", bucket), ("111122223333", account)):
        policy, edge = policy.replace(old, new), edge.replace(old, new)
    document = json.loads(policy)
    document["Statement"] = [each for each in document["Statement"] if each["Sid"].startswith(STATEMENTS[account])]
    if account == CENTRAL:
        of_organization = "organizations:ListAWSServiceAccessForOrganization"
        document["Statement"].append({"Effect": "Allow", "Action": of_organization, "Resource": "*"})
        iam.create_policy(PolicyName="SecurityMonitoringBoundary", PolicyDocument=edge)
    trust = {"Effect": "Allow", "Principal": {"AWS": CENTRAL}, "Action": "sts:AssumeRole"}
    trusted = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    iam.create_role(RoleName="Deployer", AssumeRolePolicyDocument=trusted)
    iam.put_role_policy(RoleName="Deployer", PolicyName="Deploy", PolicyDocument=json.dumps(document))


@pytest.mark.long
def test_each_account_needs_only_its_documented_part_of_the_policy(tmp_path: Path) -> None:
    with embedded_aws_process("--iam") as endpoint:
        organization = Organization(endpoint, tmp_path, "")
        organizations = organization.client(CENTRAL, "organizations")
        organizations.enable_aws_service_access(ServicePrincipal="cloudtrail.amazonaws.com")
        found = organizations.describe_organization()["Organization"]["Id"]
        organization.settings |= {
            "secmon_trail_organization_id": found,
            "secmon_access_key": ADMINISTRATOR,
            "secmon_secret_key": "embedded",
            "secmon_permissions_boundary_arn": f"arn:aws:iam::{CENTRAL}:policy/SecurityMonitoringBoundary",
            "secmon_central_role_arn": f"arn:aws:iam::{CENTRAL}:role/Deployer",
        }
        for account in IDS.values():
            permit(organization, account)
        organization.role = "Deployer"
        organization.succeed("site")
        follow(link_in(mails(endpoint, "security@example.com")[0], "ConfirmSubscription"))
        organization.succeed("verify", "member")
        organization.succeed("teardown", secmon_teardown_confirm=",".join(IDS.values()))


SEED = Path(__file__).resolve().parents[2] / "embedded_aws/seeds/organization_100.yml"
LOG_ARCHIVE = "000000000011"


def calls_of_a_rollout(accounts: int, folder: Path) -> tuple[Counter[str], Counter[str], int]:
    """Return the calls in the central account and in a member, by operation, and the metric filters of all accounts."""
    with embedded_aws_process("--seed", str(SEED)) as endpoint:
        keys = {"aws_access_key_id": "tester", "aws_secret_access_key": "embedded", "region_name": "us-east-1"}
        organizations = boto3.client("organizations", endpoint_url=endpoint, **keys)
        organizations.enable_aws_service_access(ServicePrincipal="cloudtrail.amazonaws.com")
        listed = organizations.get_paginator("list_accounts").paginate().build_full_result()["Accounts"]
        active = sorted(account["Id"] for account in listed if account["State"] == "ACTIVE")
        chosen = [CENTRAL, *[account for account in active if account != CENTRAL]][:accounts]
        organization = Organization(endpoint, folder, organizations.describe_organization()["Organization"]["Id"])
        organization.settings["secmon_log_archive_account"] = LOG_ARCHIVE
        organization.hosts = {f"a{account}": account for account in chosen}
        organization.role = "SecurityMonitoringDeployer"
        seen = {call["id"] for call in ask(endpoint, "calls")}
        organization.succeed("site", ",".join(organization.hosts))
        calls = [call for call in ask(endpoint, "calls") if call["id"] not in seen]
        assert len({call["account"] for call in calls}) == accounts
        actions = {
            account: Counter(call["action"] for call in calls if call["account"] == account)
            for account in (CENTRAL, chosen[-1])
        }
        filters = sum(call["action"] == "PutMetricFilter" for call in calls)
        return actions[CENTRAL] - Counter(AssumeRole=accounts - 1), actions[chosen[-1]], filters


@pytest.mark.long
def test_calls_filters_and_alarms_do_not_grow_with_the_accounts(tmp_path: Path) -> None:
    few, many = (calls_of_a_rollout(accounts, tmp_path) for accounts in (10, 100))
    print(f"10 accounts: {few[0].total()} central calls {dict(few[0])}; member {dict(few[1])}")
    print(f"100 accounts: {many[0].total()} central calls {dict(many[0])}; member {dict(many[1])}")
    assert few == many
    assert (many[2], many[0]["PutMetricAlarm"]) == (1, 1)
