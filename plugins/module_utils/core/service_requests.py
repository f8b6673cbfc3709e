# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The requests that CloudWatch and CloudTrail make to deliver, to judge the policies of their targets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from .aws_names import Place
from .policy_evaluation import Caller, Request, evaluate

CLOUDWATCH = "cloudwatch.amazonaws.com"
_CLOUDTRAIL = "cloudtrail.amazonaws.com"


def request_of_alarm(action: str, resource: str, alarm: str, place: Place) -> Request:
    """Return the request with which an alarm reaches its topic or the topic's key."""
    context = {
        "aws:SourceArn": place.arn("cloudwatch", f"alarm:{alarm}"),
        "aws:SourceAccount": place.account,
        # The default policy of a topic uses this older key for the account.
        "aws:SourceOwner": place.account,
        "aws:SecureTransport": "true",
    }
    return Request(action, resource, Caller(CLOUDWATCH), context, whole_context=False)


def untrusting(role: Mapping[str, Any], trail: Mapping[str, Any], place: Place) -> Iterator[str]:
    """Yield that the role with which a trail writes to its log group does not trust CloudTrail."""
    arn = trail["CloudWatchLogsRoleArn"]
    source = {"aws:SourceArn": trail["TrailARN"], "aws:SourceAccount": place.account}
    trust = Request("sts:AssumeRole", arn, Caller(_CLOUDTRAIL), source, whole_context=False)
    if evaluate([role.get("AssumeRolePolicyDocument", {})], trust).refuses:
        yield f"The role {arn} does not trust {_CLOUDTRAIL}."


def too_narrow(role_arn: str, policies: Sequence[Mapping[str, Any]], group: str, place: Place) -> Iterator[str]:
    """Yield which of the calls to the log group the policies of a role do not allow."""
    # CloudTrail's events are in streams whose names end in a number; CloudTrail user guide, "CloudWatch log group and
    # log stream naming for CloudTrail". A policy that names the stream without it passes CreateTrail's check only.
    # What follows the id of the organization in the name of a member's stream is not documented, so it is not judged.
    target = place.arn("logs", f"log-group:{group}:log-stream:{place.account}_CloudTrail_{place.region}_1")
    for action in ("logs:CreateLogStream", "logs:PutLogEvents"):
        if evaluate(policies, Request(action, target, whole_context=False)).refuses:
            yield f"The role {role_arn} does not allow {action} on {target}."
