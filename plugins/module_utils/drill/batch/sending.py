# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Send the events of a drill: announce it to the receivers, and put its events into a log stream of its own.

Nothing is muted, redirected or changed for the time of a drill, so a drill that is killed leaves nothing behind but
its events.
Source: CloudWatch Logs API reference, PutLogEvents (size of a batch).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from ...core.account import Account
from ...core.errors import AwsError
from ...logs.reads import log_group_arn
from ..marks import AGENT, STREAM, marked

Message = tuple[Mapping[str, Any], str]
"""An event of the task and its log message."""

_BATCH_BYTES = 900_000
_BYTES_PER_EVENT = 26
_BATCH_EVENTS = 10_000


def aws_time(answer: Mapping[str, Any]) -> datetime:
    """Return the time of an answer by AWS's clock, to the second."""
    return parsedate_to_datetime(answer["ResponseMetadata"]["HTTPHeaders"]["date"]).astimezone(UTC)


def messages_of(events: Sequence[Mapping[str, Any]], run: str, at: datetime) -> list[Message]:
    """Return the log messages of events, oldest first, as those of a drill at a time."""
    ordered = sorted(events, key=lambda event: -int(event["seconds_ago"]))
    return [(event, marked(event["text"], run, at - timedelta(seconds=event["seconds_ago"]))) for event in ordered]


def put_events(account: Account, group: str, messages: Sequence[Message], at: datetime) -> None:
    """Put log messages into the stream of the drills, which is created by the first drill.

    Its creation is an event that the rule log_stream_forged counts, so it happens once, and not for each drill.
    """
    for batch in _batches(messages, at):
        try:
            _put(account, group, batch)
        except AwsError as error:
            if error.code != "ResourceNotFoundException":
                raise
            parameters = {"logGroupName": group, "logStreamName": STREAM}
            account.read(
                "logs", "CreateLogStream", f"log stream {STREAM}", parameters, resource_arn=_arn(account, group)
            )
            _put(account, group, batch)


def _put(account: Account, group: str, batch: list[dict[str, Any]]) -> None:
    parameters = {"logGroupName": group, "logStreamName": STREAM, "logEvents": batch}
    account.read("logs", "PutLogEvents", f"log stream {STREAM}", parameters, resource_arn=_arn(account, group))


def _arn(account: Account, group: str) -> str:
    return log_group_arn(account, group).removesuffix("*") + f"log-stream:{STREAM}"


def _batches(messages: Sequence[Message], at: datetime) -> Iterator[list[dict[str, Any]]]:
    batch, size = list[dict[str, Any]](), 0
    for event, message in messages:
        length = len(message.encode()) + _BYTES_PER_EVENT
        if batch and (size + length > _BATCH_BYTES or len(batch) == _BATCH_EVENTS):
            yield batch
            batch, size = [], 0
        timestamp = int((at - timedelta(seconds=event["seconds_ago"])).timestamp() * 1000)
        batch.append({"timestamp": timestamp, "message": message})
        size += length
    if batch:
        yield batch


def announce(account: Account, topic_arn: str, subject: str, text: str) -> None:
    """Tell the receivers of the alarms about the drill."""
    parameters = {"TopicArn": topic_arn, "Subject": subject, "Message": text}
    account.read("sns", "Publish", f"topic {topic_arn.rsplit(':', 1)[-1]}", parameters, resource_arn=topic_arn)


def begin_text(account: Account, run: str, alarms: int, until: datetime) -> str:
    """Return the message that tells the receivers that a drill begins."""
    return (
        f"A drill of the security alarms of account {account.place.account} in region {account.region} begins. Up to"
        f" {alarms} alarms go off on purpose, until {until:%Y-%m-%d %H:%M} UTC at the latest.\n\n"
        f"Nothing is muted: an alarm can be real during the drill, too. The events of the drill are in the log stream"
        f" {STREAM}, and their userAgent ends with {AGENT}/{run}. An alarm is real if an event without this mark raised"
        " it; the first command of its runbook lists the events.\n"
    )


def end_text(account: Account, run: str, fired: int, drilled: int, seconds: float) -> str:
    """Return the message that tells the receivers that a drill has ended."""
    return (
        f"The drill {run} of the security alarms of account {account.place.account} in region {account.region} has"
        f" ended after {seconds:.0f} seconds: {fired} of {drilled} rules raised their alarm. Each alarm from now on is"
        " real.\n"
    )
