# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Find configuration errors between the alarm and its receivers: topic, key, subscriptions.

Sources: SNS developer guide, "Key management" and "Confirm the subscription".
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from ..core.policy_evaluation import evaluate
from ..core.problems import listed
from ..core.service_requests import CLOUDWATCH, request_of_alarm
from ..sns.subscriptions import open_subscription
from .facts import Facts
from .timeline import Finding, Weight

_TOPIC_TASK = "secmon.aws.alert_topic (site.yml --tags notify)"


def topic_findings(params: Mapping[str, Any], facts: Facts) -> Iterator[Finding]:
    """Yield why CloudWatch could not publish to the topic."""
    arn = params["topic_arn"]
    if facts.topic is None:
        cause = f"The topic {arn} does not exist."
        yield Finding("notification", "topic_missing", cause, f"Create it with {_TOPIC_TASK}, or correct topic_arn.")
        return
    policy = json.loads(facts.topic.get("Policy") or "{}")
    if evaluate([policy], request_of_alarm("sns:Publish", arn, params["alarm_name"], facts.center)).refuses:
        alarm = params["alarm_name"]
        cause = f"The policy of the topic {arn} does not allow {CLOUDWATCH} to publish for the alarm {alarm}."
        remedy = f"Add a statement with publishers: [cloudwatch] of {_TOPIC_TASK}."
        yield Finding("notification", "topic_denied", cause, remedy)


def key_findings(params: Mapping[str, Any], facts: Facts) -> Iterator[Finding]:
    """Yield why CloudWatch could not encrypt what it publishes."""
    key_id = (facts.topic or {}).get("KmsMasterKeyId", "")
    if not key_id:
        return
    remedy = f"Use a customer managed key whose policy allows {CLOUDWATCH} to call kms:GenerateDataKey* and kms:Decrypt"
    remedy += f": kms_key_arn of {_TOPIC_TASK} (secmon_encrypt)."
    topic = f"The topic {params['topic_arn']} is encrypted with"
    if facts.key is None:
        yield Finding("notification", "key_missing", f"{topic} {key_id}, which does not exist.", remedy)
    elif facts.key.get("KeyManager") == "AWS" or key_id.rsplit(":", 1)[-1].startswith("alias/aws/"):
        cause = f"{topic} the AWS managed key ({key_id}), which CloudWatch alarms cannot use."
        yield Finding("notification", "key_of_aws", cause, remedy)
    elif not facts.key.get("Enabled", True):
        cause = f"{topic} {key_id}, which is {facts.key.get('KeyState', 'Disabled')}."
        yield Finding("notification", "key_disabled", cause, remedy)
    else:
        for action in ("kms:GenerateDataKey", "kms:Decrypt"):
            request = request_of_alarm(action, facts.key.get("Arn", key_id), params["alarm_name"], facts.center)
            if "Policy" in facts.key and evaluate([facts.key["Policy"]], request).refuses:
                cause = f"{topic} {key_id}, whose policy does not allow {CLOUDWATCH} to call {action}."
                yield Finding("notification", "key_denied", cause, remedy)
                return


def subscription_findings(params: Mapping[str, Any], facts: Facts) -> Iterator[Finding]:
    """Yield that some or all subscriptions would not receive the notification."""
    if facts.topic is None:
        return
    arn, confirmed = params["topic_arn"], confirmed_endpoints(facts)
    pending = [each["Endpoint"] for each in facts.subscriptions if each["SubscriptionArn"] == "PendingConfirmation"]
    confirm = (
        'Paste the link of the email "AWS Notification - Subscription Confirmation" into confirm.yml'
        " (secmon_confirmation_links); it is valid for 48 hours;"
    )
    confirm += f" after that, subscribe again with {_TOPIC_TASK}."
    if not confirmed and not pending:
        cause = f"The topic {arn} has no subscription, so its messages reach no recipient."
        yield Finding("notification", "no_subscription", cause, f"Subscribe with {_TOPIC_TASK} (secmon_emails).")
    elif not confirmed:
        cause = f"No subscription of the topic {arn} is confirmed; pending: {listed(pending)}."
        yield Finding("notification", "subscription_pending", cause, confirm)
    elif pending:
        cause = f"Some subscriptions are not confirmed; pending: {listed(pending)}."
        yield Finding("notification", "subscription_pending", cause, confirm, Weight.RISK)


def open_subscription_findings(_params: Mapping[str, Any], facts: Facts) -> Iterator[Finding]:
    """Yield that anybody who has one of the emails can end a subscription, as mail scanners do."""
    for address in facts.open_subscriptions:
        yield Finding("notification", "subscription_open", *open_subscription(address), Weight.RISK)


def confirmed_endpoints(facts: Facts) -> list[str]:
    """Return the endpoints that receive the notification."""
    return [each["Endpoint"] for each in facts.subscriptions if each["SubscriptionArn"].startswith("arn:")]
