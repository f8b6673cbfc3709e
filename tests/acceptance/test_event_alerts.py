"""The event alerts as a part of site.yml: predicted, repaired, mailed, also from other regions, and removed."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from tests.support.embedded_control import ask, follow, link_in, mails
from tools.demo.playbooks import Run, run_playbook

ACCOUNT = "123456789012"
RULE = "secmon-secret_access-done"
VARIABLES = {
    "secmon_event_alerts": ["high"],
    "secmon_event_emails": ["who@example.com"],
    "secmon_encrypt": True,
    "secmon_regions": ["eu-west-1", "eu-west-2"],
}
DESCRIPTION = "EventBridge forwards events from {} to us-east-1"
FORWARD = "secmon-forward-to-us-east-1"
AwsClient = Callable[..., Any]


def forwarding(aws_client: AwsClient) -> list[str]:
    """Return the regions that forward events, and check that a role exists if and only if there are any."""
    regions = ("eu-west-1", "eu-west-2", "eu-west-3")
    found = [region for region in regions if aws_client("events", region).list_rules(NamePrefix=FORWARD)["Rules"]]
    roles = [role for role in aws_client("iam").list_roles()["Roles"] if role["RoleName"] == "SecurityEventForwarder"]
    assert [role["Description"] for role in roles] == ([DESCRIPTION.format(", ".join(found))] if found else [])
    return found


def test_event_alerts_are_predicted_repaired_mailed_and_removed(embedded_aws: str, aws_client: AwsClient) -> None:
    def play(name: str, *arguments: str, **variables: Any) -> Run:
        given = json.dumps({**VARIABLES, **variables})
        done = run_playbook(embedded_aws, name, "--limit", "guide", *arguments, "-e", given)
        failed = [result.get("msg") for by in done.results.values() for result in by.values() if result.get("failed")]
        assert done.code == 0, failed
        return done

    ask(embedded_aws, "reset", method="POST")
    key = aws_client("kms").create_key()["KeyMetadata"]["Arn"]
    silent = json.dumps({**VARIABLES, "secmon_existing_kms_key_arn": key})
    refused = run_playbook(embedded_aws, "site", "--limit", "guide", "--tags", "events", "--check", "-e", silent)
    assert "or its policy does not allow " in (found := json.dumps(refused.results)), found
    assert "events.amazonaws.com to use it" in found
    predicted = play("site", "--tags", "events", "--check")
    assert (aws_client("events").list_rules()["Rules"], forwarding(aws_client)) == ([], [])
    built = play("site", "--tags", "trail,logs,events")
    assert {task for task, _hosts in built.changed} > {task for task, _hosts in predicted.changed}
    assert forwarding(aws_client) == VARIABLES["secmon_regions"]

    events, sns = aws_client("events"), aws_client("sns")
    events.disable_rule(Name="secmon-secret_access-failed")
    events.remove_targets(Rule=RULE, Ids=["secmon"])
    (mail,) = mails(embedded_aws, "who@example.com")
    follow(link_in(mail, "ConfirmSubscription"))
    aws_client("events", "eu-west-2").disable_rule(Name=FORWARD)
    # Service control policies deny a former region for good, and a current one for a while.
    denied = {"service": "events", "action": "*", "error": "AccessDeniedException", "status": 403, "times": 50}
    former = DESCRIPTION.format("eu-north-1, eu-west-1, eu-west-2")
    aws_client("iam").update_role(RoleName="SecurityEventForwarder", Description=former)
    ask(embedded_aws, "faults", [{**denied, "region": "eu-north-1"}])
    now = {"secmon_regions": ["eu-west-2", "eu-west-3"]}
    repaired = play("site", "--tags", "events", **now)
    left = f"WARNING: The rule {FORWARD} may still exist in eu-north-1, and is left there: ListRules failed"
    assert left in json.dumps(repaired.results)
    assert [task.split(" : ")[-1] for task, _hosts in repaired.changed] == [
        "Ensure EventBridge reports what the chosen rules find",
        "Ensure the events of other regions are not forwarded any more",
        "Ensure EventBridge may forward events to the event bus",
        "Ensure the events of other regions are forwarded",
    ]
    assert forwarding(aws_client) == now["secmon_regions"]
    ask(embedded_aws, "faults", [])
    ask(embedded_aws, "faults", [{**denied, "region": "eu-west-3"}])
    failed = run_playbook(embedded_aws, "verify", "--limit", "guide", "-e", json.dumps({**VARIABLES, **now}))
    assert "AccessDeniedException" in (said := json.dumps(failed.results)) and "region eu-west-3" in said
    ask(embedded_aws, "faults", [])
    last = ask(embedded_aws, "calls")[-1]["id"]
    assert play("site", "--tags", "events", **now).changed == []
    calls = [call for call in ask(embedded_aws, "calls") if call["id"] > last]
    assert [call["action"] for call in calls if call["access"] == "write"] == []
    of_forwarding = [call for call in calls if call["region"] != "us-east-1" or call["action"] == "GetRolePolicy"]
    assert len(of_forwarding) == 2 * len(now["secmon_regions"]) + 1
    for region in ("us-east-1", "eu-west-1", "eu-west-2"):
        secrets = aws_client("secretsmanager", region)
        secrets.get_secret_value(SecretId=secrets.create_secret(Name=f"in-{region}", SecretString="x")["Name"])
    ask(embedded_aws, "drain", method="POST")
    first, second = (mail["body"] for mail in mails(embedded_aws, "who@example.com")[1:])
    assert first.startswith('"HIGH: A secret value was read. Root arn:aws:iam::123456789012:root called')
    assert " called GetSecretValue of secretsmanager.amazonaws.com on secret in-us-east-1 from" in first
    assert 'in account guide (123456789012), region us-east-1."\n' in first
    assert "on secret in-eu-west-2 from" in second and 'region eu-west-2."\n' in second

    ask(embedded_aws, "faults", [{**denied, "region": "eu-west-3"}])
    given, confirmed = json.dumps({**VARIABLES, **now}), f"secmon_teardown_confirm={ACCOUNT}"
    refused = run_playbook(
        embedded_aws, "teardown", "--limit", "guide", "--tags", "events", "-e", confirmed, "-e", given
    )
    assert "Not removed: event_alerts: ListRules failed for the event rules in" in json.dumps(refused.results)
    assert (events.list_rules()["Rules"], sns.list_topics()["Topics"]) == ([], [])
    ask(embedded_aws, "faults", [])
    # The regions are found by the role's description.
    play("teardown", "--tags", "events", "-e", confirmed, secmon_regions=[])
    assert (events.list_rules()["Rules"], sns.list_topics()["Topics"], forwarding(aws_client)) == ([], [], [])
