"""Runbooks can be followed: each command is complete, on one line, and finds what it promises."""

from __future__ import annotations

import re
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import Any

import pytest
from ansible_collections.secmon.aws.plugins.module_utils.core.aws_names import deployment_names
from ansible_collections.secmon.aws.plugins.module_utils.filter_pattern.pattern import compile_pattern
from ansible_collections.secmon.aws.plugins.module_utils.rules.deployment import describe_alarm
from ansible_collections.secmon.aws.plugins.module_utils.rules.rule import Rule
from ansible_collections.secmon.aws.plugins.module_utils.rules.runbook import COMMANDS, fill_runbook, is_command
from ansible_collections.secmon.aws.plugins.module_utils.rules.selection import deployed

from tests.support.aws_cli import CommandError, parse, run
from tests.support.in_process import GUIDE, InProcess
from tests.support.shipped_rules import shipped_rules

REGION = "eu-central-1"
# What an account does not set is empty.
SETTINGS = defaultdict(
    str,
    secmon_account_id=GUIDE,
    secmon_region=REGION,
    secmon_trail_name="audit",
    secmon_log_group_name="/aws/cloudtrail/logs",
    secmon_log_role_name="CloudTrailToCloudWatchLogs",
    secmon_topic_name="SecurityAlarms",
    secmon_kms_alias="alias/secmon",
)
ACCOUNT = deployment_names(SETTINGS)
GROUP = ACCOUNT["log_group_name"]
FINDS = re.compile(r"^1\. .*:\n\s+\$\{(find_records|count_denied)\}")
INLINE = re.compile(r"\baws [a-z0-9]+ [a-z0-9-]+|`[a-z]+-[a-z-]+`")


@cache
def filled() -> tuple[Rule, ...]:
    rules = deployed(by_id().values(), {**ACCOUNT, "log_role_name": "Writer"})
    return tuple(replace(rule, runbook=fill_runbook(rule, rule.filter_name, ACCOUNT)) for rule in rules)


def commands(rule: Rule) -> Iterator[str]:
    return (line.strip() for line in rule.runbook.splitlines() if is_command(line))


@pytest.fixture(scope="module")
def aws() -> InProcess:
    application = InProcess()
    logs = application.client("logs", REGION)
    logs.create_log_group(logGroupName=GROUP)
    logs.create_log_stream(logGroupName=GROUP, logStreamName="trail")
    return application


def test_the_cli_accepts_every_command() -> None:
    rejected = []
    for rule in filled():
        for command in commands(rule):
            try:
                parse(command)
            except (CommandError, ValueError) as error:
                rejected.append((rule.id, command, str(error)))
    assert rejected == []


@pytest.mark.parametrize(
    "command",
    [
        "aws cloudtrail get-trail-state --region eu-central-1 --name audit",
        "aws cloudtrail get-trail-status --region eu-central-1",
        "aws cloudtrail get-trail-status --region eu-central-1 --trail audit",
        "aws ec2 describe-network-interfaces --filters name=group-id,values=x",
    ],
)
def test_a_command_with_a_mistake_is_rejected(command: str) -> None:
    with pytest.raises(CommandError):
        parse(command)


def test_no_command_is_inside_a_sentence_where_it_would_be_broken_and_incomplete() -> None:
    inline = [
        (rule.id, line)
        for rule in filled()
        for line in rule.runbook.splitlines()
        if not is_command(line) and INLINE.search(line)
    ]
    assert inline == []


def test_every_name_in_a_runbook_is_filled_in() -> None:
    assert [rule.id for rule in filled() if "${" in rule.runbook] == []


def test_a_command_of_a_regional_service_names_the_region() -> None:
    without = [
        command
        for rule in filled()
        for command in commands(rule)
        if "--region" not in command and command.split()[1] not in ("iam", "s3", "s3api", "s3control")
    ]
    assert without == []


def test_event_history_is_searched_where_the_event_is_recorded() -> None:
    """The trail is multi-region, so that the region of the alarm is not that of the event."""
    for rule in filled():
        assert "event history of the region of the alarm" not in rule.runbook, rule.id
        for command in commands(rule):
            if "AttributeValue=DeleteRolePolicy" in command:
                assert "--region us-east-1" in command


@pytest.mark.parametrize("rule_id", ["secret_access", "trail_stopped", "iam_permissions_changed"])
def test_the_first_command_lists_the_records_that_the_alarm_counted(aws: InProcess, rule_id: str) -> None:
    rule = next(rule for rule in filled() if rule.id == rule_id)
    logs = aws.client("logs", REGION)
    put_filter(logs, rule.filter_name, rule.pattern)
    # The prefix of the command also finds this one.
    put_filter(logs, f"{rule.filter_name}2", "")
    expected = send(logs, rule)
    assert expected
    assert set(run(next(commands(rule)), aws.client).split("\t")) == expected


def test_every_runbook_begins_with_a_command_that_finds_the_records() -> None:
    assert {rule.id for rule in by_id().values() if not FINDS.search(rule.runbook)} == set()


def test_the_calls_of_a_gap_and_of_a_key_are_listed(aws: InProcess) -> None:
    rule = next(rule for rule in filled() if rule.id == "access_key_created")
    logs = aws.client("logs", REGION)
    send(logs, rule)
    names = {"region": REGION, "log_group_name": GROUP}
    for name, expected in (("list_writes", "CreateAccessKey"), ("list_key", "")):
        command = re.sub(r"\$\{(\w+)\}", lambda match: names[match[1]], COMMANDS[name])
        command = command.replace("ACCESS_KEY_ID", "AKIANOSUCHKEY0000000")
        found = run(command, aws.client)
        assert expected in found
        assert name != "list_key" or found == ""


def test_an_alarm_description_holds_the_first_command_and_never_a_part_of_one() -> None:
    for rule in filled():
        text = describe_alarm(rule)
        assert next(commands(rule)) in text.splitlines()[2].strip(), rule.id
        whole = {command.strip() for command in commands(rule)}
        assert {line.strip() for line in text.splitlines() if is_command(line)} <= whole, rule.id
        assert len(text) <= 1024


def test_names_that_are_not_known_are_words_in_capitals_and_shell_variables_stay() -> None:
    rule = replace(by_id()["trail_stopped"], runbook="aws x --name ${trail_name} --other ${OTHER} ${mine}")
    assert fill_runbook(rule, "Alarm", {}) == "aws x --name TRAIL_NAME --other ${OTHER} ${mine}"


def test_a_name_with_a_space_is_quoted() -> None:
    rule = replace(by_id()["trail_stopped"], runbook="aws x --alarm-name ${alarm_name}")
    assert fill_runbook(rule, "It's gone", {}) == """aws x --alarm-name 'It'"'"'s gone'"""


@cache
def by_id() -> dict[str, Rule]:
    return {rule.id: rule for rule in shipped_rules()}


def put_filter(logs: Any, name: str, pattern: str) -> None:
    logs.put_metric_filter(
        logGroupName=GROUP,
        filterName=name,
        filterPattern=pattern,
        metricTransformations=[{"metricName": "M", "metricNamespace": "N", "metricValue": "1"}],
    )


def send(logs: Any, rule: Rule) -> set[str]:
    """Send the test events of a rule to the log group, and return those that its pattern matches."""
    now = int(time.time() * 1000)
    messages = [test.message for test in rule.tests]
    logs.put_log_events(
        logGroupName=GROUP,
        logStreamName="trail",
        logEvents=[{"timestamp": now, "message": message} for message in messages],
    )
    pattern = compile_pattern(rule.pattern)
    return {message for message in messages if pattern.matches(message)}
