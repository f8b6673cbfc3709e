# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Who may publish to a topic: two statements of ours in its policy, among those of others.

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
    """Return the policy that SNS gives a topic for which nobody asks for another: all for its owner."""
    owner = {
        "Sid": DEFAULT_SID,
        "Effect": "Allow",
        "Principal": {"AWS": "*"},
        "Action": list(_OWNER_ACTIONS),
        "Resource": topic_arn,
        "Condition": {"StringEquals": {"AWS:SourceOwner": place.account}},
    }
    return {"Version": "2008-10-17", "Id": "__default_policy_ID", "Statement": [owner]}


def is_default(policy: Mapping[str, Any]) -> bool:
    """Whether nobody but the topic's owner stands in its policy."""
    return [statement.get("Sid") for statement in statements_of(policy)] == [DEFAULT_SID]


def wanted_policy(
    current: Mapping[str, Any], publishers: Sequence[str] | None, topic_arn: str, place: Place
) -> dict[str, Any]:
    """Return the policy under which these may publish; statements that are not ours stay as they are.

    Args:
        current: The topic's policy.
        publishers: Who may publish. With None, CloudWatch may, and EventBridge's statement stays as it is.
        topic_arn: The topic.
        place: Where it is: CloudWatch may publish for alarms of this account only.
    """
    if publishers is None:
        return with_statements(current, {_SIDS[CLOUDWATCH]: _statement(CLOUDWATCH, topic_arn, place)})
    ours = {_SIDS[name]: _statement(name, topic_arn, place) for name in publishers}
    policy = with_statements(current, ours, dropped=_SIDS.values())
    # No policy is without a statement; the topic's owner is the one who may publish in any case.
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
