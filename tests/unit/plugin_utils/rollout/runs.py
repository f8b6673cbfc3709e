"""Runs of playbooks for the tests of their screen and report, made of results of tasks."""

from __future__ import annotations

from typing import Any

from ansible_collections.secmon.aws.plugins.plugin_utils.rollout.run import Run

ALARMS: dict[str, Any] = {"name": "SecretIsAccessed"}
TOPIC: dict[str, Any] = {
    "changed": True,
    "diff": {"before": {}, "after": {"name": "SecurityAlarms"}},
    "topic": {"name": "SecurityAlarms"},
    "pending": 1,
    "subscriptions": [{"protocol": "email", "endpoint": "security@example.com", "state": "pending"}],
    "warnings": ["host {host}: Pending subscriptions of topic SecurityAlarms in account {account}."],
}


def site(built: int, failed: int = 0) -> Run:
    """Return a run of site.yml on accounts of which some fail."""
    run = Run("site")
    hosts = {f"shop-{number:02}": f"{number:012}" for number in range(1, built + failed + 1)}
    run.know({host: {"account": account, "region": "us-east-1"} for host, account in hosts.items()})
    for index, (host, account) in enumerate(hosts.items()):
        run.start_task(host, "secmon.aws.sns_email : Ensure the topic and its subscriptions exist", at=10.0)
        if index >= built:
            message = (
                f"CreateTopic failed for the topic SecurityAlarms in account {account}, region us-east-1: AccessDenied."
            )
            run.fail(host, "secmon.aws.sns_email : Ensure the topic and its subscriptions exist", {"msg": message})
            run.say(host, "Say how to go on", f"Host {host}, account {account}, region us-east-1: stopped.")
            run.end(host, 12.0, failed=True)
            continue
        warnings = [text.format(host=host, account=account) for text in TOPIC["warnings"]]
        run.add(host, "secmon.aws.alert_topic", "Ensure the topic exists", TOPIC | {"warnings": warnings})
        run.add(host, "secmon.aws.metric_alarms", "Ensure the alarms exist", {"changed": False, "alarms": [ALARMS]})
        run.say(host, "Say how to go on", f"Host {host}, account {account}, region us-east-1: complete.")
        run.end(host, 70.0, failed=False)
        run.end(host, 400.0, failed=False)
    return run
