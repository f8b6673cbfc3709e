"""The event alerts as a part of site.yml: predicted, repaired, mailed and removed."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from tests.support.embedded_control import ask, follow, link_in, mails
from tools.demo.playbooks import Run, run_playbook

ACCOUNT = "123456789012"
RULE = "secmon-secret_access-done"
VARIABLES = {"secmon_event_alerts": ["high"], "secmon_event_emails": ["who@example.com"], "secmon_encrypt": True}
AwsClient = Callable[[str], Any]


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
    assert not aws_client("events").list_rules()["Rules"]
    built = play("site", "--tags", "trail,logs,events")
    assert {task for task, _hosts in built.changed} > {task for task, _hosts in predicted.changed}

    events, sns = aws_client("events"), aws_client("sns")
    events.disable_rule(Name="secmon-secret_access-failed")
    events.remove_targets(Rule=RULE, Ids=["secmon"])
    (mail,) = mails(embedded_aws, "who@example.com")
    follow(link_in(mail, "ConfirmSubscription"))
    assert len(play("site", "--tags", "events").changed) == 1
    secret = aws_client("secretsmanager").create_secret(Name="db", SecretString="x")["ARN"]
    aws_client("secretsmanager").get_secret_value(SecretId=secret)
    ask(embedded_aws, "drain", method="POST")
    text = mails(embedded_aws, "who@example.com")[-1]["body"]
    assert text.startswith('"HIGH: A secret value was read. Root arn:aws:iam::123456789012:root called')
    assert f" called GetSecretValue of secretsmanager.amazonaws.com on secret {secret} from" in text
    assert 'in account guide (123456789012), region us-east-1."\n' in text

    play("teardown", "--tags", "events", "-e", f"secmon_teardown_confirm={ACCOUNT}")
    assert (events.list_rules()["Rules"], sns.list_topics()["Topics"]) == ([], [])
