"""Hosts that share the trail of an organization: what contradicts itself, and what only several hosts together show."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.secmon.aws.plugins.module_utils.preflight.report import Report, preflight

from tests.unit.module_utils.preflight.accounts import raw
from tools.generate_docs.costs import rules_of_packs

PACKS = rules_of_packs()
CENTRAL, ARCHIVE, MEMBER = "111111111111", "222222222222", "333333333333"
ORGANIZATION = {
    "topology": "organization",
    "trail_organization_id": "o-exampleorgid",
    "central_account": CENTRAL,
    "log_archive_account": ARCHIVE,
}
ROLE = f"arn:aws:iam::{CENTRAL}:role/Deployer"


def report(*accounts: str, whole: bool = True, member: dict[str, Any] | None = None, **shared: Any) -> Report:
    """Return the report on a host of each account; `member` overrides variables of the last one."""
    hosts = {account: {"account_id": account, **ORGANIZATION, **shared} for account in accounts}
    hosts[accounts[-1]] |= member or {}
    return preflight({host: raw(**own) for host, own in hosts.items()}, PACKS, whole=whole)


def test_members_have_only_their_secret_and_the_log_archive_its_bucket() -> None:
    found = report(CENTRAL, ARCHIVE, MEMBER)
    assert (found.problems, found.warnings, found.log_archive) == ((), (), ARCHIVE)
    leftovers = {host: found.teardown[host]["leftovers"] for host in (CENTRAL, ARCHIVE, MEMBER)}
    bucket = "secrets-manager-trail-o-exampleorgid"
    assert {host: own["bucket_name"] for host, own in leftovers.items()} == {CENTRAL: "", ARCHIVE: bucket, MEMBER: ""}
    assert (leftovers[CENTRAL]["existing_bucket_name"], leftovers[CENTRAL]["existing_bucket_owner"]) == (
        bucket,
        ARCHIVE,
    )
    assert leftovers[CENTRAL]["trail_name"] == "secrets-manager-trail"
    names = ("trail_name", "log_group_name", "role_name", "topic_name", "existing_bucket_name", "existing_bucket_owner")
    assert {leftovers[MEMBER][name] for name in names} == {""}
    assert leftovers[MEMBER]["alarm_names"] == leftovers[MEMBER]["filter_names"] == []
    assert {own["secret_name"] for own in leftovers.values()} == {"MySampleSecret"}
    assert f"AWSLogs/{MEMBER}/CloudTrail" in leftovers[MEMBER]["log_folders"], "of its former trail"


def test_the_alarm_of_an_organization_tells_accounts_apart() -> None:
    (alarm,) = report(CENTRAL, ARCHIVE).detections[CENTRAL].alarms
    (metric_filter,) = report(CENTRAL, ARCHIVE).detections[CENTRAL].filters
    assert (alarm["group_by"], metric_filter["dimensions"]) == (["account"], {"account": "$.recipientAccountId"})
    assert metric_filter["default_value"] == ""
    assert metric_filter["pattern"].endswith(" && ($.recipientAccountId = *) }")


def test_a_verbatim_filter_of_a_standard_keeps_one_metric() -> None:
    found = report(CENTRAL, ARCHIVE, profile="cis").detections[CENTRAL]
    apart = {alarm["metric_namespace"] for alarm in found.alarms if alarm["group_by"]}
    assert apart == {"SecurityMetrics"}
    assert all("recipientAccountId" not in own["pattern"] for own in found.filters if not own["dimensions"])


@pytest.mark.parametrize(
    ("shared", "part"),
    [
        ({"central_account": ""}, "secmon_central_account: is missing, and secmon_topology is organization"),
        ({"trail_organization_id": ""}, "secmon_trail_organization_id: is missing"),
        ({"existing_log_group_name": "/shared"}, "cannot be combined with secmon_topology: organization"),
        ({"central_role_arn": f"arn:aws:iam::{MEMBER}:role/x"}, f"is in account {MEMBER}, but secmon_central_account"),
        ({"existing_log_bucket_name": "theirs"}, "has no effect, since secmon_existing_log_bucket_name is set"),
        (
            {"member": {"central_account": MEMBER}},
            f'but host {CENTRAL} of the same organization o-exampleorgid has "{CENTRAL}"',
        ),
        ({"member": {"region": "eu-west-1"}}, "set it once for all hosts of the organization"),
        ({"central_account": "444444444444"}, "is 444444444444, which is the account of no host of this run"),
        ({"log_archive_account": "444444444444"}, "add a host for this account, correct the ID, or select other hosts"),
    ],
)
def test_refuses_what_cannot_be_one_organization(shared: dict[str, Any], part: str) -> None:
    problems = report(CENTRAL, ARCHIVE, MEMBER, **shared).problems
    assert any(part in problem for problem in problems), problems


def test_a_part_of_the_hosts_may_lack_the_central_account() -> None:
    found = report(MEMBER, whole=False, central_role_arn=ROLE, existing_log_role_arn=ROLE)
    assert found.problems == ()
    assert [warning for warning in found.warnings if "this run changes nothing there" in warning]
    purged = report(ARCHIVE, whole=False, purge_log_bucket=True).problems
    assert any("run with the host of the central account too" in problem for problem in purged)


def test_a_delegated_administrator_uses_the_trail_of_the_management_account() -> None:
    found = report(CENTRAL, ARCHIVE, MEMBER, management_account=MEMBER)
    assert found.problems == ()
    kept = {host: found.teardown[host]["leftovers"]["kept_arns"] for host in (CENTRAL, ARCHIVE, MEMBER)}
    trail = f"arn:aws:cloudtrail:us-east-1:{MEMBER}:trail/secrets-manager-trail"
    assert kept == {CENTRAL: [], ARCHIVE: [], MEMBER: [trail]}, "prune.yml would remove the trail in its account"
    assert f"AWSLogs/{MEMBER}/CloudTrail" in found.teardown[ARCHIVE]["leftovers"]["log_folders"]
