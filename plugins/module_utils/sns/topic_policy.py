# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Build the topic policy: up to two managed statements; all other statements are kept.

Sources: SNS developer guide, "Allow Amazon CloudWatch alarms to publish messages"; EventBridge user guide, "Using
resource-based policies": SNS drops what EventBridge publishes under a statement with a condition.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..core.aws_names import Place
from ..core.policy_documents import statements_of, with_statements

CLOUDWATCH = "cloudwatch"
EVENTBRIDGE = "eventbridge"
PUBLISHERS = (CLOUDWATCH, EVENTBRIDGE)
DEFAULT_SID = "__default_statement_ID"
_SIDS = {CLOUDWATCH: "SecmonCloudWatchAlarms", EVENTBRIDGE: "SecmonEventBridge"}
_PRINCIPALS = {CLOUDWATCH: "cloudwatch.amazonaws.com", EVENTBRIDGE: "events.amazonaws.com"}
_OWNER_ACTIONS = (
    *("SNS:GetTopicAttributes", "SNS:SetTopicAttributes", "SNS:AddPermission", "SNS:RemovePermission"),
    *("SNS:DeleteTopic", "SNS:Subscribe", "SNS:ListSubscriptionsByTopic", "SNS:Publish"),
)


def default_policy(topic_arn: str, place: Place) -> dict[str, Any]:
    """Return the policy that SNS sets on a new topic by default: the owner may do everything."""
    owner = {
        "Sid": DEFAULT_SID,
        "Effect": "Allow",
        "Principal": {"AWS": "*"},
        "Action": list(_OWNER_ACTIONS),
        "Resource": topic_arn,
        "Condition": {"StringEquals": {"AWS:SourceOwner": place.account}},
    }
    return {"Version": "2008-10-17", "Id": "__default_policy_ID", "Statement": [owner]}


def desired_policy(
    current: Mapping[str, Any], publishers: Sequence[str] | None, topic_arn: str, place: Place
) -> dict[str, Any]:
    """Return the policy that allows these publishers; other statements are kept.

    Args:
        current: The topic's policy.
        publishers: The allowed publishers. None allows CloudWatch and keeps EventBridge's statement as it is.
        topic_arn: The ARN of the topic.
        place: Its partition, region and account: CloudWatch may publish for alarms of this account only.
    """
    if publishers is None:
        return with_statements(current, {_SIDS[CLOUDWATCH]: _statement(CLOUDWATCH, topic_arn, place)})
    managed = {_SIDS[name]: _statement(name, topic_arn, place) for name in publishers}
    policy = with_statements(current, managed, dropped=_SIDS.values())
    # A policy needs at least one statement.
    return policy if statements_of(policy) else default_policy(topic_arn, place)


def _statement(publisher: str, topic_arn: str, place: Place) -> dict[str, Any]:
    statement = {
        "Sid": _SIDS[publisher],
        "Effect": "Allow",
        "Principal": {"Service": _PRINCIPALS[publisher]},
        "Action": "sns:Publish",
        "Resource": topic_arn,
    }
    if publisher == CLOUDWATCH:
        statement["Condition"] = {"StringEquals": {"aws:SourceAccount": place.account}}
    return statement
